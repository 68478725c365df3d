"""An export that ends where exports are cut off, or shortly before it was made, is said to be perhaps not whole."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from mailtrend.formats import all_formats

MADE = datetime(2026, 11, 2, 9)


def doubts(source: str, rows: int = 7, last: datetime | None = None) -> list[str]:
    return all_formats()[source].suspicions(rows, last, MADE)


@pytest.mark.parametrize(
    ("source", "rows"),
    [
        ("exo_message_trace", 1_000), ("exo_message_trace", 5_000), ("exo_message_trace", 15_000),
        ("exo_enhanced_summary", 50_000), ("exo_enhanced_summary", 100_000), ("exo_extended", 1_000),
        ("exo_extended", 50_000), ("exo_extended", 100_000),
    ],
)  # fmt: skip
def test_a_full_page_or_report_is_suspicious(source, rows):
    [sentence] = doubts(source, rows)
    assert f"exactly {rows:,} rows" in sentence
    assert doubts(source, rows - 1) == []


@pytest.mark.parametrize("rows", [2_000, 3_000, 150_000])
def test_a_report_is_no_row_of_pages_so_that_a_multiple_means_nothing(rows):
    assert doubts("exo_extended", rows) == []


@pytest.mark.parametrize("source", ["exo_extended", "exo_enhanced_summary"])
@pytest.mark.parametrize(("hours", "said"), [(1, True), (20, True), (47, True), (49, False), (-1, False)])
def test_a_report_made_shortly_after_its_last_event_may_lack_the_last_day(source, hours, said):
    found = doubts(source, last=MADE - timedelta(hours=hours))
    assert bool(found) is said
    assert all("the end may be missing" in sentence for sentence in found)


def test_a_log_of_a_server_does_not_lag():
    assert doubts("postfix", last=MADE - timedelta(hours=1)) == []

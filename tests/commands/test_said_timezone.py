"""A time zone that was said, on the command line, in the environment or in a file, is never guessed at."""

from __future__ import annotations

import pytest

from support import truth
from support.cli import mailtrend

EXPORT = truth.SAMPLE / "exchange_tracking_csv" / "MessageTracking_2026-10-20.csv"
GUESSED = "as other cells of its rows show, they are of UTC+02:00"


def test_without_a_word_the_zone_is_told_by_the_export_and_a_warning_says_so(tmp_path):
    done = mailtrend("ingest", EXPORT, "--lake", tmp_path / "lake")
    assert done.code == 0
    assert GUESSED in done.err


@pytest.mark.parametrize("said", ["option", "environment", "file"])
def test_a_zone_that_was_said_is_taken_even_if_it_is_utc(tmp_path, monkeypatch, said):
    more: list[object] = []
    if said == "option":
        more = ["--timezone", "UTC"]
    elif said == "environment":
        monkeypatch.setenv("MAILTREND_TIMEZONE", "UTC")
    else:
        (tmp_path / "own.toml").write_text('timezone = "UTC"\n', encoding="utf-8")
        more = ["--config", tmp_path / "own.toml"]
    lake = tmp_path / "lake"
    done = mailtrend("ingest", EXPORT, "--lake", lake, *more)
    assert done.code == 0
    assert GUESSED not in done.err
    first = mailtrend("sql", "SELECT min(event_time) AS first FROM events", "--lake", lake, "--format", "csv")
    assert "2026-10-20 10:00:01" in first.out.replace("T", " ")

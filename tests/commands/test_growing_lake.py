"""An outage followed over a lake that grows: new, resolved, told as come back, and the same when run again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

from mailtrend import runs, warehouse
from mailtrend.lake import Lake
from mailtrend.settings import Settings
from support.lakes import event, ingest

START = datetime(2026, 10, 5)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
FAILS = (range(9 * 24 + 9, 10 * 24 + 16), range(12 * 24 + 3, 13 * 24 + 10))
"""Hours since START in which one of the two servers is not to be reached."""
CUTS = (9 * 24 + 20, 11 * 24 + 20, 12 * 24 + 20)


def events(first: int, last: int) -> list[dict[str, Any]]:
    """Six messages an hour to each of two servers."""
    made = []
    for hour in range(first, last):
        for number in range(12):
            down = number % 2 == 0 and any(hour in span for span in FAILS)
            fate = {"outcome": "deferred", "status_code": "4.4.1", "cause": "connection_timed_out", "reply_code": 450}
            name = f"m{hour}x{number}"
            made.append(event(
                START + hour * HOUR + 5 * number * MINUTE, direction="outbound", connector="smtp", server="mx.contoso.com",
                destination=f"mx{number % 2}.example.com", recipient=f"u{(hour + number) % 40}@example.com",
                recipient_domain="example.com", sender="a@contoso.com", sender_domain="contoso.com", message_id=name,
                queue_id=name, event="sent", line=len(made) + 2, **(fate if down else {"outcome": "delivered"}),
            ))  # fmt: skip
    return made


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> list[list[dict[str, Any]]]:
    """The incidents after each batch, and once more after the catalogue was lost and all was worked out again."""
    root = tmp_path_factory.mktemp("growing") / "lake"
    lake, settings, found = Lake.create(root), Settings(), []
    for first, last in zip((0, *CUTS), CUTS, strict=False):
        ingest(lake, f"f{last}", events(first, last))
        found.append(_by_start(runs.incidents(root, settings, None, None)))
    (root / warehouse.CATALOGUE).unlink()
    found.append(_by_start(runs.incidents(root, settings, None, None)))
    assert runs.taken_back(root) == []
    assert lake.check() == []
    return found


def _by_start(table: pa.Table) -> list[dict[str, Any]]:
    return sorted(table.to_pylist(), key=lambda row: row["started_at"])


def test_an_outage_is_new_then_resolved_and_the_next_within_a_week_is_reopened(told):
    first, second = ((START + span.start * HOUR, START + span.stop * HOUR) for span in FAILS)
    assert [[(row["state"], row["started_at"], row["ended_at"]) for row in rows] for rows in told] == [
        [("new", first[0], None)],
        [("resolved", *first)],
        [("resolved", *first), ("reopened", second[0], None)],
        [("resolved", *first), ("reopened", second[0], None)],
    ]


def test_each_time_it_fails_has_an_id_that_stays_and_names_the_time_before(told):
    assert len({rows[0]["incident_id"] for rows in told}) == 1
    assert {rows[0]["found_at"] for rows in told} == {told[0][0]["found_at"]}
    first, again = told[2]
    assert again["incident_id"] != first["incident_id"]
    assert any(first["incident_id"] in sentence for sentence in again["evidence"])


def test_what_the_new_data_changed_is_told(told):
    first, second, third = ("; ".join(rows[0]["revisions"]) for rows in told[:3])
    assert first == ""
    assert "told as going on; later data show that it ended on Thu 15 Oct 2026 16:00 UTC" in second
    assert "added 120 failures and 120 messages" in second
    assert third == ""


def test_a_run_over_the_same_data_gives_the_very_same(told):
    assert told[2] == told[3]

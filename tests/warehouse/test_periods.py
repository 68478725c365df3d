"""What "now" and "the last full week" mean."""

from __future__ import annotations

from datetime import datetime

import pytest

from mailtrend import warehouse
from support.smallweek import filled

MONDAY, NEXT, AFTER = datetime(2026, 11, 2), datetime(2026, 11, 9), datetime(2026, 11, 16)


def test_now_is_the_newest_event(week):
    with warehouse.connect(week.root) as con:
        assert warehouse.as_of(con) == datetime(2026, 11, 8, 21)


def test_an_empty_lake_knows_no_now(tmp_path):
    with warehouse.connect(filled(tmp_path / "lake", []).root) as con:
        assert warehouse.as_of(con) is None


@pytest.mark.parametrize(
    ("newest", "oldest", "week"),
    [
        (datetime(2026, 11, 12, 9), None, (MONDAY, NEXT)),
        (datetime(2026, 11, 8, 22, 59), None, (datetime(2026, 10, 26), MONDAY)),
        (datetime(2026, 11, 8, 23, 0), None, (MONDAY, NEXT)),
        (NEXT, None, (MONDAY, NEXT)),
        (datetime(2026, 11, 12, 9), datetime(2026, 11, 8, 23), (MONDAY, NEXT)),
        (datetime(2026, 11, 12, 9), NEXT, (NEXT, AFTER)),
    ],
)
def test_the_last_full_week_is_the_last_whose_end_the_data_reaches(newest, oldest, week):
    assert warehouse.last_full_week(newest, oldest) == week

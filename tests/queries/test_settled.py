"""A connection whose views were worked out once gives the same answers as the views themselves."""

from __future__ import annotations

import pytest

from mailtrend import warehouse
from support import smallweek

NAMES = sorted(warehouse.queries())
VIEWS = ("messages", "failures_hourly", "attempts_hourly")


@pytest.fixture(scope="module")
def settled(tmp_path_factory):
    lake = smallweek.filled(tmp_path_factory.mktemp("lakes") / "settled", smallweek.EVENTS)
    with warehouse.connect(lake.root) as con:
        warehouse.settle(con)
        yield con


@pytest.mark.parametrize("name", NAMES)
def test_every_query_answers_the_same(week, settled, name):
    assert warehouse.ask(settled, name).to_pylist() == warehouse.ask(week, name).to_pylist()


@pytest.mark.parametrize("view", VIEWS)
def test_views_made_of_it_hold_the_same(week, settled, view):
    rows = f"SELECT * FROM {view} ORDER BY ALL"
    assert settled.execute(rows).fetchall() == week.execute(rows).fetchall()


def test_queries_read_the_tables_and_not_the_views(settled):
    settled.execute("CREATE TEMP TABLE kept AS FROM attempts")
    settled.execute("DELETE FROM attempts")
    try:
        assert warehouse.ask(settled, "volume").num_rows == 0
    finally:
        settled.execute("INSERT INTO attempts FROM kept")

"""Whole stories from simulated mail: each gives the incidents that happened, told rightly, and nothing more."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

import pytest

from flow.catalogue import SCENARIOS
from flow.rendering import files
from scenarios.comparing import HERE, differences, names, waits
from support.reproduced import unlike

PENDING: dict[str, str] = {}
"""Scenarios that do not come out yet, and what is missing."""
RENDERED = "gap-of-two-days"
INGESTED_AT = datetime(2026, 10, 29, 16, tzinfo=UTC)


@pytest.fixture(scope="module")
def lake(tmp_path_factory):
    """One lake with every scenario as a tenant of its own: it is published once, at the end."""
    from mailtrend import runs
    from mailtrend.ingest import Progress, Request, ingest
    from mailtrend.settings import Settings

    folder = tmp_path_factory.mktemp("scenarios") / "lake"
    for name in names():
        done = ingest(folder, Request((str(HERE / name / "inputs"),), tenant=name), INGESTED_AT, Progress())
        assert not done.refused, done.refused
    runs.refreshed(folder, Settings())
    return folder


@pytest.fixture(scope="module")
def found(lake) -> dict[str, list[dict[str, Any]]]:
    """Incidents by scenario, those set aside left out."""
    from mailtrend import warehouse

    rows = defaultdict(list)
    with warehouse.connect(lake) as con:
        query = "SELECT * FROM incidents WHERE set_aside IS NULL ORDER BY started_at, incident_id"
        for row in con.sql(query).to_arrow_table().to_pylist():
            rows[row["tenant"]].append(row)
    return rows


@pytest.mark.parametrize("name", names())
def test_a_scenario_gives_its_incidents_and_nothing_more(name, found):
    if name in PENDING:
        pytest.skip(PENDING[name])
    told = differences(name, found[name])
    assert not told, "\n".join(told)


def test_an_incident_tells_how_long_late_mail_waited(found):
    told = [each for name in names() if name not in PENDING for each in waits(name, found[name])]
    assert not told, "\n".join(told)


def test_every_incidents_query_gives_its_figures_again(lake, found):
    from mailtrend import warehouse

    with warehouse.connect(lake) as con:
        warehouse.settle(con)
        assert unlike(con, (row for rows in found.values() for row in rows)) == []


def test_a_rendered_scenario_is_what_was_committed():
    folder = HERE / RENDERED
    there = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert files(SCENARIOS[RENDERED]) == there


def test_every_scenario_of_the_simulator_was_committed():
    assert names() == sorted(SCENARIOS)


def test_all_scenarios_together_stay_small():
    assert sum(path.stat().st_size for path in HERE.rglob("*") if path.is_file()) < 6_000_000

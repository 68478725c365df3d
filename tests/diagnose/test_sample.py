"""The planted incidents of the sample, figure by figure, as its generator knows them."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mailtrend import warehouse
from support import truth
from support.reproduced import unlike


@pytest.fixture(scope="module")
def found(sample_lake: Path) -> list[dict[str, Any]]:
    with warehouse.connect(sample_lake) as con:
        return con.sql("SELECT * FROM incidents ORDER BY started_at").to_arrow_table().to_pylist()


@pytest.mark.parametrize("planted", truth.incidents(), ids=lambda one: one.name)
def test_a_planted_incident_has_exactly_its_figures(found: list[dict[str, Any]], planted: truth.Incident) -> None:
    place = (planted.status_code, planted.connector, planted.destination)
    (row,) = [each for each in found if (each["status_code"], each["connector"], each["destination"]) == place]
    fault = datetime.fromisoformat(planted.fault_started_at.removesuffix("Z"))
    assert abs(row["started_at"] - fault) <= timedelta(hours=1)
    assert (row["ended_at"] is None) == (planted.fault_ended_at is None)
    assert (row["cause"], row["owner"]) == (planted.cause, planted.owner)
    for name in ("failures", "messages", "recipients", "delivered_late", "lost", "at_risk"):
        assert row[name] == getattr(planted, name), name


def test_every_incidents_query_gives_its_figures_again(found: list[dict[str, Any]], sample_lake: Path) -> None:
    with warehouse.connect(sample_lake) as con:
        assert unlike(con, found) == []

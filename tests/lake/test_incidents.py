"""Incidents are computed from the lake: replaced whole, and known to be stale once the lake has moved on."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from mailtrend import contracts
from mailtrend.lake import Lake
from support.lakes import NOON, event, ingest, rows


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    lake = Lake.create(tmp_path)
    ingest(lake, "a1", [event(NOON)])
    return lake


def _incidents(*names: str) -> pa.Table:
    return rows(contracts.INCIDENTS, *({"incident_id": name, "started_at": NOON, "evidence": ["1"]} for name in names))


def test_incidents_are_replaced_whole(lake: Lake) -> None:
    assert lake.table("incidents") == contracts.INCIDENTS.empty_table()
    for names in (["b", "a"], ["c"], [], ["d"]):
        lake.replace("incidents", _incidents(*names), lake.version)
        assert lake.table("incidents").to_pylist() == _incidents(*sorted(names)).to_pylist()
    assert lake.check() == []


def test_incidents_know_the_version_they_were_computed_at(lake: Lake) -> None:
    assert lake.incidents_version is None
    lake.replace("incidents", _incidents("a"), lake.version)
    lake.replace("incidents", _incidents("b"), lake.version)
    assert lake.incidents_version == lake.version
    ingest(lake, "b2", [event(NOON)])
    assert lake.incidents_version != lake.version
    lake.replace("incidents", _incidents())
    assert lake.incidents_version == lake.version


def test_incidents_go_on_from_those_of_an_earlier_version_however_often_they_are_worked_out(lake: Lake) -> None:
    for _ in range(2):
        assert lake.incidents_before().num_rows == 0
        lake.replace("incidents", _incidents("a"), lake.version)
    ingest(lake, "b2", [event(NOON)])
    for names in (["b"], ["c"], []):
        assert lake.incidents_before()["incident_id"].to_pylist() == ["a"]
        lake.replace("incidents", _incidents(*names), lake.version)
    lake.replace("incidents", _incidents("d"), lake.version)
    ingest(lake, "c3", [event(NOON)])
    assert lake.incidents_before()["incident_id"].to_pylist() == ["d"]
    assert lake.check() == []


def test_incidents_of_a_program_that_remembered_none_go_on_from_themselves(lake: Lake) -> None:
    lake.replace("incidents", _incidents("a"), lake.version)
    assert lake.incidents_before()["incident_id"].to_pylist() == ["a"]


def test_replacing_incidents_does_not_make_them_stale(lake: Lake) -> None:
    version = lake.version
    lake.replace("incidents", _incidents("a"), version)
    assert lake.version == lake.incidents_version == version


def test_what_an_ingest_writes_cannot_be_replaced(lake: Lake) -> None:
    with pytest.raises(RuntimeError, match="'files' is written by a commit"):
        lake.replace("files", contracts.FILES.empty_table())


def test_changes_that_are_replaced_make_incidents_stale_and_the_same_ones_do_not(lake: Lake) -> None:
    def changes(*notes: str) -> pa.Table:
        return rows(contracts.CHANGES, *({"tenant": "default", "time": NOON, "subject": n, "note": n} for n in notes))

    lake.replace("changes", changes("a", "b"))
    lake.replace("incidents", _incidents("x"))
    version = lake.version
    lake.replace("changes", changes("b", "a"))
    assert lake.version == lake.incidents_version == version
    lake.replace("changes", changes("c"))
    assert lake.version != lake.incidents_version
    lake.replace("changes", changes())
    assert lake.table("changes").num_rows == 0
    assert lake.check() == []

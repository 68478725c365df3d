"""A file counts once, however often it is told; of a connector, domain or change the newest telling counts."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from mailtrend import contracts
from mailtrend.lake import Lake
from support.lakes import NOON, event, everything, file_row, ingest, rows, write_events

NO_FILES = contracts.FILES.empty_table()
NO_REJECTS = contracts.REJECTS.empty_table()


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake.create(tmp_path)


def _connectors(lake: Lake, file_id: str, *given: dict[str, object]) -> int:
    return ingest(lake, file_id, context={"connectors": rows(contracts.CONNECTORS, *(
        {"tenant": "default", "file_id": file_id} | row for row in given
    ))})  # fmt: skip


def test_the_same_file_again_changes_nothing(lake: Lake) -> None:
    change = rows(contracts.CHANGES, {"tenant": "default", "time": NOON, "kind": "migration", "file_id": "a1"})
    version = ingest(lake, "a1", [event(NOON)], [{"line": 2, "reason": "broken"}], {"changes": change})
    before = everything(lake)
    assert ingest(lake, "a1", [event(NOON)], [{"line": 2, "reason": "broken"}], {"changes": change}) == version
    assert everything(lake) == before
    assert lake.check() == []


def test_beside_a_known_file_a_new_one_is_taken_in(lake: Lake) -> None:
    ingest(lake, "a1", [event(NOON)])
    with lake.writing() as writer:
        written = write_events(writer, [event(NOON, file_id="b2")])
        told = rows(contracts.FILES, file_row("a1", events=9), file_row("b2", events=1), file_row("b2", events=5))
        bad = rows(contracts.REJECTS, {"file_id": "a1", "line": 3})
        writer.commit(written, told, bad, {})
    assert lake.table("files").select(["file_id", "events"]).to_pylist() == [
        {"file_id": "a1", "events": 1},
        {"file_id": "b2", "events": 1},
    ]
    assert lake.table("rejects").num_rows == 0


def test_events_of_a_known_file_beside_a_new_one_are_refused(lake: Lake) -> None:
    ingest(lake, "a1", [event(NOON)])
    with lake.writing() as writer:
        written = write_events(writer, [event(NOON, file_id="a1"), event(NOON, file_id="b2")])
        told = rows(contracts.FILES, file_row("a1", events=1), file_row("b2", events=1))
        with pytest.raises(RuntimeError, match="count 1 events"):
            writer.commit(written, told, NO_REJECTS, {})
    assert lake.check() == []


def test_the_newest_export_of_a_connector_counts_and_others_stay(lake: Lake) -> None:
    _connectors(
        lake, "a1", {"name": "To Fabrikam", "enabled": True}, {"name": "Old", "smart_hosts": ["mx.contoso.com"]}
    )
    _connectors(lake, "b2", {"name": "TO FABRIKAM", "enabled": False}, {"name": "New"})
    assert [(row["name"], row["enabled"], row["smart_hosts"]) for row in lake.table("connectors").to_pylist()] == [
        ("New", None, None),
        ("Old", None, ["mx.contoso.com"]),
        ("TO FABRIKAM", False, None),
    ]


def test_an_old_export_told_again_does_not_undo_a_newer_one(lake: Lake) -> None:
    _connectors(lake, "a1", {"name": "To Fabrikam", "enabled": True})
    version = _connectors(lake, "b2", {"name": "To Fabrikam", "enabled": False})
    assert _connectors(lake, "a1", {"name": "To Fabrikam", "enabled": True}) == version
    assert lake.table("connectors")["enabled"].to_pylist() == [False]


def test_the_same_name_at_two_tenants_is_two_connectors(lake: Lake) -> None:
    _connectors(lake, "a1", {"name": "Out", "tenant": "fabrikam"}, {"name": "Out", "tenant": "contoso"})
    assert lake.table("connectors")["tenant"].to_pylist() == ["contoso", "fabrikam"]


def test_within_one_export_the_later_row_counts(lake: Lake) -> None:
    domains = rows(
        contracts.ACCEPTED_DOMAINS,
        {"tenant": "default", "domain": "contoso.com", "domain_type": "InternalRelay", "file_id": "a1"},
        {"tenant": "default", "domain": "Contoso.com", "domain_type": "Authoritative", "file_id": "a1"},
    )
    ingest(lake, "a1", context={"accepted_domains": domains})
    assert lake.table("accepted_domains")["domain_type"].to_pylist() == ["Authoritative"]


def test_changes_of_the_settings_need_no_file_and_commit_only_when_they_differ(lake: Lake) -> None:
    first = {"tenant": "default", "time": NOON, "kind": "migration", "note": "begun"}
    later = first | {"time": NOON + timedelta(hours=1)}

    def tell(*given: dict[str, object]) -> int:
        with lake.writing() as writer:
            return writer.commit([], NO_FILES, NO_REJECTS, {"changes": rows(contracts.CHANGES, *given)})

    version = tell(first, later)
    assert version != 0
    assert tell(later) == tell(first, later) == version
    assert tell(first | {"note": "done"}) != version
    assert lake.table("changes")["note"].to_pylist() == ["done", "begun"]


def test_many_ingests_do_not_scatter_the_ledger(lake: Lake) -> None:
    seen = {path for number in range(40) if ingest(lake, f"f{number:02d}") for path in lake.table_files("files")}
    assert lake.table("files")["file_id"].to_pylist() == [f"f{number:02d}" for number in range(40)]
    assert len(lake.table_files("files")) < 33
    assert all(path.exists() for path in seen), "readers of an older list still need the superseded files"
    assert lake.check() == []

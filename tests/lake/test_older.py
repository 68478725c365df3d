"""A lake that an earlier version wrote is read, published and added to, though its connectors have fewer columns."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from mailtrend import contracts, warehouse
from mailtrend.lake import Lake, tables
from support.lakes import NOON, event, ingest, rows

ONCE = (
    "tenant", "name", "connector_type", "enabled", "recipient_domains", "smart_hosts", "use_mx_record",
    "tls_settings", "tls_domain", "owner_kind", "file_id",
)  # fmt: skip
"""The columns of connectors before there were any but outbound ones."""


@pytest.fixture
def older(tmp_path: Path) -> Lake:
    lake = Lake.create(tmp_path / "lake")
    ingest(lake, "f1", [event(NOON)])
    schema = pa.schema([contracts.CONNECTORS.field(name) for name in ONCE])
    named = {"tenant": "default", "owner_kind": "own", "connector_type": "OnPremises", "file_id": "f1"}
    given = rows(schema, *(named | {"name": name, "smart_hosts": ["mail.contoso.com"]} for name in ("A", "B")))
    tables.write(lake.root, "connectors", given, overwrite=True, mark="earlier")
    return lake


def _connectors(lake: Lake) -> list[tuple[object, ...]]:
    warehouse.publish(lake)
    with warehouse.connect(lake.root) as con:
        return con.sql("SELECT name, direction, owner_kind, enabled, port FROM connectors ORDER BY ALL").fetchall()


def test_its_connectors_are_outbound_ones(older: Lake) -> None:
    assert _connectors(older) == [("A", "outbound", "own", None, None), ("B", "outbound", "own", None, None)]
    assert older.check() == []
    assert older.table("connectors").schema.names == contracts.CONNECTORS.names


def test_its_remote_domains_are_none(older: Lake) -> None:
    warehouse.publish(older)
    with warehouse.connect(older.root) as con:
        assert con.sql("SELECT count(*) FROM remote_domains").fetchall() == [(0,)]


def test_a_new_export_takes_the_place_of_an_old_one_and_leaves_the_other_direction(older: Lake) -> None:
    named = {"tenant": "default", "connector_type": "Partner", "owner_kind": "partner", "file_id": "f2"}
    new = rows(
        contracts.CONNECTORS,
        named | {"name": "a", "direction": "outbound", "enabled": True},
        named | {"name": "A", "direction": "inbound"},
        named | {"name": "C", "direction": "send", "port": 25},
    )
    ingest(older, "f2", context={"connectors": new})
    assert _connectors(older) == [
        ("A", "inbound", "partner", None, None),
        ("B", "outbound", "own", None, None),
        ("C", "send", "partner", None, 25),
        ("a", "outbound", "partner", True, None),
    ]
    assert older.check() == []


def test_a_growing_table_whose_columns_were_explained_in_other_words_grows_on(tmp_path: Path) -> None:
    lake = Lake.create(tmp_path / "lake")
    worded = pa.schema([field.with_metadata({"comment": "in other words"}) for field in contracts.REJECTS])
    tables.write(lake.root, "rejects", worded.empty_table(), overwrite=False, mark="earlier")
    ingest(lake, "f1", [event(NOON)], [{"line": 2, "reason": "broken"}])
    ingest(lake, "f2", [event(NOON, line=9)], [{"line": 3, "reason": "broken"}])
    assert lake.table("rejects")["line"].to_pylist() == [2, 3]
    assert lake.check() == []


def test_its_incidents_are_shown_and_found_again_with_the_columns_of_today(tmp_path: Path) -> None:
    lake = Lake.create(tmp_path / "lake")
    ingest(lake, "f1", [event(NOON)])
    fewer = pa.schema([contracts.INCIDENTS.field(name) for name in contracts.INCIDENTS.names[:10]])
    tables.write(lake.root, "incidents", rows(fewer, {"incident_id": "i1"}), overwrite=True, mark="earlier")
    warehouse.publish(lake)
    with warehouse.connect(lake.root) as con:
        assert con.sql("SELECT incident_id, evidence FROM incidents").fetchall() == [("i1", None)]
    lake.replace("incidents", rows(contracts.INCIDENTS, {"incident_id": "i2", "evidence": ["seen"]}))
    warehouse.publish(lake)
    with warehouse.connect(lake.root) as con:
        assert con.sql("SELECT incident_id, evidence FROM incidents").fetchall() == [("i2", ["seen"])]

"""The list of `mailtrend incidents`: which columns it has."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pyarrow as pa

from mailtrend import contracts
from mailtrend.cli import reporting


def rows(*tenants: str) -> pa.Table:
    usual: dict[str, Any] = dict.fromkeys(contracts.INCIDENTS.names)
    usual |= {"kind": "burst", "severity": "warning", "state": "new", "status_code": "4.4.316", "owner": "network"}
    usual |= {"started_at": datetime(2026, 10, 22, 9), "connector": "A", "lost": 2, "at_risk": 0}
    return pa.Table.from_pylist([usual | {"tenant": tenant} for tenant in tenants], schema=contracts.INCIDENTS)


def test_labels_of_tenants_stand_before_all_else_where_any_was_given() -> None:
    assert reporting.shown(rows("contoso", "default")).column_names[0] == "tenant"
    assert "tenant" not in reporting.shown(rows("default", "default")).column_names
    assert "tenant" not in reporting.shown(rows()).column_names


def test_on_a_narrow_screen_they_stand_before_the_fault() -> None:
    assert reporting.narrow(rows("contoso"))["what"].to_pylist() == ["[contoso] 4.4.316 on A"]
    assert reporting.narrow(rows("default"))["what"].to_pylist() == ["4.4.316 on A"]

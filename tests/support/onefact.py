"""One going incident, its kin, and what a run makes of such facts: for tests of how incidents are followed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pyarrow as pa

from mailtrend import diagnose
from mailtrend.diagnose import Facts

NOW = datetime(2026, 11, 2)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
BEGUN = datetime(2026, 10, 22, 9)
GOING = Facts(
    tenant="default", kind="sustained", status_code="4.4.315", cause="connection_timed_out", connector="A",
    destination="mx.example.com", scope="pair", started_at=BEGUN, ended_at=None, expected=1.0, p_value=1e-9,
    codes=("4.4.315", "5.4.315"), attempts=100, failures=90, messages=50, recipients=20,
    first_failure=BEGUN + timedelta(minutes=5), last_failure=datetime(2026, 11, 1, 23), lost=5, at_risk=3,
)  # fmt: skip
OVER = replace(GOING, ended_at=BEGUN + 6 * HOUR, at_risk=0)
WHOLE = replace(
    GOING, scope="connector", destination=None, destinations=("mx.example.com", "mx.example.net"), connectors=("A",)
)
NEXT = replace(GOING, destination="mx.example.net")


def book(*_: object, **__: object) -> SimpleNamespace:
    return SimpleNamespace(
        owner="network", title="Timed out", meaning="", steps=(), ask="", steps_migrated=(), owner_depends_on=""
    )


def run(*facts: Facts, before: pa.Table | None = None, now: datetime = NOW, oldest: datetime | None = None) -> pa.Table:
    return diagnose.incidents(facts, before=before, now=now, oldest=oldest, verdict=book)


def one(table: pa.Table) -> dict[str, Any]:
    [row] = table.to_pylist()
    return row

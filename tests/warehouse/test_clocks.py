"""Each tenant is judged by the end of its own data, not by that of others in the same lake."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import polars as pl
import pytest

from mailtrend import contracts, warehouse
from mailtrend.diagnose import Facts, incidents
from mailtrend.warehouse.facts import incident_facts
from mailtrend.warehouse.series import series
from support.views import attempt, catalogue

T0 = datetime(2026, 10, 5, 8)
PLACE = {"connector": "To on-premises", "destination": "mail.contoso.com"}
ENDS = {"behind": 24, "default": 60}
"""The hour in which the data of each tenant end."""


def at(hours: float) -> datetime:
    return T0 + timedelta(hours=hours)


def _events(tenant: str, end: float) -> list[dict[str, Any]]:
    """Six messages that are put off every hour from hour 10 on, and one delivery elsewhere when the data end."""
    refused = [
        attempt(at(hour + n / 100), "deferred", n, tenant=tenant, status_code="4.4.316", **PLACE)
        for hour in range(10, 24)
        for n in range(6)
    ]
    elsewhere = {"connector": "Fabrikam TLS", "destination": "mail.fabrikam.com"}
    return [*refused, attempt(at(end), "delivered", 100, tenant=tenant, **elsewhere)]


@pytest.fixture(scope="module")
def con() -> Any:
    events = [row for tenant, end in ENDS.items() for row in _events(tenant, end)]
    files = [
        {"file_id": f"f{end}", "tenant": tenant, "source": "exo_trace_detail", "first_event": T0, "last_event": at(end)}
        for tenant, end in ENDS.items()
    ]
    return catalogue(events, files)


@pytest.fixture(scope="module")
def facts(con: Any) -> dict[str, Facts]:
    made = series(con)
    keys = [row for row in made.keys.to_pylist() if row["scope"] == "pair"]
    findings = [
        {
            "series_id": key["series_id"], "started_at": at(10), "ended_at": None, "kind": "sustained", "failures": 84,
            "expected": 0.1, "p_value": 1e-9, "ratio": 100.0, "state": "ongoing", "evidence": ["seen"],
        }
        for key in keys
    ]  # fmt: skip
    schema = pl.DataFrame(pl.from_arrow(contracts.FINDINGS.empty_table())).schema
    as_of, clocks = warehouse.as_of(con), warehouse.newest_by_tenant(con)
    assert as_of == at(60)
    assert clocks == {tenant: at(end) for tenant, end in ENDS.items()}
    return {
        each.tenant: each for each in incident_facts(con, made, pl.DataFrame(findings, schema), as_of, None, clocks)
    }


def test_what_waits_when_a_tenants_data_end_is_at_risk_though_others_go_on(facts: dict[str, Facts]) -> None:
    assert (facts["behind"].at_risk, facts["behind"].next_expiry) == (6, at(34))
    assert (facts["default"].at_risk, facts["default"].next_expiry) == (0, None)


def test_steps_found_at_and_query_stand_on_the_tenants_own_clock(con: Any, facts: dict[str, Facts]) -> None:
    con.execute(warehouse.queries()["incident-figures"].sql)
    rows = incidents(list(facts.values()), now=at(60)).to_pylist()
    for row in rows:
        assert row["found_at"] == at(ENDS[row["tenant"]])
        given = con.sql(row["query"]).to_arrow_table().to_pylist()
        assert [each["at_risk"] for each in given] == [row["at_risk"]]
    (hurry,) = [row["actions"][0] for row in rows if row["tenant"] == "behind"]
    assert hurry.startswith("Act within 10 h")


def test_what_is_queued_now_is_told_by_the_tenants_own_clock(con: Any) -> None:
    con.execute(warehouse.queries()["queued-now"].sql)
    assert con.execute("SELECT count(*) FROM queued_now(tenant := 'behind')").fetchall() == [(6,)]
    assert con.execute("SELECT count(*) FROM queued_now(tenant := 'default')").fetchall() == [(0,)]

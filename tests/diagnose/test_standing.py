"""How much an incident matters, how it stands against the last run, and what it is called."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace

import pyarrow as pa
import pytest

from mailtrend import diagnose
from mailtrend.diagnose import Facts
from mailtrend.diagnose.severity import severity

NOW = datetime(2026, 11, 2)
GOING = Facts(
    tenant="default", kind="sustained", status_code="4.4.315", cause="connection_timed_out", connector="A",
    destination="mx.example.com", scope="pair", started_at=datetime(2026, 10, 22, 9), ended_at=None, expected=1.0,
    p_value=1e-9, attempts=100, failures=90, messages=50, recipients=20, first_failure=datetime(2026, 10, 22, 9, 5),
    last_failure=datetime(2026, 11, 1, 23), lost=5, at_risk=3,
)  # fmt: skip
OVER = replace(GOING, ended_at=datetime(2026, 10, 22, 15), at_risk=0)


def book(*_: object, **__: object) -> SimpleNamespace:
    return SimpleNamespace(
        owner="network", title="Timed out", meaning="", steps=(), ask="", steps_migrated=(), owner_depends_on=""
    )


def run(*facts: Facts, before: pa.Table | None = None) -> pa.Table:
    return diagnose.incidents(facts, before=before, now=NOW, verdict=book)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (GOING, "critical"),
        (replace(GOING, successes_since=4), "warning"),
        (replace(GOING, lost=0, at_risk=0), "warning"),
        (replace(GOING, kind="recurring"), "notice"),
        (replace(GOING, messages=4), "notice"),
        (replace(GOING, recipients=2), "notice"),
        (replace(GOING, inbound=60, cause="relay_denied"), "notice"),
        (replace(GOING, cause="mailbox_full", recipients=5), "notice"),
        (replace(GOING, cause="recipient_unknown", recipients=40), "warning"),
        (OVER, "warning"),
        (replace(OVER, messages=8), "notice"),
        (replace(OVER, lost=0, ended_at=datetime(2026, 10, 22, 10)), "notice"),
        (replace(OVER, failures=10), "notice"),
    ],
)
def test_severity_follows_from_harm_and_from_whether_it_lasts(facts: Facts, expected: str) -> None:
    assert severity(facts) == expected


def test_an_incident_is_new_then_ongoing_then_resolved_then_reopened_under_one_id() -> None:
    first = run(GOING)
    second = run(replace(GOING, failures=120), before=first)
    third = run(replace(GOING, ended_at=datetime(2026, 11, 1, 12)), before=second)
    fourth = run(GOING, before=third)
    fifth = run(GOING, before=fourth)
    tables = (first, second, third, fourth, fifth)
    assert [table["state"][0].as_py() for table in tables] == ["new", "ongoing", "resolved", "reopened", "reopened"]
    assert len({table["incident_id"][0].as_py() for table in tables}) == 1


@pytest.mark.parametrize("hours", [-3, -1, 1, 3, 14])
def test_the_id_stays_when_the_onset_moves(hours: int) -> None:
    first = run(GOING)
    moved = replace(GOING, started_at=GOING.started_at + timedelta(hours=hours))
    assert run(moved, before=first)["incident_id"] == first["incident_id"]


def test_the_id_needs_no_earlier_run_when_the_onset_moves_by_an_hour_over_midnight() -> None:
    evening = replace(GOING, started_at=datetime(2026, 10, 21, 23))
    night = replace(GOING, started_at=datetime(2026, 10, 22, 0))
    assert run(evening)["incident_id"] == run(night)["incident_id"]


def test_another_code_place_or_tenant_is_another_incident() -> None:
    others = [
        replace(GOING, status_code="4.4.317"),
        replace(GOING, connector=None),
        replace(GOING, destination="mx.example.net"),
        replace(GOING, tenant="fabrikam"),
        replace(GOING, started_at=datetime(2026, 8, 1), ended_at=datetime(2026, 8, 2)),
    ]
    table = run(GOING, *others, before=run(GOING))
    assert len(set(table["incident_id"].to_pylist())) == 6
    assert table["state"].to_pylist().count("ongoing") == 1


def test_two_incidents_at_one_place_on_one_day_do_not_share_an_id() -> None:
    morning = replace(OVER, ended_at=datetime(2026, 10, 22, 11))
    noon = replace(OVER, started_at=datetime(2026, 10, 22, 11, 30))
    first = run(morning, noon)
    again = run(noon, morning, before=first)
    assert len(set(first["incident_id"].to_pylist())) == 2
    assert again["incident_id"].to_pylist() == first["incident_id"].to_pylist()


def test_the_order_of_facts_does_not_matter() -> None:
    other = replace(GOING, destination="mx.example.net")
    assert run(GOING, other).equals(run(other, GOING))

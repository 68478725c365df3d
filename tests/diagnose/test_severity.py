"""How much an incident matters."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from mailtrend.diagnose import Facts
from mailtrend.diagnose.severity import severity
from mailtrend.diagnose.surroundings import Route, Surroundings

GOING = Facts(
    tenant="default", kind="sustained", status_code="4.4.315", cause="connection_timed_out", connector="A",
    destination="mx.example.com", scope="pair", started_at=datetime(2026, 10, 22, 9), ended_at=None, expected=1.0,
    p_value=1e-9, attempts=100, failures=90, messages=50, recipients=20, first_failure=datetime(2026, 10, 22, 9, 5),
    last_failure=datetime(2026, 11, 1, 23), lost=5, at_risk=3,
)  # fmt: skip
OVER = replace(GOING, ended_at=datetime(2026, 10, 22, 15), at_risk=0)


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
        (replace(GOING, scope="remote_ip", remote_ip="192.0.2.25"), "warning"),
        (replace(GOING, scope="all", successes_since=4), "critical"),
        (replace(GOING, scope="all", successes_since=4, attempts=1000), "notice"),
    ],
)
def test_severity_follows_from_harm_and_from_whether_it_lasts(facts: Facts, expected: str) -> None:
    assert severity(facts) == expected


SILENT = replace(GOING, kind="silence", attempts=0, failures=0, messages=0, recipients=0, lost=0, at_risk=0)
AROUND = Surroundings(tenant_attempts=90, tenant_usual=100.0)
MOVED = Route("B", "mx.example.com", deliveries=50, before=2)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (replace(SILENT, other_attempts=500, surroundings=AROUND), "warning"),
        (replace(SILENT, other_attempts=500), "notice"),
        (replace(SILENT, other_attempts=50, surroundings=AROUND), "notice"),
        (replace(SILENT, other_attempts=500, surroundings=replace(AROUND, elsewhere=(MOVED,))), "notice"),
        (replace(SILENT, other_attempts=500, surroundings=replace(AROUND, tenant_attempts=10)), "notice"),
        (replace(SILENT, other_attempts=500, surroundings=AROUND, ended_at=datetime(2026, 10, 24)), "notice"),
    ],
)
def test_a_silent_route_matters_where_it_was_busy_and_no_other_took_its_mail_on(facts: Facts, expected: str) -> None:
    assert severity(facts) == expected

"""What the evidence says of delays and of the scope of an incident."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from mailtrend.diagnose import Facts
from mailtrend.diagnose.telling import evidence

BASE = Facts(
    tenant="default", kind="sustained", status_code="4.4.316", cause="connection_refused", connector="A",
    destination="mail.contoso.com", scope="pair", started_at=datetime(2026, 10, 5, 8), ended_at=None, expected=0.1,
    p_value=1e-9, messages=500, recipients=90, delivered_late=412, lost=3, at_risk=1, late_p50_seconds=4200.0,
    late_p90_seconds=21600.0, late_max_seconds=75600.0,
)  # fmt: skip


def test_delays_stand_behind_what_was_delivered_late() -> None:
    wanted = "412 delivered late (half within 1 h 10 min, nine in ten within 6 h, the longest 21 h), 3 lost"
    assert any(wanted in told for told in evidence(BASE))


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (40.0, "40 s"),
        (719.0, "12 min"),
        (3599.0, "1 h"),
        (4200.0, "1 h 10 min"),
        (86400.0, "24 h"),
        (259200.0, "3 days"),
    ],
)
def test_of_few_late_messages_the_longest_delay_is_told(seconds: float, told: str) -> None:
    few = replace(BASE, delivered_late=2, late_max_seconds=seconds)
    assert any(f"2 delivered late (the longest after {told})," in line for line in evidence(few))


def test_without_known_delays_none_are_told() -> None:
    unknown = replace(BASE, late_p50_seconds=None, late_p90_seconds=None, late_max_seconds=None)
    assert any("412 delivered late, 3 lost" in told for told in evidence(unknown))


def test_the_one_address_that_fails_and_all_at_once_are_named() -> None:
    member = replace(BASE, scope="remote_ip", remote_ip="192.0.2.26", remote_ips=("192.0.2.26",))
    assert any(told.startswith("Only the address 192.0.2.26 fails") for told in evidence(member))
    everything = replace(BASE, scope="all", connectors=("A", "B"), destinations=("a", "b", "c"))
    assert "It runs over 2 connectors and 3 destinations, all at once" in evidence(everything)

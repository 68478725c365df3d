"""What is known of an incident: what became of its mail, who runs the place, what was changed before."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import polars as pl
import pytest

from mailtrend import contracts
from mailtrend.diagnose import Facts
from mailtrend.warehouse.facts import changes_before, incident_facts
from mailtrend.warehouse.places import Place, who_runs
from mailtrend.warehouse.series import series
from support.views import attempt, catalogue

T0 = datetime(2026, 10, 5, 8)
PLACE = {"connector": "To on-premises", "destination": "mail.contoso.com"}
FILES = [{"file_id": "f1", "source": "exo_trace_detail", "first_event": T0, "last_event": T0 + timedelta(hours=60)}]
CONNECTORS = [
    {"name": "To on-premises", "owner_kind": "own", "smart_hosts": ["mail.contoso.com"], "enabled": True},
    {"name": "Fabrikam TLS", "owner_kind": "partner", "smart_hosts": ["mail.fabrikam.com"]},
]
ACCEPTED = [{"domain": "contoso.com", "domain_type": "InternalRelay"}]


def at(hours: float) -> datetime:
    return T0 + timedelta(hours=hours)


def refused(hour: float, number: int, outcome: str = "deferred", code: str = "4.4.316") -> dict[str, Any]:
    return attempt(at(hour), outcome, number, status_code=code, remote_ip="192.0.2.25", **PLACE)


def delivered(hour: float, number: int) -> dict[str, Any]:
    return attempt(at(hour), "delivered", number, **PLACE)


def facts_of(events: list[dict[str, Any]], first: float, last: float | None, **context: Any) -> Facts:
    """The facts of one planted finding over the given hours, at the time of hour 40."""
    con = catalogue(events, FILES, connectors=CONNECTORS, accepted_domains=ACCEPTED, **context)
    made = series(con)
    (key,) = [row for row in made.keys.to_pylist() if row["scope"] == "pair"]
    finding = {
        "series_id": key["series_id"],
        "started_at": at(first),
        "ended_at": None if last is None else at(last),
        "kind": "sustained",
        "failures": 10,
        "expected": 0.1,
        "p_value": 1e-9,
        "ratio": 100.0,
        "state": "ongoing",
        "evidence": ["seen"],
    }
    schema = pl.DataFrame(pl.from_arrow(contracts.FINDINGS.empty_table())).schema
    (found,) = incident_facts(con, made, pl.DataFrame([finding], schema=schema), at(40))
    return found


def test_messages_are_late_lost_or_still_queued() -> None:
    events = [refused(10 + n / 100, n) for n in range(6)]
    events += [delivered(13, 0), delivered(14, 1)]
    events += [refused(34, 2, "expired", "5.4.316")]
    events += [refused(38 + n / 100, 20 + n) for n in range(2)]
    found = facts_of(events, 10, None)
    # 0 and 1 got through; 2 expired; 20 and 21 are young; 3, 4, 5 were last seen more than a day ago.
    assert (found.delivered_late, found.lost, found.at_risk) == (2, 1, 2)
    assert found.next_expiry == at(38 + 24)
    assert (found.failures, found.messages, found.recipients) == (9, 8, 7)


def test_successes_before_since_and_the_last_one_are_told_apart() -> None:
    events = [delivered(5, 100), delivered(6, 101)]
    events += [refused(10 + n / 100, n) for n in range(6)] + [delivered(20, 0), delivered(21, 102)]
    found = facts_of(events, 10, None)
    assert (found.successes_before, found.successes_since) == (2, 2)
    assert found.last_success == at(21)
    # Message 0 goes to r0 and 102 to r4; both had failed as well.
    assert found.recipients_succeeding == 2
    assert (found.other_attempts, found.other_failures) == (2, 0)


def test_what_gets_through_after_the_last_failure_is_no_success_within() -> None:
    events = [refused(10 + n / 100, n) for n in range(6)] + [delivered(10.5, 0), refused(11, 7), delivered(11.5, 1)]
    found = facts_of(events, 10, 12)
    assert found.successes_since == 1


def test_place_and_family_are_looked_up() -> None:
    found = facts_of([refused(10 + n / 100, n) for n in range(6)], 10, None)
    assert (found.owner_kind, found.connector_enabled) == ("own", True)
    assert found.accepted == (("contoso.com", "InternalRelay"),)
    assert found.codes == ("4.4.316", "5.4.316")
    assert found.causes == (("connection_refused", 6),)
    assert found.remote_ips == ("192.0.2.25",)
    assert found.evidence == ("seen",)


def test_changes_before_the_start_are_given_nearest_first() -> None:
    changes = [
        {"time": at(4), "kind": "migration", "subject": "mail.contoso.com", "note": "finished"},
        {"time": at(9), "kind": "policy", "subject": "Safe Links"},
        {"time": at(8), "kind": "firewall", "subject": "mail.contoso.com"},
        {"time": at(11), "kind": "connector", "subject": "To on-premises"},
    ]
    found = facts_of([refused(10 + n / 100, n) for n in range(6)], 10, None, changes=changes)
    assert [(change.kind, change.matches) for change in found.changes] == [("firewall", True), ("migration", True)]


@pytest.mark.parametrize(
    ("subject", "matches"),
    [
        ("mail.contoso.com", True),
        ("contoso.com", True),
        ("Outbound connector To on-premises, new certificate", True),
        ("fabrikam.com", False),
        (None, False),
    ],
)
def test_a_change_names_a_place_by_connector_host_or_domain(subject: str | None, matches: bool) -> None:
    row = {"time": at(1), "kind": "migration", "subject": subject, "note": None}
    (change,) = changes_before(at(2), [row], {"To on-premises", "mail.contoso.com"})
    assert change.matches is matches


def test_a_change_older_than_a_week_or_later_than_the_start_is_none_of_it() -> None:
    rows = [{"time": at(hours), "kind": "migration", "subject": "x", "note": None} for hours in (-169, 3)]
    assert changes_before(at(0), rows, {"x"}) == ()


@pytest.mark.parametrize(
    ("connector", "destination", "kind"),
    [
        ("To on-premises", "anything.example.com", "own"),
        ("to ON-premises", None, "own"),
        ("Fabrikam TLS", "mail.fabrikam.com", "partner"),
        (None, "mail.fabrikam.com", "partner"),
        (None, "owa.contoso.com", "own"),
        (None, "contoso.com", "own"),
        (None, "notcontoso.com", "internet"),
        ("To_DefaultOpportunisticTLS", "mx.example.net", "internet"),
        ("Some other connector", "mx.example.net", "undetermined"),
    ],
)
def test_who_runs_a_place_is_told_by_connector_then_name_then_route(
    connector: str | None, destination: str | None, kind: str
) -> None:
    assert who_runs(Place(connector, destination), CONNECTORS, ACCEPTED).kind == kind


def test_no_findings_need_no_facts() -> None:
    con = catalogue([], FILES)
    schema = pl.DataFrame(pl.from_arrow(contracts.FINDINGS.empty_table())).schema
    assert incident_facts(con, series(con), pl.DataFrame(schema=schema), at(40)) == []

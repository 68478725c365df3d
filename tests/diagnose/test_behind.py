"""What stands behind a connector: one made lake with a refusal and a wave of unknown recipients, counted by hand."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import polars as pl
import pytest

from mailtrend import contracts
from mailtrend.diagnose import Facts
from mailtrend.diagnose.behind import Behind
from mailtrend.warehouse.facts import incident_facts
from mailtrend.warehouse.series import series
from support.views import attempt, catalogue

BEGAN = datetime(2026, 10, 22, 8)
AS_OF = BEGAN + timedelta(days=2)
HOST = {"connector": "To on-premises", "destination": "mail.contoso.com", "remote_ip": "203.0.113.25"}
STRICT = "branch.contoso.com"
CALLER = "192.0.2.200"
OWN = {"owner_kind": "own", "direction": "outbound", "enabled": True}
CONTEXT = {
    "connectors": [
        {"name": "To on-premises", "smart_hosts": ["mail.contoso.com"], **OWN},
        {"name": "Second route", "smart_hosts": ["mail.contoso.com"], **OWN},
        {"name": "Given up", "smart_hosts": ["old.contoso.com"], **(OWN | {"enabled": False})},
    ],
    "accepted_domains": [
        {"domain": "contoso.com", "domain_type": "InternalRelay"},
        {"domain": STRICT, "domain_type": "Authoritative"},
    ],
    "changes": [
        {"time": BEGAN - timedelta(days=20), "kind": "migration", "subject": "contoso.com", "note": "Finished"},
        {"time": BEGAN + timedelta(days=1), "kind": "migration", "subject": "contoso.com", "note": "Closed"},
        {"time": BEGAN - timedelta(days=70), "kind": "migration", "subject": "contoso.com", "note": "Batch 1"},
    ],
}


def at(days: float) -> datetime:
    return BEGAN + timedelta(days=days)


def cloud(days: float, outcome: str, message: int, who: str, **more: Any) -> dict[str, Any]:
    known = {"recipient": f"{who}@contoso.com", "message_id": f"h{message}@contoso.com"} | HOST
    code = {"status_code": "4.4.316"} if outcome == "deferred" else {}
    return attempt(at(days), outcome, message, **(known | code | more))


def own(days: float, source: str, outcome: str, header: str | None, who: str | None, **more: Any) -> dict[str, Any]:
    """A row of EX01; it has no id of Exchange Online's."""
    known = {
        "source": source, "server": "EX01", "direction": "inbound", "network_message_id": None, "message_id": header,
        "recipient": f"{who}@contoso.com" if who else None, "recipient_domain": "contoso.com" if who else None,
        "destination": "contoso.com", "event": outcome, "file_id": "f2", "queue_id": f"q{days}",
    }  # fmt: skip
    return attempt(at(days), outcome, int(1000 + days * 1000), **(known | more))


RECEIVE, TRACKING = "exchange_smtp_receive", "exchange_tracking"
STRANGE = {"recipient_domain": STRICT, "destination": STRICT, "connector": None, "remote_ip": None}
UNKNOWN = STRANGE | {"status_code": "5.1.10", "cause": "recipient_unknown"}
EVENTS = [
    # Deliveries in the weeks before: two and quin's, three, one, and one more that opens no full week.
    *[cloud(-days, "delivered", 10 + n, who) for n, (days, who) in enumerate(
        [(1, "ann"), (2, "bo"), (8, "bo"), (9, "cy"), (10, "cy"), (16, "cy"), (22, "dan")])],
    # Old was refused as unknown, a week before.
    cloud(-7, "failed", 20, "old", status_code="5.1.1", cause="recipient_unknown"),
    # Refused from the first hour on: ann and bo had mail there, old never.
    *[cloud(n / 24, "deferred", 100 + n, who) for n, who in enumerate(["ann", "bo", "old", "ann", "bo", "old"])],
    # Ann's mailbox is in Exchange Online by now. The trace knows of one delivery to the same address, and of one elsewhere.
    cloud(1, "delivered", 200, "ann", connector=None, remote_ip=None, destination="contoso.com", event="Deliver"),
    cloud(1, "delivered", 201, "eva", connector=None, destination="contoso.com", source="exo_message_trace"),
    cloud(1, "delivered", 202, "fay", connector=None, remote_ip="192.0.2.77", source="exo_message_trace"),
    cloud(1.5, "delivered", 203, "gus", connector="Second route"),
    # EX01 took ann's mail of the day before from this caller, later one that failed, and two of strangers.
    own(-1, RECEIVE, "received", "h10@contoso.com", "ann", remote_ip=CALLER),
    own(0.1, RECEIVE, "received", "h101@contoso.com", "bo", remote_ip=CALLER),
    own(0.2, RECEIVE, "deferred", None, None, event="TLS failed", cause="tls_negotiation_failed", remote_ip=CALLER),
    own(0.3, RECEIVE, "received", "s1@example.com", "bo", remote_ip="198.51.100.7"),
    own(0.4, RECEIVE, "received", "s2@example.com", "bo", remote_ip="198.51.100.8"),
    own(0.4, TRACKING, "delivered", "s2@example.com", "bo"),
    # Another server, which nothing ties to this connector, and mail that EX01 hands up.
    own(0.5, "exim", "delivered", "x1@example.com", "hub", server="mx03", direction="internal"),
    own(0.6, TRACKING, "delivered", "up1@contoso.com", "kim", direction="outbound",
        destination="contoso-com.mail.protection.outlook.com", remote_host="contoso-com.mail.protection.outlook.com"),
    # A wave of unknown recipients in a domain that is Authoritative: pia and quin live on-premises, rob nowhere, and what
    # Exchange Online put into tom's mailbox says nothing of a server of ours.
    *[cloud(0.5 + n / 24, "failed", 300 + n, who, recipient=f"{who}@{STRICT}", **UNKNOWN)
      for n, who in enumerate(["pia", "quin", "rob", "pia", "quin", "tom"])],
    own(-3, TRACKING, "delivered", "p1@example.com", "pia", recipient=f"pia@{STRICT}", recipient_domain=STRICT,
        destination=STRICT),
    cloud(-4, "delivered", 310, "quin", recipient=f"quin@{STRICT}", recipient_domain=STRICT),
    cloud(-4, "delivered", 311, "tom", recipient=f"tom@{STRICT}", **(STRANGE | {"event": "Deliver"})),
    # The same host in another tenant.
    *[cloud(n / 24, "deferred", 400 + n, "zed", tenant="fabrikam") for n in range(6)],
]  # fmt: skip


@pytest.fixture(scope="module")
def found() -> dict[str, Facts]:
    """The facts of both, by code, as a finding planted over two days gives them."""
    files = [{"file_id": "f1", "source": "exo_trace_detail", "first_event": at(-23), "last_event": AS_OF}]
    con = catalogue([{"line": n} | event | {"line": n} for n, event in enumerate(EVENTS)], files, **CONTEXT)
    made = series(con)
    keys = [row for row in made.keys.to_pylist() if row["scope"] == "pair"]
    planted = [
        {"series_id": key["series_id"], "started_at": BEGAN, "ended_at": None, "kind": "sustained", "failures": 6,
         "expected": 0.1, "p_value": 1e-9, "ratio": 60.0, "state": "ongoing", "evidence": ["seen"]}
        for key in keys
    ]  # fmt: skip
    schema = pl.DataFrame(pl.from_arrow(contracts.FINDINGS.empty_table())).schema
    facts = incident_facts(con, made, pl.DataFrame(planted, schema=schema), AS_OF)
    return {str(each.status_code) if each.tenant == "default" else each.tenant: each for each in facts}


def behind(found: dict[str, Facts], code: str = "4.4.316") -> Behind:
    known = found[code].behind
    assert known is not None
    return known


def test_recipients_are_told_by_their_last_delivery_before_and_since(found: dict[str, Facts]) -> None:
    people = {each.address.partition("@")[0]: each[1:] for each in behind(found).people}
    assert people == {
        "bo": (2, at(-2), at(0.4), "EX01", None),
        "hub": (0, None, at(0.5), "mx03", None),
        "eva": (0, None, at(1), None, None),
        "gus": (0, None, at(1.5), None, None),
        "ann": (2, at(-1), None, None, at(1)),
        "cy": (0, at(-9), None, None, None),
        "quin": (0, at(-4), None, None, None),
        "old": (2, None, None, None, None),
    }
    known = behind(found)
    assert (known.failing, known.failing_before, known.failing_unknown) == (3, 2, 1)
    assert (known.live, known.recent) == (4, 3)


def test_traffic_is_counted_by_full_weeks_back_from_the_start(found: dict[str, Facts]) -> None:
    known = behind(found)
    assert (known.weeks, round(known.days_before, 3)) == ((3, 3, 1), 22)


def test_other_ways_to_the_same_host_are_counted_apart(found: dict[str, Facts]) -> None:
    known = behind(found)
    assert (known.others_delivered, known.others_failed, known.host_delivered, known.traced) == (1, 0, 0, 1)
    assert known.own_routes == ("Second route", "To on-premises")


def test_migrations_of_two_months_before_and_a_fortnight_after_are_kept_nearest_first(found: dict[str, Facts]) -> None:
    assert [change.note for change in behind(found).migrations] == ["Closed", "Finished"]


def test_the_server_that_logged_its_mail_is_the_one_that_stands_there(found: dict[str, Facts]) -> None:
    sides = behind(found).sides
    assert sides is not None
    assert (sides.servers, sides.known_by) == (("EX01",), "mail")
    assert (sides.log_from, sides.log_until) == (at(-3), at(0.6))
    assert (sides.hours, sides.covered) == (49, 5)


def test_calls_of_exchange_online_are_known_by_the_mail_that_came_from_there(found: dict[str, Facts]) -> None:
    sides = behind(found).sides
    assert sides is not None
    assert (sides.accepted, sides.tls_failed, sides.refused, sides.dropped) == (1, 1, 0, 0)
    assert (sides.sessions_before, sides.last_session) == (1, at(0.2))
    assert (sides.arrivals, sides.mailboxes, sides.handed_up) == (3, 1, 1)
    assert (sides.failing_seen, sides.failing_accepted) == (1, 1)


def test_of_unknown_recipients_only_own_logs_and_own_connectors_say_that_they_live(found: dict[str, Facts]) -> None:
    people = {each.address.partition("@")[0]: each for each in behind(found, "5.1.10").people}
    assert {name: (each.failures, each.before, each.since) for name, each in people.items()} == {
        "pia": (2, at(-3), None), "quin": (2, at(-4), None), "rob": (1, None, None), "tom": (1, None, None),
    }  # fmt: skip
    assert people["tom"].cloud == at(-4)


def test_a_tenant_without_logs_of_own_servers_has_no_sides_and_nobody_elses(found: dict[str, Facts]) -> None:
    known = behind(found, "fabrikam")
    assert known.sides is None
    assert [each.address for each in known.people] == ["zed@contoso.com"]
    assert (known.others_delivered, known.traced, known.own_routes, known.migrations) == (0, 0, (), ())

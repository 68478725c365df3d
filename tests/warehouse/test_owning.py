"""Who has to act, for every failure: own server, partner, MX, refusals at the door, and where nothing was exported."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from mailtrend import contracts
from mailtrend.knowledge.verdicts import OWN_REPLY
from mailtrend.warehouse.owning import owning
from support.lakes import rows
from support.runners import KEY, runners
from support.views import attempt, catalogue

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

T0 = datetime(2026, 10, 5, 8)
FILES = [{"file_id": "f1", "source": "postfix", "first_event": T0, "last_event": T0 + timedelta(hours=60)}]
CONNECTORS = [
    {"name": "To on-premises", "direction": "outbound", "owner_kind": "own", "smart_hosts": ["mail.contoso.com"],
     "recipient_domains": ["branch.contoso.com"]},
    {"name": "To Fabrikam", "direction": "outbound", "owner_kind": "partner", "smart_hosts": ["mail.fabrikam.com"],
     "recipient_domains": ["fabrikam.com", "*.fabrikam.com"]},
]  # fmt: skip
ACCEPTED = [{"domain": "contoso.com", "domain_type": "Authoritative"}]
REFUSED = {"status_code": "4.4.316", "reply_code": 450, "cause": "connection_refused"}


def owned(events: Sequence[Mapping[str, Any]], **context: Sequence[Mapping[str, Any]]) -> DuckDBPyConnection:
    """All views over these events, with what is worked out after an ingest."""
    con = catalogue(events, FILES, **context)
    for name, table in owning(con).items():
        con.register(f"rows_of_{name}", table)
    return con


def told(con: DuckDBPyConnection, columns: str) -> list[tuple[Any, ...]]:
    return con.sql(f"SELECT {columns} FROM owned_failures ORDER BY line").fetchall()


def failing(
    number: int, to: str, connector: str | None = None, host: str | None = None, **given: Any
) -> dict[str, Any]:
    """A failure of a message to somebody at the domain `to`; without a host none was reached."""
    place = {"connector": connector, "destination": host or to, "recipient_domain": to, "recipient": f"bo@{to}"}
    return attempt(T0, "deferred", number, **(place | REFUSED | given))


def test_the_same_code_is_for_another_owner_at_one_s_own_server_at_a_partner_and_at_an_mx() -> None:
    events = [
        failing(1, "branch.contoso.com", "To on-premises", "mail.contoso.com"),
        failing(2, "fabrikam.com", "To Fabrikam", "mail.fabrikam.com"),
        failing(3, "example.org", None, "mx.example.org"),
        failing(4, "eu.fabrikam.com"),
    ]
    con = owned(events, connectors=CONNECTORS, accepted_domains=ACCEPTED)
    assert told(con, "owner_kind, owner, partner") == [
        ("own", "on_premises", None),
        ("partner", "partner", "fabrikam.com"),
        ("internet", "recipient_organization", None),
        ("partner", "partner", "eu.fabrikam.com"),
    ]


def test_where_nothing_was_exported_the_owner_is_open_and_what_would_settle_it_is_said() -> None:
    con = owned([failing(1, "example.org", "To on-premises", "mail.contoso.com")])
    [(kind, owner, depends, step)] = told(con, "owner_kind, owner, owner_depends_on, first_step")
    assert (kind, owner) == ("undetermined", "undetermined")
    assert "Get-OutboundConnector" in depends
    assert "Get-OutboundConnector" in step


def test_where_nothing_was_exported_an_owner_that_is_the_same_everywhere_is_told_all_the_same() -> None:
    con = owned([failing(1, "example.org", status_code="5.1.1", reply_code=550, cause="recipient_unknown")])
    assert told(con, "owner_kind, owner, owner_depends_on") == [("undetermined", "sender", None)]


def test_what_is_the_recipient_s_organization_to_others_is_oneself_where_one_s_own_server_refused() -> None:
    full = {"status_code": "4.2.2", "reply_code": 452, "cause": "mailbox_full"}
    events = [
        failing(1, "example.org", None, "mx.example.org", **full),
        failing(2, "contoso.com", None, direction="inbound", **full),
    ]
    con = owned(events, connectors=CONNECTORS, accepted_domains=ACCEPTED)
    assert told(con, "owner") == [("recipient_organization",), ("your_organization",)]
    assert [step for (step,) in told(con, "first_step") if step == OWN_REPLY] == []


def test_a_code_whose_text_tells_another_cause_has_the_owner_and_title_of_that_cause() -> None:
    events = [
        failing(1, "example.org", status_code="5.7.1", reply_code=550, cause="spam_or_reputation"),
        failing(2, "example.org", status_code="5.7.1", reply_code=451, cause="greylisted"),
    ]
    [listed, grey] = told(owned(events, connectors=CONNECTORS), "owner, title, class")
    assert (listed[0], grey[0]) == ("your_organization", "nobody")
    assert "greylist" in grey[1].lower()
    assert (listed[2], grey[2]) == ("permanent", "transient")


def test_domains_that_nothing_is_known_of_are_one_place_however_many_there_are() -> None:
    events = [failing(number, f"d{number}.example.org", "smtp", f"mx.d{number}.example.org") for number in range(60)]
    events += [failing(60 + number, f"n{number}.example.net", "smtp") for number in range(60)]
    events.append(failing(200, "fabrikam.com", "smtp", "mail.fabrikam.com"))
    con = owned(events, connectors=CONNECTORS, accepted_domains=ACCEPTED)
    places = con.sql("SELECT destination, recipient_domain, owner_kind FROM failing_places ORDER BY ALL").fetchall()
    assert places == [("*", "*", "internet"), ("mail.fabrikam.com", "fabrikam.com", "partner")]
    assert told(con, "count(*) OVER (), owner_kind")[0] == (121, "internet")


def test_a_host_at_microsoft_is_told_by_its_first_part_whatever_the_recipient_s_domain_is() -> None:
    hosts = ("contoso-com.mail.protection.outlook.com", "fabrikam-com.mail.protection.outlook.com")
    events = [failing(number, "example.org", "To Teams", host) for number, host in enumerate(hosts)]
    con = owned(events, accepted_domains=ACCEPTED)
    assert told(con, "owner_kind") == [("microsoft",), ("undetermined",)]


def test_tenants_do_not_know_of_each_other_s_connectors() -> None:
    events = [failing(1, "fabrikam.com"), failing(2, "fabrikam.com", tenant="other")]
    assert told(owned(events, connectors=CONNECTORS), "tenant, owner_kind") == [
        ("default", "partner"),
        ("other", "undetermined"),
    ]


def test_what_was_ingested_since_has_no_owner_yet_and_is_not_lost() -> None:
    con = catalogue([failing(1, "example.org")], FILES)
    assert told(con, "status_code, owner, owner_kind") == [("4.4.316", None, None)]


DIRECTIONS = ("outbound", "inbound", "internal")
NAMES = (
    None, "contoso.com", "branch.contoso.com", "eu.contoso.com", "fabrikam.com", "x.fabrikam.com", "mail.fabrikam.com",
    "mail.contoso.com", "contoso-com.mail.protection.outlook.com", "am5.mail.protection.outlook.com", "notcontoso.com",
    "contoso.onmicrosoft.com", "example.org", "mx.example.org", "tailspintoys.com", "de.example", "192.0.2.7", "localhost",
    "eu.tailspintoys.com", "198.51.100.7", "*", "",
)  # fmt: skip
EXPORTS: dict[str, list[dict[str, Any]]] = {
    "connectors": [
        *CONNECTORS,
        {"name": "Off", "direction": "outbound", "owner_kind": "own", "enabled": False, "smart_hosts": ["192.0.2.7"]},
        {"name": "smtp", "direction": "send", "owner_kind": "undetermined", "recipient_domains": ["*"],
         "smart_hosts": ["mail.contoso.com", "localhost"]},
        {"name": "From Tailspin", "direction": "inbound", "owner_kind": "partner",
         "sender_domains": ["*.tailspintoys.com"]},
        {"name": "By top level", "direction": "outbound", "owner_kind": "own", "recipient_domains": ["*.example"]},
    ],
    "accepted_domains": [
        {"domain": "contoso.com", "domain_type": "Authoritative"},
        {"domain": "contoso.onmicrosoft.com", "domain_type": "Authoritative"},
        {"domain": "*.branch.contoso.com", "domain_type": "InternalRelay"},
        {"domain": "eu.contoso.com", "domain_type": "ExternalRelay"},
    ],
}  # fmt: skip


LINES = (None, "To on-premises", "smtp", "From Tailspin", "unknown", "To_DefaultOpportunisticTLS")


@pytest.mark.parametrize("exports", [(), ("connectors",), ("accepted_domains",), ("connectors", "accepted_domains")])
def test_every_failure_has_the_runner_that_its_own_place_gives(exports: tuple[str, ...]) -> None:
    places = itertools.product(LINES, NAMES, NAMES, DIRECTIONS)
    events = [
        attempt(T0, "failed", number, connector=line, destination=host, recipient_domain=domain, direction=direction)
        for number, (line, host, domain, direction) in enumerate(places)
    ]
    con = owned(events, **{name: EXPORTS[name] for name in exports})
    con.register("runners", runners(con))
    joined = " AND ".join(f"f.{name} IS NOT DISTINCT FROM r.{name}" for name in KEY)
    differing = con.sql(
        f"SELECT f.connector, f.destination, f.recipient_domain, f.direction, f.owner_kind, r.owner_kind, f.partner, r.partner "
        f"FROM owned_failures AS f INNER JOIN runners AS r ON {joined} "
        "WHERE f.owner_kind IS DISTINCT FROM r.owner_kind OR f.partner IS DISTINCT FROM r.partner"
    ).fetchall()
    assert differing == []
    assert con.sql("SELECT count(*), count(owner) FROM owned_failures").fetchall() == [(len(events), len(events))]


def incident(**given: Any) -> dict[str, Any]:
    usual = {"incident_id": "i1", "tenant": "default", "status_code": "4.4.316", "connector": "To on-premises",
             "destination": "mail.contoso.com", "cause": "connection_refused", "started_at": T0,
             "owner": "your_organization"}  # fmt: skip
    return usual | given


def test_what_an_incident_says_goes_before_for_its_failures_alone() -> None:
    at = ("contoso.com", "To on-premises", "mail.contoso.com")
    late = {"event_time": T0 + timedelta(hours=9)}
    expired = {"status_code": "5.4.316", "cause": "message_expired"}
    events = [
        failing(1, *at), failing(2, *at, **expired), failing(3, *at, **late),
        failing(4, *at, cause="connection_reset"), failing(5, "contoso.com", "To on-premises", "ex2.contoso.com"),
        failing(6, *at, event_time=T0 - timedelta(minutes=1)), failing(7, *at, event_time=T0 + timedelta(hours=3)),
    ]  # fmt: skip
    con = owned(events, connectors=CONNECTORS)
    found = [
        incident(ended_at=T0 + timedelta(hours=5)),
        incident(
            incident_id="i2", started_at=T0 + timedelta(hours=2), ended_at=T0 + timedelta(hours=5), owner="network"
        ),
        incident(incident_id="i3", started_at=T0 + timedelta(hours=8), owner="undetermined"),
    ]
    con.register("rows_of_incidents", rows(contracts.INCIDENTS, *found))
    assert told(con, "line, owner") == [
        (1, "your_organization"), (2, "your_organization"), (3, "on_premises"), (4, "on_premises"),
        (5, "on_premises"), (6, "on_premises"), (7, "network"),
    ]  # fmt: skip

"""Who runs the server at a place, and what a partner is called, from exports of connectors and accepted domains."""

from __future__ import annotations

from typing import Any

import pytest

from mailtrend.warehouse.places import Place, registered_domain, who_runs, who_runs_all


def connector(name: str, kind: str, direction: str = "outbound", **columns: Any) -> dict[str, Any]:
    return {"name": name, "owner_kind": kind, "direction": direction, "smart_hosts": [], "enabled": True} | columns


HYBRID = connector("To on-premises", "own", smart_hosts=["mail.contoso.com"], recipient_domains=["contoso.com"])
FABRIKAM = connector(
    "Fabrikam TLS", "partner", smart_hosts=["mail.fabrikam.com"], recipient_domains=["fabrikam.com", "*.fabrikam.com"]
)
FILTER = connector("Filter", "partner", smart_hosts=["eu.mx.example.net"], recipient_domains=["*"])
CONNECTORS = [HYBRID, FABRIKAM, FILTER]
ACCEPTED = [
    {"domain": "contoso.com", "domain_type": "Authoritative"},
    {"domain": "branch.contoso.com", "domain_type": "InternalRelay"},
    {"domain": "*.plants.example.org", "domain_type": "InternalRelay"},
    {"domain": "tailspintoys.com", "domain_type": "ExternalRelay"},
    {"domain": "contoso.onmicrosoft.com", "domain_type": "Authoritative"},
]


@pytest.mark.parametrize(
    ("place", "kind", "partner"),
    [
        # By the name of the connector, whatever its case.
        (Place("to ON-PREMISES", "198.51.100.7"), "own", None),
        (Place("Fabrikam TLS", "mail.fabrikam.com", "outbound", "eu.fabrikam.com"), "partner", "eu.fabrikam.com"),
        (Place("Fabrikam TLS", None), "partner", "fabrikam.com"),
        # By a smart host.
        (Place(None, "mail.fabrikam.com", "outbound", "example.org"), "partner", "fabrikam.com"),
        (Place("relay", "eu.mx.example.net"), "partner", "example.net"),
        # While no server is known, by the domain that a connector takes; never by one for all domains.
        (Place(None, "eu.fabrikam.com", "outbound", "eu.fabrikam.com"), "partner", "eu.fabrikam.com"),
        (Place(None, None, "outbound", "fabrikam.com"), "partner", "fabrikam.com"),
        (Place(None, "mx.fabrikam.com", "outbound", "fabrikam.com"), "internet", None),
        (Place(None, None, "outbound", "notfabrikam.com"), "internet", None),
        # By accepted domains: the host, then the recipient's domain.
        (Place(None, "ex02.contoso.com", "outbound", "example.org"), "own", None),
        (Place("unknown", "198.51.100.7", "outbound", "branch.contoso.com"), "own", None),
        (Place("unknown", "198.51.100.7", "outbound", "a.plants.example.org"), "own", None),
        (Place("unknown", "198.51.100.7", "outbound", "tailspintoys.com"), "partner", "tailspintoys.com"),
        (Place("unknown", None, "inbound", "contoso.com"), "own", None),
        (Place("smtp", "contoso-com.mail.protection.outlook.com", "outbound", "contoso.com"), "microsoft", None),
        (Place("smtp", "fabrikam-com.mail.protection.outlook.com", "outbound", "fabrikam.com"), "internet", None),
        (Place(None, "contoso.onmicrosoft.com", "outbound", "contoso.onmicrosoft.com"), "microsoft", None),
        # By the way mail goes.
        (Place("To_DefaultOpportunisticTLS", "mx.example.org", "outbound", "example.org"), "internet", None),
        (Place(None, "mx.example.org", "outbound", "example.org"), "internet", None),
        (Place("unknown", "mx.example.org", "outbound", "example.org"), "undetermined", None),
        (Place(None, "mx.example.org", "inbound", "example.org"), "undetermined", None),
    ],
)
def test_a_place_is_told_by_connector_host_domain_or_route(place: Place, kind: str, partner: str | None) -> None:
    found = who_runs(place, CONNECTORS, ACCEPTED)
    assert (found.kind, found.partner) == (kind, partner)


def test_a_partner_for_all_domains_is_called_by_its_smart_host() -> None:
    assert who_runs(Place("Filter", "eu.mx.example.net", "outbound", "example.org"), CONNECTORS, []).partner == (
        "example.net"
    )
    by_address = connector("Gate", "partner", smart_hosts=["203.0.113.9"], recipient_domains=["*"])
    assert who_runs(Place("Gate", None), [by_address], []).partner is None


def test_where_nothing_was_exported_nothing_is_said_but_of_plain_transports() -> None:
    assert who_runs(Place(None, "mx.example.org", "outbound", "example.org"), [], []).kind == "undetermined"
    assert who_runs(Place("remote_smtp", "mx.example.org"), [], []).kind == "internet"
    inbound = connector("From Fabrikam", "partner", "inbound", sender_domains=["fabrikam.com"])
    assert who_runs(Place(None, "mx.example.org"), [inbound], []).kind == "undetermined"


def test_one_name_in_both_directions_is_told_by_the_direction_of_the_mail() -> None:
    both = [
        connector("Fabrikam", "partner", "inbound", sender_domains=["fabrikam.com"]),
        connector("Fabrikam", "own", "outbound"),
    ]
    assert who_runs(Place("fabrikam", None, "outbound"), both, []).kind == "own"
    found = who_runs(Place("fabrikam", None, "inbound"), both, [])
    assert (found.kind, found.partner) == ("partner", "fabrikam.com")


def test_connectors_that_disagree_about_a_smart_host_say_nothing() -> None:
    one = connector("A", "own", smart_hosts=["mail.example.net"])
    other = connector("B", "partner", smart_hosts=["mail.example.net"])
    assert who_runs(Place(None, "mail.example.net"), [one, other], []).kind == "undetermined"
    switched_off = other | {"enabled": False}
    assert who_runs(Place(None, "mail.example.net"), [one, switched_off], []).kind == "own"


def test_a_connector_that_is_off_or_taken_by_a_rule_alone_takes_no_domain() -> None:
    for columns in ({"enabled": False}, {"rule_scoped": True}):
        rows = [FABRIKAM | columns]
        assert who_runs(Place(None, None, "outbound", "fabrikam.com"), rows, []).kind == "internet"


def test_the_closest_domain_of_a_connector_counts() -> None:
    rows = [FABRIKAM, connector("Plant", "own", recipient_domains=["plant.fabrikam.com"])]
    assert who_runs(Place(None, None, "outbound", "plant.fabrikam.com"), rows, []).kind == "own"


def test_places_of_one_incident_say_what_they_agree_upon() -> None:
    many = connector("Many", "partner", recipient_domains=["example.com", "example.org", "example.net"])
    named = [Place("Many", None, "outbound", domain) for domain in ("example.com", "example.org", "example.net")]
    assert who_runs_all(named[:2], [many], []).partner == "example.com and example.org"
    assert who_runs_all(named, [many], []).partner == "example.com, example.org and 1 more"
    mixed = [Place(None, "x.example", "outbound", domain) for domain in ("branch.contoso.com", "example.org")]
    assert who_runs_all(mixed, CONNECTORS, ACCEPTED).kind == "undetermined"


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("mail.eu.contoso.com", "contoso.com"),
        ("mx.contoso.co.uk", "contoso.co.uk"),
        ("*.Fabrikam.com.au", "fabrikam.com.au"),
        ("192.0.2.25", None),
        ("2001:db8::25", None),
        ("ex01", None),
        ("", None),
    ],
)
def test_the_registered_part_of_a_name_is_the_same_in_python_and_in_sql(host: str, domain: str | None) -> None:
    import duckdb

    from mailtrend.warehouse import library

    assert registered_domain(host) == domain
    with duckdb.connect() as con:
        con.execute(library.macros())
        assert con.execute("SELECT registered_domain(?)", [host]).fetchall() == [(domain,)]

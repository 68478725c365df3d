"""Whose an incident's failures are, at every scope that it may have and under every code it went through."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from mailtrend import contracts
from mailtrend.warehouse.owning import owning
from support.lakes import rows
from support.views import attempt, catalogue

T0 = datetime(2026, 10, 5, 8)
HOST = ("To on-premises", "mail.contoso.com", "192.0.2.26")


def failing(number: int, connector: str | None, host: str, address: str, **given: Any) -> dict[str, Any]:
    place = {"connector": connector, "destination": host, "remote_ip": address, "status_code": "4.4.316"}
    return attempt(T0 + timedelta(hours=1), "deferred", number, **(place | given))


EVENTS = [
    failing(1, *HOST),
    failing(2, HOST[0], HOST[1], "192.0.2.27"),
    failing(3, HOST[0], "ex2.contoso.com", "192.0.2.26"),
    failing(4, "Second route", HOST[1], "192.0.2.28"),
    failing(5, "To Fabrikam", "mail.fabrikam.com", "203.0.113.7"),
    failing(6, *HOST, status_code="4.7.320"),
    failing(7, *HOST, tenant="fabrikam"),
    failing(8, None, "mx.example.org", "203.0.113.8"),
    failing(9, HOST[0], "ex3.contoso.com", "192.0.2.29"),
]  # fmt: skip


def incident(scope: str, owner: str = "dns", **given: Any) -> dict[str, Any]:
    """One that names of HOST what its scope does, unless told otherwise."""
    names = {"pair": (0, 1), "remote_ip": (0, 2), "destination": (1,), "connector": (0,), "all": ()}[scope]
    place = {("connector", "destination", "remote_ip")[at]: HOST[at] for at in names}
    usual = {"incident_id": f"{scope}-{owner}", "tenant": "default", "status_code": "4.4.316", "scope": scope,
             "cause": "connection_refused", "started_at": T0, "owner": owner}  # fmt: skip
    return usual | place | given


@pytest.fixture(scope="module")
def con():
    made = catalogue(EVENTS, [])
    for name, found in owning(made).items():
        made.register(f"rows_of_{name}", found)
    return made


def owned(con: Any, owner: str, *incidents: dict[str, Any]) -> list[int]:
    """The failures of an owner that only an incident can name. A failure has one row, whatever incidents there are."""
    con.register("rows_of_incidents", rows(contracts.INCIDENTS, *incidents))
    told = con.sql("SELECT line, owner FROM owned_failures ORDER BY line").fetchall()
    assert [line for line, _ in told] == [event["line"] for event in EVENTS]
    return [line for line, whose in told if whose == owner]


@pytest.mark.parametrize(
    ("scope", "lines"),
    [("remote_ip", [1, 3]), ("pair", [1, 2]), ("destination", [1, 2, 4]), ("connector", [1, 2, 3, 9]),
     ("all", [1, 2, 3, 4, 5, 8, 9])],
)  # fmt: skip
def test_failures_at_the_place_of_an_incident_have_its_owner_whatever_its_scope(
    con: Any, scope: str, lines: list[int]
) -> None:
    assert owned(con, "dns", incident(scope)) == lines


def test_of_several_incidents_the_narrowest_says_whose_a_failure_is(con: Any) -> None:
    scopes = {"remote_ip": "network", "pair": "dns", "destination": "microsoft", "connector": "nobody", "all": "sender"}
    found = [incident(scope, owner) for scope, owner in scopes.items()]
    told = {owner: owned(con, owner, *found) for owner in scopes.values()}
    assert told == {"network": [1, 3], "dns": [2], "microsoft": [4], "nobody": [9], "sender": [5, 8]}


def test_where_the_narrowest_cannot_tell_the_next_one_does(con: Any) -> None:
    assert owned(con, "dns", incident("pair", "undetermined"), incident("connector")) == [1, 2, 3, 9]


def test_of_two_connectors_the_later_one_says_whose_its_failures_are(con: Any) -> None:
    later = incident("connector", "network", started_at=T0 + timedelta(minutes=30))
    assert owned(con, "network", incident("connector"), later) == [1, 2, 3, 9]
    assert owned(con, "dns", incident("connector"), later) == []


def test_failures_under_the_codes_that_an_incident_went_through_are_its_own(con: Any) -> None:
    rungs = incident("pair", status_code="4.7.320", cause="certificate_expired", status_codes=["4.4.316", "4.7.320"])
    assert owned(con, "dns", rungs) == [1, 2, 6]
    assert owned(con, "dns", rungs | {"status_codes": ["4.7.320"]}) == [6]


def test_under_its_own_code_the_cause_of_an_incident_counts(con: Any) -> None:
    assert owned(con, "dns", incident("pair", cause="connection_reset", status_codes=["4.4.316"])) == []

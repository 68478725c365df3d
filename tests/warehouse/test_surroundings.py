"""What goes on around incidents, counted by hand over one small lake."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from mailtrend import contracts
from mailtrend.diagnose.surroundings import Address, Route, Surroundings
from mailtrend.warehouse.facts import incident_facts
from mailtrend.warehouse.series import series
from support.views import attempt, catalogue

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from mailtrend.diagnose import Facts

T0 = datetime(2026, 10, 12, 8)
FABRIKAM = {"connector": "Fabrikam TLS", "destination": "mail.fabrikam.com", "recipient_domain": "fabrikam.com"}
CONTOSO = {"connector": "To on-premises", "destination": "mail.contoso.com"}
PLAIN = {"connector": "To_Default", "destination": "mx.litwareinc.com", "recipient_domain": "litwareinc.com"}
GONE = {"destination": "litwareinc.com", "recipient_domain": "litwareinc.com", "cause": "dns_no_such_domain"}
QUIET = {"connector": "Orders", "destination": "mail.wingtiptoys.com", "recipient_domain": "wingtiptoys.com"}
MISMATCH = (
    "450 4.4.317 Cannot connect to remote server [Message=SubjectMismatch Expected Subject: mail.fabrikam.com. "
    "Presented Subject: CN=EX01. NotAfter: 2027-01-01T00:00:00Z. Thumbprint: D0AC11.]"
)


def at(hours: float) -> datetime:
    return T0 + timedelta(hours=hours)


def events() -> list[dict[str, Any]]:
    """Numbers are messages; every group has a hundred of its own."""
    made = []
    for n in range(8):
        sender = "Mara@contoso.com" if n < 6 else "lars@contoso.com\u202e"
        known = {**FABRIKAM, "status_code": "4.7.320", "cause": "certificate_name_mismatch", "sender": sender}
        made += [attempt(at(10 + hour + n / 100), "deferred", n, response=MISMATCH, **known) for hour in range(3)]
    made += [attempt(at(-n), "delivered", 100 + n, **FABRIKAM) for n in range(1, 5)]
    # An own server with two addresses, one of which stops at 10:00 and takes no TLS.
    for hour in range(4):
        bad = {**CONTOSO, "status_code": "4.4.316", "cause": "starttls_not_offered", "remote_ip": "203.0.113.26"}
        made += [attempt(at(10 + hour + n / 100), "deferred", 200 + 10 * hour + n, **bad) for n in range(3)]
        good = {**CONTOSO, "remote_ip": "203.0.113.25"}
        made += [attempt(at(10 + hour + 0.5), "delivered", 300 + hour, **good)] if hour < 3 else []
    made += [attempt(at(-n), "delivered", 400 + n, tls_version="TLS1.2", **CONTOSO) for n in range(1, 4)]
    # A domain that took mail until its name was gone.
    made += [attempt(at(-72 - n), "delivered", 500 + n, **PLAIN) for n in range(9)]
    made += [attempt(at(-48 + n / 10), "deferred", 600 + n, status_code="4.4.312", **GONE) for n in range(6)]
    # A route that falls silent at 10:00; its mail goes another way, as one in ten of it did before.
    made += [attempt(at(-100 - n), "deferred", 700 + n, status_code="4.4.318", **QUIET) for n in range(6)]
    made += [attempt(at(-n), "delivered", 720 + n, **QUIET) for n in range(1, 20)]
    other = {**QUIET, "connector": "New", "destination": "mx2.wingtiptoys.com"}
    made += [attempt(at(11 + n), "delivered", 750 + n, **other) for n in range(7)]
    made += [attempt(at(8.5), "delivered", 770, **other)]
    # Mail from outside: four within the first day of it, two in the same hours a week before.
    made += [attempt(at(12 + n), "delivered", 800 + n, direction="inbound") for n in range(4)]
    made += [attempt(at(12 + n - 168), "delivered", 820 + n, direction="inbound") for n in range(2)]
    return made


FINDINGS = {
    "4.7.320": (10, 14, "sustained"), "4.4.316": (10, None, "sustained"), "4.4.312": (-48, -47, "burst"),
    "4.4.318": (10, None, "silence"),
}  # fmt: skip


def found_in(con: DuckDBPyConnection, wanted: dict[str, tuple[int, int | None, str]]) -> list[Facts]:
    """The facts of findings at pairs: by code, their first and last hour after T0 and their kind."""
    made = series(con)
    schema = pl.DataFrame(pl.from_arrow(contracts.FINDINGS.empty_table())).schema
    rows = []
    for key in made.keys.to_pylist():
        if key["scope"] == "pair" and key["status_code"] in wanted:
            first, last, kind = wanted[key["status_code"]]
            known = {"series_id": key["series_id"], "kind": kind, "started_at": at(first), "failures": key["failures"]}
            ended = None if last is None else at(last)
            rows.append({**dict.fromkeys(schema), **known, "ended_at": ended, "expected": 0.1, "p_value": 1e-9,
                         "ratio": 100.0, "state": "ongoing", "evidence": []})  # fmt: skip
    return incident_facts(con, made, pl.DataFrame(rows, schema=schema), at(40))


@pytest.fixture(scope="module")
def around() -> dict[str | None, Surroundings]:
    """By status code; the silence has none."""
    files = [{"file_id": "f1", "source": "exo_trace_detail", "first_event": at(-200), "last_event": at(40)}]
    changes = [
        {"time": at(8), "kind": "firewall", "subject": "VPN", "note": "new rules"},
        {"time": at(-90), "kind": "network", "subject": "long ago"},
        {"time": at(12), "kind": "dns", "subject": "after it"},
    ]
    found = found_in(catalogue(events(), files, changes=changes), FINDINGS)
    assert {one.status_code for one in found} == {"4.7.320", "4.4.316", "4.4.312", None}
    return {one.status_code: one.surroundings or Surroundings() for one in found}


def test_texts_tell_the_names_and_senders_are_counted_by_message(around: dict[str | None, Surroundings]) -> None:
    told = around["4.7.320"]
    assert (told.presented, told.expected) == (("CN=EX01",), ("mail.fabrikam.com",))
    assert told.not_after == ("2027-01-01T00:00:00Z",)
    assert told.replies == (MISMATCH,)
    # Each message was tried three times; what turns the direction of writing round is left out.
    assert (told.senders, told.sender_count) == ((("mara@contoso.com", 6), ("lars@contoso.com", 2)), 2)
    assert told.sources == ("exo_trace_detail",)
    assert told.failures_by_destination == (("mail.fabrikam.com", 24),)


def test_hours_of_the_day_count_a_message_once_an_hour(around: dict[str | None, Surroundings]) -> None:
    told = around["4.7.320"]
    # 10, 11 and 12 hours after 08:00.
    assert [(hour, number) for hour, number in enumerate(told.failed_by_hour) if number] == [(18, 8), (19, 8), (20, 8)]
    assert [(hour, number) for hour, number in enumerate(told.load_by_hour) if number] == [
        (4, 1),
        (5, 1),
        (6, 1),
        (7, 1),
    ]
    assert (told.days_failing, told.days_tried, told.failed_at_weekends) == (1, 1, 0)
    assert (told.hours_failing, told.hours_mixed) == (3, 0)


def test_addresses_and_mixed_hours_show_one_of_two(around: dict[str | None, Surroundings]) -> None:
    told = around["4.4.316"]
    assert told.addresses == (Address("203.0.113.26", 12, 12), Address("203.0.113.25", 3, 0))
    assert (told.hours_failing, told.hours_mixed) == (4, 3)
    assert (told.tls_before, told.tls_version, told.tls_last) == (3, "TLS1.2", at(-1))


def test_a_domain_was_known_before_its_name_was_gone(around: dict[str | None, Surroundings]) -> None:
    told = around["4.4.312"]
    assert (told.domain_before, told.domain_since, told.domain_last) == (9, 0, at(-72))


def test_a_silent_routes_mail_is_found_elsewhere(around: dict[str | None, Surroundings]) -> None:
    assert around[None].elsewhere == (Route("New", "mx2.wingtiptoys.com", 7, 1),)
    assert around["4.7.320"].elsewhere == ()


def test_traffic_is_held_against_the_same_hours_a_week_before(around: dict[str | None, Surroundings]) -> None:
    told = around["4.7.320"]
    # From 18:00 to 22:00: two from outside at 20:00 and 21:00, and one each at these hours a week before.
    assert (told.inbound, told.inbound_usual) == (2, 2.0)
    # By other connectors: three to on-premises, one of the new route in each of three hours.
    assert told.outbound == 6
    assert told.tenant_usual is not None


def test_other_incidents_and_changes_that_name_nothing_are_told(around: dict[str | None, Surroundings]) -> None:
    told = around["4.7.320"]
    assert {one.status_code for one in told.beside} == {"4.4.316", None}
    assert [(one.kind, one.matches) for one in told.changes] == [("firewall", False)]
    assert (told.same_code_connectors, told.same_code_destinations) == (1, 1)


def test_where_no_delivery_names_the_server_those_to_its_domains_are_looked_up() -> None:
    known = {**FABRIKAM, "status_code": "4.7.320", "cause": "certificate_expired"}
    made = [attempt(at(10 + n / 10), "deferred", n, **known) for n in range(8)]
    trace = {"destination": "fabrikam.com", "recipient_domain": "fabrikam.com"}
    made += [attempt(at(-n), "delivered", 100 + n, **trace) for n in range(1, 6)]
    [only] = found_in(catalogue(made, []), {"4.7.320": (10, None, "sustained")})
    told = only.surroundings or Surroundings()
    assert only.successes_before == 0
    assert (told.domain_before, told.domain_since, told.domain_last) == (5, 0, at(-1))

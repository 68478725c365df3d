"""Which pattern reads an incident, and who has to act: each with a look-alike that must go the other way."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

import pytest

from mailtrend.diagnose import Facts
from mailtrend.diagnose.facts import Rung
from mailtrend.diagnose.surroundings import Address, Route
from support.patterns import (
    BEGAN,
    ENDED,
    EVERYWHERE,
    EXO,
    FLAT,
    INTERNET,
    OWN,
    OWN_SERVERS,
    WIDE,
    WORKDAY,
    change,
    facts,
    pattern_of,
    told,
)


class Row(NamedTuple):
    """A name, the facts, the pattern that has to read them, the owner, and words that the diagnosis has to hold."""

    name: str
    facts: Facts
    pattern: str
    owner: str
    says: str = ""


def night(*hours: int) -> tuple[int, ...]:
    return tuple(30 if hour in hours else 0 for hour in range(24))


def ladder(*steps: tuple[str, str, int], **known: Any) -> Facts:
    hours = [datetime(2026, 10, 20, hour) for _, _, hour in steps]
    ends = [*hours[1:], known.get("ended_at")]
    rungs = tuple(Rung(code, cause, at, end, 40) for (code, cause, _), at, end in zip(steps, hours, ends, strict=True))
    return facts(*steps[0][:2], rungs=rungs, **{**OWN, **known})


EXPIRED, NAME = "certificate_expired", "certificate_name_mismatch"
GONE, FAILS = "dns_no_such_domain", "dns_server_failure"
TIMEOUT, REFUSED, TLS = "connection_timed_out", "connection_refused", "starttls_not_offered"
TWO_SHOWN = {"presented": ("CN=a.example.com", "CN=b.example.com"), "sources": EXO}
ONE_SHOWN = {"presented": ("CN=*.example.net",), "sources": EXO}
ONE_OWNER = ("mx1.fabrikam.com", "mx2.fabrikam.com", "mx3.fabrikam.com")
BOTH_LINES = {"inbound_usual": 200.0, "sources": OWN_SERVERS}
ROWS = [
    # Certificates
    Row("a partner's certificate expired", facts("4.7.320", EXPIRED), "certificates", "partner"),
    Row("an own certificate expired", facts("4.7.320", EXPIRED, **OWN), "certificates", "on_premises"),
    Row("certificates of many at once, by a connector of Exchange Online", facts("4.7.320", EXPIRED, TWO_SHOWN, **WIDE),
        "certificates", "your_organization", "4 unrelated owners"),
    Row("many hosts of one owner", facts("4.7.320", EXPIRED, TWO_SHOWN, **{**WIDE, "destinations": ONE_OWNER}),
        "certificates", "recipient_organization"),
    Row("many names with one certificate are one provider", facts("4.7.320", EXPIRED, ONE_SHOWN, **WIDE),
        "certificates", "recipient_organization"),
    Row("certificates of many at once, by an own server",
        facts("4.7.5", "certificate_untrusted", {**TWO_SHOWN, "sources": OWN_SERVERS}, **WIDE),
        "certificates", "on_premises"),
    Row("certificates of many over all connectors", facts("4.7.320", EXPIRED, TWO_SHOWN, **EVERYWHERE),
        "certificates", "microsoft"),
    Row("the same after a change of one's own", facts("4.7.320", EXPIRED, TWO_SHOWN | {
        "changes": (change("policy", matches=False),)}, **EVERYWHERE), "certificates", "your_organization"),
    Row("another name is shown", facts("4.4.317", NAME, {"presented": ("CN=*.contoso.net",),
        "expected": ("mail.contoso.com",)}), "certificates", "partner",
        "The connector expects mail.contoso.com, the server shows CN=*.contoso.net"),
    Row("another name is expected since the connector was changed",
        facts("4.4.317", NAME, changes=(change("connector", "Fabrikam partner TLS"),)),
        "certificates", "your_organization", "was changed, not the server"),
    # TLS
    Row("STARTTLS gone after a renewal", facts("4.4.317", TLS, changes=(change("certificate", "mail.contoso.com"),),
        **OWN), "starttls", "on_premises", "until a certificate was renewed"),
    Row("STARTTLS gone after a change of the firewall", facts("4.4.317", TLS, changes=(change("firewall", "x"),),
        **OWN), "starttls", "network", "inspects SMTP"),
    Row("STARTTLS gone at a partner whatever one's own firewall did",
        facts("4.4.317", TLS, {"changes": (change("firewall", "x", matches=False),)}), "starttls", "partner"),
    Row("STARTTLS missing at many", facts("4.4.317", TLS, {"sources": EXO}, **WIDE), "starttls", "your_organization"),
    # DNS
    Row("the servers of one domain fail", facts("4.4.312", FAILS, **INTERNET), "dns", "dns"),
    Row("a domain that took mail before is gone", facts("4.4.312", GONE, {"domain_before": 257}, **INTERNET,
        successes_before=0), "dns", "dns", "existed until then"),
    Row("a domain that never took mail", facts("4.4.312", GONE, **INTERNET, successes_before=0), "dns", "dns",
        "spelled wrongly"),
    Row("many domains, by own servers", facts("4.4.312", FAILS, {"sources": OWN_SERVERS}, **WIDE), "dns", "dns",
        "resolver that your own server asks"),
    Row("many domains, by Exchange Online", facts("4.4.312", FAILS, {"sources": EXO}, **WIDE), "dns", "microsoft"),
    Row("many names under one domain", facts("4.4.312", FAILS, {"sources": EXO}, **{
        **WIDE, "destinations": ("a.fabrikam.com", "b.fabrikam.com", "c.fabrikam.com")}), "dns", "dns"),
    Row("many domains that never took mail", facts("5.4.310", GONE, **WIDE, successes_before=0), "dns", "sender"),
    Row("after a change of the zone", facts("4.4.312", "dns_no_records", changes=(change("dns", "contoso.com"),),
        **OWN), "dns", "dns", "what that change left behind"),
    # No connection
    Row("time-outs at an own server", facts("4.4.315", TIMEOUT, **OWN), "unreachable", "on_premises"),
    Row("time-outs after a new line", facts("4.4.315", TIMEOUT, changes=(change("isp", "mail.contoso.com"),), **OWN),
        "unreachable", "network", "new line"),
    Row("time-outs at a partner after one's own new line", facts("4.4.315", TIMEOUT, changes=(change("isp"),)),
        "unreachable", "partner"),
    Row("time-outs after a change of the firewall", facts("4.4.315", TIMEOUT, changes=(change("firewall", "x"),),
        **OWN), "unreachable", "network", "a rule of that firewall"),
    Row("a change four days before is no reason", facts("4.4.315", TIMEOUT, changes=(change("isp", "x", day=16),),
        **OWN), "unreachable", "on_premises"),
    Row("some get through all the time", facts("4.4.315", TIMEOUT, {"hours_failing": 20, "hours_mixed": 18},
        successes_since=200), "unreachable", "partner", "the place is not down"),
    Row("some get through at its end", facts("4.4.315", TIMEOUT, {"hours_failing": 2, "hours_mixed": 1},
        successes_since=20, ended_at=ENDED), "unreachable", "partner", "got no answer at all"),
    Row("refusals at an own server are judged elsewhere", facts("4.4.316", REFUSED, **OWN), "refused", "network"),
    Row("refusals at a partner", facts("4.4.316", REFUSED), "unreachable", "partner"),
    # One after another
    Row("being mended from below", ladder(("4.4.316", REFUSED, 9), ("4.4.317", TLS, 11), ("4.7.320", EXPIRED, 14)),
        "ladder", "on_premises", "What is left is the last of them"),
    Row("mended", ladder(("4.4.316", REFUSED, 9), ("4.7.320", EXPIRED, 14), ended_at=ENDED,
        last_success=datetime(2026, 10, 22)), "ladder", "on_premises", "then fine."),
    Row("one rung is none", ladder(("4.7.320", EXPIRED, 9)), "certificates", "on_premises"),
    # Hours
    Row("every night, at a partner", facts("4.3.2", "service_unavailable", {"load_by_hour": WORKDAY,
        "tried_by_hour": night(2), "failed_by_hour": night(2), "days_failing": 10}, kind="recurring"),
        "nightly", "partner", "a window for maintenance"),
    Row("every day when most is sent", facts("4.3.2", "service_unavailable", {"load_by_hour": WORKDAY,
        "tried_by_hour": night(9), "failed_by_hour": night(9), "days_failing": 10}, kind="recurring"),
        "nightly", "partner", "a mass mailing or a job"),
    Row("a limit at the same hour every day", facts("4.7.0", "rate_limited", kind="recurring", **INTERNET,
        destination="mx1.tailspintoys.com"), "nightly", "your_organization", "a mass mailing or a job"),
    Row("unknown recipients at the same hour are no maintenance",
        facts("5.1.10", "recipient_unknown", kind="recurring", **INTERNET), "code", "sender"),
    Row("at night, though not called recurring", facts("4.4.315", TIMEOUT, {"load_by_hour": WORKDAY,
        "tried_by_hour": night(23, 0), "failed_by_hour": night(23, 0), "days_failing": 5}), "nightly", "partner"),
    Row("rises with the mail of the day", facts("4.3.1", "insufficient_resources", {"load_by_hour": WORKDAY,
        "tried_by_hour": WORKDAY, "failed_by_hour": tuple(n // 3 if n > 50 else 0 for n in WORKDAY),
        "days_failing": 8}, **OWN), "overload", "on_premises", "the volume of working hours"),
    Row("fails all day long", facts("4.3.1", "insufficient_resources", {"load_by_hour": WORKDAY, "tried_by_hour": FLAT,
        "failed_by_hour": FLAT, "days_failing": 3}, **OWN), "code", "on_premises"),
    Row("one busy day is no habit", facts("4.4.315", TIMEOUT, {"load_by_hour": WORKDAY, "tried_by_hour": WORKDAY,
        "failed_by_hour": tuple(n // 3 for n in WORKDAY), "days_failing": 1}), "unreachable", "partner"),
    # Limits
    Row("the tenant is blocked", facts("5.7.705", "tenant_blocked", **EVERYWHERE), "limits", "your_organization",
        "mail of the whole organization"),
    Row("one account at its limit", facts("5.1.90", "rate_limited", {"senders": (("a@contoso.com", 60),),
        "sender_count": 1}, **EVERYWHERE), "limits", "your_organization", "It stops a@contoso.com alone"),
    Row("one sender behind most of it", facts("5.7.233", "tenant_blocked", {"senders": (("a@contoso.com", 45),
        ("b@contoso.com", 1)), "sender_count": 9}, **EVERYWHERE), "limits", "your_organization",
        "a@contoso.com sent 75 % of what was refused"),
    Row("somebody else's limit at one's own door", facts("5.7.705", "tenant_blocked", inbound=300), "code",
        "your_organization"),
    # Everywhere
    Row("everything, by Exchange Online", facts("4.4.318", "connection_reset", {"sources": EXO}, **EVERYWHERE),
        "everywhere", "microsoft"),
    Row("temporary errors of Microsoft's own are no limit",
        facts("4.7.0", "throttled_by_microsoft", {"sources": EXO}, **EVERYWHERE), "everywhere", "microsoft"),
    Row("everything, by own servers while mail comes in", facts("4.4.1", TIMEOUT, {**BOTH_LINES, "inbound": 190},
        **WIDE), "everywhere", "network", "your own way out"),
    Row("everything, by own servers while nothing comes in", facts("4.4.1", TIMEOUT, {**BOTH_LINES, "inbound": 0},
        **WIDE), "everywhere", "network", "the internet line itself"),
    Row("all own servers", facts("4.4.315", TIMEOUT, {"sources": EXO}, **{**EVERYWHERE, "owner_kind": "own"}),
        "everywhere", "network", "behind your own line"),
    Row("one partner over two connectors", facts("4.4.315", TIMEOUT, {"sources": EXO}, **{**EVERYWHERE,
        "owner_kind": "partner", "destinations": ONE_OWNER}), "unreachable", "partner"),
    Row("nearly all of it at one partner", facts("4.4.318", "connection_reset", {"sources": EXO,
        "failures_by_destination": (("mail.fabrikam.com", 1106), ("mail.contoso.com", 3))}, **{**EVERYWHERE,
        "destinations": ("mail.fabrikam.com", "mail.contoso.com"), "owner_kind": "partner"}),
        "unreachable", "partner"),
    # One address
    Row("one address of two", facts("4.4.315", TIMEOUT, {"addresses": (Address("203.0.113.26", 60, 58),
        Address("203.0.113.25", 70, 0))}, **{**OWN, "scope": "remote_ip", "remote_ip": "203.0.113.26",
        "destination": None, "destinations": ("mail.contoso.com",)}), "member", "on_premises",
        "Only 203.0.113.26 fails, of 2 addresses there; 46 % of the attempts hit it"),
    Row("one address refuses, so nothing was switched off", facts("4.4.316", REFUSED, **{**OWN, "scope": "remote_ip",
        "remote_ip": "203.0.113.26"}), "member", "on_premises"),
    # Silence
    Row("mail takes another way", facts(None, None, {"elsewhere": (Route("New route", "mx.fabrikam.com", 90, 2),)},
        kind="silence"), "silence", "nobody", "another way since"),
    Row("another way that always was there", facts(None, None, {"elsewhere": (Route("B", "mx.fabrikam.com", 90, 80),)},
        kind="silence"), "silence", "undetermined"),
    Row("the whole tenant is silent", facts(None, None, {"tenant_attempts": 3, "tenant_usual": 900.0}, kind="silence"),
        "silence", "your_organization", "the exports or their ingest"),
    Row("switched off", facts(None, None, kind="silence", connector_enabled=False), "silence", "your_organization",
        "switched off"),
    Row("silent for some hours", facts(None, None, kind="silence", ended_at=ENDED), "silence", "undetermined",
        "mail comes this way again since"),
    Row("silent since the connector was changed", facts(None, None, kind="silence", changes=(
        change("connector", "Fabrikam partner TLS"),)), "silence", "your_organization", "since that change"),
    # Drift
    Row("a climbing limit", facts("4.7.0", "rate_limited", kind="drift", **INTERNET), "drift", "your_organization",
        "reputation falls"),
    Row("climbing dead addresses", facts("5.1.10", "recipient_unknown", kind="drift", **INTERNET), "drift", "sender",
        "list of recipients"),
    Row("a climbing time-out is none of both", facts("4.4.315", TIMEOUT, kind="drift"), "unreachable", "partner"),
    # A new address
    Row("no reverse DNS since the line was changed", facts("5.7.25", "reverse_dns_missing", {
        "changes": (change("isp", "line of the office", matches=False),)}, **INTERNET), "new_address",
        "your_organization", "the new address of the line"),
    Row("no reverse DNS, and nothing was changed", facts("5.7.25", "reverse_dns_missing", **INTERNET), "code",
        "your_organization"),
    Row("unknown recipients since the line was changed", facts("5.1.10", "recipient_unknown", {
        "changes": (change("isp", "line of the office", matches=False),)}, **INTERNET), "code", "sender"),
    # Block lists
    Row("on a block list", facts("5.7.1", "spam_or_reputation", {"replies": (
        "550 5.7.1 Service unavailable, Client host [192.0.2.77] blocked using Spamhaus",)}, **INTERNET), "blocked",
        "your_organization", "192.0.2.77 on Spamhaus"),
    Row("spam without a list", facts("5.7.1", "spam_or_reputation", {"replies": ("550 5.7.1 Looks like spam",)},
        **INTERNET), "code", "your_organization"),
    Row("banned by Exchange Online", facts("5.7.511", "spam_or_reputation", **INTERNET), "blocked",
        "your_organization"),
]  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_an_incident_is_read_by_its_pattern_and_has_its_owner(row: Row) -> None:
    found = told(row.facts)
    assert pattern_of(row.facts) == row.pattern
    assert found.owner == row.owner
    assert row.says in found.diagnosis
    assert 0.05 <= found.confidence <= 0.95
    assert found.actions


def test_every_diagnosis_stands_alone_and_says_where_and_since_when() -> None:
    for row in ROWS:
        text = told(row.facts).diagnosis
        assert "  " not in text, row.name
        assert ".." not in text, row.name
        assert f"{BEGAN.day} Oct 2026" in text, row.name
        assert text[0].isupper() or text[0].isdigit(), row.name

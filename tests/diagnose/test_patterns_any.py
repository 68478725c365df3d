"""Whatever is known of an incident, and however little, there is a reading of it that can be printed."""

from __future__ import annotations

import re
from datetime import timedelta
from random import Random
from typing import Any

from mailtrend import contracts
from mailtrend.diagnose import Facts
from mailtrend.diagnose.facts import Rung
from mailtrend.diagnose.surroundings import Address, Route
from mailtrend.knowledge import book
from support.patterns import BEGAN, ENDED, EXO, FLAT, MANY, OWN_SERVERS, WORKDAY, change, facts, told

CODES = (
    None,
    "4.4.312",
    "4.4.315",
    "4.4.316",
    "4.4.317",
    "4.7.320",
    "5.7.705",
    "5.1.90",
    "4.7.500",
    "5.7.511",
    "5.7.1",
)
CAUSES = (*sorted(book().causes), None, "unclassified")
KINDS = ("burst", "sustained", "new_code", "drift", "flapping", "recurring", "silence")
CHANGES = ("firewall", "isp", "dns", "connector", "certificate", "network", "policy", "migration")
NOBODY = re.compile(r"\bto None\b|\bconnector None\b|\bNone,|\(None\)")


def around(pick: Random) -> dict[str, Any]:
    hours = ((), FLAT, WORKDAY, (0,) * 24)
    return {
        "sources": pick.choice(((), EXO, OWN_SERVERS, ("exo_trace_detail", "postfix"))),
        **{f"{name}_by_hour": pick.choice(hours) for name in ("load", "tried", "failed")},
        **{name: pick.randrange(30) for name in ("days_failing", "days_tried", "hours_failing", "hours_mixed")},
        **{name: pick.randrange(300) for name in ("outbound", "inbound", "tenant_attempts", "domain_before")},
        **{f"{name}_usual": pick.choice((None, 0.0, 200.0)) for name in ("outbound", "inbound", "tenant")},
        "senders": pick.choice(((), (("a@contoso.com", 40), ("b@contoso.com", 3)), (("`x`@contoso.com", 60),))),
        "replies": pick.choice(((), ("550 [192.0.2.7] listed by spamhaus",))),
        "presented": pick.choice(((), ("CN=EX01",), ("CN=a.example.com", "CN=b"))),
        "not_after": pick.choice(((), ("2026-10-20T09:00:00Z",), ("soon",))),
        "addresses": pick.choice(((), (Address("203.0.113.26", 9, 8),), (Address("203.0.113.25", 7, 0),))),
        "elsewhere": pick.choice(((), (Route(None, None, 5, 1),))),
        "changes": pick.choice(((), (change(pick.choice(CHANGES), matches=False),))),
    }


def rungs(pick: Random) -> tuple[Rung, ...]:
    return tuple(
        Rung(pick.choice(CODES), pick.choice(CAUSES), BEGAN + timedelta(hours=at), pick.choice((None, ENDED)), 3)
        for at in range(pick.choice((0, 0, 0, 1, 3)))
    )


def anything(pick: Random) -> Facts:
    kind, scope = pick.choice(KINDS), pick.choice(("pair", "connector", "destination", "remote_ip", "all"))
    connector = "A b" if scope == "connector" else pick.choice((None, "B'x"))
    destination = "mx.fabrikam.com" if scope == "destination" else pick.choice((None, "mx.fabrikam.com"))
    return facts(
        pick.choice(CODES), pick.choice(CAUSES), around(pick), kind=kind, scope=scope, connector=connector,
        destination=destination, destinations=pick.choice(((), MANY, MANY[:1])), rungs=rungs(pick),
        remote_ip="203.0.113.26" if scope == "remote_ip" else None, ended_at=pick.choice((None, ENDED)),
        owner_kind=pick.choice(("own", "partner", "internet", "microsoft", "undetermined")),
        first_failure=None if kind == "silence" else BEGAN, last_failure=None if kind == "silence" else ENDED,
        changes=pick.choice(((), (change(pick.choice(CHANGES), "x"),))), domains=pick.choice(((), ("a.example",))),
        **{name: pick.choice((0, 60)) for name in ("messages", "failures", "attempts", "successes_since", "inbound")},
    )  # fmt: skip


def test_any_facts_have_a_reading_with_an_owner_a_step_and_whole_sentences() -> None:
    pick = Random(2026)
    for _ in range(1500):
        known = anything(pick)
        found = told(known)
        assert found.owner in contracts.OWNERS
        assert 0.05 <= found.confidence <= 0.95
        assert found.actions
        for text in (found.diagnosis, *found.evidence, *found.actions):
            assert "  " not in text, text
            assert not NOBODY.search(text), text
            assert text.count("`") % 2 == 0, text

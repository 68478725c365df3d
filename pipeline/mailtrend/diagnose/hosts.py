"""Host names: which part somebody has registered, and how many owners a list of hosts may have."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from mailtrend.diagnose.facts import Facts
from mailtrend.diagnose.surroundings import around

REGISTERED: Final = re.compile(
    r"[^.:/@\s]+\.(?:(?:ac|co|com|edu|gob|gouv|gov|ltd|me|ne|net|nhs|or|org|plc|sch)\.[a-z]{2}"
    r"|[^.:/@\s]*[a-z][^.:/@\s]*)$"
)
"""As the macro `registered_domain` has it."""
NEARLY_ALL: Final = 0.8
"""Share of the failures that makes an incident one of a single destination."""
MANY: Final = 3
"""So many owners of hosts at once have nothing in common but who sends to them."""


def registered_domain(host: str) -> str | None:
    """The part of a host name that somebody has registered; None for an address and for a single word."""
    found = REGISTERED.search(host.lower())
    return found[0] if found else None


def owners_of(hosts: Iterable[str]) -> set[str]:
    """The registered domains of hosts; what has none stands for itself."""
    return {registered_domain(host) or host for host in hosts}


def one_sided(facts: Facts) -> bool:
    """Are nearly all of its failures at one destination? Then the others are no more than its surroundings."""
    known = around(facts).failures_by_destination
    return bool(known) and known[0][1] >= NEARLY_ALL * sum(number for _, number in known)


def unrelated(facts: Facts) -> bool:
    """Does it hit servers that belong to many? Then what they share is at the sender's side."""
    if facts.scope not in {"connector", "all"} or one_sided(facts):
        return False
    return len(owners_of(facts.destinations)) >= MANY

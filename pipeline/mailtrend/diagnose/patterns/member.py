"""One address of several behind a name fails: a member of a load balancer, or one of several hosts."""

from __future__ import annotations

from typing import Final

from mailtrend.diagnose import phrases
from mailtrend.diagnose.facts import Facts
from mailtrend.diagnose.patterns.forming import Clue, Judged, looks, percent, reading
from mailtrend.diagnose.surroundings import Address, around
from mailtrend.diagnose.words import Reading, Words

HEALTHY: Final = 0.1
"""Share of failures up to which an address works."""


def applies(facts: Facts) -> bool:
    """Is it one address of several?"""
    return facts.scope == "remote_ip" and facts.remote_ip is not None and facts.kind != "silence"


def read(facts: Facts, words: Words) -> Reading:
    """That member. Surer where it fails all along and the others deliver; less sure where the others fail as well."""
    told = around(facts)
    ours = next((one for one in told.addresses if one.ip == facts.remote_ip), None)
    rest = [one for one in told.addresses if one.ip != facts.remote_ip]
    clues = _others(rest)
    hit = f", of {len(rest) + 1} addresses there" if rest else ""
    share = ""
    if ours is not None and rest:
        attempts = sum(one.attempts for one in told.addresses)
        share = f"; {percent(ours.attempts, attempts)} of the attempts hit it"
        clues.append(_own(ours))
    says = (
        f"Only {facts.remote_ip} fails{hit}{share}: {looks(facts)} one member of a load balancer, or "
        "one of several hosts."
    )
    return reading(facts, words, Judged(words.owner, says, clues, _first(facts)))


def _own(ours: Address) -> Clue:
    told = f"{ours.ip} failed {ours.failures:,} of {phrases.count(ours.attempts, 'attempt')}"
    return Clue(0.1 if ours.failures > ours.attempts / 2 else 0.0, told)


def _others(rest: list[Address]) -> list[Clue]:
    if not rest:
        return []
    failures, attempts = sum(one.failures for one in rest), sum(one.attempts for one in rest)
    names = phrases.joined([one.ip for one in rest[:3]])
    more = f" and {len(rest) - 3:,} more" if len(rest) > 3 else ""  # noqa: PLR2004  # so many are named
    told = f"The others ({names}{more}) failed {failures:,} of {phrases.count(attempts, 'attempt')}"
    return [Clue(0.15 if failures <= HEALTHY * attempts else -0.2, told)]


def _first(facts: Facts) -> tuple[str, ...]:
    if facts.owner_kind == "own":
        return OWN
    return PARTNER if facts.owner_kind == "partner" else OTHERS


OWN: Final = (
    "Take {ip} out of the load balancer, or out of the addresses of {destination} in DNS, until it is mended: the "
    "others deliver, and what waits goes to them with the next attempt.",
    "Mend it by itself: compare its certificate, its services and its firewall rules with those of the others.",
)
PARTNER: Final = (
    "Tell the partner that {ip} alone fails and the other addresses of {destination} deliver: they can take it out of "
    "the load balancer or of DNS at once.",
)
OTHERS: Final = (
    "Whoever runs {destination} can take {ip} out of the load balancer or of DNS at once: the other addresses deliver.",
)

"""Everything at once: Microsoft, or one's own way out, by who logged it and by the other direction."""

from __future__ import annotations

from typing import Final

from mailtrend.diagnose import phrases
from mailtrend.diagnose.facts import Facts
from mailtrend.diagnose.hosts import one_sided, owners_of, unrelated
from mailtrend.diagnose.patterns.forming import Clue, Judged, gist, looks, reading
from mailtrend.diagnose.patterns.near import change_of, changed, from_exchange_online, from_own_servers, incoming
from mailtrend.diagnose.surroundings import around
from mailtrend.diagnose.words import Reading, Words

CAUSES: Final = frozenset({
    "connection_timed_out", "connection_refused", "connection_reset", "network_unreachable", "service_unavailable",
    "insufficient_resources", "tls_negotiation_failed", "protocol_error", "throttled_by_microsoft",
})  # fmt: skip


def applies(facts: Facts) -> bool:
    """Do connections fail over all connectors, or at servers of many owners?"""
    if facts.kind == "silence" or facts.cause not in CAUSES:
        return False
    several = facts.owner_kind == "own" or len(owners_of(facts.destinations)) > 1
    return unrelated(facts) or (facts.scope == "all" and several and not one_sided(facts))


def read(facts: Facts, words: Words) -> Reading:
    """Logged by Exchange Online: Microsoft, unless all servers are one's own. By own servers: the way out.

    Surer with: many owners of servers, mail from outside that stopped too (Microsoft, or the line) or goes on (only the
    way out), other incidents that began with it. Less sure where it runs over one connector only.
    """
    clues = [*_reach(facts), *_beside(facts)]
    change = change_of(facts, "isp", "network", "firewall", "connector")
    clues += changed(facts, change, 0.15, 0.1)
    if from_own_servers(facts):
        clues += incoming(facts, 0.05, 0.1)
        return reading(facts, words, _egress(facts, clues))
    if not from_exchange_online(facts):
        return reading(facts, words, _both(words, clues))
    if facts.owner_kind == "own":
        clues += incoming(facts, 0.1, -0.1)
        return reading(facts, words, _own_line(facts, clues))
    clues += incoming(facts, -0.05, 0.15)
    return reading(facts, words, _microsoft(facts, clues))


def _reach(facts: Facts) -> list[Clue]:
    owners = len(owners_of(facts.destinations))
    told = around(facts)
    places = max(told.same_code_destinations, len(facts.destinations))
    connectors = max(told.same_code_connectors, len(facts.connectors))
    over = f" over {phrases.count(connectors, 'connector')}" if connectors else ""
    text = f"It began at {phrases.count(places, 'destination')} of {phrases.count(owners, 'owner')}{over} at once"
    if not places:
        return []
    return [Clue(0.15 if owners > 1 and connectors > 1 else 0.05, text)]


def _beside(facts: Facts) -> list[Clue]:
    """Other codes that began with it: the same outage with another face."""
    begun = facts.started_at
    near = [one for one in around(facts).beside if abs((one.started_at - begun).total_seconds()) <= 2 * 3600]
    names = sorted({one.status_code or one.cause or one.kind for one in near})
    if not names:
        return []
    return [
        Clue(0.05, f"Within two hours of it began {phrases.count(len(near), 'other incident')}: {', '.join(names)}")
    ]


def _egress(facts: Facts, clues: list[Clue]) -> Judged:
    dead = incoming(facts, 1, 0)
    line = bool(dead) and dead[0].weight == 0
    what = (
        "the internet line itself, for mail from outside stopped too"
        if line
        else "your own way out: a firewall or provider that blocks outgoing port 25, or a new address on the line"
    )
    says = f"Your own servers reach nobody: {looks(facts)} {what}."
    return Judged("network", says, clues, EGRESS)


def _own_line(facts: Facts, clues: list[Clue]) -> Judged:
    says = (
        f"All of these servers stand behind your own line: {looks(facts)} that line, its firewall or its public "
        "addresses."
    )
    return Judged("network", says, clues, LINE)


def _microsoft(facts: Facts, clues: list[Clue]) -> Judged:
    if facts.scope == "connector":
        clues.append(Clue(-0.1, "It runs over one connector only"))
    says = (
        f"Servers of {len(owners_of(facts.destinations))} unrelated owners do not fail at one time by themselves: "
        f"{looks(facts)} a fault at Microsoft, which nobody else can mend. Queued mail goes by itself once it is over."
    )
    return Judged("microsoft", says, clues, steps=MICROSOFT)


def _both(words: Words, clues: list[Clue]) -> Judged:
    clues.append(Clue(-0.1, "Exchange Online and your own servers both logged it"))
    return Judged(words.owner, gist(words), clues)


MICROSOFT: Final = (
    "See whether Microsoft names an incident of Exchange Online at that time, at {place.service_health} (its number "
    "begins with EX or MO).",
    "There is none after an hour: open a support case ({place.support}) with two of the texts and their times.",
    "Change nothing on connectors meanwhile: what is queued is tried again for 24 hours.",
)
EGRESS: Final = (
    "On the server that sends: `Test-NetConnection -ComputerName HOST -Port 25`, with a host of a large provider. No "
    "answer: look at the firewall's rules for outgoing port 25, and ask the provider whether it blocks it.",
    "Compare the public address that the line has now with the one in SPF, in reverse DNS and at partners.",
)
LINE: Final = (
    "From a network outside yours: `Test-NetConnection -ComputerName HOST -Port 25` for each of these servers. All are "
    "silent: the line, its firewall or its addresses; ask the provider.",
)

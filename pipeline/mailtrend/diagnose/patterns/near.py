"""What lies near an incident: changes before it, the systems that logged it, other traffic at the same time."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

from mailtrend.diagnose import phrases
from mailtrend.diagnose.facts import Change, Facts
from mailtrend.diagnose.patterns.forming import Clue, percent
from mailtrend.diagnose.surroundings import around

WITHIN: Final = timedelta(days=3)
"""A change further back is no reason by itself."""
ALIVE: Final = 0.5
"""Of its usual traffic: above that a route is alive."""
DEAD: Final = 0.1
LEAST_HOURS: Final = 3
"""In fewer hours a recovery looks like a place that works in part."""
LEAST_USUAL: Final = 10.0
"""Deliveries that have to be usual in that time before their absence says something."""


ALSO: Final = {
    "certificate": ("certificates", "cert", "tls", "ssl"),
    "dns": ("mx", "zone", "nameserver", "registrar"),
    "firewall": ("fw",),
    "isp": ("provider", "carrier"),
    "network": ("line", "router", "routing", "nat", "vpn", "internet"),
    "connector": ("connectors", "smarthost"),
    "policy": ("policies", "rule", "rules"),
}
"""What else people write for a kind of change: it is any word."""


def is_of(change: Change, *kinds: str) -> bool:
    """Is it a change of one of `kinds`, by any of the words for it?"""
    words = set(re.findall(r"[a-z]+", change.kind.lower()))
    return any(word in words for kind in kinds for word in (kind, *ALSO.get(kind, ())))


def change_of(facts: Facts, *kinds: str, named: bool = False) -> Change | None:
    """The nearest change of one of `kinds` in the three days before; one that names the place goes before others.

    named: only one that names the place.
    """
    begun = phrases.begun(facts)
    told = [
        change
        for change in (*facts.changes, *around(facts).changes)
        if is_of(change, *kinds) and timedelta(0) <= begun - change.time <= WITHIN
    ]
    fitting = [change for change in told if change.matches or not named]
    return min(fitting, key=lambda change: (not change.matches, begun - change.time), default=None)


def from_exchange_online(facts: Facts) -> bool:
    """Did Exchange Online alone log it? An incident of unknown source counts as its."""
    return all(source.startswith("exo_") for source in around(facts).sources)


def from_own_servers(facts: Facts) -> bool:
    """Did only servers of one's own log it?"""
    sources = around(facts).sources
    return bool(sources) and not any(source.startswith("exo_") for source in sources)


def alive(count: int, usual: float | None) -> bool | None:
    """Does traffic go on as usual (True), has it stopped (False), or is it neither or unknown (None)?"""
    if usual is None or usual < LEAST_USUAL:
        return None
    return True if count >= ALIVE * usual else False if count < DEAD * usual else None


def others(facts: Facts, while_alive: float, while_dead: float) -> list[Clue]:
    """Deliveries by other connectors at the same time, with the weight of either finding."""
    told = around(facts)
    going = alive(told.outbound, told.outbound_usual)
    if going is None or told.outbound_usual is None:
        return []
    text = (
        f"By other connectors {phrases.count(told.outbound, 'delivery')} succeeded in that time, "
        f"{percent(told.outbound, told.outbound_usual)} of the usual"
    )
    return [Clue(while_alive if going else while_dead, text)]


def incoming(facts: Facts, while_alive: float, while_dead: float) -> list[Clue]:
    """Mail from outside at the same time, with the weight of either finding."""
    told = around(facts)
    going = alive(told.inbound, told.inbound_usual)
    if going is None or told.inbound_usual is None:
        return []
    text = (
        f"From outside {told.inbound:,} {'message' if told.inbound == 1 else 'messages'} came in in that time, "
        f"{percent(told.inbound, told.inbound_usual)} of the usual"
    )
    return [Clue(while_alive if going else while_dead, text)]


def changed(facts: Facts, change: Change | None, named: float, unnamed: float = 0.0) -> list[Clue]:
    """The change as a clue; one that names the place is told with the facts, another weighs less and is told here."""
    if change is None:
        return []
    if change.matches:
        return [Clue(named, "")]
    note = f" ({change.note})" if change.note else ""
    return [Clue(unnamed, f"It began {phrases.after(facts, change)}{note}, which does not name this place")]


def in_part(facts: Facts) -> bool:
    """Do deliveries and failures stand side by side, hour by hour, so that the place is not down?"""
    told = around(facts)
    return told.hours_failing >= LEAST_HOURS and told.hours_mixed >= told.hours_failing / 2

"""The same hours on many days: a maintenance window where little mail is, a job of one's own where much is."""

from __future__ import annotations

from typing import Final

from mailtrend.diagnose import phrases
from mailtrend.diagnose.facts import Facts
from mailtrend.diagnose.patterns.forming import Clue, Judged, looks, percent, reading
from mailtrend.diagnose.patterns.hours import Slot, slot, volume
from mailtrend.diagnose.surroundings import around
from mailtrend.diagnose.words import Reading, Words

DOWN: Final = frozenset({
    "connection_timed_out", "connection_refused", "connection_reset", "network_unreachable", "service_unavailable",
    "insufficient_resources", "starttls_not_offered", "protocol_error", "dns_server_failure",
})  # fmt: skip
"""Causes that a server in maintenance gives."""
FULL: Final = frozenset({"rate_limited", "throttled_by_microsoft", "insufficient_resources"})
"""Causes that too much mail gives."""
MUCH: Final = 2.0
"""Times the mail of an average hour."""


def applies(facts: Facts) -> bool:
    """Does it come back at the same hours, with a cause that maintenance or volume gives?

    Where the detectors do not call it recurring, only hours with little mail count: others are the working day.
    """
    if facts.cause not in DOWN | FULL:
        return False
    found = slot(facts)
    load = volume(facts, found.hours) if found else None
    return facts.kind == "recurring" or (load is not None and load < 1)


def read(facts: Facts, words: Words) -> Reading:
    """Maintenance, unless these hours have far more mail than others.

    Surer with: nearly all failures in these hours, hours with little mail, nothing lost. Less sure where mail was lost,
    or where it is not known how much mail these hours have.
    """
    found = slot(facts)
    load = volume(facts, found.hours) if found else None
    clues = _slot_clues(facts, found)
    if load is not None and found is not None:
        clues.append(_load_clue(found, load))
    if facts.cause in FULL and (load is None or load >= MUCH):
        return reading(facts, words, _job(facts, words, clues))
    if load is not None and load >= MUCH:
        return reading(facts, words, _job(facts, words, clues))
    return reading(facts, words, _window(facts, words, clues, found))


def _slot_clues(facts: Facts, found: Slot | None) -> list[Clue]:
    days = around(facts).days_failing
    if found is None:
        return []
    told = f"{percent(found.share, 1)} of the failing messages fall between {found.told}, on {days:,} days"
    return [Clue(0.15, told)]


def _load_clue(found: Slot, load: float) -> Clue:
    return Clue(0.1, f"Between {found.told} there is {load:.1f} times the mail of an average hour")


def _window(facts: Facts, words: Words, clues: list[Clue], found: Slot | None) -> Judged:
    if facts.lost:
        clues.append(Clue(-0.1, f"{phrases.count(facts.lost, 'message')} were lost, so it was more than a short pause"))
    else:
        clues.append(Clue(0.05, "Nothing was lost: the next attempt after the window got through"))
    says = (
        f"It comes back {f'between {found.told}' if found else 'at the same hours'} and does not follow the volume of "
        f"mail: {looks(facts)} a window for maintenance, backup or restarts."
    )
    return Judged(words.owner, says, clues, steps=PARTNER_WINDOW if facts.owner_kind == "partner" else WINDOW)


def _job(facts: Facts, words: Words, clues: list[Clue]) -> Judged:
    says = (
        f"It comes back at the hours with the most mail: {looks(facts)} a mass mailing or a job that sends more at "
        "once than the server takes."
    )
    owner = "your_organization" if facts.cause in FULL else words.owner
    return Judged(owner, says, clues, JOB)


WINDOW: Final = (
    "Ask whoever runs {destination} what runs there at these hours: backup, updates, restarts, a scan. If that is "
    "meant, nothing has to be done: put the hours into mailtrend.toml as a maintenance window.",
    "To have no delays, move the window to hours without mail, do one server after another, or add a second host for "
    "these hours: `Set-OutboundConnector -Identity {connector} -SmartHosts HOST`.",
)
PARTNER_WINDOW: Final = (
    "Ask the partner whether these hours are their maintenance window. If they are, nothing has to be done: put the "
    "hours into mailtrend.toml as a maintenance window.",
    "To have no delays, ask for a second host for these hours, and put it in: `Set-OutboundConnector -Identity "
    "{connector} -SmartHosts HOST`.",
)
JOB: Final = (
    "Find what sends at these hours (a newsletter, a report, an application), and spread it over the day; what is "
    "queued is tried again by itself.",
)

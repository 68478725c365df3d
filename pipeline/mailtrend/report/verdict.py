"""The one line at the head of the report: what the period looks like, and what has to be done first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from mailtrend.report import saying, words
from mailtrend.report.model import Incident, Standing, Totals

ORDINARY = 0.2
"""Share of attempts up to which failures that make no incident are called ordinary."""


def standing(totals: Totals, incidents: Sequence[Incident], *, events: int) -> Standing:
    """The period in one word. `events` counts what any source said in it: none means no data, not no failures."""
    acting = [found for found in incidents if found.needs_acting]
    if events == 0:
        return "no data"
    if any(found.severity == "critical" and found.open for found in acting):
        return "critical"
    if acting:
        return "warning" if any(found.open for found in acting) else "quiet"
    return "quiet" if totals.failures else "no failures"


def verdict(state: Standing, totals: Totals, incidents: Sequence[Incident], as_of: datetime | None) -> str:
    """One or two sentences for somebody who reads nothing else."""
    if state == "no data":
        return _no_data(as_of)
    return _told(state, totals, incidents) + _set_aside(incidents)


def _told(state: Standing, totals: Totals, incidents: Sequence[Incident]) -> str:
    if state == "no failures":
        return f"No failures: {_rate(totals)}."
    acting = [found for found in incidents if found.needs_acting]
    going = [found for found in acting if found.open]
    if going:
        return _going(going, acting)
    if acting:
        ended = _over(len(acting))
        return f"Nothing is failing now beyond the ordinary. {ended}; {_rate(totals)}."
    if totals.failure_rate is not None and totals.failure_rate > ORDINARY:
        return f"No incident stands out, but {_rate(totals)}: see which codes and destinations below."
    if any(found.set_aside is None for found in incidents):
        return f"Nothing urgent: no incident above a notice; {_rate(totals)}."
    return f"Nothing needs doing: no incident; {_rate(totals)}."


def _set_aside(incidents: Sequence[Incident]) -> str:
    """What is not counted because the user said so, where it would have been counted."""
    number = sum(found.set_aside is not None and found.severity != "notice" for found in incidents)
    return f" {_many(number, 'incident')} {'is' if number == 1 else 'are'} set aside by your rules." if number else ""


def _no_data(as_of: datetime | None) -> str:
    if as_of is None:
        return "No data: the lake holds no events. This does not mean that nothing failed."
    return (
        f"No data for this period: the lake holds no event of it, its newest is of {words.time(as_of)}. "
        "This does not mean that nothing failed."
    )


def _going(going: Sequence[Incident], acting: Sequence[Incident]) -> str:
    first = going[0]
    worst = f"{saying.headline(first)}, {_first_harm(first)}"
    others = len(going) - 1
    also = f" {_many(others, 'other incident')} still going." if others else ""
    ended = len(acting) - len(going)
    also += f" {_over(ended)}." if ended else ""
    return f"{worst}.{also}{_who(first.owner)}"


def _who(owner: str) -> str:
    """Who has to act first; nothing where that is nobody, or cannot be told."""
    return "" if owner in {"nobody", "undetermined"} else f" {words.owner(owner)} has to act first."


def _first_harm(found: Incident) -> str:
    harm = {"lost": found.lost, "at risk": found.at_risk}
    if not any(harm.values()):
        harm = {"delivered late": found.delivered_late}
    said = ", ".join(f"{words.count(number)} {what}" for what, number in harm.items() if number)
    how = "silent" if found.kind == "silence" else "failing"
    since = f"{how} since {words.weekday_time(found.started_at)}"
    return f"{since}: {said}" if said else since


def _rate(totals: Totals) -> str:
    if not totals.attempts:
        return "no delivery was attempted"
    if not totals.failures:
        return f"{words.count(totals.attempts)} delivery attempts, none failed"
    failed = f"{words.count(totals.failures)} of {words.count(totals.attempts)} delivery attempts failed"
    return f"{failed} ({words.share(totals.failure_rate)})"


def _over(number: int) -> str:
    return f"{_many(number, 'incident')} of this period {'is' if number == 1 else 'are'} over"


def _many(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")

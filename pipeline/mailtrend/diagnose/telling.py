"""The evidence of an incident and the actions that every incident of its state needs."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from mailtrend.diagnose import phrases
from mailtrend.diagnose.facts import Change, Facts
from mailtrend.diagnose.phrases import count, when

AFTER_CHANGE: Final = timedelta(hours=72)
_SHOWN: Final = 5
_MANY_LATE: Final = 5
"""Of fewer, the longest delay says it all."""
_MINUTE: Final = 60
_EXACT_HOURS: Final = 4
_TWO_DAYS: Final = 48


def evidence(facts: Facts) -> list[str]:
    """Sentences with their numbers: what the detector saw, what it did to mail, what came before."""
    told = [*facts.evidence]
    told += _mail(facts)
    told += _successes(facts)
    told += _where(facts)
    told += [_change(facts, change) for change in facts.changes if phrases.begun(facts) - change.time <= AFTER_CHANGE]
    return told


def _mail(facts: Facts) -> list[str]:
    if facts.kind == "silence":
        return []
    late = f"{facts.delivered_late:,} delivered late{_delays(facts)}"
    outcome = f"{late}, {facts.lost:,} lost, {facts.at_risk:,} still queued"
    return [f"{count(facts.messages, 'message')} to {count(facts.recipients, 'recipient')} failed: {outcome}"]


def _delays(facts: Facts) -> str:
    half, most, longest = facts.late_p50_seconds, facts.late_p90_seconds, facts.late_max_seconds
    if half is None or most is None or longest is None:
        return ""
    if facts.delivered_late < _MANY_LATE:
        return f" (the longest after {_delay(longest)})"
    return f" (half within {_delay(half)}, nine in ten within {_delay(most)}, the longest {_delay(longest)})"


def _delay(seconds: float) -> str:
    """40 s, 12 min, 1 h 10 min, 21 h, 3 days: as exact as anybody wants to know it."""
    if seconds < _MINUTE:
        return f"{seconds:.0f} s"
    minutes = round(seconds / _MINUTE)
    hours, rest = divmod(minutes, 60)
    if hours == 0:
        return f"{minutes} min"
    if hours < _EXACT_HOURS and rest:
        return f"{hours} h {rest} min"
    hours = round(minutes / 60)
    return f"{hours} h" if hours < _TWO_DAYS else f"{round(hours / 24)} days"


def _successes(facts: Facts) -> list[str]:
    if facts.kind == "silence" or facts.attempts == 0:
        return []
    last = f", the last one on {when(facts.last_success)}" if facts.last_success else ""
    if facts.successes_since:
        people = f"; {count(facts.recipients_succeeding, 'recipient')} had both" if facts.recipients_succeeding else ""
        return [f"{count(facts.successes_since, 'delivery')} succeeded there while it lasted{people}{last}"]
    if facts.successes_before:
        when_else = "before, {:,} had" if facts.ended_at is None else "at other times, {:,} did"
        return [f"No delivery succeeded there while it lasted; {when_else.format(facts.successes_before)}{last}"]
    return ["No delivery there is on record, before it or since"]


def _where(facts: Facts) -> list[str]:
    told = [f"The server there is run by {facts.partner}, a partner"] if facts.partner else []
    if facts.scope == "connector" and facts.destinations:
        told.append(f"It runs over {count(len(facts.destinations), 'destination')}: {_some(facts.destinations)}")
    if facts.scope == "destination" and facts.connectors:
        told.append(f"It runs over {count(len(facts.connectors), 'connector')}: {_some(facts.connectors)}")
    if facts.scope == "all":
        over = count(len(facts.connectors) or 1, "connector")
        told.append(f"It runs over {over} and {count(len(facts.destinations), 'destination')}, all at once")
    if facts.scope == "remote_ip":
        told.append(f"Only the address {facts.remote_ip} fails; others that mail goes to there deliver meanwhile")
    elif facts.remote_ips:
        told.append(f"Addresses that failed: {_some(facts.remote_ips)}")
    total = sum(number for _, number in facts.causes)
    if total and len(facts.causes) > 1:
        shares = [f"{cause} {number / total:.0%}" for cause, number in facts.causes[:_SHOWN]]
        told.append(f"Causes: {', '.join(shares)}")
    return told


def _some(values: tuple[str, ...]) -> str:
    more = f" and {len(values) - _SHOWN:,} more" if len(values) > _SHOWN else ""
    return f"{', '.join(values[:_SHOWN])}{more}"


def _change(facts: Facts, change: Change) -> str:
    note = f" ({change.note})" if change.note else ""
    return f"It began {phrases.after(facts, change)}{note}"


def actions(facts: Facts, steps: tuple[str, ...], now: datetime) -> list[str]:
    """What to do, in order. Never without the clock where mail is still queued."""
    told = [*steps]
    again = f"Ask the senders to send again what was lost ({facts.lost:,})"
    if facts.ended_at is not None and facts.kind != "silence":
        ended = when(facts.last_failure or facts.ended_at)
        told.insert(0, f"It ended on {ended}: nothing has to be done now. The steps are for when it comes back.")
        if facts.lost:
            told.insert(0, f"{again}.")
    elif facts.lost:
        told.append(f"{again}, once it is mended.")
    if facts.at_risk and facts.next_expiry is not None and facts.next_expiry > now:
        left = phrases.span(facts.next_expiry - now)
        told.insert(
            0, f"Act within {left}: {facts.at_risk:,} still queued, the first is returned on {when(facts.next_expiry)}."
        )
    return told

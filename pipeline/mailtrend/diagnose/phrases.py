"""How times, spans, counts and places are written in a diagnosis."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Final

from mailtrend.diagnose.facts import Change, Facts

_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_TWO_DAYS: Final = timedelta(days=2)
_MINUTE: Final = 60
_EXACT_HOURS: Final = 4
_CHANGED: Final = {
    "certificate": "the change of certificate",
    "connector": "the change of the connector",
    "dns": "the change in DNS",
    "domain": "the change of the accepted domain",
    "firewall": "the change of the firewall",
    "isp": "the change of provider",
    "network": "the change of the network",
    "policy": "the change of a policy",
}
"""What a change is called by its kind; other kinds stand as the admin wrote them."""
_PART: Final = re.compile(r"\b(batch|step|stage|wave|phase|pilot|started|begun)\b", re.IGNORECASE)
_FINISHED: Final = re.compile(r"\b(finish|complet|final|last|done|switched off|shut down)", re.IGNORECASE)


def when(at: datetime) -> str:
    """Thu 22 Oct 2026 09:49 UTC, in English whatever the locale."""
    return f"{_DAYS[at.weekday()]} {at.day} {_MONTHS[at.month - 1]} {at.year} {at:%H:%M} UTC"


def count(number: int, noun: str) -> str:
    """1 message, 1,478 messages, 2 deliveries."""
    if number == 1:
        return f"1 {noun}"
    plural = f"{noun[:-1]}ies" if noun.endswith("ery") else f"{noun}s"
    return f"{number:,} {plural}"


def span(length: timedelta) -> str:
    """So much of a time has passed, or is left: in full hours, days from two days on: 4 hours, 11 days."""
    hours = int(length.total_seconds() // 3600)
    if length < _TWO_DAYS:
        return "less than an hour" if hours == 0 else count(hours, "hour")
    return count(length.days, "day")


def about(length: timedelta) -> str:
    """How long something lasted, to the nearest hour or, from two days on, day: 8 h 59 min are 9 hours."""
    if length < timedelta(hours=1):
        return "less than an hour"
    hours = round(length / timedelta(hours=1))
    return count(hours, "hour") if timedelta(hours=hours) < _TWO_DAYS else count(round(hours / 24), "day")


def delay(seconds: float) -> str:
    """40 s, 12 min, 1 h 10 min, 21 h, 3 days: how long mail waited, as exact as anybody wants to know it."""
    if seconds < _MINUTE:
        return f"{seconds:.0f} s"
    minutes = round(seconds / _MINUTE)
    hours, rest = divmod(minutes, 60)
    if hours == 0:
        return f"{minutes} min"
    if hours < _EXACT_HOURS and rest:
        return f"{hours} h {rest} min"
    hours = round(minutes / 60)
    return f"{hours} h" if timedelta(hours=hours) < _TWO_DAYS else f"{round(hours / 24)} days"


def after(facts: Facts, change: Change) -> str:
    """4 hours after the migration finished; 2 days after the change of certificate for mail.contoso.com."""
    length = span(begun(facts) - change.time)
    if change.kind == "migration":
        return f"{length} after {'a step of the migration' if is_step(change) else 'the migration finished'}"
    subject = f" for {change.subject}" if change.subject else ""
    return f"{length} after {_CHANGED.get(change.kind, f'a change ({change.kind})')}{subject}"


def is_step(change: Change) -> bool:
    """Does its note tell of a part of a migration only? A migration without such a note is taken as finished."""
    note = change.note or ""
    return bool(_PART.search(note)) and not _FINISHED.search(note)


def begun(facts: Facts) -> datetime:
    """When it was first seen: its first failure, else its first hour."""
    return facts.first_failure or facts.started_at


def place(facts: Facts) -> str:
    """Where it is, as in: on connector A to b.example; for a roll-up, over how many of the other side."""
    if facts.scope == "connector":
        return f"on connector {facts.connector} to {count(len(facts.destinations), 'destination')}"
    if facts.scope == "destination":
        over = f" over {count(len(facts.connectors), 'connector')}" if facts.connectors else ""
        return f"to {facts.destination}{over}"
    on = f"on connector {facts.connector} " if facts.connector else ""
    if facts.scope == "all":
        over = f"over {count(len(facts.connectors), 'connector')} " if facts.connectors else ""
        return f"{over}to {count(len(facts.destinations), 'destination')}"
    if facts.scope == "remote_ip":
        to = f" of {facts.destinations[0]}" if len(facts.destinations) == 1 else ""
        return f"{on}at address {facts.remote_ip}{to}"
    return f"{on}to {facts.destination or 'an unknown destination'}"


def what(facts: Facts, title: str) -> str:
    """4.4.316 Connection refused."""
    if facts.kind == "silence":
        return "No delivery attempt"
    head, colon, rest = title.partition(": ")
    named = f"{head} ({rest})" if colon else title
    return f"{facts.status_code} {named}" if facts.status_code else named


def lasting(facts: Facts) -> str:
    """How it runs and since when, as part of a sentence that begins with code and place."""
    if facts.ended_at is not None:
        last = facts.last_failure or facts.ended_at
        return f"from {when(begun(facts))} to {when(last)}, {about(last - begun(facts))}"
    manner = {
        "drift": "climbing",
        "flapping": "on and off",
        "recurring": "at the same time of day",
        "silence": "silent",
    }
    # A climb begins where its line leaves the ground, which is no failure's own time.
    since = facts.started_at if facts.kind == "drift" else begun(facts)
    return f"{manner.get(facts.kind, 'sustained')} since {when(since)}"


def joined(parts: list[str]) -> str:
    """a, b and c."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}" if parts else ""


def cause(key: str | None) -> str:
    """STARTTLS not offered; certificate expired: a key of contracts.CAUSES in words."""
    words = (key or "").replace("_", " ")
    for short in ("starttls", "dns", "tls", "dane tlsa", "mta sts"):
        words = re.sub(rf"\b{short}\b", short.upper().replace("MTA STS", "MTA-STS"), words)
    return words

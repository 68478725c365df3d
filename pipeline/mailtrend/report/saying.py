"""An incident in words: what it is called, where and since when, and what else a reader may want to know of it."""

from __future__ import annotations

from datetime import datetime

from mailtrend.report import words
from mailtrend.report.incident import Incident

NAMED = 500
"""So many recipients that would bounce are named in the page."""
AROUND = {"connector": "to all its destinations", "destination": "over all connectors", "all": "at many places at once"}
"""What a scope runs over."""


def headline(found: Incident) -> str:
    """Code, title and place of an incident in one line."""
    what = " ".join(part for part in (found.status_code, found.title) if part)
    if found.kind == "silence":
        what = "No traffic"
    return words.one_line(f"{what or 'Failures'} {place(found)}".strip())


def place(found: Incident) -> str:
    """Where: connector, destination and address, and what it runs over."""
    on = f"on connector {found.connector}" if found.connector else ""
    to = f"to {found.destination}" if found.destination else ""
    alone = f"at {found.remote_ip}, one address of several" if found.scope == "remote_ip" and found.remote_ip else ""
    return words.one_line(" ".join(part for part in (on, to, AROUND.get(found.scope, ""), alone) if part))


def lasting(found: Incident, as_of: datetime | None) -> str:
    """Since when, until when, and how long."""
    since = f"since {words.weekday_time(found.started_at)}"
    if found.ended_at is not None:
        length = words.duration((found.ended_at - found.started_at).total_seconds())
        return f"{words.weekday_time(found.started_at)} to {words.weekday_time(found.ended_at)}, {length}"
    if as_of is None:
        return f"{since}, still going"
    return f"{since}, {words.duration((as_of - found.started_at).total_seconds())}, still going"


def clock(found: Incident, as_of: datetime | None) -> str:
    """When the first of the messages at risk is lost; empty where none is."""
    if not found.at_risk or found.next_expiry is None:
        return ""
    text = f"first is lost at {words.time(found.next_expiry)}"
    if as_of is None:
        return text
    left = (found.next_expiry - as_of).total_seconds()
    return (
        f"{text}, {words.duration(left)} after the end of the data"
        if left > 0
        else f"{text}, before the end of the data"
    )


FATES = "a message counts once for each recipient"
"""Why messages that came late, are lost or wait can be more than messages."""


def details(found: Incident) -> list[tuple[str, str]]:
    """What its figures do not say, as label and text: codes, waiting, when it was first told, who was hit."""
    told = {
        "codes": ", ".join(map(words.one_line, found.status_codes)) if len(found.status_codes) > 1 else "",
        "late mail waited": delays(found),
        "first found": f"with data up to {words.time(found.found_at)}" if found.found_at else "",
        "VIP recipients": words.count(found.vip_recipients) if found.vip_recipients else "",
    }
    return [(label, text) for label, text in told.items() if text]


def delays(found: Incident) -> str:
    """How long what was delivered late had waited; empty where nothing was, or no wait is known."""
    if not found.delivered_late or found.late_p50_seconds is None:
        return ""
    half = f"half up to {words.duration(found.late_p50_seconds)}"
    nine = f", nine in ten up to {words.duration(found.late_p90_seconds)}" if found.late_p90_seconds else ""
    longest = f", the longest {words.duration(found.late_max_seconds)}" if found.late_max_seconds else ""
    return half + nine + longest


def bouncing(found: Incident) -> str:
    """How many recipients would be refused for good; empty where that is not in question.

    Logs cannot show who is in the directory of Exchange Online.
    """
    number = len(found.would_bounce)
    if not number:
        return ""
    who = "1 recipient" if number == 1 else f"{words.count(number)} recipients"
    return f"{who} would bounce if the domain became Authoritative, unless Exchange Online knows them"

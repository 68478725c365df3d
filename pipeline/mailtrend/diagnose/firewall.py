"""What one's own servers saw of a refused connection: did it get there, how far did it come, and who stops it?"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from mailtrend.diagnose import phrases
from mailtrend.diagnose.behind import Sides
from mailtrend.diagnose.facts import Facts
from mailtrend.diagnose.phrases import count, when
from mailtrend.diagnose.signs import Sign

_NEAR: Final = timedelta(hours=6)
_BEFORE: Final = timedelta(days=1)
_COVERS: Final = 0.3
"""So much of an incident's hours has to be in a server's logs before what they do not show says anything."""
_NAMES: Final = 3


def signs(facts: Facts) -> list[Sign]:
    """What the logs of one's own servers say of a switched-off system; nothing where they do not cover the time."""
    sides = facts.behind.sides if facts.behind is not None else None
    if sides is None or facts.ended_at is not None:
        return []
    return _known(facts, sides) if sides.known_by != "none" else _unknown(sides)


def _known(facts: Facts, sides: Sides) -> list[Sign]:
    """Of servers that are known to stand behind the connector."""
    found = []
    name = servers(sides)
    if sides.tls_failed:
        told = f"{count(sides.tls_failed, 'session')} of Exchange Online reached {name} since and failed at TLS"
        found.append(Sign("tls_failed_since", told))
    elif sides.sessions:
        told = f"{name} logged {count(sides.sessions, 'session')} of Exchange Online since"
        found.append(Sign("sessions_since", f"{told}, {sides.accepted:,} of them accepted"))
    if sides.mailboxes:
        told = f"{name} put {count(sides.mailboxes, 'message')} into mailboxes since"
        found.append(Sign("mailboxes_in_use", told))
    if sides.handed_up:
        found.append(
            Sign("server_sends", f"{name} still delivers to Exchange Online ({sides.handed_up:,} times since)")
        )
    if not found and runs(sides):
        told = f"{name} runs: its logs cover {sides.covered:,} of {count(sides.hours, 'hour')}"
        found.append(Sign("server_runs", f"{told}, without a session of Exchange Online"))
    if sides.log_until is not None and logs_end(facts, sides):
        found.append(Sign("logs_end", f"the logs of {name} end on {when(sides.log_until)}"))
    return found


def _unknown(sides: Sides) -> list[Sign]:
    """Of servers that may stand elsewhere."""
    if sides.mailboxes:
        told = f"{count(sides.mailboxes, 'message')} went into mailboxes on-premises since"
        return [Sign("mailboxes_elsewhere", f"{told}, on servers not known to stand behind this connector")]
    if runs(sides):
        told = f"{servers(sides)} went on logging mail, not known to stand behind this connector"
        return [Sign("some_server_runs", told)]
    return []


def runs(sides: Sides) -> bool:
    """Do its logs cover enough of the time to say something by what they do not show?"""
    return sides.cover >= _COVERS


def logs_end(facts: Facts, sides: Sides) -> bool:
    """Do the logs of a server known to stand there break off when it began, after a day at least?"""
    begun = phrases.begun(facts)
    if sides.known_by == "none" or sides.log_from is None or sides.log_until is None:
        return False
    return abs(sides.log_until - begun) <= _NEAR and begun - sides.log_from >= _BEFORE


def servers(sides: Sides) -> str:
    """EX01; EX01 and EX02; EX01, EX02, EX03 and 4 more."""
    shown = list(sides.servers[:_NAMES])
    more = len(sides.servers) - len(shown)
    return f"{', '.join(shown)} and {more} more" if more else phrases.joined(shown)


def finding(facts: Facts) -> tuple[str, str] | None:
    """Who has to act, and what one's own logs show of the way mail takes; None where they do not cover the time.

    No session: it never got there. One that failed at TLS: the certificate or the protocol on the server. Mail that was
    taken: the server is reached, by some addresses or in part of the time.
    """
    sides = facts.behind.sides if facts.behind is not None else None
    if sides is None or sides.known_by == "none":
        return None
    name = servers(sides)
    if sides.tls_failed:
        told = f"{count(sides.tls_failed, 'session')} of Exchange Online reached {name} and failed at TLS"
        return "on_premises", f"{told}: look at its certificate and its versions of TLS"
    if sides.sessions and sides.refused >= sides.accepted:
        told = f"{name} itself refused {sides.refused:,} of {count(sides.sessions, 'session')} of Exchange Online"
        return "on_premises", f"{told}: look at its receive connector"
    if sides.sessions:
        told = f"{name} took {count(sides.accepted, 'message')} from Exchange Online meanwhile"
        return "network", f"{told}, so it is reached by part of its addresses only, or on one of several servers"
    return _unreached(facts, sides, name)


def _unreached(facts: Facts, sides: Sides, name: str) -> tuple[str, str] | None:
    if logs_end(facts, sides):
        return "on_premises", f"the logs of {name} end when it began: the server or its transport stopped"
    if not runs(sides):
        return None
    covered = f"the logs of {name} cover {sides.covered:,} of {count(sides.hours, 'hour')}"
    other = f"{count(sides.arrivals, 'arrival')} of other mail and " if sides.arrivals else ""
    told = f"{covered} and show {other}no session of Exchange Online"
    return "network", f"{told}, so it never gets there. Look at firewall, address translation and provider"


def evidence(facts: Facts, *, concluding: bool = False) -> list[str]:
    """Which side saw what, in one or two sentences with numbers; nothing where no own logs are in the lake.

    concluding: say what follows from it as well, where the diagnosis does not.
    """
    sides = facts.behind.sides if facts.behind is not None else None
    if sides is None:
        return []
    told = []
    if sides.failing_seen:
        seen = f"Of {count(facts.messages, 'message')} that failed, one's own servers know {sides.failing_seen:,}"
        told.append(f"{seen} and took {sides.failing_accepted:,}")
    if sides.known_by == "none":
        return told
    found = finding(facts) if concluding else None
    if found is not None:
        return [*told, f"{found[1][0].upper()}{found[1][1:]}"]
    name = servers(sides)
    last = f", the last on {when(sides.last_session)}" if sides.last_session else ""
    parts = [
        f"{count(number, noun)} {how}"
        for number, noun, how in (
            (sides.accepted, "message", "accepted"), (sides.refused, "session", "refused"),
            (sides.tls_failed, "session", "failed at TLS"), (sides.dropped, "session", "broken off"),
        )
        if number
    ]  # fmt: skip
    if parts:
        told.append(f"Exchange Online as {name} saw it since: {phrases.joined(parts)}{last}")
    elif runs(sides):
        before = f", after {sides.sessions_before:,} in the fortnight before{last}" if sides.sessions_before else ""
        told.append(
            f"The logs of {name} cover {sides.covered:,} of {count(sides.hours, 'hour')} of it "
            f"and show no session of Exchange Online{before}"
        )
    return told

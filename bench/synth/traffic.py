"""Mail of eight weeks: who writes to whom and when, and what becomes of each message."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from synth import clock, incidents, world
from synth.dice import Dice
from synth.faults import Fault
from synth.world import Route

Kind = Literal["defer", "fail", "send", "deliver", "expand", "spam", "quarantine"]
FINAL_WORDS: Final = {
    "fail": "Failed", "send": "Delivered", "deliver": "Delivered", "expand": "Expanded",
    "spam": "FilteredAsSpam", "quarantine": "Quarantined",
}  # fmt: skip
RETRIES: Final = tuple(minutes * clock.MINUTE for minutes in (0, 15, 60, 240, 720))
"""After the first attempt, at growing intervals; the message is returned after 24 hours."""
EXPIRY: Final = clock.DAY
HOURS: Final = np.array(
    [0.10, 0.08, 0.08, 0.08, 0.10, 0.15, 0.40, 0.80, 1.00, 1.10, 1.15, 1.05,
     0.85, 1.00, 1.10, 1.10, 0.95, 0.70, 0.45, 0.28, 0.22, 0.20, 0.16, 0.12]
)  # fmt: skip
DAYS: Final = np.array([1.05, 1.05, 1.0, 1.0, 0.9, 0.22, 0.16])
_SLOTS: Final = 24


class Attempt(NamedTuple):
    """One thing that happened to a message on its way to one recipient."""

    at: int
    kind: Kind
    fault: Fault | None = None
    expired: bool = False
    route: Route | None = None
    """Where it went, if not the way of its message."""

    @property
    def code(self) -> str:
        """The enhanced status code its text carries."""
        if self.fault is None:
            return ""
        return self.fault.twin.split()[1] if self.expired else self.fault.code


@dataclass(slots=True)
class Message:
    """One message to one recipient; recipients of the same message share trace_id and attempts."""

    received: int
    sender: str
    recipient: str
    subject: str
    size: int
    message_id: str
    trace_id: str
    route: Route
    attempts: list[Attempt]
    detailed: bool
    """Did the admin also fetch its events?"""

    @property
    def inbound(self) -> bool:
        """Did it come from outside to a mailbox of the tenant?"""
        return self.route.key == "inbound"

    def status(self, seen_at: int) -> str:
        """What a message trace run at `seen_at` calls it."""
        for attempt in self.attempts:
            if attempt.at <= seen_at and attempt.kind != "defer":
                return FINAL_WORDS[attempt.kind]
        return "GettingStatus" if seen_at - self.received < clock.MINUTE else "Pending"


def arrivals(dice: Dice, per_hour: float) -> npt.NDArray[np.int64]:
    """Times at which messages come in, by hour of the day and day of the week, ascending."""
    hours = np.arange((clock.END - clock.START) // clock.HOUR)
    return scattered(dice, per_hour * HOURS[hours % 24] * DAYS[hours // 24 % 7])


def scattered(dice: Dice, expected: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Times at which messages come in, ascending, where each hour from START on has so many to be expected."""
    hours = np.arange(len(expected))
    count = (dice.uniform(len(hours), _SLOTS) < expected[:, None] / _SLOTS).sum(axis=1)
    begin = np.repeat(clock.START + hours * clock.HOUR, count)
    return np.sort(begin + (dice.uniform(len(begin)) * clock.HOUR).astype(np.int64))


def _outbound(dice: Dice, route: Route, recipient: str, received: int) -> list[Attempt]:
    """Try until it is delivered, refused for good, or 24 hours old."""
    found: list[Attempt] = []
    last: Fault | None = None
    for number, wait in enumerate(RETRIES):
        late = dice.between(0, wait // 10) if wait else dice.between(900, 6_000)
        at = received + wait + late
        fault = incidents.full_mailbox(recipient, at) or incidents.outage(route.key, at)
        if fault is None and number == 0:
            fault = incidents.noise(route, dice)
        if fault is None:
            return [*found, Attempt(at, "send")]
        found.append(Attempt(at, "fail" if fault.permanent else "defer", fault))
        if fault.permanent:
            return found
        last = fault
    at = received + EXPIRY + dice.between(5_000, 240_000)
    still = incidents.full_mailbox(recipient, at) or incidents.outage(route.key, at)
    return [*found, Attempt(at, "fail", last, expired=True) if still else Attempt(at, "send")]


def _inbound(dice: Dice, route: Route, recipient: str, received: int) -> list[Attempt]:
    at = received + dice.between(1_200, 9_000)
    fault = incidents.full_mailbox(recipient, at) or incidents.noise(route, dice)
    if fault is not None:
        return [Attempt(at, "fail", fault)]
    draw = dice.below(1_000)
    kind: Kind = "spam" if draw < 25 else "quarantine" if draw < 37 else "expand" if draw < 42 else "deliver"
    return [Attempt(at, kind)]


def _subject(dice: Dice, choices: tuple[str, ...]) -> str:
    return dice.pick(choices).format(n=dice.between(10_000, 99_999), w=dice.between(1, 52))


def _compose(dice: Dice, route: Route, received: int) -> list[Message]:
    """One message with its recipients: mostly one, now and then two."""
    person, trace_id = dice.pick(world.PEOPLE), dice.guid()
    away = dice.pick(tuple(world.SENDING_HOSTS))
    inbound = route.key == "inbound"
    sender = f"{person}@{away if inbound else 'contoso.com'}"
    people = world.LEFT_BEHIND if route.key == "onprem" else world.PEOPLE
    recipient = f"{dice.pick(people)}@{route.domain}"
    if route.key == "wingtip" and dice.chance(0.12):
        recipient = world.FULL_MAILBOX
    attempts = _inbound(dice, route, recipient, received) if inbound else _outbound(dice, route, recipient, received)
    spam = attempts[-1].kind in ("spam", "quarantine")
    subject = _subject(dice, world.SPAM_SUBJECTS if spam else world.SUBJECTS)
    host = away if inbound else "eurprd04.prod.outlook.com"
    message_id = f"<{dice.hex(16)}@{host}>"
    size = dice.between(4, 60) ** 2 * 97 + dice.below(97)
    recipients = [recipient]
    if attempts[-1].kind == "expand":
        recipients = [world.GROUP]
    elif dice.chance(0.04) and not any(a.fault and a.fault.shape in ("remote", "store") for a in attempts):
        second = f"{dice.pick(people)}@{route.domain}"
        full = second in (world.FULL_MAILBOX, world.FULL_OWN_MAILBOX)
        recipients += [second] if second != recipient and not full else []
    troubled = any(a.fault for a in attempts)
    detailed = dice.chance(0.9 if troubled else 0.05 if inbound or route.key == "tailspin" else 0.6)
    detailed = detailed or route.key in ("onprem", "fabrikam", "branch") or (route.key == "tailspin" and troubled)
    return [
        Message(received, sender, to, subject, size, message_id, trace_id, route, attempts, detailed)
        for to in recipients
    ]  # fmt: skip


def messages(seed: int = world.SEED) -> list[Message]:
    """All messages of the eight weeks, oldest first."""
    found: list[Message] = []
    for route in (*world.ROUTES, world.INBOUND):
        dice = Dice(seed, f"traffic {route.key}")
        for received in arrivals(dice, route.per_hour):
            found.extend(_compose(dice, route, int(received)))
    return sorted(found, key=lambda each: (each.received, each.trace_id, each.recipient))

"""Messages arrive, are tried as Exchange Online tries them, and end: delivered, refused, or returned after a day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple
from zlib import crc32

import numpy as np
import numpy.typing as npt

from flow.places import END, Way
from flow.troubles import Trouble
from synth import clock, world
from synth.dice import Dice
from synth.faults import Fault
from synth.traffic import DAYS, EXPIRY, HOURS, Attempt, Message, scattered

RETRIES: Final = tuple(
    minutes * clock.MINUTE for minutes in (0, 1, 2, 7, 12, 17, 32, 47, 62, 92, 122, *range(182, 1440, 60))
)
"""Quick at first, then every five minutes, every fifteen, every half hour, every hour until it is a day old."""
_TWO: Final = 0.04
"""So many messages have a second recipient."""


class Letter(NamedTuple):
    """One message to one recipient, and for each of its attempts the incident that it belongs to, or nothing."""

    message: Message
    blame: tuple[str, ...]


def letters(
    name: str, start: int, ways: Sequence[Way], troubles: Sequence[Trouble], end: int = END
) -> list[Letter]:  # fmt: skip
    """All mail of a scenario from `start` to `end`, oldest first; `name` seeds its chance."""
    found: list[Letter] = []
    for way in ways:
        dice = Dice(world.SEED, f"flow {name} {way.key}")
        for number, received in enumerate(scattered(dice, _expected(way, start, end))):
            found.extend(_compose(dice, name, number, way, int(received), troubles))
    return sorted(found, key=lambda each: (each.message.received, each.message.trace_id, each.message.recipient))


def _expected(way: Way, start: int, end: int) -> npt.NDArray[np.float64]:
    hours = np.arange((end - clock.START) // clock.HOUR)
    at = clock.START + hours * clock.HOUR
    shape = HOURS[hours % 24] * DAYS[hours // 24 % 7] if way.profile == "office" else np.ones(len(hours))
    expected = way.per_hour * shape * ((at >= max(start, way.since)) & (at < way.until))
    for surge in way.surges:
        expected = expected * np.where((at >= surge.start) & (at < surge.end), surge.factor, 1.0)
    return np.asarray(expected, dtype=np.float64)


def _compose(
    dice: Dice, name: str, number: int, way: Way, received: int, troubles: Sequence[Trouble]
) -> Iterator[Letter]:  # fmt: skip
    away = dice.pick(tuple(world.SENDING_HOSTS))
    sender = f"{dice.pick(way.writers)}@{away if way.inbound else 'contoso.com'}"
    recipient = f"{dice.pick(way.people)}@{way.domain}"
    attempts, blame = (
        _inbound(dice, way, received) if way.inbound else _outbound(dice, way, recipient, received, troubles)
    )
    # Ids are counted and not drawn: they pack well.
    mark = crc32(f"{name} {way.key}".encode())
    trace_id = f"{mark:08x}-{number & 0xFFFF:04x}-4000-9000-08de{number:08x}"
    host = away if way.inbound else "eurprd04.prod.outlook.com"
    recipients = [recipient]
    personal = any(trouble.recipients for trouble in troubles) or any(a.fault and a.fault.permanent for a in attempts)
    if dice.chance(_TWO) and not personal and len(way.people) > 1:
        recipients += [each for each in [f"{dice.pick(way.people)}@{way.domain}"] if each != recipient]
    subject = dice.pick(world.SUBJECTS).format(n=dice.between(100, 999), w=dice.between(1, 52))
    size = dice.between(4, 60) ** 2 * 97
    for to in recipients:
        yield Letter(
            Message(
                received, sender, to, subject, size, f"<{mark:08X}{number:08X}@{host}>", trace_id, way.routes[0],
                attempts, any(each.fault for each in attempts),
            ),
            blame,
        )  # fmt: skip


def _outbound(
    dice: Dice, way: Way, recipient: str, received: int, troubles: Sequence[Trouble]
) -> tuple[list[Attempt], tuple[str, ...]]:  # fmt: skip
    """Try until it is delivered, refused for good, or 24 hours old."""
    found: list[Attempt] = []
    blame: list[str] = []
    last: Trouble | None = None
    for number, wait in enumerate(RETRIES):
        at = received + wait + (dice.between(900, 6_000) if number == 0 else dice.between(0, 20_000))
        route = dice.pick(way.routes)
        draw = float(dice.uniform(1)[0])
        last = next((each for each in troubles if each.hits(way, route, recipient, at, number, draw)), None)
        fault = last.fault if last else _noise(dice, way) if number == 0 else None
        blame.append(last.incident if last else "")
        if fault is None:
            return [*found, Attempt(at, "send", route=route)], tuple(blame)
        found.append(Attempt(at, "fail" if fault.permanent else "defer", fault, route=route))
        if fault.permanent:
            return found, tuple(blame)
    if last is None:
        raise AssertionError("only a trouble lasts to the last retry")
    given_up = received + EXPIRY + dice.between(2_000, 12_000)
    found.append(Attempt(given_up, "fail", last.fault, expired=True, route=found[-1].route))
    return found, (*blame, last.incident)


def _inbound(dice: Dice, way: Way, received: int) -> tuple[list[Attempt], tuple[str, ...]]:
    at, fault = received + dice.between(1_200, 9_000), _noise(dice, way)
    return [Attempt(at, "fail", fault) if fault else Attempt(at, "deliver")], ("",)


def _noise(dice: Dice, way: Way) -> Fault | None:
    """Ordinary bad luck of a first attempt."""
    draw = float(dice.uniform(1)[0])
    for share, fault in way.noise:
        if draw < share:
            return fault
        draw -= share
    return None

"""The same story with other mail: another seed, volume, day of the week, hour, history, and end of the data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from flow.mail import Letter
from flow.places import Way
from flow.scenario import Change, Expected, Scenario
from flow.troubles import Trouble
from flow.truth import Sight
from synth import clock, world
from synth.dice import Dice

SEED: Final = world.SEED
VOLUMES: Final = (1.0, 0.4, 3.0)
_STARTS: Final = ("as told", "another day and hour", "Saturday night", "month end")
_SETTLED: Final = 6 * clock.DAY
"""Shorter histories are not made shorter still."""
_AFTER: Final = 3 * clock.HOUR
"""So long the data goes on at least after what is over."""


class Variation(NamedTuple):
    """What is different: times in milliseconds by which the story, the first and the last export lie elsewhere."""

    number: int
    volume: float
    shift: int
    lead: int
    tail: int
    start: str

    @property
    def told(self) -> str:
        """In a few words."""
        hours = [round(each / clock.HOUR) for each in (self.shift, self.lead, self.tail)]
        return (
            f"#{self.number} ×{self.volume:g}, {self.start}, shift {hours[0]} h, lead {hours[1]} h, tail {hours[2]} h"
        )


def variation(scenario: Scenario, number: int, seed: int) -> Variation:
    """The variation of a scenario with this number; 0 has nothing but another seed."""
    dice = Dice(seed, f"vary {scenario.name} {number}")
    start = _STARTS[number % len(_STARTS)]
    begun = min(_starts(scenario), default=scenario.end)
    clocked = any(trouble.hours != (0, 24) for trouble in scenario.troubles)
    shift = _shift(dice, start, begun)
    shift = shift // clock.DAY * clock.DAY if clocked else shift
    if number == 0:
        return Variation(number, 1.0, 0, 0, 0, start)
    longest = min(shift + scenario.start - clock.START, 5 * clock.DAY)
    shortest = 3 * clock.DAY if begun - scenario.start > _SETTLED + 3 * clock.DAY else 0
    lead = -dice.between(0, longest // clock.HOUR) if dice.chance(0.5) else dice.between(0, shortest // clock.HOUR)
    tail = dice.between(-20, 30) * clock.HOUR
    least = max((each for each in _ends(scenario) if each < scenario.end), default=0) + _AFTER - scenario.end
    going = begun + 12 * clock.HOUR - scenario.end
    tail = 0 if scenario.extended or clocked else max(tail, least, going)
    return Variation(number, VOLUMES[number % len(VOLUMES)], shift, lead * clock.HOUR, tail, start)


def varied(scenario: Scenario, each: Variation, extra: int = 0) -> Scenario:
    """The scenario so told; its name is its own, for it seeds the mail. extra: so much later it ends, in ms."""
    end = scenario.end + each.shift + each.tail + extra
    start = scenario.start + each.shift + each.lead

    def moved(at: int) -> int:
        return start if at == scenario.start else end if at == scenario.end else at + each.shift

    def sights(told: tuple[Sight, ...]) -> tuple[Sight, ...]:
        return tuple(Sight(*(moved(at) for at in sight)) for sight in told)

    return replace(
        scenario,
        name=f"{scenario.name}-{each.number}",
        start=start,
        end=end,
        ways=tuple(_way(way, each, moved) for way in scenario.ways),
        troubles=tuple(replace(t, start=moved(t.start), end=moved(t.end)) for t in scenario.troubles),
        expected=tuple(_expected(row, moved) for row in scenario.expected),
        changes=tuple(_change(row, each.shift) for row in scenario.changes),
        extended=sights(scenario.extended),
        traces=sights(scenario.traces),
        details=sights(scenario.details),
    )


def _starts(scenario: Scenario) -> list[int]:
    silent = [each.silent_since for each in scenario.expected if each.silent_since]
    return [each.start for each in scenario.troubles if each.start > scenario.start] + silent


def _ends(scenario: Scenario) -> list[int]:
    """What is over ends with its last trouble, and with what is returned up to a day later."""
    sure = [each.ended for each in scenario.expected if each.ended]
    surges = [surge.end for way in scenario.ways for surge in way.surges]
    return [*(each.end for each in scenario.troubles), *sure, *surges]


def _shift(dice: Dice, start: str, begun: int) -> int:
    if start == "as told":
        return 0
    if start == "another day and hour":
        return dice.between(-5 * 24, 16 * 24) * clock.HOUR
    wanted = dice.between(20, 28) * clock.HOUR
    if start == "Saturday night":
        midnight = begun // clock.DAY * clock.DAY
        weekday = clock.moment(midnight).weekday()
        return midnight + (5 - weekday) % 7 * clock.DAY + wanted - begun
    last = (datetime(2026, 11, 1, tzinfo=UTC) - timedelta(days=1)).timestamp() * clock.SECOND
    return int(last) + wanted - begun


def _way(way: Way, each: Variation, moved: Callable[[int], int]) -> Way:
    surges = tuple(surge._replace(start=moved(surge.start), end=moved(surge.end)) for surge in way.surges)
    since = moved(way.since) if way.since else 0
    return way._replace(per_hour=way.per_hour * each.volume, since=since, until=moved(way.until), surges=surges)


def _expected(row: Expected, moved: Callable[[int], int]) -> Expected:
    times = {name: moved(at) for name in ("ended", "silent_since") if (at := getattr(row, name))}
    return replace(row, **times)  # type: ignore[arg-type]


def _change(row: Change, shift: int) -> Change:
    at = datetime.fromisoformat(row[0]) + timedelta(milliseconds=shift)
    return (at.strftime("%Y-%m-%dT%H:%M:%SZ"), *row[1:])


def noise(scenario: Scenario, name: str, mail: Sequence[Letter]) -> int:
    """Attempts that failed with a code of the incident in its time and at its place, but only by ordinary bad luck."""
    mine: list[Trouble] = [each for each in scenario.troubles if each.incident == name]
    ways = {way for each in mine for way in each.ways}
    codes = {each.fault.code[1:] for each in mine}
    first, last = min((each.start for each in mine), default=0), max((each.end for each in mine), default=0)
    routes = {
        (route.host, route.domain) for way in scenario.ways if not ways or way.key in ways for route in way.routes
    }
    return sum(
        attempt.fault is not None and not blame and attempt.code[1:] in codes
        and first - clock.HOUR <= attempt.at < last + clock.DAY
        and (letter.message.route.host, letter.message.route.domain) in routes
        for letter in mail
        for attempt, blame in zip(letter.message.attempts, letter.blame, strict=True)
    )  # fmt: skip

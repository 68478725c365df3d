"""Hours of the day: does a fault follow the volume of mail, or keep to an hour of its own?"""

from __future__ import annotations

from typing import Final, NamedTuple

from mailtrend.diagnose.facts import Facts
from mailtrend.diagnose.surroundings import around

DAY: Final = 24
MOST_OF_IT: Final = 0.8
LEAST_DAYS: Final = 3
"""On fewer days an hour is no habit."""
LONGEST_SLOT: Final = 3


class Slot(NamedTuple):
    """Hours in a row (UTC) that hold most of the failures: first hour, how many, their share of the failures."""

    first: int
    length: int
    share: float

    @property
    def hours(self) -> list[int]:
        """The hours of the day it covers; it may run over midnight."""
        return [(self.first + at) % DAY for at in range(self.length)]

    @property
    def told(self) -> str:
        """02:00 and 04:00 UTC, as in: between … ."""
        return f"{self.first:02}:00 and {(self.first + self.length) % DAY:02}:00 UTC"


class Busy(NamedTuple):
    """Share of messages that failed in busy hours and in quiet ones, and the first and last busy hour (UTC)."""

    rate: float
    quiet_rate: float
    first: int
    last: int


def slot(facts: Facts) -> Slot | None:
    """The shortest run of hours, up to three, with most of the failing messages, on three days or more."""
    told = around(facts)
    total = sum(told.failed_by_hour)
    if len(told.failed_by_hour) != DAY or not total or told.days_failing < LEAST_DAYS:
        return None
    for length in range(1, LONGEST_SLOT + 1):
        runs = [
            Slot(first, length, sum(told.failed_by_hour[(first + at) % DAY] for at in range(length)) / total)
            for first in range(DAY)
        ]
        best = max(runs, key=lambda run: (run.share, -run.first))
        if best.share >= MOST_OF_IT:
            return best
    return None


def volume(facts: Facts, hours: list[int]) -> float | None:
    """How much mail these hours have against an average hour: 1.0 is average; None where no mail is known.

    Deliveries over all the data tell it, else messages tried while it lasted: retries of failures swell the latter.
    """
    told = around(facts)
    counts = told.load_by_hour if sum(told.load_by_hour) else told.tried_by_hour
    total = sum(counts)
    if len(counts) != DAY or not total:
        return None
    return sum(counts[hour] for hour in hours) / len(hours) / (total / DAY)


def busy(facts: Facts) -> Busy | None:
    """Rates in the hours with more mail than average and in the others; None where either is empty."""
    told = around(facts)
    counts = told.load_by_hour if sum(told.load_by_hour) else told.tried_by_hour
    if {len(counts), len(told.tried_by_hour), len(told.failed_by_hour)} != {DAY}:
        return None
    mean = sum(counts) / DAY
    hours = [hour for hour in range(DAY) if counts[hour] > mean]
    rest = [hour for hour in range(DAY) if counts[hour] <= mean]
    tried, tried_rest = (sum(told.tried_by_hour[hour] for hour in part) for part in (hours, rest))
    if not tried or not tried_rest:
        return None
    failed, failed_rest = (sum(told.failed_by_hour[hour] for hour in part) for part in (hours, rest))
    return Busy(failed / tried, failed_rest / tried_rest, *_span(hours))


def _span(hours: list[int]) -> tuple[int, int]:
    """First and last hour of the shortest stretch of the day that holds all of them; it may run over midnight."""
    gaps = [((hours[(at + 1) % len(hours)] - hour - 1) % DAY, at) for at, hour in enumerate(hours)]
    _, widest = max(gaps)
    return hours[(widest + 1) % len(hours)], hours[widest]

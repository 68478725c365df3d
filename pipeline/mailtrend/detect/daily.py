"""Days against days: how sure a level that lasts is above the others, where days differ by nature."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from mailtrend.detect.hours import DAY, Flags, Floats, Hours
from mailtrend.detect.segments import Segment

_LEAST_DAYS: Final = 5
_RESERVE: Final = 2.0
_CLIMBS: Final = 1.3
"""From which ratio of its later half to its first one on it is a climb, to be judged by where it leads."""


def gain_by_day(hours: Hours, expected: Floats, segment: Segment, quiet: Flags) -> float:
    """Nats by which the days of `segment` stand above the quiet ones, each day being one observation that strays.

    A level of weeks holds thousands of failures, and still no more days than it has; nor has what it is compared with.
    Both sides are uncertain by as much as days stray within them. Infinite where it is too short to tell.
    """
    inside = np.zeros(hours.size, dtype=np.bool_)
    inside[segment.first : segment.last] = True
    if segment.last - segment.first < _LEAST_DAYS * DAY:
        return math.inf
    sides = [_by_day(hours, expected, side) for side in (inside, quiet)]
    stray = _stray(sides)
    (high, among), (low, calm) = sides
    middle = int(np.searchsorted(np.cumsum(among), among.sum() / 2))
    if middle and high[middle:].sum() * among[:middle].sum() > _CLIMBS * high[:middle].sum() * among[middle:].sum():
        high, among = high[middle:], among[middle:]
    ratio = (high.sum() + 0.5) / (low.sum() + 0.5) * (calm.sum() / max(float(among.sum()), 1e-9))
    if ratio <= 1.0:
        return 0.0
    # How unsure few failures are is weighed elsewhere; here it is no more than a reserve.
    unsure = stray / _days(among) + stray / _days(calm) + 1.0 / (low.sum() + _RESERVE)
    return float(math.log(ratio) ** 2 / (2.0 * unsure))


def _by_day(hours: Hours, expected: Floats, side: Flags) -> tuple[Floats, Floats]:
    """Failures seen and expected on each day, in the hours of this side."""
    if not side.any():
        return np.zeros(1), np.zeros(1)
    day = hours.hour[side] // DAY
    starts = np.flatnonzero(np.diff(day, prepend=day[0] - 1))
    return np.add.reduceat(hours.faults[side], starts), np.add.reduceat(expected[side], starts)


def _stray(sides: list[tuple[Floats, Floats]]) -> float:
    """Excess variance from one day to the next, in units of the mean squared: a climb or a step is no straying."""
    excess, scale = 0.0, 1e-9
    for seen, wanted in sides:
        level = wanted * (seen.sum() / max(float(wanted.sum()), 1e-9)) + 1e-9
        one, next_ = level[:-1], level[1:]
        excess += float(((seen[:-1] * next_ - seen[1:] * one) ** 2 / (one * next_) - one - next_).sum())
        scale += 2.0 * float((one * next_).sum())
    return max(0.0, excess / scale)


def _days(wanted: Floats) -> float:
    """How many days of equal weight these are worth."""
    return float(wanted.sum()) ** 2 / max(float((wanted**2).sum()), 1e-12)

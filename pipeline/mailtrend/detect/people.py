"""How many people stand behind the failures of a stretch: who is tried again is counted again, and proves no more."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from mailtrend.detect import usual
from mailtrend.detect.hours import Flags, Floats, Hours
from mailtrend.detect.segments import Segment

_STAYS: Final = 3
"""Hours in a row from which on somebody who fails is taken to be tried again and again."""
_ONCE: Final = 1.03
_EACH: Final = 1.5
_NOISE: Final = 1.5
_USUAL: Final = 5.0
_COLLAPSED: Final = 0.2
_LACKING: Final = 0.3
_SURE: Final = 3.0
_CROWD: Final = 6.0
_BESIDE: Final = 2
"""More recipients that it takes where others are delivered to: full mailboxes come in handfuls."""


class People(NamedTuple):
    """Of a stretch: the most recipients failing within an hour, how many there were in all, and the hourly sum.

    wanted, good: deliveries that were usual in these hours, and those that came. once: nothing was tried again.
    """

    most: float
    number: float
    summed: float
    wanted: float
    good: float
    once: bool

    @property
    def fresh(self) -> float:
        """Share of the hourly sum that stands for somebody new, above 0 to 1."""
        return min(1.0, self.number / max(self.summed, 1.0))

    @property
    def missing(self) -> float:
        """Deliveries that were usual and did not come, beyond their noise."""
        return max(0.0, self.wanted - self.good - _NOISE * float(self.wanted**0.5))

    @property
    def collapsed(self) -> bool:
        """Did deliveries to everybody else stop as well?"""
        return self.wanted >= _USUAL and self.good <= _COLLAPSED * self.wanted

    @property
    def lacking(self) -> bool:
        """Do a good part of the usual deliveries not come?"""
        return self.missing >= _USUAL and self.missing >= _LACKING * self.wanted

    def too_few(self, least: int) -> bool:
        """Are they no more than a handful of full mailboxes would be, while others are delivered to?"""
        if self.collapsed:
            return self.most < least and (self.most < least - 1 or self.number < 2 * least)
        if self.once or self.lacking:
            return self.most < least
        return self.number < least + _BESIDE or self.most < least


def people_of(hours: Hours, segment: Segment) -> People:
    """What can be said of the people behind a stretch, from hourly counts alone."""
    first, last = segment.first, segment.last
    faults = hours.faults[first:last]
    wanted = float(usual.deliveries(hours, first, last, usual.near(hours, first, last)).sum())
    good = float((hours.attempts - hours.failures)[first:last].sum())
    once = hours.recipients is None or _tried_once(hours, segment)
    summed = float(faults.sum())
    people = People(float(faults.max()), summed if once else arrivals(faults), summed, wanted, good, once)
    # Where deliveries stay away and it is no handful, what is missing tells how many there were.
    sure = people.most >= (_SURE if people.collapsed else _CROWD) and (people.collapsed or people.lacking)
    return people._replace(number=max(people.number, min(people.missing, summed))) if sure else people


def fresh_share(hours: Hours, quiet: Flags) -> float:
    """Share of the failures outside all incidents that stand for somebody new."""
    faults = hours.faults * quiet
    return 1.0 if hours.recipients is None else min(1.0, max(1.0, arrivals(faults)) / max(1.0, float(faults.sum())))


def arrivals(faults: Floats) -> float:
    """Different people, about so many: those who fail for a moment, and rises in the number of those who stay."""
    padded = np.concatenate([np.zeros(_STAYS - 1), faults, np.zeros(_STAYS - 1)])
    lowest = sliding_window_view(padded, _STAYS).min(axis=1)
    staying = sliding_window_view(lowest, _STAYS).max(axis=1)
    return float((faults - staying).sum() + np.diff(staying, prepend=0.0).clip(min=0.0).sum())


def _tried_once(hours: Hours, segment: Segment) -> bool:
    """Is nothing tried a second time? Then failures are about as many as messages, and those as their recipients."""
    inside = slice(segment.first, segment.last)
    failures, people = float(hours.failures[inside].sum()), float(hours.faults[inside].sum())
    messages = people if hours.messages is None else float(hours.messages[inside].sum())
    return failures <= _ONCE * messages and messages <= _EACH * people

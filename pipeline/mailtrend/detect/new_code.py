"""New code: many days of mail without it, and then it comes to stay beside mail that goes on."""

from __future__ import annotations

from typing import Final

from mailtrend.detect.hours import Hours
from mailtrend.detect.segments import Segment

_LEAST_HOURS: Final = 24
_HISTORY: Final = 10 * 24
_LEAST_TRIES: Final = 100.0
_MOST_FAIL: Final = 0.6
"""Where more than that fails nothing was added: something stopped, whatever its code was called before."""


def is_new(hours: Hours, segment: Segment, *, going: bool) -> bool:
    """Did nothing fail in ten days or more of traffic before it, and does it stay for a day or still go on?"""
    before, inside = slice(0, segment.first), slice(segment.first, segment.last)
    known = int(hours.hour[segment.first] - hours.hour[0]) >= _HISTORY
    tried = known and float(hours.tries[before].sum()) >= _LEAST_TRIES
    stays = going or int(hours.hour[segment.last - 1] - hours.hour[segment.first]) + 1 >= _LEAST_HOURS
    beside = float(hours.faults[inside].sum()) <= _MOST_FAIL * float(hours.tries[inside].sum())
    return tried and stays and beside and float(hours.faults[before].sum()) == 0

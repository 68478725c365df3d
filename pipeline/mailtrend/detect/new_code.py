"""New code: never seen there before, and then it stays."""

from __future__ import annotations

from typing import Final

from mailtrend.detect.hours import Hours
from mailtrend.detect.segments import Segment

LEAST_HOURS: Final = 24
_LEAST_BEFORE: Final = 24
_LEAST_TRIES: Final = 20.0


def is_new(hours: Hours, segment: Segment, *, going: bool) -> bool:
    """Did nothing fail in a day or more of traffic before it, and does it stay for a day or still go on?"""
    before = slice(0, segment.first)
    tried = segment.first >= _LEAST_BEFORE and float(hours.tries[before].sum()) >= _LEAST_TRIES
    stays = going or int(hours.hour[segment.last - 1] - hours.hour[segment.first]) + 1 >= LEAST_HOURS
    return tried and stays and float(hours.faults[before].sum()) == 0

"""New code: never seen there before, and then it stays; also a route that has failed ever since it began."""

from __future__ import annotations

from typing import Final

import numpy as np

from mailtrend.detect.hours import DAY, Hours
from mailtrend.detect.segments import Segment

LEAST_HOURS: Final = 24
_LEAST_BEFORE: Final = 24
_LEAST_TRIES: Final = 20.0
_ROUTE_FAULTS: Final = 20.0
_ROUTE_RATE: Final = 0.95
_ROUTE_HOURS: Final = 8
_ROUTE_BEFORE: Final = 7 * DAY


def is_new(hours: Hours, segment: Segment, *, going: bool) -> bool:
    """Did nothing fail in a day or more of traffic before it, and does it stay for a day or still go on?"""
    before = slice(0, segment.first)
    tried = segment.first >= _LEAST_BEFORE and float(hours.tries[before].sum()) >= _LEAST_TRIES
    stays = going or int(hours.hour[segment.last - 1] - hours.hour[segment.first]) + 1 >= LEAST_HOURS
    return tried and stays and float(hours.faults[before].sum()) == 0


def dead_route(hours: Hours) -> Segment | None:
    """A route that was silent for a week of covered hours, then began, and has never worked since; else None.

    There is no baseline to compare with, so it must be plain: twenty failures or more in at least eight hours,
    one attempt in twenty or fewer succeeds, over a day or longer, and more than one recipient where they are known.
    """
    busy = np.flatnonzero(hours.attempts > 0)
    if not len(busy) or hours.hour[busy[0]] - hours.hour[0] < _ROUTE_BEFORE:
        return None
    first, last = int(busy[0]), int(busy[-1]) + 1
    failing = int((hours.faults[first:last] > 0).sum())
    faults, tries = float(hours.faults[first:last].sum()), float(hours.tries[first:last].sum())
    if faults < _ROUTE_FAULTS or failing < _ROUTE_HOURS or faults < _ROUTE_RATE * tries:
        return None
    if hours.recipients is not None and float(hours.recipients.max()) <= 1:
        return None
    return Segment(first, last, 0.0) if hours.hour[last - 1] - hours.hour[first] >= DAY else None

"""What is usually delivered in the hours of a stretch, by hour of the day, working days and weekends apart."""

from __future__ import annotations

from typing import Final

import numpy as np

from mailtrend.detect.hours import DAY, Flags, Floats, Hours

_NEAR: Final = 14 * DAY
_ENOUGH: Final = 5 * DAY


def weekend_of(hours: Hours) -> Flags:
    """Marks Saturdays and Sundays (UTC): day 0 of the count was a Thursday."""
    return np.isin((hours.hour // DAY) % 7, (2, 3))


def near(hours: Hours, first: int, last: int) -> Flags:
    """Marks the hours outside the stretch, those of two weeks around it where they are enough to tell."""
    outside = np.ones(hours.size, dtype=np.bool_)
    outside[first:last] = False
    close = outside & (hours.hour >= hours.hour[first] - _NEAR) & (hours.hour <= hours.hour[last - 1] + _NEAR)
    return close if int(close.sum()) >= _ENOUGH else outside


def deliveries(hours: Hours, first: int, last: int, outside: Flags) -> Floats:
    """Usual deliveries in each hour of the stretch, from the hours marked.

    Deliveries and not attempts: queued mail that is tried again all weekend would make weekends look busy.
    """
    slot = hours.slot + DAY * weekend_of(hours)
    good = hours.attempts - hours.failures
    seen = np.bincount(slot[outside], good[outside], 2 * DAY)
    number = np.bincount(slot[outside], minlength=2 * DAY)
    # A slot that was never seen outside the stretch promises nothing.
    mean = np.where(number > 0, seen / np.maximum(number, 1), 0.0)
    return np.asarray(mean[slot[first:last]], dtype=np.float64)

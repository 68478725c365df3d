"""Recurring: the same hour of the day, on most days of a stretch, and hardly anything beside it."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from mailtrend.detect.baseline import rate_of
from mailtrend.detect.hours import DAY, Flags, Floats, Hours
from mailtrend.detect.likelihood import gain

LEAST_DAYS: Final = 5
LEAST_SHARE: Final = 0.65
_WIDTHS: Final = (1, 2)
_STANDS_OUT: Final = 5.0
_NOTICED: Final = 0.5
_EVIDENCE: Final = 9.0
_ONE_DAY: Final = 0.5
_NEAR: Final = 3
_SHOULDER: Final = 0.34


class Recurrence(NamedTuple):
    """A slot that fails day after day: from its first hour to the end of its last, on `hit` of `days` days."""

    first: int
    last: int
    slot: int
    width: int
    hit: int
    days: int
    failures: float
    expected: float
    gain: float
    marks: Flags


def recurrence(hours: Hours) -> Recurrence | None:
    """The strongest recurring slot of a series, or None.

    A day counts as hit where its slot holds a failure that the rest of the time would hardly have given.
    """
    if not hours.size:
        return None
    day = hours.hour // DAY
    days = int(day[-1] - day[0]) + 1
    if days < LEAST_DAYS:
        return None
    found = [each for slot, width in _promising(hours, days) if (each := _at(hours, days, slot, width))]
    return max(found, key=lambda each: each.gain, default=None)


def _promising(hours: Hours, days: int) -> list[tuple[int, int]]:
    """Slots and widths with enough hit days, and enough evidence if each day were a level of its own.

    No run of days can hold more evidence than that.
    """
    number = hours.hour - hours.hour[0] // DAY * DAY
    size = (days + 1) * DAY
    faults, tries = (np.bincount(number, each, size).astype(np.float64) for each in (hours.faults, hours.tries))
    needed = _EVIDENCE + float(np.log((days + 1) * DAY * len(_WIDTHS)))
    found = []
    for width in _WIDTHS:
        seen, tried = _by_slot(faults, width), _by_slot(tries, width)
        rest = zip(faults.sum() - seen.sum(axis=0), tries.sum() - tried.sum(axis=0), strict=True)
        expected = tried * np.array([rate_of(float(failed), float(number)) for failed, number in rest])
        hit = (seen > 0) & (seen >= _STANDS_OUT * expected)
        most = np.where(hit, gain(seen, expected), 0.0).sum(axis=0)
        found += [(int(slot), width) for slot in np.flatnonzero((hit.sum(axis=0) >= LEAST_DAYS) & (most >= needed))]
    return found


def _by_slot(values: Floats, width: int) -> Floats:
    """Sums of so many hours from each hour on, a row for each day."""
    sums = values
    for shift in range(1, width):
        sums = sums + np.roll(values, -shift)
    return sums.reshape(-1, DAY)


def _at(hours: Hours, days: int, slot: int, width: int) -> Recurrence | None:
    inside = (hours.hour - slot) % DAY < width
    failing = hours.faults[inside] > 0
    if int(failing.sum()) < LEAST_DAYS:
        return None
    number = ((hours.hour[inside] - slot) // DAY) - (int(hours.hour[0]) - slot) // DAY
    size = days + 1
    faults = np.bincount(number, hours.faults[inside], size).astype(np.float64)
    tries = np.bincount(number, hours.tries[inside], size).astype(np.float64)
    elsewhere = rate_of(float(hours.faults[~inside].sum()), float(hours.tries[~inside].sum()))
    expected = tries * elsewhere
    hit = (faults > 0) & (faults >= _STANDS_OUT * expected)
    stretch = _stretch(faults, expected, hit)
    if stretch is None:
        return None
    return _checked(hours, inside, slot, width, stretch, (faults, expected, hit))


def _stretch(faults: Floats, expected: Floats, hit: Flags) -> tuple[int, int, float] | None:
    """First day, day after the last, evidence: the best run of days that begins and ends with a hit and has enough."""
    at = np.flatnonzero(hit)
    if len(at) < LEAST_DAYS:
        return None
    # A day on which nothing was tried in the slot says nothing.
    daily = (faults, expected, hit.astype(np.float64), (expected > 0).astype(np.float64))
    sums = [np.concatenate([[0.0], np.cumsum(values)]) for values in daily]
    seen, wanted, hits, days = (total[at + 1][None, :] - total[at][:, None] for total in sums)
    enough = (hits >= LEAST_DAYS) & (hits >= LEAST_SHARE * days)
    gains = np.where(enough, gain(seen, wanted), 0.0)
    first, last = np.unravel_index(int(np.argmax(gains)), gains.shape)
    best = float(gains[first, last])
    return (int(at[first]), int(at[last]) + 1, best) if best > 0 else None


def _checked(
    hours: Hours,
    inside: Flags,
    slot: int,
    width: int,
    stretch: tuple[int, int, float],
    daily: tuple[Floats, Floats, Flags],
) -> Recurrence | None:
    faults, expected, hit = daily
    first, last, evidence = stretch
    start = ((int(hours.hour[0]) - slot) // DAY + first) * DAY + slot
    end = start + (last - first - 1) * DAY + width
    seen, wanted, number = (
        float(faults[first:last].sum()),
        float(expected[first:last].sum()),
        int(hit[first:last].sum()),
    )
    tested = np.log(len(faults) * DAY * len(_WIDTHS))
    if evidence < _EVIDENCE + tested or float(faults[first:last].max()) > _ONE_DAY * seen:
        return None
    window = (hours.hour >= start) & (hours.hour < end)
    if hours.recipients is not None and float(hours.recipients[inside].max()) <= 1.0:
        return None
    if _around(hours, window & inside, window & ~inside, slot, width) > _SHOULDER * seen / max(
        1, int((window & inside).sum())
    ):
        return None
    if _beside(hours, window & ~inside) * _STANDS_OUT > seen / max(1.0, float(hours.tries[window & inside].sum())):
        return None
    if _before(hours, inside & (hours.hour < start)) > _NOTICED * seen / number:
        return None
    busy = int((expected[first:last] > 0).sum())
    return Recurrence(start, end, slot, width, number, busy, seen, wanted, evidence, window & inside)


def _beside(hours: Hours, beside: Flags) -> float:
    """Rate of the other hours of the same days: where it is raised too, the slot is not what matters."""
    return float(hours.faults[beside].sum()) / max(1.0, float(hours.tries[beside].sum()))


def _around(hours: Hours, slotted: Flags, beside: Flags, slot: int, width: int) -> float:
    """Failures an hour just before and after the slot: what is retried all day is not bound to an hour.

    Where people are not counted and more is tried there than in the slot, as many as would fail of the slot's attempts.
    """
    near = beside & ((hours.hour - slot + _NEAR) % DAY < width + 2 * _NEAR)
    number, tries = max(1, int(near.sum())), float(hours.tries[near].sum())
    own = float(hours.tries[slotted].sum()) / max(1, int(slotted.sum()))
    share = min(1.0, own * number / max(1.0, tries)) if hours.recipients is None else 1.0
    return float(hours.faults[near].sum()) / number * share


def _before(hours: Hours, before: Flags) -> float:
    """Failures of the slot on an average day before it began."""
    days = max(1, len(np.unique(hours.hour[before] // DAY)))
    return float(hours.faults[before].sum()) / days

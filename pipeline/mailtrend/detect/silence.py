"""Silence: the hours are covered by data, traffic would be usual, and suddenly there is none."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from mailtrend.detect.hours import DAY, Floats, Hours
from mailtrend.detect.thresholds import Thresholds

_LONGER: Final = 1.6
_DAYS_OFF: Final = 4 * DAY + 14
_FREE_WEEKEND: Final = 0.25
_SECOND: Final = 60
"""Hours from which another silence may be an incident of its own."""
_BRIDGE: Final = 12
"""A gap in the data this long does not end a silence: before and after it nothing was sent."""


class Silence(NamedTuple):
    """Indexes of its first covered hour and of the one after its last; attempts that usage would have given."""

    first: int
    last: int
    expected: float
    natural: int


def silences(hours: Hours, thresholds: Thresholds) -> list[Silence]:
    """Runs of covered hours without an attempt that are longer than the series' own quiet times.

    Usage is the mean by hour of the day, working days and weekends apart, over the hours outside the run.
    """
    runs = _zero_runs(hours)
    long = [run for run in runs if _span(hours, run) >= thresholds.silence_hours]
    found = []
    for run in long:
        natural = max(
            (_span(hours, other) for other in runs if other != run and not _alike(hours, run, other)), default=0
        )
        usual, weekends = _usual(hours, run)
        expected = float(usual.sum())
        enough = expected >= thresholds.silence_expected and _span(hours, run) >= _LONGER * natural
        if enough and _before(hours, run) and not (weekends and _holiday(hours, run, usual)):
            found.append(Silence(run[0], run[1], expected, natural))
    return found if len(found) <= 2 else []  # noqa: PLR2004  # three times is a habit


def _zero_runs(hours: Hours) -> list[tuple[int, int]]:
    zero = np.concatenate([[False], hours.attempts == 0, [False]])
    edges = np.flatnonzero(np.diff(zero.astype(np.int8)))
    runs: list[tuple[int, int]] = []
    for first, last in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if runs and runs[-1][1] == first and hours.hour[first] - hours.hour[first - 1] <= _BRIDGE:
            runs[-1] = (runs[-1][0], last)
        else:
            runs.append((first, last))
    return runs


def _span(hours: Hours, run: tuple[int, int]) -> int:
    return int(hours.hour[run[1] - 1] - hours.hour[run[0]]) + 1


def _alike(hours: Hours, run: tuple[int, int], other: tuple[int, int]) -> bool:
    """Another silence as long as this one is no natural pause but a second incident; two of them are left to count."""
    return _span(hours, other) >= _span(hours, run) / _LONGER and _span(hours, other) >= _SECOND


def _usual(hours: Hours, run: tuple[int, int]) -> tuple[Floats, bool]:
    """Usual deliveries in the hours of the run, and whether weekends are kept (next to no traffic, or never seen)."""
    outside = np.ones(hours.size, dtype=np.bool_)
    outside[run[0] : run[1]] = False
    # Day 0 of the count was a Thursday, so days 2 and 3 of each seven are the weekend.
    weekend = np.isin((hours.hour // DAY) % 7, (2, 3)).astype(np.int64)
    slot = hours.hour % DAY + DAY * weekend
    # Deliveries only: queued mail that is tried again all weekend would make weekends look busy.
    good = hours.attempts - hours.failures
    seen = np.bincount(slot[outside], good[outside], 2 * DAY)
    number = np.bincount(slot[outside], minlength=2 * DAY)
    # A slot that was never seen outside the run promises nothing.
    mean = np.where(number > 0, seen / np.maximum(number, 1), 0.0)
    kept = float(mean[DAY:].sum()) < _FREE_WEEKEND * float(mean[:DAY].sum())
    return np.asarray(mean[slot[run[0] : run[1]]], dtype=np.float64), kept


def _holiday(hours: Hours, run: tuple[int, int], usual: Floats) -> bool:
    """Does it look like days off: begun in the calm of a night, ended by a morning, at most four days?"""
    if run[1] == hours.size or _span(hours, run) > _DAYS_OFF:
        return False
    mean = float(usual.mean())
    return float(usual[0]) <= 0.5 * mean and float(usual[-1]) <= mean


def _before(hours: Hours, run: tuple[int, int]) -> bool:
    """Was there traffic on most of the days before it?"""
    before = hours.hour[: run[0]]
    if not len(before) or before[-1] - before[0] < 2 * DAY:
        return False
    busy = len(np.unique(before[hours.attempts[: run[0]] > 0] // DAY))
    return busy >= 0.5 * len(np.unique(before // DAY))

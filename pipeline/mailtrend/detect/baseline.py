"""What a series does when nothing is wrong: its rate, its hours of the day, and how far it strays from them."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from mailtrend.detect import kernels
from mailtrend.detect.hours import DAY, Flags, Floats, Hours

WINDOWS: Final = (1, 6, 24)
"""Hours over which straying is measured: a rate that wanders by day looks calm from hour to hour."""
_SHRINK: Final = 12.0
"""Failures that an hour of the day must have seen before its own rate counts half."""
_PRIOR_FAULTS: Final = 0.5
_PRIOR_TRIES: Final = 5.0
_FLOOR: Final = 1e-5
_MOST_PHI: Final = 25.0
_MOST_ALPHA: Final = {1: 8.0, 6: 4.0, 24: 2.0}
"""No real rate strays more than this by window; what seems to was compared with a baseline that does not hold there."""


class Baseline(NamedTuple):
    """Rate (failures per attempt), expected failures by hour, and dispersion.

    `phi` is variance over mean from hour to hour (1 = Poisson); `alpha` the excess variance in units of the mean
    squared, by window of WINDOWS.
    """

    rate: float
    expected: Floats
    phi: float
    alpha: tuple[float, ...]


def fit(hours: Hours, quiet: Flags) -> Baseline:
    """The baseline that the hours marked `quiet` give, for every hour of the series; its `alpha` is left at zero."""
    seen = np.bincount(hours.slot, hours.faults * quiet, DAY)
    tried = np.bincount(hours.slot, hours.tries * quiet, DAY)
    rate = rate_of(float(seen.sum()), float(tried.sum()))
    # Shrunk towards the common rate: few failures say little of an hour of the day.
    profile = np.minimum(3.0, np.maximum(1 / 3, (seen + _SHRINK) / (tried * rate + _SHRINK)))
    expected = np.empty(hours.size)
    phi = kernels.fill_expected(hours.slot, hours.tries, rate * profile, hours.faults, quiet, expected)
    return Baseline(rate, expected, min(_MOST_PHI, max(1.0, phi)), (0.0,) * len(WINDOWS))


def with_straying(hours: Hours, baseline: Baseline, quiet: Flags) -> Baseline:
    """The baseline with its `alpha`, which only candidates are held against."""
    return baseline._replace(alpha=_alpha(hours, baseline.expected, quiet))


def rate_of(faults: float, tries: float) -> float:
    """Failures per attempt, never zero: nothing seen is no proof of nothing."""
    seen = (faults + _PRIOR_FAULTS * min(1.0, tries / 200.0)) / max(tries, 1.0) if tries > 0 else 0.0
    prior = _PRIOR_FAULTS / (_PRIOR_TRIES + 20.0)
    weight = tries / (tries + _PRIOR_TRIES)
    return min(1.0, max(_FLOOR, weight * seen + (1.0 - weight) * prior))


def _alpha(hours: Hours, expected: Floats, quiet: Flags) -> tuple[float, ...]:
    found = []
    for window in WINDOWS:
        _, group = np.unique(hours.hour[quiet] // window, return_inverse=True)
        seen = np.bincount(group, hours.faults[quiet])
        wanted = np.bincount(group, expected[quiet])
        excess = float(((seen - wanted) ** 2 - wanted).sum())
        found.append(min(_MOST_ALPHA[window], max(0.0, excess / float((wanted**2).sum() + 0.25))))
    return tuple(found)


def alpha_for(baseline: Baseline, length: int) -> float:
    """Excess variance of a stretch of `length` hours: the nearest window's, less for stretches beyond a day."""
    nearest = min(range(len(WINDOWS)), key=lambda at: abs(np.log(WINDOWS[at] / max(1, length))))
    # Days are not independent of one another, so averaging helps less than their number would say.
    longer = max(1.0, length / WINDOWS[-1])
    return baseline.alpha[nearest] / float(longer**0.5)

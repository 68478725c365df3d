"""What a series does when nothing is wrong: its rate, its hours of the day, and how far it strays from them."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from mailtrend.detect.hours import DAY, Flags, Floats, Hours, Ints

WINDOWS: Final = (1, 6, 24)
"""Hours over which straying is measured: a rate that wanders by day looks calm from hour to hour."""
_SHRINK: Final = 12.0
"""Failures that an hour of the day must have seen before its own rate counts half."""
_PRIOR_FAULTS: Final = 0.5
_PRIOR_TRIES: Final = 5.0
_FLOOR: Final = 1e-5
_MOST_PHI: Final = 25.0


class Baseline(NamedTuple):
    """Rate (failures per attempt), expected failures by hour, and dispersion.

    `phi` is variance over mean from hour to hour (1 = Poisson); `alpha` the excess variance in units of the mean
    squared, by window of WINDOWS.
    """

    rate: float
    profile: Floats
    expected: Floats
    phi: float
    alpha: tuple[float, ...]


def fit(hours: Hours, quiet: Flags) -> Baseline:
    """The baseline that the hours marked `quiet` give, for every hour of the series."""
    faults, tries = hours.faults[quiet], hours.tries[quiet]
    rate = rate_of(float(faults.sum()), float(tries.sum()))
    profile = _profile(hours.hour[quiet] % DAY, faults, tries * rate)
    expected = hours.tries * rate * profile[hours.hour % DAY]
    return Baseline(rate, profile, expected, _phi(faults, expected[quiet]), _alpha(hours, expected, quiet))


def rate_of(faults: float, tries: float) -> float:
    """Failures per attempt, never zero: nothing seen is no proof of nothing."""
    seen = (faults + _PRIOR_FAULTS * min(1.0, tries / 200.0)) / max(tries, 1.0) if tries > 0 else 0.0
    prior = _PRIOR_FAULTS / (_PRIOR_TRIES + 20.0)
    weight = tries / (tries + _PRIOR_TRIES)
    return min(1.0, max(_FLOOR, weight * seen + (1.0 - weight) * prior))


def _profile(slot: Ints, faults: Floats, expected: Floats) -> Floats:
    seen = np.bincount(slot, faults, DAY)
    wanted = np.bincount(slot, expected, DAY)
    return np.asarray(np.clip((seen + _SHRINK) / (wanted + _SHRINK), 1 / 3, 3.0), dtype=np.float64)


def _phi(faults: Floats, expected: Floats) -> float:
    there = expected > 0
    if there.sum() < 2:  # noqa: PLR2004  # one hour has no spread
        return 1.0
    # Summed before dividing, so that hours that expect next to nothing cannot decide alone.
    squares = float(((faults[there] - expected[there]) ** 2).sum())
    return float(np.clip(squares / max(float(expected[there].sum()), 1.0), 1.0, _MOST_PHI))


def _alpha(hours: Hours, expected: Floats, quiet: Flags) -> tuple[float, ...]:
    found = []
    for window in WINDOWS:
        _, group = np.unique(hours.hour[quiet] // window, return_inverse=True)
        seen = np.bincount(group, hours.faults[quiet])
        wanted = np.bincount(group, expected[quiet])
        excess = float(((seen - wanted) ** 2 - wanted).sum())
        found.append(max(0.0, excess / float((wanted**2).sum() + 0.25)))
    return tuple(found)


def alpha_for(baseline: Baseline, length: int) -> float:
    """Excess variance of a stretch of `length` hours: the nearest window's, less for stretches beyond a day."""
    nearest = min(range(len(WINDOWS)), key=lambda at: abs(np.log(WINDOWS[at] / max(1, length))))
    # Days are not independent of one another, so averaging helps less than their number would say.
    longer = max(1.0, length / WINDOWS[-1])
    return baseline.alpha[nearest] / float(longer**0.5)

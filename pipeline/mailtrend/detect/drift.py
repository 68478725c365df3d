"""Drift: a level that climbs for days instead of jumping."""

from __future__ import annotations

from typing import Final

import numpy as np

from mailtrend.detect import kernels
from mailtrend.detect.baseline import Baseline
from mailtrend.detect.hours import Floats, Hours
from mailtrend.detect.segments import Segment

LEAST_HOURS: Final = 96
_BLOCK: Final = 12
_RISES: Final = ((1.0, 4.5), (0.66, 4.5), (0.33, 15.0))
"""Shares of the time over which it climbs before it stays up, and the nats by which that has to beat a step."""
_BACK: Final = 0.6


def ramp(hours: Hours, baseline: Baseline, segment: Segment, earliest: int) -> Segment | None:
    """The segment with the onset of its climb, where a ramp explains it better than a step does; else None.

    earliest: index before which the climb cannot begin (the end of the segment before).
    """
    length = segment.last - segment.first
    if length < LEAST_HOURS:
        return None
    start = max(earliest, segment.first - int(_BACK * length))
    faults, expected, middle = _blocks(hours, baseline, start, segment.last)
    if len(faults) < LEAST_HOURS // _BLOCK:
        return None
    step, _ = _best(faults, expected, middle, 0.0)
    for rise, needed in _RISES:
        climb, onset = _best(faults, expected, middle, rise)
        if climb - step >= needed * _phi(faults, expected, _form(middle, onset, rise)):
            first = start + int(np.searchsorted(hours.hour[start : segment.last] - hours.hour[start], onset))
            return Segment(min(first, segment.last - LEAST_HOURS // 2), segment.last, segment.gain)
    return None


def _blocks(hours: Hours, baseline: Baseline, start: int, last: int) -> tuple[Floats, Floats, Floats]:
    since = hours.hour[start:last] - hours.hour[start]
    number = since // _BLOCK
    faults = np.bincount(number, hours.faults[start:last]).astype(np.float64)
    expected = np.bincount(number, baseline.expected[start:last]).astype(np.float64)
    there = expected > 0
    middle = (np.flatnonzero(there).astype(np.float64) + 0.5) * _BLOCK
    return faults[there], expected[there], middle.astype(np.float64)


def _form(middle: Floats, onset: float, rise: float) -> Floats:
    """0 before the onset, then up to 1 over a share `rise` of the rest; without a rise, 1 at once."""
    if rise == 0.0:
        return (middle > onset).astype(np.float64)
    return np.clip((middle - onset) / (rise * max(_BLOCK, float(middle[-1]) - onset)), 0.0, 1.0)


def _best(faults: Floats, expected: Floats, middle: Floats, rise: float) -> tuple[float, float]:
    """Highest log-likelihood of rate = baseline × (1 + height × form), and its onset, over onsets and heights."""
    best = (-np.inf, 0.0)
    for onset in middle[: -(LEAST_HOURS // _BLOCK // 2)] - _BLOCK / 2:
        best = max(best, (kernels.level_fit(faults, expected, _form(middle, onset, rise)), float(onset)))
    return best


def _phi(faults: Floats, expected: Floats, form: Floats) -> float:
    """Dispersion about the climb: a level that wanders by itself must not pass for one that climbs."""
    height = float((faults - expected).clip(min=0).sum()) / max(1e-9, float((expected * form).sum()))
    wanted = expected * (1.0 + height * form)
    return max(1.0, float(((faults - wanted) ** 2).sum() / max(float(wanted.sum()), 1.0)))

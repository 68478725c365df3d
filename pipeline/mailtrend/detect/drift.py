"""Drift: a level that climbs for days instead of jumping."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from mailtrend.detect import kernels
from mailtrend.detect.baseline import Baseline
from mailtrend.detect.hours import Floats, Hours
from mailtrend.detect.segments import Segment

LEAST_HOURS: Final = 96
_BLOCK: Final = 12
_GAIN: Final = 6.0
_BACK: Final = 0.6
Shape = Callable[[Floats, float], Floats]


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
    step, _ = _best(faults, expected, middle, _step)
    climb, onset = _best(faults, expected, middle, _climb)
    if climb - step < _GAIN * _phi(faults, expected, middle, onset):
        return None
    first = start + int(np.searchsorted(hours.hour[start : segment.last] - hours.hour[start], onset))
    return Segment(min(first, segment.last - LEAST_HOURS // 2), segment.last, segment.gain)


def _blocks(hours: Hours, baseline: Baseline, start: int, last: int) -> tuple[Floats, Floats, Floats]:
    since = hours.hour[start:last] - hours.hour[start]
    number = since // _BLOCK
    faults = np.bincount(number, hours.faults[start:last]).astype(np.float64)
    expected = np.bincount(number, baseline.expected[start:last]).astype(np.float64)
    there = expected > 0
    middle = (np.flatnonzero(there).astype(np.float64) + 0.5) * _BLOCK
    return faults[there], expected[there], middle.astype(np.float64)


def _step(middle: Floats, onset: float) -> Floats:
    return (middle > onset).astype(np.float64)


def _climb(middle: Floats, onset: float) -> Floats:
    return np.maximum(0.0, middle - onset)


def _best(faults: Floats, expected: Floats, middle: Floats, shape: Shape) -> tuple[float, float]:
    """Highest log-likelihood of rate = baseline × (1 + height × shape), and its onset, over onsets and heights."""
    best = (-np.inf, 0.0)
    for onset in middle[: -(LEAST_HOURS // _BLOCK // 2)] - _BLOCK / 2:
        form = shape(middle, onset)
        best = max(best, (kernels.level_fit(faults, expected, form), float(onset)))
    return best


def _phi(faults: Floats, expected: Floats, middle: Floats, onset: float) -> float:
    """Dispersion about the climb: a level that wanders by itself must not pass for one that climbs."""
    form = _climb(middle, onset)
    height = float((faults - expected).clip(min=0).sum()) / max(1e-9, float((expected * form).sum()))
    wanted = expected * (1.0 + height * form)
    return max(1.0, float(((faults - wanted) ** 2).sum() / max(float(wanted.sum()), 1.0)))

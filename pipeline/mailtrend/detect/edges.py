"""Onset and end of an incident to the hour, and whether it is still going."""

from __future__ import annotations

from typing import Final

import numpy as np

from mailtrend.detect.baseline import Baseline
from mailtrend.detect.hours import DAY, Floats, Hours
from mailtrend.detect.likelihood import weights
from mailtrend.detect.segments import Segment

_SILENT: Final = 3.0
"""Failures that must have been missed before an incident counts as over."""
_MOST_RATIO: Final = 1e4
_TURNS: Final = 3
_CORE: Final = 0.75
_TAIL: Final = 10.0
_FAR_LESS: Final = 0.3


def sharpen(hours: Hours, baseline: Baseline, segment: Segment, room: tuple[int, int]) -> Segment:
    """Move both edges to where the CUSUM with the incident's own ratio rises from and to; anew until they stay.

    room: indexes within which the edges may move (its neighbours' edges).
    """
    for _ in range(_TURNS):
        moved = _moved(hours, baseline, segment, room)
        if moved == segment:
            break
        segment = moved
    return segment


def without_echo(hours: Hours, segment: Segment) -> Segment:
    """The segment without its tail, where a short fault is over and what still fails, far less of it, is retries."""
    seen, tried = (
        np.cumsum(hours.faults[segment.first : segment.last]),
        np.cumsum(hours.tries[segment.first : segment.last]),
    )
    core = int(np.searchsorted(seen, _CORE * seen[-1])) + 1
    # The core ends with the last hour that fails as it does.
    shares = hours.faults[segment.first : segment.last] / np.maximum(hours.tries[segment.first : segment.last], 1.0)
    while core < len(seen) and shares[core] > 0.5 * seen[core - 1] / max(tried[core - 1], 1.0):
        core += 1
    rest, others = seen[-1] - seen[core - 1], tried[-1] - tried[core - 1]
    short = int(hours.hour[segment.first + core - 1] - hours.hour[segment.first]) < DAY
    if core == len(seen) or not short or others < _TAIL or rest / others > _FAR_LESS * seen[core - 1] / tried[core - 1]:
        return segment
    return Segment(segment.first, segment.first + core, segment.gain)


def _moved(hours: Hours, baseline: Baseline, segment: Segment, room: tuple[int, int]) -> Segment:
    ratio = ratio_of(hours, baseline, segment)
    first, last = room
    steps = weights(hours.faults[first:last], baseline.expected[first:last], ratio)
    path = np.concatenate([[0.0], np.cumsum(steps)])
    # The highest rise of the path that ends within the segment; ties: the latest onset and the earliest end.
    low = np.minimum.accumulate(path)
    span = slice(segment.first - first + 1, segment.last - first + 1)
    top = segment.first - first + 1 + int(np.argmax((path - low)[span]))
    onset = top - 1 - int(np.argmin(path[top - 1 :: -1]))
    end = top + int(np.argmax(path[top:]))
    return Segment(first + onset, first + end, segment.gain)


def ratio_of(hours: Hours, baseline: Baseline, segment: Segment) -> float:
    """How many times the baseline it stands at."""
    inside = slice(segment.first, segment.last)
    expected = max(float(baseline.expected[inside].sum()), 1e-9)
    return float(np.clip(hours.faults[inside].sum() / expected, 1.01, _MOST_RATIO))


def still_going(hours: Hours, baseline: Baseline, segment: Segment) -> bool:
    """Are fewer than three failures missing since it was last seen, had it gone on?

    Failures that come in clumps count by clumps: a lull that the incident had before is not its end.
    """
    after = slice(segment.last, hours.size)
    wanted = float(baseline.expected[after].sum()) * ratio_of(hours, baseline, segment)
    missing = wanted - float(hours.faults[after].sum())
    return missing / clumps(hours, baseline, segment) < _SILENT


def clumps(hours: Hours, baseline: Baseline, segment: Segment) -> float:
    """Variance over mean of its failures about its own level, at least 1: eight in one hour are not eight proofs."""
    return _clumps(hours.faults[segment.first : segment.last], baseline.expected[segment.first : segment.last])


def clumps_of(hours: Hours, segment: Segment) -> float:
    """The same where there is no baseline: about its own rate."""
    return _clumps(hours.faults[segment.first : segment.last], hours.tries[segment.first : segment.last])


def _clumps(faults: Floats, expected: Floats) -> float:
    level = expected * (faults.sum() / max(float(expected.sum()), 1e-9))
    return max(1.0, float(((faults - level) ** 2).sum()) / max(float(level.sum()), 1.0))

"""What a segment must pass before it is called an incident; each gate says what it saw."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np

from mailtrend.detect.baseline import Baseline, alpha_for
from mailtrend.detect.edges import clumps
from mailtrend.detect.hours import DAY, Flags, Floats, Hours
from mailtrend.detect.likelihood import overdispersed_gain, two_sample_gain
from mailtrend.detect.segments import Segment
from mailtrend.detect.thresholds import Thresholds

_EVIDENCE: Final = 5.0
_SINGLE_HOUR: Final = 6.0
_ALIKE: Final = 0.25
_HABIT: Final = 2
_ONE_HOUR: Final = 0.7
_USUAL: Final = 5.0
_COLLAPSED: Final = 0.2
_LEAST_IN_ONE_HOUR: Final = 10
_LONG: Final = 12
_APART: Final = 6
_LEAST_ALPHA: Final = 0.3
"""No real failure rate keeps steadier than this from day to day."""


class Weighed(NamedTuple):
    """A segment's figures, and the gate that held it back (empty: it passed)."""

    failures: float
    expected: float
    evidence: float
    held: str


def weigh(hours: Hours, baseline: Baseline, segment: Segment, others: list[Segment], thresholds: Thresholds) -> Weighed:
    """Put one segment through all gates. `others` are the remaining segments of the series."""
    inside = slice(segment.first, segment.last)
    length = segment.last - segment.first
    faults, expected = float(hours.faults[inside].sum()), float(baseline.expected[inside].sum())
    weighed = Weighed(faults, expected, _evidence(hours, baseline, segment, others), "")
    shape = _shape(hours, segment, thresholds)
    return weighed._replace(
        held=_too_little(hours, weighed, length, thresholds) or shape or _habit(hours, baseline, segment, others)
    )


def _evidence(hours: Hours, baseline: Baseline, segment: Segment, others: list[Segment]) -> float:
    """The least of three: what the programme saw, less its clumps; beyond straying; against an unsure baseline."""
    inside = slice(segment.first, segment.last)
    length = segment.last - segment.first
    expected = float(baseline.expected[inside].sum())
    steady = _without_peaks(hours.faults[inside], baseline.expected[inside])
    alpha = max(_LEAST_ALPHA / max(1.0, length / DAY) ** 0.5, alpha_for(baseline, length))
    quiet = np.ones(hours.size, dtype=np.bool_)
    for each in (segment, *others):
        quiet[each.first : each.last] = False
    doubt = two_sample_gain(steady, expected, float(hours.faults[quiet].sum()), float(baseline.expected[quiet].sum()))
    return min(
        segment.gain / max(1.0, clumps(hours, baseline, segment) / baseline.phi),
        overdispersed_gain(steady, expected, alpha),
        doubt / baseline.phi,
    )


def _without_peaks(faults: Floats, expected: Floats) -> float:
    """Failures with every hour cut to what its share of the whole stretch allows, where it is long enough to tell."""
    if len(faults) < _LONG:
        return float(faults.sum())
    level = expected * (faults.sum() / max(float(expected.sum()), 1e-9))
    return float(np.minimum(faults, level + 3.0 * np.sqrt(level) + 1.0).sum())


def _too_little(hours: Hours, weighed: Weighed, length: int, thresholds: Thresholds) -> str:
    if weighed.failures < thresholds.least_failures:
        return f"only {weighed.failures:.0f} failures"
    if length == 1 and weighed.failures < _LEAST_IN_ONE_HOUR:
        return f"only {weighed.failures:.0f} failures, in a single hour"
    if weighed.failures < thresholds.least_ratio * weighed.expected:
        return f"only {weighed.failures / max(weighed.expected, 1e-9):.1f} times the usual"
    needed = _EVIDENCE + math.log(max(2, hours.size)) + (_SINGLE_HOUR if length == 1 else 0.0)
    if weighed.evidence < needed:
        return f"the series strays that far by itself (evidence {weighed.evidence:.1f}, {needed:.1f} needed)"
    return ""


def _shape(hours: Hours, segment: Segment, thresholds: Thresholds) -> str:
    if _few_recipients(hours, segment, thresholds) and not _collapsed(hours, segment):
        return "one or two recipients, tried again and again, while others are delivered to"
    return "one hour holds most of it" if _one_hour(hours, segment) else ""


def _habit(hours: Hours, baseline: Baseline, segment: Segment, others: list[Segment]) -> str:
    alike = _alike(hours, baseline, segment, others)
    return f"the series does that: {alike} more stretches like it" if alike >= _HABIT else ""


def _few_recipients(hours: Hours, segment: Segment, thresholds: Thresholds) -> bool:
    if hours.recipients is None:
        return False
    return float(hours.recipients[segment.first : segment.last].max()) < thresholds.least_recipients


def _collapsed(hours: Hours, segment: Segment) -> bool:
    """Did deliveries to everybody else stop as well? Usual are those of the same hours of the day outside it."""
    good = hours.attempts - hours.failures
    outside = np.ones(hours.size, dtype=np.bool_)
    outside[segment.first : segment.last] = False
    slot = hours.hour % DAY
    number = np.bincount(slot[outside], minlength=DAY)
    usual = np.bincount(slot[outside], good[outside], DAY) / np.maximum(number, 1)
    wanted = float(usual[slot[~outside]].sum())
    return wanted >= _USUAL and float(good[~outside].sum()) <= _COLLAPSED * wanted


def _one_hour(hours: Hours, segment: Segment) -> bool:
    faults = hours.faults[segment.first : segment.last]
    return len(faults) >= _LONG and float(faults.max()) > _ONE_HOUR * float(faults.sum())


def _alike(hours: Hours, baseline: Baseline, segment: Segment, others: list[Segment]) -> int:
    """How many isolated groups elsewhere hold at least a quarter of this one's excess; a segment is one group."""
    excess = hours.faults - baseline.expected
    limit = _ALIKE * float(excess[segment.first : segment.last].sum())
    marks = hours.faults > 0
    marks[segment.first : segment.last] = False
    alike = 0
    for other in others:
        marks[other.first : other.last] = False
        alike += float(excess[other.first : other.last].sum()) >= limit
    return alike + int((_groups(hours, baseline.expected, marks) >= limit).sum())


def _groups(hours: Hours, expected: Floats, marks: Flags) -> Floats:
    """Excess failures of every group of marked hours that lie less than six hours apart."""
    at = np.flatnonzero(marks)
    if not len(at):
        return np.empty(0)
    number = np.concatenate([[0], np.cumsum(np.diff(hours.hour[at]) > _APART)])
    return np.bincount(number, (hours.faults - expected)[at]).astype(np.float64)

"""Baseline and incidents together: find segments, fit the baseline anew on the rest, until both agree."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np

from mailtrend.detect.baseline import Baseline, fit, rate_of, with_straying
from mailtrend.detect.hours import DAY, Flags, Hours
from mailtrend.detect.segments import INCIDENT_COST, Segment, best

_ROUNDS: Final = 4
_EARLY: Final = 0.2
_START: Final = 0.06
"""Share of the series within which a segment has nothing before it to be compared with."""


class Reading(NamedTuple):
    """One account of a series: its baseline, and the segments above it."""

    baseline: Baseline
    segments: tuple[Segment, ...]


def read(hours: Hours) -> Reading:
    """The account with the best penalised likelihood among those that three starting points lead to."""
    readings = [_settle(hours, start) for start in _starts(hours)]
    if not any(reading.segments for reading in readings):
        return readings[0]
    # All accounts are weighed with one dispersion, else the one that calls most hours incident would look calmest.
    phi = float(np.median([reading.baseline.phi for reading in readings]))
    chosen = max(readings, key=lambda reading: _score(hours, reading, phi))
    quiet = quiet_hours(hours, chosen.segments)
    return chosen._replace(baseline=with_straying(hours, chosen.baseline, quiet if quiet.any() else ~quiet))


def lifted(hours: Hours, reading: Reading, strays: list[Segment]) -> Reading:
    """The account with the level of some segments taken into the baseline, and what stands above it then."""
    baseline = reading.baseline
    expected = baseline.expected.copy()
    for each in strays:
        inside = slice(each.first, each.last)
        expected[inside] *= max(1.0, float(hours.faults[inside].sum()) / max(float(expected[inside].sum()), 1e-9))
    segments = tuple(best(hours.faults, expected, baseline.phi))
    quiet = quiet_hours(hours, segments)
    return Reading(
        with_straying(hours, baseline._replace(expected=expected), quiet if quiet.any() else ~quiet), segments
    )


def quiet_hours(hours: Hours, segments: tuple[Segment, ...] | list[Segment]) -> Flags:
    """Marks the hours outside all segments."""
    quiet = np.ones(hours.size, dtype=np.bool_)
    for segment in segments:
        quiet[segment.first : segment.last] = False
    return quiet


def starts_with_data(hours: Hours, segment: Segment) -> bool:
    """Does it begin so early that no baseline stands before it?"""
    return segment.first < max(1.0, _START * hours.size)


def _settle(hours: Hours, quiet: Flags) -> Reading:
    baseline, segments, before = fit(hours, quiet), [], None
    for _ in range(_ROUNDS):
        segments = best(hours.faults, baseline.expected, baseline.phi)
        marks = quiet_hours(hours, segments)
        if before is not None and bool((marks == before).all()):
            break
        before = marks
        if marks.any():
            baseline = fit(hours, marks)
    return Reading(baseline, tuple(segments))


def _starts(hours: Hours) -> Iterator[Flags]:
    yield np.ones(hours.size, dtype=np.bool_)
    day = hours.hour // DAY
    _, group = np.unique(day, return_inverse=True)
    faults, tries = np.bincount(group, hours.faults), np.bincount(group, hours.tries)
    if len(faults) < 3:  # noqa: PLR2004  # half of two days is no baseline
        return
    rates = np.array([rate_of(float(k), float(n)) for k, n in zip(faults, tries, strict=True)])
    # Half of the attempts, in the days of lowest rate: half of the days could be weekends without any.
    order = np.argsort(rates, kind="stable")
    share = np.cumsum(tries[order]) / max(1.0, float(tries.sum()))
    low = np.zeros(len(rates), dtype=np.bool_)
    low[order[: int(np.searchsorted(share, 0.5)) + 1]] = True
    yield low[group]
    early = np.zeros(hours.size, dtype=np.bool_)
    early[: max(DAY, int(_EARLY * hours.size))] = True
    yield early


def _score(hours: Hours, reading: Reading, phi: float) -> float:
    expected = np.maximum(reading.baseline.expected, 1e-12)
    quiet = quiet_hours(hours, reading.segments)
    total = float((hours.faults[quiet] * np.log(expected[quiet]) - expected[quiet]).sum())
    cost = INCIDENT_COST + math.log(max(2, hours.size))
    for segment in reading.segments:
        inside = slice(segment.first, segment.last)
        # What the segment's own levels explain: the baseline's account plus its gain, at the dispersion it was found.
        own = float((hours.faults[inside] * np.log(expected[inside]) - expected[inside]).sum())
        total += own + segment.gain * reading.baseline.phi
    return total / phi - cost * len(reading.segments)

"""Findings of the detector for recurring failures, and the series without the hours that they explain."""

from __future__ import annotations

import math

import numpy as np

from mailtrend.detect import words
from mailtrend.detect.finding import Found
from mailtrend.detect.hours import DAY, Hours
from mailtrend.detect.recurring import Recurrence, recurrence
from mailtrend.detect.search import starts_with_data
from mailtrend.detect.segments import Segment


def recurring_slots(hours: Hours) -> tuple[list[Found], Hours]:
    """The recurring slot of a series, if it has one, and its other hours (for the detectors after it)."""
    seen = recurrence(hours)
    if seen is None:
        return [], hours
    rest = hours.kept(~seen.marks)
    first = int(np.searchsorted(hours.hour, seen.first))
    if starts_with_data(hours, Segment(first, first + 1, 0.0)):
        return [], rest
    return [_found(hours, seen)], rest


def _found(hours: Hours, seen: Recurrence) -> Found:
    failures = int(hours.failures[seen.marks].sum())
    expected = seen.expected * failures / max(1.0, seen.failures)
    # Going on if less than two days have passed since the slot last failed.
    going = int(hours.hour[-1]) - seen.last < 2 * DAY
    clock = f"{seen.slot:02d}:00 to {(seen.slot + seen.width) % DAY:02d}:00 UTC"
    sentences = (
        f"{words.count(failures, 'failure')} where {words.figure(expected)} were expected, at {clock} on {seen.hit} of "
        f"{seen.days} days since {words.when(seen.first)} UTC{', still going' if going else ''}",
        "The other hours of those days are calm: it is the time of day that matters",
    )
    p_value = min(1.0, hours.size * DAY * math.exp(-seen.gain))
    return Found(hours.series_id, seen.first, seen.last, going, "recurring", failures, expected, p_value, sentences)

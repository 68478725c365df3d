"""Findings of the detector for silence."""

from __future__ import annotations

import math

from mailtrend.detect import words
from mailtrend.detect.finding import Found, Held
from mailtrend.detect.hours import Hours
from mailtrend.detect.silence import Silence, silences
from mailtrend.detect.thresholds import Thresholds


def silent_times(hours: Hours, thresholds: Thresholds) -> tuple[list[Found], list[Held]]:
    """The silences of one series, and the pauses that are none."""
    found, held = silences(hours, thresholds)
    return [_found(hours, each) for each in found], held


def _found(hours: Hours, seen: Silence) -> Found:
    first, last = int(hours.hour[seen.first]), int(hours.hour[seen.last - 1]) + 1
    going = seen.last == hours.size
    sentences = (
        f"No attempt in {last - first} h covered by data, since {words.when(first)} UTC"
        f"{', still going' if going else ''}, where {words.figure(round(seen.expected))} are usual",
        f"The longest quiet time of its own is {seen.natural} h",
    )
    p_value = min(1.0, hours.size * math.exp(-seen.evidence))
    # What is expected in a silence are attempts, not failures: of these it has none, and expects none.
    return Found(hours.series_id, first, last, going, "silence", 0, 0.0, p_value, sentences)

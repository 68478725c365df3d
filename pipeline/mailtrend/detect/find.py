"""All detectors over all series: a frame of hours in, a frame of findings out."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from mailtrend import contracts
from mailtrend.detect import hours as hourly
from mailtrend.detect import multiplicity, words
from mailtrend.detect.beginning import dead_beginning
from mailtrend.detect.finding import Found, Held
from mailtrend.detect.hours import Hours
from mailtrend.detect.levels import raised_levels
from mailtrend.detect.slots import recurring_slots
from mailtrend.detect.thresholds import Thresholds
from mailtrend.detect.zeroes import silent_times

_DEFAULT: Final = Thresholds()


def find(series: pl.DataFrame, thresholds: Thresholds = _DEFAULT) -> pl.DataFrame:
    """What the detectors find in hourly series.

    series: contracts.SERIES; a missing row means no data, attempts 0 means covered and silent; `messages` and
    `recipients` may be missing. thresholds: what an incident has to reach. Gives contracts.FINDINGS, ordered by series
    and start.
    """
    found: list[Found] = []
    tested = 0
    for hours in hourly.each(series):
        tested += float(hours.failures.sum()) >= thresholds.least_failures
        found.extend(of_one(hours, thresholds)[0])
    return _frame(_beyond_chance(found, tested, thresholds.most_q))


def of_one(hours: Hours, thresholds: Thresholds = _DEFAULT) -> tuple[list[Found], list[Held]]:
    """The findings of one series, oldest first, and the stretches that a gate held back."""
    found, held = silent_times(hours, thresholds)
    if float(hours.faults.sum()) >= thresholds.least_failures:
        # What explains most goes first, and the detectors after it see the other hours.
        dead, rest = dead_beginning(hours, thresholds)
        slots, rest = recurring_slots(rest)
        raised, back = raised_levels(rest, thresholds) if rest.size else ([], [])
        found, held = [*found, *dead, *slots, *raised], [*held, *back]
    return sorted(found, key=lambda each: (each.first, each.kind)), sorted(held)


def _beyond_chance(found: list[Found], tested: int, most_q: float) -> list[Found]:
    q_values = multiplicity.q_values(np.array([each.p_value for each in found], dtype=np.float64), tested)
    return [
        each._replace(sentences=(*each.sentences, _odds(each, q, tested)))
        for each, q in zip(found, q_values.tolist(), strict=True)
        if q <= most_q
    ]


def _odds(found: Found, q: float, tested: int) -> str:
    series = f"over {tested:,} tested series" if tested > 1 else "with one series tested"
    return f"Chance of such a stretch in this series: {words.chance(found.p_value)}; {series}, q{words.chance(q)[1:]}"


def _frame(found: list[Found]) -> pl.DataFrame:
    rows = [
        {
            "series_id": each.series_id,
            "started_at": words.instant(each.first),
            "ended_at": None if each.going else words.instant(each.last),
            "kind": each.kind,
            "failures": each.failures,
            "expected": each.expected,
            "p_value": each.p_value,
            "ratio": each.failures / max(each.expected, 1e-9),
            "state": "ongoing" if each.going else "resolved",
            "evidence": list(each.sentences),
        }
        for each in found
    ]
    empty = pl.DataFrame(pl.from_arrow(contracts.FINDINGS.empty_table()))
    return pl.DataFrame(rows, schema=empty.schema).sort("series_id", "started_at", "kind")

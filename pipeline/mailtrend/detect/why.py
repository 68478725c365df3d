"""Why a series was not flagged: the stretches that were looked at, and the gate that held each."""

from __future__ import annotations

from typing import Final

import polars as pl

from mailtrend.detect import hours as hourly
from mailtrend.detect import words
from mailtrend.detect.find import of_one
from mailtrend.detect.finding import Found, Held
from mailtrend.detect.hours import Hours
from mailtrend.detect.thresholds import Thresholds
from mailtrend.errors import UsageError, nearest

_DEFAULT: Final = Thresholds()


def why_not(series: pl.DataFrame, series_id: str, thresholds: Thresholds = _DEFAULT) -> list[str]:
    """What became of one series, in sentences: its figures, its incidents, and each stretch that was held back.

    series: contracts.SERIES, as for `find`. The last gate of all, the share of chance findings over all series, cannot
    act here, for only one series is looked at. Raises UsageError with the nearest name where there is no such series.
    """
    hours = next(hourly.each(series.filter(pl.col("series_id").cast(pl.String) == series_id)), None)
    if hours is None:
        known = series["series_id"].cast(pl.String).unique().drop_nulls().to_list()
        mend = nearest(series_id, known, "series are named in the column series_id")
        raise UsageError(f"no series '{series_id}'", where="--why-not", mend=mend)
    found, held = of_one(hours, thresholds)
    sentences = [_figures(hours), *(_incident(each) for each in found), *(_stretch(each) for each in _once(held))]
    return sentences if found or held else [*sentences, _nothing(hours, thresholds)]


def _figures(hours: Hours) -> str:
    failures, attempts = float(hours.failures.sum()), float(hours.attempts.sum())
    span = words.lasting(int(hours.hour[-1] - hours.hour[0]) + 1)
    bare = hours.recipients is None and hours.messages is None
    return (
        f"{words.count(failures, 'failure')} in {words.count(attempts, 'attempt')} over {span}, "
        f"{words.count(hours.size, 'hour')} of them covered; "
        f"evidence stands on {'attempts alone' if bare else 'distinct messages and recipients'}"
    )


def _incident(found: Found) -> str:
    until = "still going" if found.going else f"until {words.when(found.last)} UTC"
    return f"An incident ({found.kind}): since {words.when(found.first)} UTC, {until}"


def _stretch(held: Held) -> str:
    seen = f", {held.failures:,.0f} failures where {words.figure(held.expected)} were expected" if held.failures else ""
    return f"No incident: {words.when(held.first)} until {words.when(held.last)} UTC{seen}: {held.why}"


def _once(held: list[Held]) -> list[Held]:
    """One for each stretch, with the gate that held it last."""
    return sorted({(each.first, each.last): each for each in held}.values())


def _nothing(hours: Hours, thresholds: Thresholds) -> str:
    if float(hours.faults.sum()) < thresholds.least_failures:
        return f"Fewer than {thresholds.least_failures} failures: too few to look at"
    return "No stretch of it stands out from its own rate and hours of the day"

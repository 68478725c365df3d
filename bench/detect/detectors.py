"""Detectors on one footing: a frame of series in, a frame of flags out."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple

import polars as pl

from mailtrend import detect

Flagger = Callable[[pl.DataFrame], pl.DataFrame]
"""From series to flags (series_id, onset, end = first hour after, kind or an empty text)."""


class Timed(NamedTuple):
    """Flags, and the seconds that they took."""

    flags: pl.DataFrame
    seconds: float


def mailtrend(series: pl.DataFrame) -> pl.DataFrame:
    """What mailtrend finds; what is still going ends with the series."""
    last = series.group_by("series_id").agg(
        (pl.col("ts").max().cast(pl.Datetime("us")) + pl.duration(hours=1)).alias("until")
    )
    return (
        detect.find(series)
        .join(last, on="series_id", how="left")
        .select(
            "series_id",
            pl.col("started_at").dt.replace_time_zone(None).alias("onset"),
            pl.coalesce(pl.col("ended_at").dt.replace_time_zone(None), "until").alias("end"),
            "kind",
        )
    )


def timed(flagger: Flagger, series: pl.DataFrame) -> Timed:
    """Run one detector."""
    begun = time.perf_counter()
    flags = flagger(series)
    return Timed(flags, time.perf_counter() - begun)

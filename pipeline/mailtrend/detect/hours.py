"""One series as arrays: the covered hours, what was attempted in them, and what failed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mailtrend.errors import InputError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

_HOUR_US: Final = 3_600_000_000
DAY: Final = 24


class Hours(NamedTuple):
    """The covered hours of one series, oldest first; an hour that is not in it has no data.

    `hour` counts whole hours since 1970 (UTC). `attempts` and `failures` are as logged. `tries` and `faults` are what
    evidence stands on: the same, but who failed five times in an hour counts once, where messages or recipients are
    known. `messages` and `recipients` (distinct failing ones by hour) are None where unknown. `slot` is the hour of
    the day, 0 to 23.
    """

    series_id: str
    hour: Ints
    attempts: Floats
    failures: Floats
    tries: Floats
    faults: Floats
    messages: Floats | None
    recipients: Floats | None
    slot: Ints

    @property
    def size(self) -> int:
        """Number of covered hours."""
        return len(self.hour)

    def kept(self, keep: Flags | slice) -> Hours:
        """The hours marked, or those of a slice."""
        messages = None if self.messages is None else self.messages[keep]
        recipients = None if self.recipients is None else self.recipients[keep]
        return Hours(
            self.series_id, self.hour[keep], self.attempts[keep], self.failures[keep], self.tries[keep],
            self.faults[keep], messages, recipients, self.slot[keep],
        )  # fmt: skip

    def part(self, first: int, last: int) -> Hours:
        """Covered hours `first` up to, not including, `last`."""
        return self.kept(slice(first, last))


def each(series: pl.DataFrame) -> Iterator[Hours]:
    """The series of a frame (contracts.SERIES; messages and recipients may be missing or NULL), ordered by id.

    Rows of one hour are added up. Rows without a time or without attempts say nothing and are left out.
    Raises InputError where a column is not what it should be.
    """
    if series.is_empty():
        return
    frame = _by_hour(series)
    bounds = [0, *np.flatnonzero(np.diff(frame["number"].to_numpy())) + 1, frame.height]
    ids = frame["series_id"]
    columns = {name: frame[name].to_numpy() for name in ("hour", "attempts", "failures", "messages", "recipients")}
    for first, last in pairwise(bounds):
        if first < last:
            yield _one(ids[int(first)], {name: values[first:last] for name, values in columns.items()})


def _by_hour(series: pl.DataFrame) -> pl.DataFrame:
    try:
        rows = _added_up(series)
    except pl.exceptions.PolarsError as error:
        raise InputError(
            f"a column cannot be read ({str(error).splitlines()[0]})",
            where="series",
            mend="ts is a time in ISO 8601, attempts, failures, messages and recipients are whole numbers",
        ) from error
    if rows.select(pl.any_horizontal((pl.col("attempts", "failures") < 0).any())).item():
        raise InputError(
            "a number below zero in attempts or failures",
            where="series",
            mend="both are counts by hour: failures are part of attempts",
        )
    return rows


def _added_up(series: pl.DataFrame) -> pl.DataFrame:
    given = series.with_columns(
        pl.lit(None, pl.Int64).alias(name) for name in ("messages", "recipients") if name not in series.columns
    )
    rows = given.select(
        pl.col("series_id").cast(pl.String),
        (_utc(given.schema["ts"]).cast(pl.Datetime("us")).cast(pl.Int64) // _HOUR_US).alias("hour"),
        *(pl.col(name).cast(pl.Float64) for name in ("attempts", "failures", "messages", "recipients")),
    ).drop_nulls(["series_id", "hour", "attempts"])
    if not rows.select(_in_order()).to_series().all():
        rows = rows.group_by("series_id", "hour").agg(
            pl.col("attempts").sum(),
            pl.col("failures").sum(),
            # The sum over nothing known is unknown, not zero.
            *(
                pl.when(pl.col(name).is_not_null().all()).then(pl.col(name).sum()).otherwise(None).alias(name)
                for name in ("messages", "recipients")
            ),
        ).sort("series_id", "hour")  # fmt: skip
    return rows.with_columns(pl.col("series_id").rle_id().cast(pl.Int64).alias("number"))


def _in_order() -> pl.Expr:
    """Is each hour later than the one before, or of a later series? Then nothing has to be added up or sorted."""
    name, hour = pl.col("series_id"), pl.col("hour")
    later = (name > name.shift(1)) | ((name == name.shift(1)) & (hour > hour.shift(1)))
    return later.fill_null(value=True)


def _utc(kind: pl.DataType) -> pl.Expr:
    ts = pl.col("ts")
    if isinstance(kind, pl.String):
        # Whatever offset is written, and none, ends as UTC without a zone.
        return ts.str.to_datetime(time_zone="UTC", time_unit="us").dt.replace_time_zone(None)
    if isinstance(kind, pl.Datetime) and kind.time_zone is not None:
        return ts.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
    return ts


def _one(series_id: str, columns: dict[str, NDArray[np.float64]]) -> Hours:
    failures = columns["failures"].clip(min=0.0)
    failures = np.where(np.isnan(failures), 0.0, failures)
    attempts = np.maximum(columns["attempts"], failures)
    messages, recipients = (_known(columns[name], failures) for name in ("messages", "recipients"))
    faults = failures
    for told in (messages, recipients):
        if told is not None:
            faults = np.minimum(faults, np.maximum(told, np.minimum(failures, 1.0)))
    hour = columns["hour"].astype(np.int64)
    tries = attempts - failures + faults
    return Hours(series_id, hour, attempts, failures, tries, faults, messages, recipients, hour % DAY)


def _known(values: NDArray[np.float64], failures: Floats) -> Floats | None:
    """Distinct ones by hour; None where a failing hour lacks its count, which makes the rest useless."""
    return None if np.isnan(values[failures > 0]).any() else np.nan_to_num(values)

"""Day before month, or month before day? Decided from all dates of a sample together, never from one."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

Order = Literal["dmy", "mdy", "ymd"]
BROKEN: Final = 100
"""One date in so many that fits only the other order is taken for damage, more for a mixture."""
MONTHS: Final = 12
WINDOW_DAYS: Final = 11
"""A query reaches over ten days at most (learn.microsoft.com, Get-MessageTraceV2); one more for its rim."""
KEPT_DAYS: Final = 91
"""Exchange Online keeps traces for 90 days, so that one export cannot reach further."""
_PARTS: Final = "(?P<a>[0-9]+)[^0-9]+(?P<b>[0-9]+)[^0-9]+(?P<c>[0-9]+)"
_CENTURY: Final = 100


class Dates(NamedTuple):
    """The three numbers of each date, in the order in which they are written."""

    first: np.ndarray
    second: np.ndarray
    third: np.ndarray

    def days(self, order: str) -> np.ndarray:
        """Each date as datetime64[D] when read in this order; NaT where there is no such day."""
        named = dict(zip(order, self, strict=True))
        year, month, day = named["y"], named["m"], named["d"]
        year = np.where(year < _CENTURY, year + 2000, year)
        possible = (month >= 1) & (month <= MONTHS) & (day >= 1)
        months = ((year - 1970) * MONTHS + np.where(possible, month, 1) - 1).astype("datetime64[M]")
        days: np.ndarray = months.astype("datetime64[D]") + (day - 1).astype("timedelta64[D]")
        return np.where(possible & (days.astype("datetime64[M]") == months), days, np.datetime64("NaT", "D"))

    @property
    def readable(self) -> np.ndarray:
        """Which dates exist, with day and month in whatever order."""
        mask: np.ndarray = ~(np.isnat(self.days("dmy")) & np.isnat(self.days("mdy")))
        return mask

    @property
    def year_first(self) -> bool:
        """Of years with two digits: does the last number change as days do, and the first as years do?"""
        return len(np.unique(self.third)) > max(2, len(np.unique(self.first)))


class MixedError(Exception):
    """Dates of both orders stand in one file; `examples` are the places of one of each."""

    def __init__(self, day_first: int, month_first: int) -> None:
        """Keep where one date of each order stands."""
        super().__init__()
        self.examples = (day_first, month_first)


def dates_of(texts: pa.Array) -> Dates:
    """The numbers of each text (which must begin with three)."""
    parts = pc.extract_regex(texts, _PARTS)
    columns = (pc.struct_field(parts, name).cast(pa.int64()).fill_null(0) for name in "abc")
    return Dates(*(column.to_numpy(zero_copy_only=False) for column in columns))


def by_size(dates: Dates) -> Order | None:
    """The order that parts over twelve speak for. Raises MixedError where they contradict each other."""
    day_first = (dates.first > MONTHS) & (dates.second <= MONTHS)
    month_first = (dates.second > MONTHS) & (dates.first <= MONTHS)
    few, many = sorted((int(day_first.sum()), int(month_first.sum())))
    if many == 0:
        return None
    if few * BROKEN > many:
        raise MixedError(int(day_first.argmax()), int(month_first.argmax()))
    return "dmy" if day_first.sum() == many else "mdy"


def by_likelihood(dates: Dates, *, newest_first: bool) -> Order | None:
    """The order that the run of the dates speaks for, where no part is over twelve."""
    readings: dict[Order, np.ndarray] = {"dmy": dates.days("dmy"), "mdy": dates.days("mdy")}
    if np.array_equal(readings["dmy"], readings["mdy"]):
        return "dmy"
    falling = [order for order, days in readings.items() if _falls(days)]
    if newest_first and len(falling) == 1:
        return falling[0]
    spans = {order: _span(days) for order, days in readings.items()}
    short, long = sorted(spans, key=lambda order: spans[order])
    return short if spans[short] <= WINDOW_DAYS and spans[long] > KEPT_DAYS else None


def by_window(dates: Dates, starts: Dates, ends: Dates) -> Order | None:
    """The order under which each date lies in the window that its row was asked with."""

    def fits(order: Order) -> bool:
        day, start, end = dates.days(order), starts.days(order), ends.days(order)
        length = (end - start).astype(np.int64)
        return bool(np.all((start <= day) & (day <= end) & (length <= WINDOW_DAYS)))

    orders: tuple[Order, ...] = ("dmy", "mdy")
    possible = [order for order in orders if fits(order)]
    return possible[0] if len(possible) == 1 else None


def _falls(days: np.ndarray) -> bool:
    return bool(np.all(np.diff(days).astype(np.int64) <= 0))


def _span(days: np.ndarray) -> int:
    return int((days.max() - days.min()).astype(np.int64))

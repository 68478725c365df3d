"""Which culture wrote the dates of an export: decided once a file, so that each row costs one strptime."""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mailtrend.errors import InputError
from mailtrend.formats._order import BROKEN, MixedError, Order, by_likelihood, by_size, by_window, dates_of
from mailtrend.formats._reading import THAI_YEARS, expression, zone_of
from mailtrend.formats._shapes import SHORT, Shape, classify
from mailtrend.formats.base import FileFacts
from mailtrend.formats.neighbours import UndecidedError

EARLIEST, LATEST = "1990-01-01", "2100-01-01"
"""A time outside cannot be meant: a year of two digits read as four, or damage."""
_UNPADDED_DAY: Final = "^[0-9][^0-9]+0[0-9][^0-9]"
"""Day without, month with a leading zero: d/MM/yyyy. No culture writes M/dd/yyyy."""


def time_sql(
    column: str,
    rows: pa.Table,
    facts: FileFacts,
    *,
    window: tuple[str, str] | None = None,
    newest_first: bool = False,
    always_utc: bool = False,
) -> str:
    """An SQL expression that reads `column` of `raw` as TIMESTAMP in UTC; NULL where the text is no date.

    `rows` is the beginning of the file. `window` names the columns of the query window, where the export has them;
    `newest_first` says that the source lists its rows so. A time that names no zone is in `facts.options.zone`,
    unless the column is `always_utc`.

    Raises InputError where day and month cannot be told apart, and UsageError for an unknown time zone.
    """
    texts = _filled(rows[column])
    shapes, numbers = classify(texts)
    counts = [int((numbers == number).sum()) for number in range(len(shapes))]
    zone = None if always_utc else zone_of(facts.options.zone)
    parts: list[str] = []
    read = rows.select([column, *(window or ())])
    for number in sorted(range(len(shapes)), key=lambda number: (-counts[number], shapes[number].template)):
        own = texts.filter(pa.array(numbers == number))
        try:
            order = _order(shapes[number], own, read, facts, newest_first=newest_first)
        except InputError:
            if parts and counts[number] * BROKEN <= len(texts):
                continue  # a damaged row or two must not cost the file: they become rejects
            raise
        parts.append(expression(column, shapes[number], own, order, zone, facts.name))
    iso = expression(column, Shape("iso"), texts, "ymd", zone, facts.name)
    readings = ", ".join(dict.fromkeys([*parts, iso]))
    time = iso if set(parts) <= {iso} else f"coalesce({readings})"
    return f"CASE WHEN {time} BETWEEN TIMESTAMP '{EARLIEST}' AND TIMESTAMP '{LATEST}' THEN {time} END"


def _filled(column: pa.ChunkedArray) -> pa.Array:
    """The distinct texts, in the order in which they first appear."""
    distinct = pc.unique(column.cast(pa.string())).drop_null()
    return pc.unique(pc.utf8_trim_whitespace(distinct))


def _order(shape: Shape, texts: pa.Array, rows: pa.Table, facts: FileFacts, *, newest_first: bool) -> Order:
    """The order of day, month and year in `texts`, which all have this shape."""
    if shape.kind != "local" or shape.fixed_order == "ymd":
        return "ymd"
    if shape.fixed_order == "dmy":
        return "dmy"
    texts = texts.filter(pa.array(dates_of(texts).readable))
    dates = dates_of(texts)
    wanted = facts.options.date_order
    if shape.widths == SHORT * 3 and (wanted == "ymd" or dates.year_first):
        return "ymd"
    try:
        # A part over twelve settles it even against --date-order, which is said once for many files.
        order = by_size(dates)
    except MixedError as mixed:
        if wanted in ("dmy", "mdy"):
            return wanted
        raise _mixed(texts, mixed, facts) from None
    if order is None and wanted in ("dmy", "mdy"):
        order = wanted
    order = order or _by_culture(shape, texts, int(dates.third.max(initial=0))) or _by_window(shape, rows)
    order = order or by_likelihood(dates, newest_first=newest_first)
    if order is not None:
        if wanted is None and not np.array_equal(dates.first, dates.second):
            facts.neighbours.show(shape, order, facts.name)
        return order
    lent = facts.neighbours.agreed(shape, facts.name) if facts.last_chance else None
    if lent is None:
        raise _undecided(texts, facts)
    return "dmy" if lent == "dmy" else "mdy"


def _by_culture(shape: Shape, texts: pa.Array, year: int) -> Order | None:
    """What is so in every culture that writes like this."""
    if shape.separator == "." or year in THAI_YEARS:
        return "dmy"
    return "dmy" if pc.any(pc.match_substring_regex(texts, _UNPADDED_DAY)).as_py() else None


def _by_window(shape: Shape, rows: pa.Table) -> Order | None:
    """The order that the query window speaks for, where the export holds it."""
    if rows.num_columns != 3:  # noqa: PLR2004 - the time and the two ends of its window
        return None
    columns = [column.cast(pa.string()).combine_chunks() for column in rows.columns]
    alike = [_has_shape(column, shape) for column in columns]
    whole = pa.array(np.logical_and.reduce(alike))
    time, start, end = (dates_of(column.filter(whole)) for column in columns)
    if not len(time.first):
        return None
    try:
        return by_size(start) or by_size(end) or by_window(time, start, end)
    except MixedError:
        return None


def _has_shape(texts: pa.Array, shape: Shape) -> np.ndarray:
    shapes, numbers = classify(texts)
    return numbers == shapes.index(shape) if shape in shapes else np.zeros(len(texts), dtype=bool)


def _undecided(texts: pa.Array, facts: FileFacts) -> UndecidedError:
    dates = dates_of(texts)
    at = int((dates.first != dates.second).argmax())
    read = [dates.days(order)[at].item() for order in ("dmy", "mdy")]
    day_first, month_first = (f"{day.day} {day:%B %Y}" for day in read)
    return UndecidedError(
        f"has dates that can be read in two ways: '{texts[at].as_py()}' is {day_first} or {month_first}",
        where=facts.name, mend="say which it is: --date-order dmy or --date-order mdy",
    )  # fmt: skip


def _mixed(texts: pa.Array, mixed: MixedError, facts: FileFacts) -> InputError:
    day_first, month_first = (texts[at].as_py() for at in mixed.examples)
    return InputError(
        f"mixes two ways of writing dates: '{day_first}' has the day first, '{month_first}' the month",
        where=facts.name, mend="split it by the machine that exported it, or say --date-order dmy or mdy",
    )  # fmt: skip

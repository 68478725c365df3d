"""The SQL that reads the times of one shape, once the order of day and month is known."""

from __future__ import annotations

from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mailtrend.errors import InputError, UsageError
from mailtrend.formats._order import Order, dates_of
from mailtrend.formats._shapes import DIRECTION_MARKS, LONG, Shape
from mailtrend.sql import quoted

BUDDHIST: Final = 543
"""Years that the Thai calendar is ahead."""
THAI_YEARS: Final = range(1990 + BUDDHIST, 2100 + BUDDHIST)
_CODES: Final = {"d": "%d", "m": "%m", "y": "%Y"}
_NAMES_ITS_ZONE: Final = "(Z|UTC|GMT|[+-][0-9]{2}:?[0-9]{2})$"


def zone_of(name: str) -> str | None:
    """The zone to move times from; None for UTC. Raises UsageError where there is no such zone."""
    if name.upper() == "UTC":
        return None
    try:
        ZoneInfo(name)
    except (OSError, ValueError, KeyError) as error:  # a name that is no path, no zone file, or not there at all
        mend = "name one such as Europe/Berlin"
        raise UsageError(f"no time zone '{name}'", where="--timezone", mend=mend) from error
    return name


def expression(column: str, shape: Shape, texts: pa.Array, order: Order, zone: str | None, where: str) -> str:
    """The SQL that reads the texts of one shape."""
    if shape.kind == "odata":
        return f"epoch_ms(TRY_CAST(regexp_extract({column}, '^/Date.(-?[0-9]+)', 1) AS BIGINT))"
    if shape.kind == "iso":
        if zone is None:
            return f"utc_time({column})"
        local = _moved(f"TRY_CAST({column} AS TIMESTAMP)", zone)
        return f"CASE WHEN regexp_matches({column}, '{_NAMES_ITS_ZONE}') THEN utc_time({column}) ELSE {local} END"
    pattern = shape.template.format(**dict(zip("abc", _codes(shape, order), strict=True)))
    source = _source(column, shape, texts, where)
    return _moved(f"try_strptime({source}, {quoted(pattern)})", None if shape.zoned else zone)


def _codes(shape: Shape, order: Order) -> list[str]:
    codes = dict(_CODES)
    if LONG not in shape.widths:
        codes["y"] = "%y"
    if "M" in shape.widths:
        codes["m"] = "%b"
    return [codes[part] for part in order]


def _source(column: str, shape: Shape, texts: pa.Array, where: str) -> str:
    """The column with everything taken out or put into English that strptime does not read."""
    if pc.any(pc.match_substring_regex(texts, f"[{''.join(DIRECTION_MARKS)}]")).as_py():
        for mark in DIRECTION_MARKS:
            column = f"replace({column}, '{mark}', '')"
    if shape.halves:
        for word, english in zip(shape.halves, ("AM", "PM"), strict=True):
            column = f"replace({column}, {quoted(word)}, '{english}')"
    if LONG in shape.widths:
        column = _in_our_years(column, shape, texts, where)
    return column


def _in_our_years(column: str, shape: Shape, texts: pa.Array, where: str) -> str:
    dates = dates_of(texts) if "M" not in shape.widths else None
    if dates is None:
        return column
    years = dates.first if shape.widths[0] == LONG else dates.third
    middle = int(np.median(years))
    if middle in THAI_YEARS:
        for year in range(int(years.min()) - 1, int(years.max()) + 2):
            column = f"replace({column}, '{year}', '{year - BUDDHIST}')"
    elif 1300 < middle < 1500:  # noqa: PLR2004 - the years of the Persian and the Islamic calendar
        raise InputError(
            f"has dates of another calendar ('{texts[0].as_py()}')", where=where,
            mend="export it again with [cultureinfo]::CurrentCulture = 'en-US'",
        )  # fmt: skip
    return column


def _moved(time: str, zone: str | None) -> str:
    return time if zone is None else f"timezone('UTC', timezone({quoted(zone)}, {time}))"

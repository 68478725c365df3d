"""The SQL that reads the times of a format of the user's own, in the way it was said, or as the file shows."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from mailtrend.formats._reading import zone_of
from mailtrend.formats.base import FileFacts
from mailtrend.formats.culture import EARLIEST, LATEST, time_sql
from mailtrend.formats.own.description import Description
from mailtrend.formats.own.expressions import cells_of
from mailtrend.formats.own.parts import DATE, TIME
from mailtrend.sql import quoted

SAMPLED: Final = 5_000
"""Rows whose times tell how dates are written."""
_PLAIN: Final = (
    "%a, %d %b %Y %H:%M:%S %z", "%d %b %Y %H:%M:%S %z", "%d/%b/%Y:%H:%M:%S %z", "%Y-%m-%d %H:%M:%S %z",
    "%Y-%m-%d %H:%M:%S.%f %z", "%Y%m%dT%H%M%SZ", "%a %b %d %H:%M:%S %Y", "%Y%m%dT%H%M%S",
)  # fmt: skip
"""What else nobody can misread: as mail, web servers and C programs write times."""
_TAI: Final = 2**62 + 10
"""What a TAI64 label counts from, less the ten seconds that it was ahead in 1970."""
_EPOCH: Final = f"""
    make_timestamp(
        list_transform(
            [TRY_CAST({TIME} AS DOUBLE)],
            lambda v: TRY_CAST(
                round(CASE WHEN v < 1e11 THEN v * 1e6 WHEN v < 1e14 THEN v * 1e3 WHEN v < 1e17 THEN v ELSE v / 1e3 END)
                AS BIGINT
            )
        )[1]
    )"""
"""Seconds, or thousandths, millionths or billionths of one: nobody's mail is of a year that makes them look alike."""
_TAI64N: Final = f"""
    CASE
        WHEN regexp_full_match({TIME}, '@?40000000[0-9a-fA-F]{{8}}(?:[0-9a-fA-F]{{8}})?') THEN
            make_timestamp(
                (TRY_CAST('0x' || ltrim({TIME}, '@')[:16] AS BIGINT) - {_TAI}) * 1000000
                + coalesce(TRY_CAST('0x' || nullif(ltrim({TIME}, '@')[17:], '') AS BIGINT) // 1000, 0)
            )
    END"""
"""`@40000000…`, as multilog stamps the lines of qmail."""


def time_texts(told: Description, rows: pa.Table) -> pa.Table:
    """The times of the first rows, as a column."""
    first = rows.slice(0, SAMPLED)
    texts = {name: _texts(told, first, name) for name in (DATE, TIME)}
    if texts[DATE].null_count < len(texts[DATE]):
        texts[TIME] = pc.binary_join_element_wise(texts[DATE], texts[TIME], " ", null_handling="skip")
    return pa.table({TIME: pc.utf8_trim_whitespace(texts[TIME])})


def _texts(told: Description, rows: pa.Table, name: str) -> pa.Array:
    if told.kind == "csv":
        found = rows[name] if name in rows.column_names else pa.nulls(rows.num_rows, pa.string())
        return pa.array(found.to_pylist(), pa.string())
    regexes = (regex for pattern in told.pattern for regex in pattern.expressions)
    return cells_of(regexes, name, rows["text"].combine_chunks())


def said_sql(told: Description, rows: pa.Table, facts: FileFacts) -> str:
    """The expression that reads the column `time`; what is out of all bounds is for BOUNDED to drop."""
    wanted = told.time.format
    if told.time.timezone:
        facts = replace(facts, options=replace(facts.options, timezone=told.time.timezone))
    zone = zone_of(facts.options.zone)
    if wanted == "any":
        read = [time_sql(TIME, time_texts(told, rows), facts), *(_read(pattern, zone) for pattern in _PLAIN)]
        return f"coalesce({', '.join(read)})"
    if wanted == "epoch":
        return _EPOCH
    if wanted == "tai64n":
        return _TAI64N
    if wanted == "syslog":
        return f"CASE WHEN substr({TIME}, 4, 1) = ' ' THEN classic_time({TIME}) ELSE iso_time({TIME}) END"
    read = [_read(pattern, zone) for pattern in ((wanted,) if isinstance(wanted, str) else wanted)]
    return f"coalesce({', '.join(read)})" if len(read) > 1 else read[0]


def _read(pattern: str, zone: str | None) -> str:
    """The time as one strptime pattern reads it; a Z at its end stands for UTC."""
    read = f"try_strptime({TIME}, {quoted(pattern)})"
    if "%z" in pattern or "%Z" in pattern:
        return f"CAST({read} AS TIMESTAMP)"
    return read if zone is None or pattern.endswith("Z") else f"timezone('UTC', timezone({quoted(zone)}, {read}))"


BOUNDED: Final = f"CASE WHEN said BETWEEN TIMESTAMP '{EARLIEST}' AND TIMESTAMP '{LATEST}' THEN said END"
"""A time, unless it cannot be meant."""

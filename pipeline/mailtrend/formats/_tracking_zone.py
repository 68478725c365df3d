"""An export of message tracking has local times without a zone; other cells of its rows tell the same times in UTC."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from mailtrend.errors import InputError
from mailtrend.formats import shared_sql
from mailtrend.formats.base import FileFacts
from mailtrend.formats.culture import time_sql

Clock = tuple[datetime, datetime]
"""The same moment, local and in UTC."""
COLUMN: Final = "local_time"
LOOK: Final = 5_000
"""Rows that are looked at."""
QUARTER: Final = 15
FARTHEST: Final = (-12 * 60, 14 * 60)
NEAR: Final = 120
"""Seconds between the two times of a row that still belong to the same moment."""
AGREED: Final = 0.9
"""Share of the rows that has to agree."""
HOUR: Final = 60
RULES: Final = (
    "Europe/Berlin", "Europe/London", "Europe/Athens", "America/New_York", "America/Chicago", "America/Denver",
    "America/Los_Angeles", "America/Halifax", "America/St_Johns", "America/Anchorage", "America/Santiago",
    "Australia/Sydney", "Australia/Adelaide", "Pacific/Auckland", "Asia/Jerusalem", "Africa/Cairo", "Asia/Beirut",
)  # fmt: skip
"""One zone for each way of changing the clocks that is in use."""
ZONED: Final = "(Z|UTC|GMT|[+-][0-9]{2}:?[0-9]{2})$"


@dataclass(frozen=True)
class Reading:
    """How local times are read."""

    sql: str
    known: bool
    """Is the zone known, or was UTC taken for want of anything better?"""
    remark: str = ""


def reading_of(rows: pa.Table, facts: FileFacts) -> Reading:
    """The SQL that reads `local_time`. Raises InputError where day and month cannot be told apart by any means."""
    if facts.options.timezone is not None or _zoned(rows[COLUMN]):
        return Reading(time_sql(COLUMN, rows, facts), known=True)
    try:
        as_utc = time_sql(COLUMN, rows, facts, always_utc=True)
    except InputError:
        return _by_order(rows, facts)
    return _calibrated(as_utc, rows, facts) or Reading(
        as_utc, known=False, remark="its times are local, and nothing in it says of which zone: they were read as UTC; "
        "say --timezone, such as Europe/Berlin, if the server's clock shows another",
    )  # fmt: skip


def _zoned(texts: pa.ChunkedArray) -> bool:
    filled = pc.utf8_trim_whitespace(texts.cast(pa.string())).filter(pc.not_equal(texts.cast(pa.string()), ""))
    return bool(len(filled)) and bool(pc.all(pc.match_substring_regex(filled, ZONED)).as_py())


def _by_order(rows: pa.Table, facts: FileFacts) -> Reading:
    """Where the dates leave day and month open: the order in which they agree with the times in UTC."""
    found: list[Reading] = []
    for order in ("dmy", "mdy"):
        told = replace(facts, options=replace(facts.options, date_order=order))
        if reading := _calibrated(time_sql(COLUMN, rows, told, always_utc=True), rows, told):
            found.append(reading)
    if len(found) == 1:
        return found[0]
    return Reading(time_sql(COLUMN, rows, facts, always_utc=True), known=False)  # raises again, in its own words


def _calibrated(as_utc: str, rows: pa.Table, facts: FileFacts) -> Reading | None:
    offsets = _offsets(_clocks(as_utc, rows))
    values = sorted(set(offsets.values()))
    if len(values) == 1:
        [minutes] = values
        sign = "+" if minutes >= 0 else "-"
        name = f"UTC{sign}{abs(minutes) // HOUR:02d}:{abs(minutes) % HOUR:02d}"
        sql = f"({as_utc}) - to_minutes({minutes})" if minutes else as_utc
        return Reading(sql, known=True, remark=_remark(name) if minutes else "")
    for zone in RULES if values else ():
        if all(_offset(zone, local) == minutes for local, minutes in offsets.items()):
            named = replace(facts, options=replace(facts.options, timezone=zone))
            return Reading(time_sql(COLUMN, rows, named), known=True, remark=_remark(f"a zone such as {zone}"))
    return None


def _remark(zone: str) -> str:
    return f"its times are local; as other cells of its rows show, they are of {zone}. If not so, say --timezone"


def _offset(zone: str, local: datetime) -> int | None:
    try:
        moved = local.replace(tzinfo=ZoneInfo(zone)).utcoffset()
    except (ZoneInfoNotFoundError, OSError, ValueError):
        return None
    return None if moved is None else int(moved.total_seconds()) // 60


def _offsets(clocks: list[Clock]) -> dict[datetime, int]:
    """Local time → minutes before UTC, where the rows agree; at most two offsets, an hour apart."""
    found: dict[datetime, int] = {}
    for local, utc in clocks:
        seconds = (local - utc).total_seconds()
        minutes = round(seconds / 60 / QUARTER) * QUARTER
        if abs(seconds - minutes * 60) <= NEAR and FARTHEST[0] <= minutes <= FARTHEST[1]:
            found[local] = minutes
    votes = Counter(found.values())
    first = max(votes, key=votes.__getitem__, default=0)
    near = {minutes for minutes in votes if abs(minutes - first) in (0, HOUR)}
    agreed = sum(votes[minutes] for minutes in near)
    distinct = len({local for local, _ in clocks})
    if not found or len(near) > 2 or agreed < AGREED * len(found) or 2 * agreed < distinct:  # noqa: PLR2004
        return {}
    return {local: minutes for local, minutes in found.items() if minutes in near}


def _clocks(as_utc: str, rows: pa.Table) -> list[Clock]:
    """Rows that tell their moment twice: by the session they belong to, or from when and how long it was on its way.

    Where no row does, by the last try that a reply names, which Exchange writes in UTC in the same culture, or by when
    the message came in, which for most is a moment ago.
    """
    cells = ("source_context", "message_info", "custom_data", "message_latency", "recipient_status", "event_id")
    raw = rows.slice(0, LOOK).select([COLUMN, *cells])
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        con.execute(shared_sql())
        con.register("raw", raw)
        for utc in _TOLD:
            found = con.sql(utc.format(local=as_utc)).fetchall()
            if found:
                return [(local.replace(tzinfo=UTC), told.replace(tzinfo=UTC)) for local, told in found]
    return []


_TOLD: Final = (
    """
    SELECT local, utc
    FROM (
        SELECT
            {local} AS local,
            CASE
                WHEN regexp_matches(source_context, '^[0-9A-Fa-f]{{11,16}};[0-9]{{4}}-[0-9T:.-]+Z') THEN
                    utc_time(split_part(source_context, ';', 2))
                WHEN substring(message_info, 11, 1) = 'T' AND contains(custom_data, 'E2ELatency') THEN
                    utc_time(split_part(message_info, ';', 1)) + to_microseconds(CAST(
                        1e6 * TRY_CAST(regexp_extract(custom_data, 'E2ELatency(?:=|, )([0-9.]+)', 1) AS DOUBLE)
                        AS BIGINT
                    ))
                WHEN substring(message_info, 11, 1) = 'T' AND message_latency <> '' THEN
                    utc_time(split_part(message_info, ';', 1))
                    + TRY_CAST(regexp_extract(message_latency, '^[0-9]+:[0-9:]+') AS INTERVAL)
            END AS utc
        FROM raw
    )
    WHERE local IS NOT NULL AND utc IS NOT NULL
    """,
    """
    SELECT told.local, {local} AS utc
    FROM (
        SELECT {local} AS local, regexp_extract(recipient_status, 'LRT=([^}}]+)', 1) AS local_time
        FROM raw
        WHERE contains(recipient_status, 'LRT=')
    ) AS told
    WHERE local IS NOT NULL AND utc IS NOT NULL
    """,
    """
    SELECT {local} AS local, utc_time(split_part(message_info, ';', 1)) AS utc
    FROM raw
    WHERE
        upper(event_id) IN ('RECEIVE', 'SUBMIT', 'SEND', 'SENDEXTERNAL', 'DELIVER', 'EXPAND', 'RESOLVE', 'TRANSFER')
        AND substring(message_info, 11, 1) = 'T'
        AND local IS NOT NULL
        AND utc IS NOT NULL
    """,
)

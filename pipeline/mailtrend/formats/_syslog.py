"""The frame of a syslog: its stamps, which may lack year and zone, and its hosts, whatever program wrote the lines."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from string import Template
from typing import Final
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

from mailtrend.errors import UsageError
from mailtrend.formats.base import FileFacts

MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
CLASSIC: Final = r"^(?:<\d{1,3}>|\S+ *\| *)?(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ 0-3]\d \d\d:"
YEAR_END: Final = 12
MID_YEAR: Final = 6


def frame_sql(texts: pa.ChunkedArray, facts: FileFacts) -> str:
    """The macros of `_syslog.sql` for a log that begins with `texts`: they give a year-less stamp its year and turn
    local time into UTC.

    Rotated files of one log should get the same words, since only files with equal words are joined by queue id:
    the month of a single file is therefore rounded to half-years.

    Raises UsageError for an unknown time zone.
    """
    zone = _zone(facts.options.zone)
    moved = "moment" if zone in ("UTC", "Etc/UTC", "Z") else f"CAST(timezone('{zone}', moment) AS TIMESTAMP)"
    year = _year_sql(*_last_year(_first_month(texts), facts))
    return Template(_text()).substitute(utc_of_local=moved, year_of_stamp=year)


@cache
def _text() -> str:
    return files("mailtrend.formats").joinpath("_syslog.sql").read_text(encoding="utf-8")


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        raise UsageError(
            f"'{name}' is no time zone", where="--timezone", mend="use a name such as Europe/Berlin or UTC"
        ) from None
    return name


def _first_month(texts: pa.ChunkedArray) -> int:
    """Month of the first year-less stamp; 0 if every stamp carries its year."""
    stamped = texts.filter(pc.match_substring_regex(texts, CLASSIC))
    if not len(stamped):
        return 0
    found = re.match(CLASSIC, stamped[0].as_py())
    return MONTHS.index(found.group(1)) + 1 if found else 0


def _last_year(first_month: int, facts: FileFacts) -> tuple[int, int]:
    """Year of the file's last lines, and the last month that may be of it: later months are of the year before."""
    if first_month == 0:
        return 2000, YEAR_END
    if facts.options.year is not None:
        rolls = first_month > MID_YEAR
        return (facts.options.year + 1, MID_YEAR) if rolls else (facts.options.year, YEAR_END)
    if first_month <= facts.modified_month:
        return facts.modified_year, YEAR_END
    between = facts.modified_month <= MID_YEAR < first_month
    return facts.modified_year, MID_YEAR if between else facts.modified_month


def _year_sql(year: int, last_month: int) -> str:
    if last_month == YEAR_END:
        return f"'{year}'"
    months = ", ".join(f"'{name}'" for name in MONTHS[:last_month])
    return f"CASE WHEN left(stamp, 3) IN ({months}) THEN '{year}' ELSE '{year - 1}' END"

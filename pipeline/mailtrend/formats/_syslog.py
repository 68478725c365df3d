"""The frame of a syslog: its stamps, which may lack year and zone, and its hosts, whatever program wrote the lines."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from string import Template
from typing import Final
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

from mailtrend.errors import UsageError
from mailtrend.formats._syslog_folds import MONTHS, folds, folds_sql, zone_offsets
from mailtrend.formats._syslog_lines import WRAPPED, log_of
from mailtrend.formats._syslog_years import Years, years_of
from mailtrend.formats.base import FileFacts

__all__ = ["FRAME_NOTES", "MONTHS", "frame_remarks", "frame_sql", "log_of"]

ISO_LOCAL: Final = r"^(\d{4})-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)? "
FRAME_NOTES: Final = (
    "Classic stamps carry no year and no zone: the year comes from the file's date or --year, the zone from "
    "--timezone. "
    "The hour that is repeated when summer time ends is told apart by the order of the lines; where no stamp jumps "
    "back, the extra hour is taken to lie where the log is silent longest.",
    "Of a line that was repeated, syslog may write only that it was ('message repeated 3 times'): such a line is "
    "counted as context, because the times of the repeats are not told.",
)
"""What no syslog can tell, for the notes of the formats that are read from one."""


def frame_sql(texts: pa.ChunkedArray, facts: FileFacts) -> str:
    """The macros of `_syslog.sql` for a log that begins with `texts`, and where a zone's clocks go back, statements
    that put lines right in `raw`. A year-less stamp gets its year, local time becomes UTC.

    Rotated files of one log should get the same words, since only files with equal words are joined by queue id:
    the month of a single file is therefore rounded to half-years.

    Raises UsageError for an unknown time zone.
    """
    zone = _zone(facts.options.zone)
    years = years_of(texts, facts)
    local = _local_years(texts)
    moved = "moment" if zone in ("UTC", "Etc/UTC", "Z") else f"CAST(timezone('{zone}', moment) AS TIMESTAMP)"
    frame = Template(_text()).substitute(
        utc_of_local=moved,
        year_of_stamp=years.sql,
        offsets=", ".join(f"'{name}': '{offset}'" for name, offset in zone_offsets(zone, years.last).items()),
        wrapped=_wrapped_sql(texts),
    )
    return frame + _folds_sql(zone, years, local)


def frame_remarks(rows: pa.Table, facts: FileFacts) -> list[str]:
    """What was taken for granted of the years of a log's stamps, one sentence each."""
    return years_of(rows["text"], facts).remarks


def _folds_sql(zone: str, years: Years, local: Iterable[int]) -> str:
    classic = {fold for year in (years.last - 1, years.last) for fold in folds(zone, year)
               if years.stamped and years.of(MONTHS[fold.began.month - 1]) == fold.began.year}  # fmt: skip
    iso = {fold for year in local for fold in folds(zone, year)}
    return folds_sql(sorted(classic | iso), classic=bool(classic), iso=bool(iso))


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


def _local_years(texts: pa.ChunkedArray) -> list[int]:
    """Years that stamps with a year and without an offset may be of; none if there are no such stamps."""
    stamped = texts.filter(pc.match_substring_regex(texts, ISO_LOCAL))
    if not len(stamped):
        return []
    found = [re.match(ISO_LOCAL, stamped[at].as_py()) for at in (0, -1)]
    shown = [int(each.group(1)) for each in found if each]
    return list(range(min(shown), min(max(shown), min(shown) + 3) + 2))


def _wrapped_sql(texts: pa.ChunkedArray) -> str:
    """What takes the stamps of a container's log off.

    Only where the log begins with such lines, for they look like those of a syslog at first sight.
    """
    return "".join(
        f"\n        WHEN regexp_matches(text, '{wrapped}') THEN regexp_replace(text, '{wrapped}', '{left}')"
        for wrapped, left in WRAPPED
        if pc.any(pc.match_substring_regex(texts, wrapped)).as_py()
    )

"""Local times that a zone's clocks show twice, when summer time ends, and the SQL that tells them apart."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from string import Template
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
HOUR: Final = timedelta(hours=1)
ZONE_NAMES: Final = {
    "UTC": "+00:00", "GMT": "+00:00", "WET": "+00:00", "WEST": "+01:00", "BST": "+01:00", "CET": "+01:00",
    "CEST": "+02:00", "MET": "+01:00", "MEST": "+02:00", "EET": "+02:00", "EEST": "+03:00", "MSK": "+03:00",
    "SAST": "+02:00", "EST": "-05:00", "EDT": "-04:00", "CST": "-06:00", "CDT": "-05:00", "MST": "-07:00",
    "MDT": "-06:00", "PST": "-08:00", "PDT": "-07:00", "AKST": "-09:00", "AKDT": "-08:00", "HST": "-10:00",
    "NST": "-03:30", "NDT": "-02:30", "AST": "-04:00", "ADT": "-03:00", "AEST": "+10:00", "AEDT": "+11:00",
    "ACST": "+09:30", "ACDT": "+10:30", "AWST": "+08:00", "NZST": "+12:00", "NZDT": "+13:00", "JST": "+09:00",
    "KST": "+09:00", "HKT": "+08:00",
}  # fmt: skip
"""What names of zones in stamps mean, unless the zone that the user named uses them otherwise."""


class Fold(NamedTuple):
    """From `began`, local time, for `span`, stamps are shown twice; before that, the zone was ahead by `offset`."""

    began: datetime
    span: timedelta
    offset: timedelta


@cache
def folds(zone: str, year: int) -> tuple[Fold, ...]:
    """The times of a year that the clocks of a zone show twice."""
    clock = ZoneInfo(zone)
    found = []
    at = datetime(year, 1, 1, tzinfo=UTC)
    while at.year == year:
        after = at + timedelta(days=1)
        if _ahead(at, clock) > _ahead(after, clock):
            found.append(_fold(at, after, clock))
        at = after
    return tuple(found)


def _ahead(moment: datetime, clock: ZoneInfo) -> timedelta:
    return moment.astimezone(clock).utcoffset() or timedelta(0)


def _fold(low: datetime, high: datetime, clock: ZoneInfo) -> Fold:
    """The clocks go back between `low` and `high`: to the minute."""
    offset, later = _ahead(low, clock), _ahead(high, clock)
    while high - low > timedelta(minutes=1):
        middle = low + timedelta(minutes=(high - low) // timedelta(minutes=2))
        low, high = (middle, high) if _ahead(middle, clock) == offset else (low, middle)
    return Fold((high + later).replace(tzinfo=None), offset - later, offset)


def offset_text(offset: timedelta) -> str:
    """`+02:00`, as ISO 8601 writes it."""
    minutes = offset // timedelta(minutes=1)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def folds_sql(found: Iterable[Fold], *, classic: bool, iso: bool) -> str:
    """Statements that put the lines of a first pass right in `raw`; nothing where no clock goes back."""
    rows = list(found)
    if not rows:
        return ""
    values = ", ".join(
        f"(TIMESTAMP '{fold.began}', INTERVAL {fold.span // timedelta(minutes=1)} MINUTE, '{offset_text(fold.offset)}')"
        for fold in rows
    )
    shown = sorted({start for fold in rows for start in _starts(fold, classic=classic, iso=iso)})
    showing = " OR ".join(f"contains(text, '{start}')" for start in shown)
    return Template(_text()).substitute(folds=values, showing=showing)


def _starts(fold: Fold, *, classic: bool, iso: bool) -> Iterable[str]:
    """What stamps within a fold begin with, up to the hour."""
    hour = fold.began.replace(minute=0)
    while hour < fold.began + fold.span:
        month = MONTHS[hour.month - 1]
        if classic:
            yield from (f"{month} {hour.day:2d} {hour:%H}:", f"{month} {hour.day:02d} {hour:%H}:")
        if iso:
            yield f"{hour:%Y-%m-%dT%H}:"
        hour += HOUR


@cache
def _text() -> str:
    return files("mailtrend.formats").joinpath("_syslog_folds.sql").read_text(encoding="utf-8")


def zone_offsets(zone: str, year: int) -> dict[str, str]:
    """Offsets by the name that stamps give them, those of the user's zone before all others."""
    clock = ZoneInfo(zone)
    moments = [datetime(year, month, 1, tzinfo=UTC).astimezone(clock) for month in range(1, 13)]
    own = {each.tzname() or "": offset_text(each.utcoffset() or timedelta(0)) for each in moments}
    return ZONE_NAMES | {name: offset for name, offset in own.items() if name.isalpha()}

"""Dates in error texts, in the ways of writing that leave no doubt about day and month."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

_ISO: Final = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d))?)?Z?$")
_OPENSSL: Final = re.compile(r"([A-Z][a-z]{2}) +(\d{1,2}) (\d\d):(\d\d):(\d\d) (\d{4})(?: (?:GMT|UTC))?$")
_SLASHES: Final = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?: (\d{1,2}):(\d\d)(?::(\d\d))?(?: ?([AaPp])[Mm])?)?$")
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NOON: Final = 12


def moment(text: str) -> datetime | None:
    """The time that `text` writes, taken as UTC; None where it is no date, or may be two.

    With slashes the month comes first where AM or PM follows, for only English writes both; without, a day above 12
    has to tell, or both numbers be the same.
    """
    told = text.strip()
    for pattern, read in ((_ISO, _iso), (_OPENSSL, _openssl), (_SLASHES, _slashes)):
        if found := pattern.match(told):
            return _made(read(found))
    return None


def _iso(found: re.Match[str]) -> tuple[int, ...]:
    return tuple(int(part or 0) for part in found.groups())


def _openssl(found: re.Match[str]) -> tuple[int, ...]:
    month, day, hour, minute, second, year = found.groups()
    number = _MONTHS.index(month) + 1 if month in _MONTHS else 0
    return (int(year), number, int(day), int(hour), int(minute), int(second))


def _slashes(found: re.Match[str]) -> tuple[int, ...]:
    first, second, year = (int(part) for part in found.groups()[:3])
    hour, minute, seconds = (int(part or 0) for part in found.groups()[3:6])
    half = (found[7] or "").lower()
    if half:
        hour = hour % _NOON + (_NOON if half == "p" else 0)
    if half or second > _NOON or first == second:
        return (year, first, second, hour, minute, seconds)
    return (year, second, first, hour, minute, seconds) if first > _NOON else ()


def _made(parts: tuple[int, ...]) -> datetime | None:
    if not parts:
        return None
    year, month, day, hour, minute, second = parts
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC).replace(tzinfo=None)
    except ValueError:
        return None

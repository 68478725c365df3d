"""Maintenance windows as stretches of UTC time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from mailtrend.settings.rules import DAYS, Maintenance

_DAY: Final = timedelta(days=1)
MOST: Final = 10_000
"""Windows of one rule that are laid out: 27 years of every day."""


class Window(NamedTuple):
    """One stretch of maintenance, UTC without a zone, its end not included."""

    begin: datetime
    until: datetime


def windows(rule: Maintenance, first: datetime, last: datetime, zone: str = "UTC") -> list[Window]:
    """The windows of a rule that touch the time from `first` to `last` (UTC without a zone), in their order.

    `zone` is that of a rule that names none. A window that ends before it begins ends on the next day; clocks that are
    put on or back in it make it shorter or longer.
    """
    local = ZoneInfo(rule.timezone or zone)
    if isinstance(rule.begin, datetime) and isinstance(rule.until, datetime):
        found = [Window(_utc(rule.begin, local), _utc(rule.until, local))]
    else:
        found = list(_weekly(rule, first, last, local))
    return [window for window in found if window.until > first and window.begin < last][:MOST]


def _weekly(rule: Maintenance, first: datetime, last: datetime, local: ZoneInfo) -> Iterator[Window]:
    at: date = (first - 2 * _DAY).date()
    while at <= (last + 2 * _DAY).date():
        if DAYS[at.weekday()] in rule.days and not isinstance(rule.begin, datetime):
            begin = datetime.combine(at, rule.begin)
            until = datetime.combine(at, rule.until)  # type: ignore[arg-type]  # of a weekly rule both are times of day
            until += _DAY if until <= begin else timedelta()
            yield Window(_utc(begin, local), _utc(until, local))
        at += _DAY


def _utc(at: datetime, local: ZoneInfo) -> datetime:
    return (at if at.tzinfo else at.replace(tzinfo=local)).astimezone(UTC).replace(tzinfo=None)

"""How figures and times are written in evidence."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_WEEK: Final = 168
_DAY: Final = 24


def instant(hour: int) -> datetime:
    """The UTC time, without a zone, of a number of hours since 1970."""
    return (_EPOCH + timedelta(hours=int(hour))).replace(tzinfo=None)


def when(hour: int) -> str:
    """Tue 12 May 2026 14:00, in English whatever the locale."""
    at = instant(hour)
    return f"{_DAYS[at.weekday()]} {at.day} {_MONTHS[at.month - 1]} {at.year} {at:%H:%M}"


def lasting(hours: int) -> str:
    """A span in the unit that suits it: 5 h, 9 days, 5.2 weeks."""
    if hours < 3 * _DAY:
        return f"{hours} h"
    return f"{hours / _DAY:.0f} days" if hours < 3 * _WEEK else f"{hours / _WEEK:.1f} weeks"


def figure(value: float) -> str:
    """A number with no more digits than it has meaning: 1,234, 4.1, 0.03."""
    if value >= 100 or value == round(value):  # noqa: PLR2004  # three digits say enough
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 1 else f"{value:.2g}"


def chance(p: float) -> str:
    """A probability; beyond twelve digits the model is not to be believed, only that it is small."""
    return "p < 1e-12" if p < 1e-12 else f"p = {p:.1g}"  # noqa: PLR2004  # see the docstring


def count(number: float, noun: str) -> str:
    """1 failure, 684 failures."""
    return f"{number:,.0f} {noun}" + ("" if number == 1 else "s")

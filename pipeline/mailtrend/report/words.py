"""Figures and keys in words: the same everywhere, so that HTML, Markdown and terminal cannot disagree."""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import date, datetime
from typing import Final

from mailtrend import owners
from mailtrend.report.model import Cell, Kind

COMMAND: Final = re.compile(r"`([^`]+)`")
"""What stands between backticks in a step or a sentence of evidence: a command."""
KINDS: Final = {
    "burst": "a burst of hours",
    "sustained": "a new level that holds",
    "new_code": "a code never seen there before",
    "drift": "a slow climb",
    "flapping": "on and off",
    "recurring": "the same hour, many days",
    "silence": "usual traffic, suddenly none",
}
STATES: Final = {"new": "new", "ongoing": "ongoing", "resolved": "resolved", "reopened": "reopened"}
NONE: Final = "–"
"""What stands where there is no value."""
_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
"""English whatever the locale."""
_SURE: Final = ((0.9, "very likely"), (0.7, "likely"), (0.5, "probable"), (0.0, "a guess"))
_KEPT = "\n\t"
_ASCII = str.maketrans({"×": "x", "–": "-", "—": "-", "→": "->", "…": "...", "·": "-", "±": "+-", "’": "'", "≥": ">="})


def visible(text: str) -> str:
    """The text with control, direction and other unseen characters spelled out as ⟨U+202E⟩.

    Line feeds and tabs stay; a lone surrogate, which no file can hold, is spelled out too.
    """
    if text.isprintable():
        return text
    return "".join(char if char in _KEPT or not _unseen(char) else f"⟨U+{ord(char):04X}⟩" for char in text)


def _unseen(char: str) -> bool:
    return unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def one_line(text: str) -> str:
    """The visible text on one line."""
    return " ".join(visible(text).split())


def ascii_only(text: str) -> str:
    """The text in ASCII, for terminals that know nothing else."""
    return text.translate(_ASCII).encode("ascii", "replace").decode("ascii")


def count(value: float | None) -> str:
    """A whole number with thin groups: 12,345."""
    return NONE if value is None else f"{value:,.0f}"


def number(value: float | None) -> str:
    """A number with the digits that carry something: 0.0042, 3.1, 1,204."""
    if value is None or not math.isfinite(value):
        return NONE
    if value == int(value) or abs(value) >= 100:  # noqa: PLR2004  # three figures before the point say enough
        return f"{value:,.0f}"
    return f"{value:.2g}" if abs(value) < 1 else f"{value:.1f}"


def share(value: float | None) -> str:
    """A share of 1 in per cent; small ones keep a figure, so that few is not none."""
    if value is None or not math.isfinite(value):
        return NONE
    percent = value * 100
    if percent in {0, 100} or abs(percent) >= 10:  # noqa: PLR2004  # two figures say enough
        return f"{percent:.0f} %" if percent in {0, 100} or percent < 99.5 else f"{percent:.1f} %"  # noqa: PLR2004  # 99.7 is not all
    return f"{percent:.1f} %" if percent >= 0.1 else f"{percent:.2g} %"  # noqa: PLR2004  # tenths, else one figure


def duration(seconds: float | None) -> str:
    """A duration in its two largest units: 10 d 14 h, 3 h 05 min, 42 s."""
    if seconds is None or not math.isfinite(seconds):
        return NONE
    whole = round(abs(seconds))
    sign = "−" if seconds < 0 and whole else ""
    if whole < _MINUTE:
        return f"{sign}{whole} s"
    if whole < _HOUR:
        return f"{sign}{whole // _MINUTE} min"
    if whole < _DAY:
        return f"{sign}{whole // _HOUR} h {whole % _HOUR // _MINUTE:02d} min"
    return f"{sign}{whole // _DAY} d {whole % _DAY // _HOUR} h"


def time(value: datetime | None) -> str:
    """A time to the minute, its zone named: 2026-10-22 09:49 UTC."""
    return NONE if value is None else f"{value:%Y-%m-%d %H:%M} UTC"


def weekday_time(value: datetime) -> str:
    """A time with its weekday, in English whatever the locale: Thu 22 Oct 2026 09:00 UTC."""
    return f"{_weekday(value)} {value.day} {_month(value)} {value.year} {value:%H:%M} UTC"


def period(since: datetime | None, until: datetime | None) -> str:
    """The period in words; a span of whole days names its last day."""
    if since is None or until is None:
        return "no period"
    if (since.hour, since.minute, until.hour, until.minute) == (0, 0, 0, 0) and until > since:
        last = datetime.fromordinal(until.toordinal() - 1)
        first = _day(since)
        week = since.weekday() == 0 and (until - since).days == 7  # noqa: PLR2004  # an ISO week
        named = f" (ISO week {since.isocalendar().year}-W{since.isocalendar().week:02d})" if week else ""
        return (first if last.date() == since.date() else f"{first} – {_day(last)}") + named
    return f"{_day(since)} {since:%H:%M} – {_day(until)} {until:%H:%M} UTC"


def _day(value: date) -> str:
    return f"{value.day} {_month(value)} {value.year}"


def _month(value: date) -> str:
    return _MONTHS[value.month - 1]


def _weekday(value: date) -> str:
    return _WEEKDAYS[value.weekday()]


def confidence(value: float | None) -> str:
    """A confidence of 0 to 1 as a word and the figure."""
    if value is None:
        return "confidence unknown"
    word = next((name for least, name in _SURE if value >= least), "a guess")
    return f"{word} ({value:.2f})"


def owner(key: str) -> str:
    """Who has to act, in words; an unknown key as it stands."""
    return owners.full(key)


def owner_short(key: str) -> str:
    """The same without what is said behind a colon, for a table."""
    return owner(key).split(":")[0]


def cell(value: Cell, kind: Kind) -> str:
    """One cell of a table in words."""
    if value is None or value in ("", ()):
        return NONE
    if isinstance(value, tuple):
        return "; ".join(cell(item, "text") for item in value)
    if isinstance(value, bool | str):
        text = one_line(value) if isinstance(value, str) else "yes" if value else "no"
        return owner_short(text) if kind == "owner" else text
    if isinstance(value, date):
        return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) and kind != "day" else f"{value:%Y-%m-%d}"
    return {"share": share, "seconds": duration, "count": count}.get(kind, number)(value)

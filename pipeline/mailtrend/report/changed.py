"""What changed: this week against the one before, codes that came and went, and the changes on record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from mailtrend.report.asking import Asked, Period, figure, table
from mailtrend.report.model import Change, Figure

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

WEEK: Final = timedelta(days=7)
DAY: Final = timedelta(days=1)
_HIDE: Final = ("messages_before", "recipients_before")
_CODES: Final = """
    SELECT status_code,
           bool_or(hour >= $week) AS this_week,
           bool_or(hour >= $before AND hour < $week) AS week_before,
           bool_or(hour < $before) AS earlier
    FROM failures_hourly
    WHERE status_code IS NOT NULL
      AND hour < $until
    GROUP BY status_code
    ORDER BY status_code
"""
_COVERED: Final = """
    SELECT count(*) AS events
    FROM events
    WHERE event_time >= $since
      AND event_time < $until
"""
_CHANGES: Final = """
    SELECT time, kind, subject, note, tenant
    FROM changes
    WHERE time >= $since
      AND time < $until
    ORDER BY time, tenant, kind, subject
"""


@dataclass(frozen=True)
class Comparison:
    """A week held against the one before it."""

    figures: tuple[Figure, ...]
    new_codes: tuple[str, ...]
    gone_codes: tuple[str, ...]


NOTHING: Final = Comparison((), (), ())


def against_week_before(con: DuckDBPyConnection, period: Period, now: datetime) -> Comparison:
    """The last seven days of the period against the seven before; nothing where the data does not reach so far."""
    until = period.until if period.until - now <= DAY else _next_hour(now)
    week, before = until - WEEK, until - 2 * WEEK
    covered = table(con, _COVERED, {"since": before, "until": week}).to_pylist()[0]["events"]
    if not covered:
        return NOTHING
    compared = figure(con, Asked("week-against-week", "This week against the week before", _HIDE), Period(week, until))
    rows = table(con, _CODES, {"week": week, "before": before, "until": until}).to_pylist()
    return Comparison((compared,), _codes(rows, new=True), _codes(rows, new=False))


def _next_hour(at: datetime) -> datetime:
    """The first whole hour after it: counts by the hour can be cut there."""
    return at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


def _codes(rows: list[dict[str, Any]], *, new: bool) -> tuple[str, ...]:
    """Codes seen this week and never before, or those of the week before that are gone."""
    if new:
        return tuple(
            row["status_code"] for row in rows if row["this_week"] and not row["week_before"] and not row["earlier"]
        )
    return tuple(row["status_code"] for row in rows if row["week_before"] and not row["this_week"])


def changes(con: DuckDBPyConnection, period: Period) -> tuple[Change, ...]:
    """The changes on record in the period, in their order."""
    rows = table(con, _CHANGES, period.bounds).to_pylist()
    return tuple(
        Change(row["time"], row["kind"] or "change", row["subject"] or "", row["note"] or "", row["tenant"])
        for row in rows
    )

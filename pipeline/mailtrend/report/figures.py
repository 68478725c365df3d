"""The figures of a report: which questions are asked, and in which order they stand."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from mailtrend.report.asking import SERIES_KEPT, Asked, Period, figure, select
from mailtrend.report.model import Figure

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

HOURLY_UP_TO: Final = timedelta(days=4)
"""Periods up to this long are drawn by the hour, longer ones by the day."""
_IDS: Final = ("network_message_id", "message_id")
_QUEUE_NOTE: Final = "Messages × recipients that still wait, and when Exchange Online gives up the first of them."
_UNEXPLAINED: Final = ("messages", "recipients", "share", "first_failure", "last_failure")
FIGURES: Final = (
    Asked("failures-by-code", "Failures by code", ("class",)),
    Asked("failures-by-connector", "Failures by connector", ("share", "first_failure")),
    Asked("failures-by-destination", "Failures by destination", ("share", "first_failure")),
    Asked("failures-cube", "Code × connector × destination", ("share",)),
    Asked("failing-recipients", "Recipients that fail most"),
    Asked("failing-senders", "Senders that fail most"),
    Asked("queued-now", "Queued now, one by one", (*_IDS, "cause", "outcome", "hours_queued")),
    Asked("delivered-late", "Delivered late", ("share", "messages", "measured")),
    Asked("tls-versions", "TLS versions by connector", ("first_seen", "last_seen")),
    Asked("unknown-codes", "Failures that nothing explains", _UNEXPLAINED),
    Asked("volume", "Volume by day", kept=SERIES_KEPT),
)
"""Shipped queries in the order of the report."""
_FAILURES_BY_TIME: Final = """
    SELECT date_trunc($bucket, hour) AS start, status_code, CAST(sum(failures) AS BIGINT) AS failures
    FROM failures_hourly
    WHERE hour >= $since
      AND hour < $until
    GROUP BY ALL
    ORDER BY start, failures DESC, status_code NULLS LAST
"""
_TENANTS: Final = """
    SELECT tenant, CAST(sum(attempts) AS BIGINT) AS attempts, CAST(sum(failures) AS BIGINT) AS failures,
           sum(failures) / nullif(sum(attempts), 0) AS failure_rate
    FROM attempts_hourly
    WHERE hour >= $since
      AND hour < $until
    GROUP BY tenant
    ORDER BY failures DESC, tenant
"""
_QUEUED: Final = """
    SELECT connector, destination, status_code, count(*) AS queued,
           count(*) FILTER (WHERE hours_left <= 6) AS lost_within_6_h,
           min(expires_at) AS first_lost_at, min(first_seen) AS oldest
    FROM queued_now(top := NULL)
    GROUP BY ALL
    ORDER BY first_lost_at NULLS LAST, queued DESC, connector NULLS LAST, destination NULLS LAST, status_code NULLS LAST
"""


def figures(con: DuckDBPyConnection, period: Period, acting: Figure) -> tuple[Figure, ...]:
    """Every figure of the time `period`, in the order of the report. acting: who has to act, which stands early."""
    bucket = "hour" if period.until - period.since <= HOURLY_UP_TO else "day"
    over_time = select(
        con, "failures-by-code-over-time", "Failures over time, by code", "", _FAILURES_BY_TIME,
        {"bucket": bucket, **period.bounds}, {"start": f"when the {bucket} begins, UTC"}, SERIES_KEPT,
    )  # fmt: skip
    traffic = Asked("failures-over-time", "Attempts and failures over time", (), (("bucket", bucket),), SERIES_KEPT)
    times = [_by_day(each) if bucket == "day" else each for each in (over_time, figure(con, traffic, period))]
    asked = [figure(con, each, period) for each in FIGURES]
    by_tenant = select(con, "tenants", "By tenant", "", _TENANTS, period.bounds)
    several = [by_tenant] if by_tenant.total > 1 else []
    queue = [each.key for each in asked].index("queued-now")
    waiting = select(con, "queued-by-destination", "Queued now, by destination", _QUEUE_NOTE, _QUEUED, {})
    return (*times, acting, *several, *asked[:queue], waiting, *asked[queue:])


def _by_day(over_time: Figure) -> Figure:
    """The same with its times shown as days."""
    columns = tuple(replace(column, kind="day") if column.name == "start" else column for column in over_time.columns)
    return replace(over_time, columns=columns)

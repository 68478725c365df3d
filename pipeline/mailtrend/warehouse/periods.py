"""Up to when the lake knows anything, and which ISO week is its last full one."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

WEEK = timedelta(days=7)
HOUR = timedelta(hours=1)


def as_of(con: DuckDBPyConnection) -> datetime | None:
    """Time of the newest event (UTC, without zone): what "now" means to every figure. None in an empty lake."""
    newest: datetime | None = con.execute("SELECT max(event_time) FROM events").fetchall()[0][0]
    return newest


def newest_by_tenant(con: DuckDBPyConnection) -> dict[str, datetime]:
    """Time of the newest event of each tenant (UTC, without zone): what its own incidents are judged by.

    One whose exports end earlier than those of others knows nothing of the days since: neither that its outage went on
    nor that its queue ran empty.
    """
    return dict(con.execute("SELECT tenant, max(event_time) FROM events GROUP BY tenant ORDER BY tenant").fetchall())


def oldest(con: DuckDBPyConnection) -> datetime | None:
    """Time of the oldest event (UTC, without zone): the lake knows of nothing before it. None in an empty lake."""
    first: datetime | None = con.execute("SELECT min(event_time) FROM events").fetchall()[0][0]
    return first


def last_full_week(newest: datetime, oldest: datetime | None = None) -> tuple[datetime, datetime]:
    """First instant of a week and the first after it, UTC: the last ISO week whose end the data reaches.

    A week is full when the `newest` event lies in its last hour or later. Where that week ended before the `oldest`
    event (if told), the week of the newest event is given instead, though it is not over.
    """
    midnight = datetime(newest.year, newest.month, newest.day)
    monday = midnight - timedelta(days=newest.weekday())
    full = monday if newest >= monday + WEEK - HOUR else monday - WEEK
    begin = monday if oldest is not None and full + WEEK <= oldest else full
    return begin, begin + WEEK

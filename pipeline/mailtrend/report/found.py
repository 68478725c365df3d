"""The incidents of the period as the report shows them: in the order of doing, each with its own chart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from mailtrend import contracts
from mailtrend.report import kinds
from mailtrend.report.asking import Period, table
from mailtrend.report.model import Incident, Step

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

DRAWN: Final = 60
"""Incidents that get a chart: more than that nobody looks at one by one."""
BARS: Final = 64
"""About so many bars a chart."""
_WIDTHS: Final = (1, 2, 3, 6, 12, 24, 48, 168)
_HOUR, _DAY, _FORTNIGHT = timedelta(hours=1), timedelta(days=1), timedelta(days=14)
_OWN: Final = frozenset({"title", "meaning", "timeline"})
_LISTS: Final = ("evidence", "actions", "status_codes", "revisions", "would_bounce", "rules")

_TOUCHING: Final = """
    SELECT *
    FROM incidents
    WHERE started_at < $until
      AND (ended_at IS NULL OR ended_at > $since)
    ORDER BY incident_id
"""
_TITLES: Final = """
    SELECT i.status_code, c.title, c.meaning
    FROM (SELECT DISTINCT status_code FROM incidents WHERE status_code IS NOT NULL) AS i
    INNER JOIN status_code_spans AS s
        ON code_stem(i.status_code) = s.stem
        AND code_number(i.status_code) BETWEEN s.low AND s.high
    INNER JOIN status_codes AS c ON c.status_code = s.entry
    QUALIFY row_number() OVER (PARTITION BY i.status_code ORDER BY s.high - s.low, s.entry) = 1
    ORDER BY i.status_code
"""
_WANTED: Final = """
    WITH wanted AS (
        SELECT i.incident_id, i.tenant, i.connector, i.destination, i.status_code, i.cause, c.expired_twin, w.first,
            w.last, coalesce(i.status_codes, []) AS status_codes
        FROM (SELECT unnest($ids) AS incident_id, unnest($firsts) AS first, unnest($lasts) AS last) AS w
        INNER JOIN incidents AS i ON i.incident_id = w.incident_id
        LEFT JOIN status_codes AS c ON c.status_code = i.status_code
    )
"""
_PLACE: Final = """
        ON h.tenant = wanted.tenant
        AND (wanted.connector IS NULL OR h.connector = wanted.connector)
        AND (wanted.destination IS NULL OR h.destination = wanted.destination)
        AND h.hour >= wanted.first
        AND h.hour < wanted.last
"""
_TRIED: Final = f"""
    {_WANTED}
    SELECT wanted.incident_id, h.hour, CAST(sum(h.attempts) AS BIGINT) AS number
    FROM wanted
    INNER JOIN attempts_hourly AS h
    {_PLACE}
    GROUP BY wanted.incident_id, h.hour
    ORDER BY wanted.incident_id, h.hour
"""
_FAILED: Final = f"""
    {_WANTED}
    SELECT wanted.incident_id, h.hour, CAST(sum(h.failures) AS BIGINT) AS number
    FROM wanted
    INNER JOIN failures_hourly AS h
    {_PLACE}
        AND (
            wanted.status_code IS NULL AND (wanted.cause IS NULL OR h.status_code IS NULL AND h.cause = wanted.cause)
            OR h.status_code IN (wanted.status_code, wanted.expired_twin)
            OR list_contains(wanted.status_codes, h.status_code)
        )
    GROUP BY wanted.incident_id, h.hour
    ORDER BY wanted.incident_id, h.hour
"""

_FAILED_AT: Final = """
    SELECT i.incident_id, date_trunc('hour', f.event_time) AS hour, count(*) AS number
    FROM (SELECT unnest($ids) AS incident_id, unnest($firsts) AS first, unnest($lasts) AS last) AS w
    INNER JOIN incidents AS i ON i.incident_id = w.incident_id
    INNER JOIN failures AS f
        ON f.tenant = i.tenant
        AND f.remote_ip = i.remote_ip
        AND (i.connector IS NULL OR f.connector = i.connector)
        AND (i.destination IS NULL OR f.destination = i.destination)
        AND f.event_time >= w.first
        AND f.event_time < w.last
        AND (f.status_code = i.status_code OR list_contains(coalesce(i.status_codes, []), f.status_code)
            OR i.status_code IS NULL AND f.cause = i.cause)
    GROUP BY ALL
    ORDER BY i.incident_id, hour
"""


def incidents(con: DuckDBPyConnection, period: Period, as_of: datetime) -> tuple[Incident, ...]:
    """Incidents that touch the period, in the order in which they want doing."""
    titles = {row["status_code"]: row for row in table(con, _TITLES).to_pylist()}
    rows = table(con, _TOUCHING, period.bounds).to_pylist()
    found = sorted((_incident(row, titles.get(row["status_code"], {})) for row in rows), key=urgency)
    drawn = _timelines(con, found[:DRAWN], as_of)
    return tuple(replace(each, timeline=drawn.get(each.incident_id, ())) for each in found)


def urgency(found: Incident) -> tuple[Any, ...]:
    """Going before ended, critical before warning before notice, much harm before little; what is set aside last."""
    harm = (found.at_risk or 0) + (found.lost or 0)
    rank = (
        contracts.SEVERITIES.index(found.severity)
        if found.severity in contracts.SEVERITIES
        else len(contracts.SEVERITIES)
    )
    return (
        found.set_aside is not None,
        not found.needs_acting,
        not found.open,
        rank,
        -harm,
        -(found.failures or 0),
        found.incident_id,
    )


def _incident(row: dict[str, Any], code: dict[str, Any]) -> Incident:
    names = [field.name for field in fields(Incident) if field.name not in _OWN]
    given = {name: kinds.cell(row[name]) for name in names}
    given |= {name: given[name] or () for name in _LISTS}
    given |= {name: given[name] or "" for name in ("query", "diagnosis")} | {"scope": given["scope"] or "pair"}
    return Incident(**given, title=code.get("title") or "", meaning=code.get("meaning") or "")  # type: ignore[arg-type]  # typed by the contract


def window(found: Incident, as_of: datetime) -> tuple[datetime, datetime, int]:
    """First and last instant of an incident's chart, and the hours a bar stands for."""
    stop = found.ended_at or as_of + _HOUR
    around = min(max((stop - found.started_at) / 2, _DAY), _FORTNIGHT)
    first, last = found.started_at - around, min(stop + around, as_of + _HOUR)
    span = max((last - first) / _HOUR, 1)
    hours = next((width for width in _WIDTHS if span / width <= BARS), _WIDTHS[-1])
    midnight = datetime(first.year, first.month, first.day)
    begin = midnight + (first - midnight) // timedelta(hours=hours) * timedelta(hours=hours)
    return begin, last, hours


def _timelines(con: DuckDBPyConnection, found: Sequence[Incident], as_of: datetime) -> dict[str, tuple[Step, ...]]:
    if not found:
        return {}
    windows = {each.incident_id: window(each, as_of) for each in found}
    params = {
        "ids": list(windows),
        "firsts": [first for first, _, _ in windows.values()],
        "lasts": [last for _, last, _ in windows.values()],
    }
    tried, failed = _hourly(con, _TRIED, params), _hourly(con, _FAILED, params)
    alone = [each.incident_id for each in found if each.remote_ip]
    if alone:
        at_address = _hourly(con, _FAILED_AT, params)
        failed |= {name: at_address[name] for name in alone}
    return {name: steps(tried[name], failed[name], *windows[name]) for name in windows}


def _hourly(con: DuckDBPyConnection, sql: str, params: dict[str, Any]) -> dict[str, dict[datetime, int]]:
    found: dict[str, dict[datetime, int]] = defaultdict(dict)
    for row in table(con, sql, params).to_pylist():
        found[row["incident_id"]][row["hour"]] = row["number"]
    return found


def steps(
    tried: dict[datetime, int], failed: dict[datetime, int], first: datetime, last: datetime, hours: int
) -> tuple[Step, ...]:
    """Hourly counts put together into bars of `hours`; hours without a count are nought."""
    width = timedelta(hours=hours)
    sums: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for index, counts in enumerate((tried, failed)):
        for hour, number in counts.items():
            sums[(hour - first) // width][index] += number
    bars = -((first - last) // width)
    return tuple(Step(first + number * width, hours, *sums[number]) for number in range(bars))

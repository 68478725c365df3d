"""What attempts show of findings beside their hours: how widespread each is, and whose messages had failed before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from mailtrend.diagnose import Sight

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SAMPLED: Final = 500_000
"""With more failing messages in findings than this, which of them failed before is told by a part of them."""

FOUND: Final = """
    CREATE OR REPLACE TEMP TABLE found AS
    WITH given AS (
        SELECT
            unnest($number) AS number,
            unnest($series_id) AS series_id,
            unnest($first) AS first,
            unnest($last) AS last
    )
    SELECT g.number, g.series_id, g.first, g.last, k.scope, k.tenant, k.connector, k.destination, k.remote_ip
    FROM given AS g
    INNER JOIN series_keys AS k ON g.series_id = k.series_id
"""
HIT: Final = """
    WITH failed AS (
        SELECT f.number, h.place, sum(h.failures) AS failures,
            max(h.hour) FILTER (WHERE h.waiting > 0) + INTERVAL 1 HOUR AS waiting_until
        FROM found AS f
        INNER JOIN series_places AS m ON f.series_id = m.series_id
        INNER JOIN fails_hourly AS h ON m.place = h.place AND m.fault = h.fault
        WHERE h.hour >= f.first AND h.hour < f.last AND (m.remote_ip IS NULL OR m.remote_ip = h.remote_ip)
        GROUP BY f.number, h.place
    ),
    delivered AS (
        SELECT f.number, f.place, sum(h.delivered) AS delivered
        FROM (SELECT DISTINCT failed.number, failed.place, found.first, found.last
              FROM failed INNER JOIN found ON failed.number = found.number) AS f
        INNER JOIN places AS p ON f.place = p.place
        INNER JOIN place_hours AS h
            ON p.tenant = h.tenant
            AND p.connector IS NOT DISTINCT FROM h.connector
            AND p.destination IS NOT DISTINCT FROM h.destination
        WHERE h.hour >= f.first AND h.hour < f.last
        GROUP BY f.number, f.place
    )
    SELECT f.number, max(f.waiting_until) AS waiting_until,
        list(f.place ORDER BY f.place)
            FILTER (WHERE f.failures >= coalesce(d.delivered, 0) OR n.remote_ip IS NOT NULL) AS hit,
        arg_max(f.place, f.failures) AS worst,
        max(f.failures) / sum(f.failures) AS share_of_worst
    FROM failed AS f
    INNER JOIN found AS n ON f.number = n.number
    LEFT JOIN delivered AS d ON f.number = d.number AND f.place = d.place
    GROUP BY f.number
"""
ACTIVE: Final = """
    WITH stretches AS (
        SELECT DISTINCT tenant, first, last
        FROM found
    ),
    tried AS (
        SELECT DISTINCT s.tenant, s.first, s.last, h.connector, h.destination
        FROM stretches AS s
        INNER JOIN place_hours AS h
            ON s.tenant = h.tenant AND h.hour >= s.first AND h.hour < s.last
    )
    SELECT f.number,
        count(*) AS everywhere,
        count(*) FILTER (
            WHERE (f.scope IN ('destination', 'all') OR f.connector IS NOT DISTINCT FROM t.connector)
                AND (f.scope IN ('connector', 'remote_ip', 'all') OR f.destination IS NOT DISTINCT FROM t.destination)
        ) AS active
    FROM found AS f
    INNER JOIN tried AS t
        ON f.tenant = t.tenant AND f.first = t.first AND f.last = t.last
    GROUP BY f.number
"""
OTHERS: Final = """
    SELECT f.number,
        -- Deliveries without an address may have gone to any of them.
        bool_or(t.remote_ip IS DISTINCT FROM f.remote_ip) AS others_deliver,
        bool_or(m.by_address) AS by_address
    FROM found AS f
    INNER JOIN series_places AS m ON f.series_id = m.series_id
    INNER JOIN tries AS t ON m.place = t.place
    WHERE f.remote_ip IS NOT NULL AND t.outcome = 'delivered' AND t.event_time >= f.first AND t.event_time < f.last
    GROUP BY f.number
"""
# Only where a finding begins while another lasts, or within the day after, in which Exchange returns its mail.
CARRIED: Final = """
    WITH failed AS (
        SELECT f.number, s.message, min(s.hour) AS first
        FROM found AS f
        INNER JOIN series_places AS m ON f.series_id = m.series_id
        INNER JOIN fails AS s ON m.place = s.place AND m.fault = s.fault
        WHERE s.hour >= f.first AND s.hour < f.last AND (m.remote_ip IS NULL OR m.remote_ip = s.remote_ip)
            AND s.message % $every = 0
        GROUP BY f.number, s.message
    ),
    counted AS (
        SELECT number, count(*) AS messages
        FROM failed
        GROUP BY number
    ),
    pairs AS (
        SELECT late.number AS late, early.number AS early
        FROM found AS late
        INNER JOIN found AS early
            ON late.tenant = early.tenant
            AND late.number <> early.number
            AND early.first <= late.first
            AND (early.last > late.first OR early.last >= late.first - INTERVAL 26 HOUR)
    )
    SELECT p.late, p.early, count(*) / any_value(c.messages) AS share
    FROM pairs AS p
    INNER JOIN failed AS l ON p.late = l.number
    INNER JOIN failed AS e ON p.early = e.number AND l.message = e.message AND e.first < l.first
    INNER JOIN counted AS c ON p.late = c.number
    GROUP BY p.late, p.early
    HAVING count(*) / any_value(c.messages) >= 0.5
"""


def sights(
    con: DuckDBPyConnection, findings: Sequence[Mapping[str, Any]], last: Sequence[Any]
) -> tuple[list[Sight], dict[tuple[int, int], float]]:
    """For each finding (row of contracts.FINDINGS) its Sight; and shares of messages that had failed in an earlier one.

    con: the connection on which the series were made. last: the end of each finding, beyond all time while it lasts.
    """
    if not findings:
        return [], {}
    con.execute(FOUND, {
        "number": list(range(len(findings))),
        "series_id": [finding["series_id"] for finding in findings],
        "first": [finding["started_at"] for finding in findings],
        "last": list(last),
    })  # fmt: skip
    rows: dict[int, dict[str, Any]] = {}
    for query in (HIT, ACTIVE, OTHERS):
        for row in con.sql(query).to_arrow_table().to_pylist():
            rows.setdefault(row.pop("number"), {}).update(row)
    every = max(1, sum(finding["failures"] for finding in findings) // SAMPLED)
    shares = con.sql(CARRIED, params={"every": every}).to_arrow_table().to_pylist()
    seen = [_sight(rows.get(number, {})) for number in range(len(findings))]
    return seen, {(row["late"], row["early"]): row["share"] for row in shares}


def _sight(row: Mapping[str, Any]) -> Sight:
    return Sight(
        hit=frozenset(row.get("hit") or ()),
        active=row.get("active") or 0,
        everywhere=row.get("everywhere") or 0,
        waiting_until=row.get("waiting_until"),
        only_returned=row.get("waiting_until") is None,
        worst=row.get("worst"),
        share_of_worst=row.get("share_of_worst") or 0.0,
        others_deliver=bool(row.get("others_deliver")),
        by_address=bool(row.get("by_address")),
    )

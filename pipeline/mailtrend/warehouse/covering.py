"""Which hours each source covers: those of its exports, without holes in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

DARK: Final = 18
"""So many hours without any event of a source are a hole in its exports. Fewer may be a quiet night."""
COMPLETE: Final = 0.5
"""A source that tells of fewer of the messages of its days was asked for some messages only, so it covers no time."""

# Sources that see the same mail by id may each hold a part of it: details are fetched message by message.
WHOLE: Final = """
    CREATE OR REPLACE TEMP TABLE whole_sources AS
    WITH crowded AS (
        SELECT tenant
        FROM files
        WHERE first_event IS NOT NULL AND settled_by_id(source)
        GROUP BY tenant
        HAVING count(DISTINCT source) > 1
    ),
    daily AS (
        SELECT e.tenant, e.source, date_trunc('day', e.event_time) AS day,
            approx_count_distinct(coalesce(e.network_message_id, e.message_id)) AS messages
        FROM events AS e
        SEMI JOIN crowded ON e.tenant = crowded.tenant
        WHERE settled_by_id(e.source)
        GROUP BY e.tenant, e.source, date_trunc('day', e.event_time)
    ),
    most AS (
        SELECT tenant, day, max(messages) AS messages
        FROM daily
        GROUP BY tenant, day
    ),
    parts AS (
        SELECT d.tenant, d.source, sum(d.messages) / sum(m.messages) AS share
        FROM daily AS d
        INNER JOIN most AS m ON d.tenant = m.tenant AND d.day = m.day
        GROUP BY d.tenant, d.source
    )
    SELECT f.tenant, f.source, coalesce(p.share >= $complete, true) AS whole
    FROM (SELECT DISTINCT tenant, source FROM files WHERE first_event IS NOT NULL) AS f
    LEFT JOIN parts AS p ON f.tenant = p.tenant AND f.source = p.source
"""
# What went through, hour by hour: which hours are lit is read from it, and later how much traffic is usual.
TRAFFIC: Final = """
    CREATE OR REPLACE TEMP TABLE traffic AS
    SELECT
        tenant,
        source,
        date_trunc('hour', event_time) AS hour,
        connector,
        count(*) FILTER (WHERE is_attempt(outcome)) AS attempts,
        count(*) FILTER (WHERE outcome = 'delivered' AND direction IS DISTINCT FROM 'inbound') AS outbound,
        count(*) FILTER (WHERE outcome IN ('delivered', 'received') AND direction = 'inbound') AS inbound
    FROM events
    GROUP BY ALL
"""
COVERED: Final = """
    CREATE OR REPLACE TEMP TABLE covered AS
    WITH spanned AS (
        SELECT DISTINCT tenant, source,
            unnest(generate_series(
                date_trunc('hour', first_event), date_trunc('hour', last_event), INTERVAL 1 HOUR
            )) AS hour
        FROM files
        WHERE first_event IS NOT NULL AND last_event IS NOT NULL
    ),
    lit AS (
        SELECT DISTINCT tenant, source, hour
        FROM traffic
    ),
    empty AS (
        SELECT s.tenant, s.source, s.hour,
            s.hour - INTERVAL 1 HOUR * row_number() OVER (PARTITION BY s.tenant, s.source ORDER BY s.hour) AS run
        FROM spanned AS s
        INNER JOIN whole_sources AS w ON s.tenant = w.tenant AND s.source = w.source AND w.whole
        ANTI JOIN lit ON s.tenant = lit.tenant AND s.source = lit.source AND s.hour = lit.hour
    ),
    holes AS (
        SELECT tenant, source, min(hour) AS first, max(hour) AS last
        FROM empty
        GROUP BY tenant, source, run
        HAVING count(*) >= $dark
    )
    SELECT s.tenant, s.source, s.hour
    FROM spanned AS s
    LEFT JOIN holes AS h
        ON s.tenant = h.tenant AND s.source = h.source AND s.hour BETWEEN h.first AND h.last
    WHERE h.first IS NULL
"""


def cover(con: DuckDBPyConnection) -> None:
    """Leave the temporary tables `whole_sources` (does one tell of all mail?) and `covered` (tenant, source, hour).

    And `traffic` (tenant, source, hour, connector, and what went through), which `usual` reads.
    """
    con.execute(WHOLE, {"complete": COMPLETE})
    con.execute(TRAFFIC)
    con.execute(COVERED, {"dark": DARK})

"""Which side saw what: failures that Exchange Online tells of, held against the logs of one's own servers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from mailtrend.diagnose.behind import Sides
from mailtrend.warehouse.ownlogs import CALLS, HOURS, MAILS, MET, ROWS

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

LISTED: Final = 20
"""So many servers are named of one tenant."""

KNOWN: Final = """
    SELECT
        b.number,
        h.server,
        bool_or(coalesce(m.proven, false)) AS proven,
        bool_or(coalesce(x.boxes, false)) AS boxes
    FROM behind_cases AS b
    INNER JOIN (SELECT DISTINCT tenant, server FROM behind_hours) AS h ON b.tenant = h.tenant
    LEFT JOIN (
        SELECT DISTINCT number, server, true AS proven FROM behind_met WHERE accepted
    ) AS m ON b.number = m.number AND h.server = m.server
    LEFT JOIN (
        SELECT DISTINCT number, server, true AS boxes FROM behind_boxes WHERE exchange AND NOT cloud
    ) AS x ON b.number = x.number AND h.server = x.server
    GROUP BY b.number, h.server
    ORDER BY b.number, h.server
"""
CHOSEN: Final = """
    CREATE OR REPLACE TEMP TABLE behind_servers AS
    SELECT
        unnest($number) AS number,
        unnest($server) AS server
"""
FIGURES: Final = """
    WITH logged AS (
        SELECT
            s.number,
            min(h.first) AS log_from,
            max(h.last) AS log_until,
            count(DISTINCT h.hour) FILTER (WHERE h.hour >= date_trunc('hour', b.begun) AND h.last > b.begun) AS covered,
            sum(h.arrivals) FILTER (WHERE h.hour > b.begun) AS arrivals,
            sum(h.handed_up) FILTER (WHERE h.hour > b.begun) AS handed_up
        FROM behind_servers AS s
        INNER JOIN behind_cases AS b ON s.number = b.number
        INNER JOIN behind_hours AS h ON b.tenant = h.tenant AND s.server = h.server AND h.hour < b.until
        GROUP BY s.number
    ),
    called AS (
        SELECT
            s.number,
            sum(c.accepted) AS accepted,
            sum(c.refused) AS refused,
            sum(c.tls_failed) AS tls_failed,
            sum(c.dropped) AS dropped,
            sum(c.sessions_before) AS sessions_before,
            max(c.last_session) AS last_session
        FROM behind_servers AS s
        INNER JOIN behind_calls AS c ON s.number = c.number AND s.server = c.server
        GROUP BY s.number
    ),
    boxed AS (
        SELECT s.number, sum(x.mails) AS mailboxes
        FROM behind_servers AS s
        INNER JOIN behind_boxes AS x ON s.number = x.number AND s.server = x.server
        WHERE NOT x.cloud
        GROUP BY s.number
    ),
    met AS (
        SELECT
            number,
            count(DISTINCT message) AS failing_seen,
            count(DISTINCT message) FILTER (WHERE accepted) AS failing_accepted
        FROM behind_met
        WHERE failing
        GROUP BY number
    )
    SELECT
        b.number,
        l.log_from,
        l.log_until,
        CAST(date_diff('hour', date_trunc('hour', b.begun), b.until) + 1 AS BIGINT) AS hours,
        CAST(coalesce(l.covered, 0) AS BIGINT) AS covered,
        CAST(coalesce(c.accepted, 0) AS BIGINT) AS accepted,
        CAST(coalesce(c.refused, 0) AS BIGINT) AS refused,
        CAST(coalesce(c.tls_failed, 0) AS BIGINT) AS tls_failed,
        CAST(coalesce(c.dropped, 0) AS BIGINT) AS dropped,
        CAST(coalesce(c.sessions_before, 0) AS BIGINT) AS sessions_before,
        c.last_session,
        CAST(coalesce(l.arrivals, 0) AS BIGINT) AS arrivals,
        CAST(coalesce(x.mailboxes, 0) AS BIGINT) AS mailboxes,
        CAST(coalesce(l.handed_up, 0) AS BIGINT) AS handed_up,
        CAST(coalesce(m.failing_seen, 0) AS BIGINT) AS failing_seen,
        CAST(coalesce(m.failing_accepted, 0) AS BIGINT) AS failing_accepted
    FROM behind_cases AS b
    LEFT JOIN logged AS l ON b.number = l.number
    LEFT JOIN called AS c ON b.number = c.number
    LEFT JOIN boxed AS x ON b.number = x.number
    LEFT JOIN met AS m ON b.number = m.number
    ORDER BY b.number
"""


def sides(
    con: DuckDBPyConnection, hosts: Mapping[int, frozenset[str]], span: Mapping[str, datetime]
) -> dict[int, Sides]:  # fmt: skip
    """What own servers saw, by the number of the case; a case whose tenant has no such logs is not in it.

    con: holds `behind_cases`, `behind_boxes` and `case_tries`. hosts: names that a case's server goes by. span:
    `since` and `until` of what is read.
    """
    con.execute(HOURS, dict(span))
    if con.execute("SELECT count(*) FROM behind_hours").fetchall() == [(0,)]:
        return {}
    con.execute(MAILS, {"since": span["since"]})
    con.execute(ROWS, dict(span))
    con.execute(MET)
    con.execute(CALLS)
    chosen = _chosen(con, hosts)
    pairs = [(number, server) for number, (_, servers) in chosen.items() for server in servers]
    con.execute(CHOSEN, {"number": [number for number, _ in pairs], "server": [server for _, server in pairs]})
    rows: dict[int, dict[str, Any]] = {row.pop("number"): row for row in con.sql(FIGURES).to_arrow_table().to_pylist()}
    return {
        number: Sides(servers=tuple(servers[:LISTED]), known_by=known_by, **rows[number])
        for number, (known_by, servers) in chosen.items()
    }


def _chosen(con: DuckDBPyConnection, hosts: Mapping[int, frozenset[str]]) -> dict[int, tuple[Any, list[str]]]:
    """How the servers of each case are known, and which.

    Those that logged its mail; else of that name; else Exchange Servers with mailboxes of its domains; else all.
    """
    everyone: dict[int, dict[str, tuple[bool, bool]]] = {}
    for number, server, proven, boxes in con.execute(KNOWN).fetchall():
        everyone.setdefault(number, {})[server] = proven, boxes
    chosen: dict[int, tuple[Any, list[str]]] = {}
    for number, servers in everyone.items():
        ways = {
            "mail": [name for name, (proven, _) in servers.items() if proven],
            "name": [name for name in servers if _goes_by(name, hosts.get(number, frozenset()))],
            "domain": [name for name, (_, boxes) in servers.items() if boxes],
            "none": list(servers),
        }
        chosen[number] = next((how, names) for how, names in ways.items() if names)
    return chosen


def _goes_by(server: str, hosts: frozenset[str]) -> bool:
    """Is it the host itself? EX01 and ex01.contoso.com are; mail.contoso.com may be any."""
    name = server.lower()
    return name in hosts or ("." not in name and any(host.partition(".")[0] == name for host in hosts))

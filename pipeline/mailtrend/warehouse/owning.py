"""Who has to act, for every failure: the tables `failing_places` and `verdicts`, worked out after an ingest.

Nothing here is done per row: a place is told once however many failures it has, and of a million domains that mail goes
to by MX none is told by itself. A name matters only if a connector or an accepted domain says something of it; all
others of a connector are one place, `*`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from mailtrend import contracts, knowledge
from mailtrend.knowledge.verdicts import OWN_REPLY
from mailtrend.warehouse.places import MICROSOFT, Place, who_runs

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from mailtrend.knowledge import Book

Row = dict[str, Any]
OTHERS: Final = "*"
"""Stands for every name that has no row of its own."""
PLACES: Final = f"""
    CREATE OR REPLACE TEMP TABLE owning_places AS
    SELECT DISTINCT tenant, connector, destination, direction, recipient_domain
    FROM events
    WHERE outcome IN {contracts.FAILING}
"""
# What connectors and accepted domains name. `labels` is how many parts a name has, so that what ends in it is found by
# looking up, not by comparing all with all.
MARKS: Final = """
    CREATE OR REPLACE TEMP TABLE owning_marks AS
    SELECT DISTINCT
        tenant,
        mark,
        len(string_split(mark, '.')) AS labels
    FROM (
        SELECT tenant, regexp_replace(told, '^\\*\\.', '') AS mark
        FROM (
            SELECT tenant, unnest(smart_hosts) AS told FROM connectors
            UNION ALL
            SELECT tenant, unnest(recipient_domains) AS told FROM connectors
            UNION ALL
            SELECT tenant, unnest(sender_domains) AS told FROM connectors
            UNION ALL
            SELECT tenant, domain AS told FROM accepted_domains
        )
    )
    WHERE mark NOT IN ('', '*')
"""
# Names that are one of these or lie under one. At Microsoft the first part of a host tells whose it is
# (contoso-com.mail.protection.outlook.com), and any host of theirs matters to mail for one's own domains.
NAMES: Final = f"""
    CREATE OR REPLACE TEMP TABLE owning_names AS
    WITH names AS (
        SELECT tenant, destination AS name FROM owning_places WHERE destination IS NOT NULL
        UNION
        SELECT tenant, recipient_domain AS name FROM owning_places WHERE recipient_domain IS NOT NULL
    ),
    covered AS (
        SELECT DISTINCT n.tenant, n.name
        FROM names AS n
        INNER JOIN (SELECT DISTINCT tenant, labels FROM owning_marks) AS l
            ON n.tenant = l.tenant
        INNER JOIN owning_marks AS m
            ON l.tenant = m.tenant
            AND l.labels = m.labels
            AND array_to_string(list_slice(string_split(n.name, '.'), -l.labels, -1), '.') = m.mark
    )
    SELECT tenant, name FROM covered
    UNION
    SELECT n.tenant, n.name
    FROM names AS n
    INNER JOIN owning_marks AS m
        ON n.tenant = m.tenant
        AND split_part(n.name, '.', 1) = replace(m.mark, '.', '-')
    WHERE {" OR ".join(f"ends_with(n.name, '{host}')" for host in MICROSOFT)}
    UNION
    SELECT p.tenant, p.destination AS name
    FROM owning_places AS p
    INNER JOIN covered AS c
        ON p.tenant = c.tenant
        AND p.recipient_domain = c.name
    WHERE {" OR ".join(f"ends_with(p.destination, '{host}')" for host in MICROSOFT)}
"""
# One place of each kind, with a destination and a domain of it that stand for all.
KINDS: Final = f"""
    SELECT
        p.tenant,
        p.connector,
        CASE WHEN p.destination IS NULL OR d.name IS NOT NULL THEN p.destination ELSE '{OTHERS}' END AS destination,
        p.direction,
        CASE
            WHEN p.recipient_domain IS NULL OR r.name IS NOT NULL THEN p.recipient_domain
            ELSE '{OTHERS}'
        END AS recipient_domain,
        min(p.destination) AS host,
        min(p.recipient_domain) AS domain
    FROM owning_places AS p
    LEFT JOIN owning_names AS d
        ON p.tenant = d.tenant
        AND p.destination = d.name
    LEFT JOIN owning_names AS r
        ON p.tenant = r.tenant
        AND p.recipient_domain = r.name
    GROUP BY ALL
    ORDER BY ALL
"""
FAULTS: Final = f"""
    SELECT DISTINCT
        reply_code,
        status_code,
        cause,
        coalesce(direction = 'inbound', false) AS direction_inbound
    FROM events
    WHERE outcome IN {contracts.FAILING}
    ORDER BY ALL
"""


def owning(con: DuckDBPyConnection, book: Book | None = None) -> dict[str, pa.Table]:
    """The rows of `failing_places` and `verdicts` for all that failed in the lake `con` is connected to.

    `book` is the shipped one unless given. Temporary tables of the connection are used, and left behind.
    """
    places = failing_places(con)
    return {"failing_places": places, "verdicts": verdicts(con, places, book)}


def failing_places(con: DuckDBPyConnection) -> pa.Table:
    """Who runs the server at each place where mail failed, names that nothing is known of as `*`."""
    for statement in (PLACES, MARKS, NAMES):
        con.execute(statement)
    context = {name: _by_tenant(_rows(con, f"FROM {name} ORDER BY ALL")) for name in ("connectors", "accepted_domains")}
    found = []
    for row in _rows(con, KINDS):
        connectors, accepted = (context[name].get(row["tenant"], []) for name in ("connectors", "accepted_domains"))
        runner = who_runs(Place(row["connector"], row["host"], row["direction"], row["domain"]), connectors, accepted)
        found.append({**row, "owner_kind": runner.kind, "partner": runner.partner})
    return pa.Table.from_pylist(found, schema=contracts.FAILING_PLACES)


def verdicts(con: DuckDBPyConnection, places: pa.Table, book: Book | None = None) -> pa.Table:
    """What each combination of codes and cause means for each kind of server at which mail failed."""
    kinds = sorted(set(places["owner_kind"].to_pylist()))
    rows = [_verdict(fault, kind, book) for fault in _rows(con, FAULTS) for kind in kinds]
    return pa.Table.from_pylist(rows, schema=contracts.VERDICTS)


def _verdict(fault: Row, kind: str, book: Book | None) -> Row:
    reply, code, cause = fault["reply_code"], fault["status_code"], fault["cause"]
    direction = "inbound" if fault["direction_inbound"] else None
    told = knowledge.verdict(code, cause, kind, reply_code=reply, direction=direction, book=book)
    entry = (book or knowledge.book()).entry_of(code, reply_code=reply, cause=cause)
    return {
        **fault,
        "owner_kind": kind,
        "owner": told.owner,
        "title": told.title,
        "class": told.permanence,
        "severity": entry.severity if entry else None,
        "meaning": told.meaning,
        "owner_depends_on": told.owner_depends_on or None,
        "first_step": next((step for step in told.steps if step != OWN_REPLY), None),
    }


def _rows(con: DuckDBPyConnection, sql: str) -> list[Row]:
    rows: list[Row] = con.sql(sql).to_arrow_table().to_pylist()
    return rows


def _by_tenant(rows: list[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row["tenant"], []).append(row)
    return found

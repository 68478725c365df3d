"""The law of ingest: every row is used, context, duplicate or reject, and the four add up, file by file."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import duckdb

from mailtrend.formats.base import Format


@dataclass
class Tally:
    """Counts of one file; `rows` come from the reader, the rest from what the format made of them."""

    rows: int = 0
    used: int = 0
    context: int = 0
    duplicates: int = 0
    rejects: int = 0
    events: int = 0
    first_event: datetime | None = None
    last_event: datetime | None = None
    warnings: list[str] = field(default_factory=list)

    def check(self, label: str) -> None:
        """Raise RuntimeError, because it is a bug, where the four kinds do not add up to the rows."""
        total = self.used + self.context + self.duplicates + self.rejects
        if total != self.rows:
            raise RuntimeError(
                f"{label}: the law of ingest is broken: {self.rows} rows, but {self.used} used "
                f"+ {self.context} context + {self.duplicates} duplicates + {self.rejects} rejects = {total}"
            )


def count_slice(con: duckdb.DuckDBPyConnection, fmt: Format, tallies: dict[int, Tally], rows: int) -> None:
    """Add what `parsed_rows`, `fresh` and `repeats` say of a slice of `rows` rows to the tallies, by file number."""
    for file_no, events, first, last in con.execute(
        """
        SELECT file_no, count(*) FILTER (WHERE r.place IS NULL), min(event_time), max(event_time)
        FROM fresh AS f LEFT JOIN repeats AS r ON r.place = f.rowid GROUP BY file_no
        """
    ).fetchall():
        tally = tallies[file_no]
        tally.events += events
        tally.first_event = min(filter(None, (tally.first_event, first)), default=None)
        tally.last_event = max(filter(None, (tally.last_event, last)), default=None)
    for file_no, used, context, duplicates, rejects in con.execute(_counting(con, fmt, rows)).fetchall():
        tally = tallies[file_no]
        tally.used += used
        tally.context += context
        tally.duplicates += duplicates
        tally.rejects += rejects


def _counting(con: duckdb.DuckDBPyConnection, fmt: Format, rows: int) -> str:
    if fmt.grain == "unit":
        return _UNIT_GRAIN + _PER_FILE
    [(given,)] = con.execute("SELECT (SELECT count(*) FROM fresh) + (SELECT count(*) FROM told_rows)").fetchall()
    return (_ONE_EACH if given == rows else _ROW_GRAIN) + _PER_FILE


_PER_FILE = """
SELECT file_no,
       count(*) FILTER (WHERE disposition = 'used'),
       count(*) FILTER (WHERE disposition = 'context'),
       count(*) FILTER (WHERE disposition = 'duplicate'),
       count(*) FILTER (WHERE disposition = 'reject')
FROM told
GROUP BY file_no
"""

_ONE_EACH = """
WITH told AS (
    SELECT f.file_no, CASE WHEN r.place IS NULL THEN 'used' ELSE 'duplicate' END AS disposition
    FROM fresh AS f LEFT JOIN repeats AS r ON r.place = f.rowid
    UNION ALL
    SELECT file_no, disposition FROM told_rows
)
"""
"""No row gave two events: nothing to put together."""

_ROW_GRAIN = """
WITH lines AS (
    SELECT f.file_no, f.line, bool_and(r.place IS NOT NULL) AS repeated
    FROM fresh AS f LEFT JOIN repeats AS r ON r.place = f.rowid
    GROUP BY f.file_no, f.line
),
told AS (
    SELECT file_no, CASE WHEN repeated THEN 'duplicate' ELSE 'used' END AS disposition FROM lines
    UNION ALL
    SELECT file_no, disposition FROM told_rows
)
"""
"""One row gives its own events: it is a duplicate when all of them are."""

_UNIT_GRAIN = """
WITH units AS (
    SELECT f.unit, bool_and(r.place IS NOT NULL) AS repeated
    FROM fresh AS f LEFT JOIN repeats AS r ON r.place = f.rowid
    GROUP BY f.unit
),
told AS (
    SELECT p.file_no,
           CASE WHEN p.disposition <> 'used' THEN p.disposition
                WHEN u.unit IS NULL THEN 'context'
                WHEN u.repeated THEN 'duplicate'
                ELSE 'used' END AS disposition
    FROM parsed_rows AS p LEFT JOIN units AS u ON u.unit = p.unit
)
"""
"""Several rows feed the events of one unit (a session, a queue id): they share its fate."""

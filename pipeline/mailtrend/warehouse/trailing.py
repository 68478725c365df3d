"""The last failures of an outage that is over: those of the hour in which it ended belong to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from mailtrend.diagnose import Case

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

KINDS: Final = frozenset({"burst", "sustained", "new_code"})
"""Kinds whose end is an event. What comes and goes has its own, and a silence has no failures."""
HOURS: Final = 2
"""So many hours after the end that detectors see are looked at: most of them deliver again."""
LEAST: Final = 2
"""So many new failures at least, beyond three times what is usual: one may be bad luck."""

# An hour counts only with all hours between it and the end that was seen.
TRAILING: Final = """
    WITH over AS (
        SELECT unnest($number) AS number, unnest($usual) AS usual
    ),
    hit AS (
        SELECT DISTINCT t.number, t.message
        FROM case_tries AS t
        SEMI JOIN over ON t.number = over.number
        WHERE t.during AND t.here
    ),
    hours AS (
        SELECT t.number, t.last,
            CAST(floor(epoch(t.event_time - t.last) / 3600) AS INTEGER) AS after,
            count(*) AS failures,
            count(h.message) AS retries
        FROM case_tries AS t
        INNER JOIN over ON t.number = over.number
        LEFT JOIN hit AS h ON t.number = h.number AND t.message = h.message
        WHERE t.here AND t.event_time >= t.last AND t.event_time < t.last + INTERVAL 1 HOUR * $hours
        GROUP BY ALL
    ),
    counted AS (
        SELECT h.number, h.last, h.after, row_number() OVER (PARTITION BY h.number ORDER BY h.after) AS so_many
        FROM hours AS h
        INNER JOIN over ON h.number = over.number
        WHERE h.retries > 0 OR h.failures > $least - 1 + 3 * over.usual
    )
    SELECT number, max(last + INTERVAL 1 HOUR * so_many) AS last
    FROM counted
    WHERE so_many = after + 1
    GROUP BY number
"""
LENGTHENED: Final = """
    UPDATE cases
    SET last = n.last
    FROM (SELECT unnest($number) AS number, unnest($last) AS last) AS n
    WHERE cases.number = n.number
"""
COUNTED_IN: Final = """
    UPDATE case_tries
    SET last = c.last, during = case_tries.event_time >= c.first AND case_tries.event_time < c.last
    FROM cases AS c
    WHERE case_tries.number = c.number AND case_tries.last < c.last
"""


def with_last_hours(con: DuckDBPyConnection, cases: Sequence[Case]) -> list[Case]:
    """The cases, those that are over ended after their last failures; the order stays.

    con: holds the temporary tables of casing.lay_out, which are changed with them. A detector sees hours, and one in
    which most is delivered again looks like the first good one; its failures are the outage's all the same.
    """
    over = [at for at, case in enumerate(cases) if case.kind in KINDS and case.ended_at is not None]
    if not over:
        return list(cases)
    usual = [_an_hour(cases[at]) for at in over]
    asked = {"number": over, "usual": usual, "hours": HOURS, "least": LEAST}
    ends = dict(con.execute(TRAILING, asked).fetchall())
    if not ends:
        return list(cases)
    con.execute(LENGTHENED, {"number": list(ends), "last": list(ends.values())})
    con.execute(COUNTED_IN)
    return [replace(case, ended_at=ends[at]) if at in ends else case for at, case in enumerate(cases)]


def _an_hour(case: Case) -> float:
    """Failures that are usual in an hour."""
    hours = (case.until - case.started_at).total_seconds() / 3600
    return case.expected / max(hours, 1.0)

"""What rules of mailtrend.toml ask of each incident: VIP recipients that failed, and how it lies to maintenance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from mailtrend.diagnose.ruled import SLACK, InWindows, Ruled
from mailtrend.settings.windows import Window, windows

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from mailtrend.diagnose import Facts
    from mailtrend.settings import Settings

VIPS: Final = """
    WITH named AS (
        SELECT hash(lower(unnest($addresses::VARCHAR[]))) AS who
    )
    SELECT t.number, count(DISTINCT t.who) AS vip_recipients
    FROM case_tries AS t
    WHERE t.during AND t.here
        AND (t.who IN (SELECT who FROM named) OR list_contains($domains::VARCHAR[], t.recipient_domain))
    GROUP BY t.number
    ORDER BY t.number
"""
# A message counts by its first failure: that it is tried again after a window says nothing of a new fault.
WINDOWS: Final = """
    WITH wide AS (
        SELECT unnest($rule) AS rule, unnest($begin) AS begin, unnest($until) AS until
    ),
    first_failures AS (
        SELECT number, message, min(event_time) AS at
        FROM case_tries
        WHERE during AND here
        GROUP BY number, message
    ),
    hit AS (
        SELECT f.number, w.rule, f.message, max(w.begin) AS begin, max(w.until) AS until
        FROM first_failures AS f
        INNER JOIN wide AS w ON f.at >= w.begin - $slack AND f.at < w.until + $slack
        GROUP BY f.number, w.rule, f.message
    ),
    held AS (
        SELECT number, rule, count(DISTINCT begin) AS windows, min(begin) AS begin, max(until) AS until,
            count(*) AS inside
        FROM hit
        GROUP BY number, rule
    ),
    counted AS (
        SELECT h.number, h.rule,
            count(*) FILTER (WHERE f.at < h.begin - $slack) AS before,
            count(*) FILTER (WHERE f.at >= h.until + $slack) AS after,
            count(*) AS messages
        FROM held AS h
        INNER JOIN first_failures AS f ON h.number = f.number
        GROUP BY h.number, h.rule
    ),
    since AS (
        SELECT h.number, h.rule,
            count(*) FILTER (WHERE t.during AND t.here) AS echoes,
            count(*) FILTER (WHERE t.outcome = 'delivered') AS delivered
        FROM held AS h
        INNER JOIN case_tries AS t ON h.number = t.number AND t.event_time >= h.until
        GROUP BY h.number, h.rule
    )
    SELECT
        h.number, h.rule, h.windows, h.begin, h.until, h.inside, c.before, c.after,
        c.messages - h.inside - c.before - c.after AS between_windows,
        coalesce(s.echoes, 0) AS echoes,
        coalesce(s.delivered, 0) AS delivered
    FROM held AS h
    INNER JOIN counted AS c ON h.number = c.number AND h.rule = c.rule
    LEFT JOIN since AS s ON h.number = s.number AND h.rule = s.rule
    ORDER BY h.number, h.rule
"""


def with_rules(
    con: DuckDBPyConnection, facts: Sequence[Facts], settings: Settings | None, as_of: datetime
) -> list[Facts]:
    """The facts with what the rules ask of them; as they are where nobody has set such a rule.

    facts: in the order of the numbers of `case_tries`, which `incident_facts` leaves on the connection. as_of: UTC.
    """
    if settings is None or not facts or not (settings.vip or settings.maintenance):
        return list(facts)
    vips = _vips(con, settings.vip) if settings.vip else None
    lying = _lying(con, _laid_out(facts, settings, as_of))
    return [
        replace(
            each,
            ruled=Ruled(
                vip_recipients=vips.get(number, 0) if vips is not None and each.kind != "silence" else None,
                maintenance=tuple(lying.get(number, ())),
            ),
        )
        for number, each in enumerate(facts)
    ]


def _vips(con: DuckDBPyConnection, named: Sequence[str]) -> dict[int, int]:
    given = {
        "addresses": [name for name in named if not name.startswith("@")],
        "domains": [name[1:] for name in named if name.startswith("@")],
    }
    return dict(con.execute(VIPS, given).fetchall())


def _laid_out(facts: Sequence[Facts], settings: Settings, as_of: datetime) -> list[tuple[int, Window]]:
    """The windows of all rules that touch the time of the incidents, each with the number of its rule."""
    first = min(each.started_at for each in facts) - timedelta(days=1)
    return [
        (number, window)
        for number, rule in enumerate(settings.maintenance, 1)
        for window in windows(rule, first, as_of + SLACK, settings.timezone)
    ]


def _lying(con: DuckDBPyConnection, wide: Sequence[tuple[int, Window]]) -> dict[int, list[InWindows]]:
    if not wide:
        return {}
    given: dict[str, Any] = {
        "rule": [number for number, _ in wide],
        "begin": [window.begin for _, window in wide],
        "until": [window.until for _, window in wide],
        "slack": SLACK,
    }
    found: dict[int, list[InWindows]] = {}
    for number, *values in con.execute(WINDOWS, given).fetchall():
        found.setdefault(number, []).append(InWindows(*values))
    return found

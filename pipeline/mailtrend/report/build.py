"""From a connection to the model of a report: every figure is asked for here, and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import mailtrend
from mailtrend.report import changed, found, owners, ruling, sources
from mailtrend.report.asking import Period, table
from mailtrend.report.figures import figures
from mailtrend.report.model import CodeMeaning, Figure, Model, Totals
from mailtrend.report.verdict import standing, verdict

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from mailtrend.settings import Settings

_DAY: Final = timedelta(days=1)
_TOTALS: Final = """
    SELECT count(*) AS attempts,
           count(*) FILTER (WHERE outcome = 'delivered') AS delivered,
           count(*) FILTER (WHERE failing) AS failures,
           count(DISTINCT message_key(network_message_id, message_id, server, queue_id, file_id, line))
               FILTER (WHERE failing AND recipient IS NOT NULL) AS messages,
           count(DISTINCT lower(recipient)) FILTER (WHERE failing) AS recipients
    FROM (SELECT *, outcome IN ('deferred', 'failed', 'expired', 'rejected') AS failing FROM attempts)
    WHERE event_time >= $since
      AND event_time < $until
"""
_LOST: Final = """
    SELECT count(*) AS lost
    FROM messages
    WHERE outcome IN ('failed', 'expired', 'rejected')
      AND last_event >= $since
      AND last_event < $until
"""
_EVENTS: Final = """
    SELECT count(*) AS events
    FROM events
    WHERE event_time >= $since
      AND event_time < $until
"""
_MEANINGS: Final = """
    SELECT title, first(meaning ORDER BY status_code) AS meaning
    FROM status_codes
    GROUP BY title
    ORDER BY title
"""


def build(
    con: DuckDBPyConnection,
    since: datetime | None,
    until: datetime | None,
    now: datetime | None,
    own_notes: Mapping[str, tuple[str, ...]] | None = None,
    settings: Settings | None = None,
) -> Model:
    """Everything the report says about the time from `since` to `until` (UTC; None: from or to where the data goes).

    `now` is the time up to which the lake has data; None in an empty lake. `con` is connected to a lake's catalogue.
    `own_notes` is what sources of the user's own cannot tell, by name; `settings` hold the rules that acted.
    """
    if now is None:
        return _empty(con, since, until)
    period = _period(con, since, until, now)
    events = _one(con, _EVENTS, period)["events"]
    incidents = found.incidents(con, period, now)
    acting, owning = owners.owners(con, period) if events else (None, "")
    shown = figures(con, period, acting) if acting else ()
    totals = _totals(con, period, shown) if events else Totals()
    state = standing(totals, incidents, events=events)
    told, unknown = sources.comprehension(con, period) if totals.failures else ("", ())
    data = (*unknown, *sources.data(con, period))
    comparison = changed.against_week_before(con, period, now) if events else changed.NOTHING
    return Model(
        tenants=_tenants(con), since=period.since, until=period.until, as_of=now, standing=state,
        verdict=verdict(state, totals, incidents, now), totals=totals, incidents=incidents,
        changes=changed.changes(con, period), compared=comparison.figures, new_codes=comparison.new_codes,
        gone_codes=comparison.gone_codes, figures=shown, data=data, warnings=sources.warnings(con),
        limits=sources.limits(data, own_notes or {}), meanings=_meanings(con, shown),
        understood=told, owning=owning, version=mailtrend.__version__,
        rules=ruling.rules(con, settings, incidents, now) if settings else (),
    )  # fmt: skip


def _empty(con: DuckDBPyConnection, since: datetime | None, until: datetime | None) -> Model:
    data = sources.data(con, None)
    return Model(
        tenants=_tenants(con), since=since, until=until, as_of=None, standing="no data",
        verdict=verdict("no data", Totals(), (), None), totals=Totals(), incidents=(), changes=(), compared=(),
        new_codes=(), gone_codes=(), figures=(), data=data, warnings=sources.warnings(con), limits=(),
        version=mailtrend.__version__,
    )  # fmt: skip


def _period(con: DuckDBPyConnection, since: datetime | None, until: datetime | None, now: datetime) -> Period:
    """The period asked for, as UTC without a zone; open ends reach to whole days of the data."""
    oldest = table(con, "SELECT min(event_time) AS oldest FROM events").to_pylist()[0]["oldest"] or now
    first = _midnight(oldest) if since is None else since
    last = _midnight(now) + _DAY if until is None else until
    return Period(first.replace(tzinfo=None), max(last, first).replace(tzinfo=None))


def _midnight(at: datetime) -> datetime:
    return datetime(at.year, at.month, at.day)


def _one(con: DuckDBPyConnection, sql: str, period: Period) -> dict[str, Any]:
    row: dict[str, Any] = table(con, sql, period.bounds).to_pylist()[0]
    return row


def _tenants(con: DuckDBPyConnection) -> tuple[str, ...]:
    rows = table(con, "SELECT DISTINCT tenant FROM files ORDER BY tenant").to_pylist()
    return tuple(row["tenant"] for row in rows)


def _meanings(con: DuckDBPyConnection, figures: Sequence[Figure]) -> tuple[CodeMeaning, ...]:
    """What the codes among the failures mean, in their order."""
    by_code = next((each for each in figures if each.key == "failures-by-code"), None)
    said = {row["title"]: row["meaning"] for row in table(con, _MEANINGS).to_pylist()}
    rows = by_code.records() if by_code else []
    return tuple(
        CodeMeaning(str(row["status_code"]), str(row["title"]), said[row["title"]])
        for row in rows
        if row["status_code"] and said.get(row["title"])
    )


def _totals(con: DuckDBPyConnection, period: Period, figures: Sequence[Figure]) -> Totals:
    counted = _one(con, _TOTALS, period)
    queued = next(each for each in figures if each.key == "queued-now")
    expiries = [each for each in queued.values("expires_at") if isinstance(each, datetime)]
    return Totals(
        **counted, lost=_one(con, _LOST, period)["lost"], queued=queued.total, next_expiry=min(expiries, default=None)
    )

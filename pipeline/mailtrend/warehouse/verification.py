"""The figures of one connector around a change: what was tried, what failed and what waits, before it and since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from mailtrend.diagnose.figures import Backlog, Elsewhere, Figures, Other, Tally
from mailtrend.diagnose.traffic import Traffic
from mailtrend.warehouse import fix_counts, fix_queue, fixing
from mailtrend.warehouse.tries import FOLD

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SHORTEST: Final = timedelta(hours=24)
LONGEST: Final = timedelta(days=7)
"""The time before a change that is held against the time after it is as long as that, but between these two."""


ENOUGH: Final = 5
"""So many failing messages show when a fault began."""


@dataclass(frozen=True)
class Asked:
    """Which change is asked about; `names` are the spellings of the connector in the lake, the usual one first."""

    tenant: str
    names: tuple[str, ...]
    since: datetime
    judged_from: datetime
    destination: str | None = None


@dataclass(frozen=True)
class Fault:
    """A kind of failure over a connector: a code (of twins the transient one), or a cause where there is none."""

    key: str
    before: int = 0
    since: int = 0
    last_before: datetime | None = None
    main_cause: str | None = None

    @property
    def code(self) -> str | None:
        """The status code, if it is one."""
        return self.key if self.key[:1].isdigit() else None

    @property
    def cause(self) -> str | None:
        """The cause, of a code the main one."""
        return self.main_cause if self.code else self.key


def connectors(con: DuckDBPyConnection) -> list[tuple[str, str]]:
    """Tenant and name of every connector that events or exports of connectors name, busiest first."""
    return [(str(tenant), str(name)) for tenant, name in con.execute(fixing.NAMES).fetchall()]


def gather(con: DuckDBPyConnection, asked: Asked) -> list[Fault]:
    """Lay out the attempts over the connector; gives what failed there, the most frequent before the change first.

    The 5.x code in which a fault ends when mail expires counts to the 4.x code it began as. Leaves temporary tables on
    the connection, which the functions below read.
    """
    place = {"tenant": asked.tenant, "names": list(asked.names), "destination": asked.destination}
    con.execute(FOLD)
    con.execute(fixing.TRIES, place)
    if _row(con, fixing.BARE)["bare"]:
        con.execute(fixing.LEND, {"tenant": asked.tenant})
    con.execute(fixing.MAILS, {"tenant": asked.tenant})
    con.execute(fixing.JUDGED, {"since": asked.since, "judged_from": asked.judged_from})
    return [Fault(str(key), *rest) for key, *rest in con.execute(fixing.FAULTS, {"since": asked.since}).fetchall()]


def family_of(con: DuckDBPyConnection, code: str) -> str:
    """The code that a fault is counted under: of twins the transient one."""
    rows = con.execute("SELECT family FROM code_family WHERE status_code = $code", {"code": code}).fetchall()
    return str(rows[0][0]) if rows else code


def span(con: DuckDBPyConnection, asked: Asked) -> tuple[datetime | None, datetime | None, int]:
    """First and last attempt over the connector, and how many messages were tried before the change. After `gather`."""
    [row] = con.execute(
        """
        SELECT min(event_time), max(event_time), count(DISTINCT (message, who)) FILTER (WHERE event_time < $since)
        FROM fix_rows
        """,
        {"since": asked.since},
    ).fetchall()
    return row[0], row[1], row[2]


def destinations(con: DuckDBPyConnection, asked: Asked) -> list[str]:
    """Where the connector delivered to, by name."""
    rows = con.execute(
        """
        SELECT DISTINCT destination
        FROM events
        WHERE tenant = $tenant AND list_contains($names, connector) AND destination IS NOT NULL
        ORDER BY destination
        """,
        {"tenant": asked.tenant, "names": list(asked.names)},
    ).fetchall()
    return [str(name) for (name,) in rows]


def figures(con: DuckDBPyConnection, asked: Asked, fault: Fault) -> Figures:
    """The figures of the change, for the fault that was to go. After `gather`."""
    times = {"since": asked.since, "judged_from": asked.judged_from}
    for statement in fix_counts.TRIED:
        con.execute(statement, {"judged_from": asked.judged_from} if "$judged_from" in statement else None)
    reach = _row(con, fix_counts.REACH, {"tenant": asked.tenant})
    counts = _row(con, fix_counts.COUNTS, {**times, "fault": fault.key})
    until = max(filter(None, (reach["last"], reach["wide"])), default=None) if counts["lent"] else reach["last"]
    begin = _begin(con, asked, fault, until)
    before: dict[str | None, int] = dict(
        con.execute(fix_counts.BEFORE, {"since": asked.since, "begin": begin}).fetchall()
    )
    seen = _row(con, fix_counts.SEEN)
    tallies = _tallies(con, seen, before)
    earlier, failed = before[None], before.get(fault.key, 0)
    nothing = Tally(
        seen["attempts"], since_last=seen["attempts"], before=_share(failed, earlier), fresh=seen["fresh"],
        fresh_failures=0,
    )  # fmt: skip
    backlog = _row(con, fix_queue.QUEUE, {"since": asked.since, "until": until or asked.since, "fault": fault.key})
    hours = con.execute(fix_counts.HOURS, {"tenant": asked.tenant, "since": asked.since}).fetchall()
    return Figures(
        connector=asked.names[0], destination=asked.destination, code=fault.code, cause=fault.cause, since=asked.since,
        judged_from=asked.judged_from, until=until,
        fault=next((tally for key, _, tally in tallies if key == fault.key), nothing),
        places=_places(con, {"since": asked.since, "begin": begin, "fault": fault.key}),
        others=tuple(Other(Fault(key).code, cause, tally) for key, cause, tally in tallies if key != fault.key),
        delivered=seen["delivered"], before=earlier, failures_before=failed,
        last_before=fault.last_before,
        before_from=max(begin, reach["first"] or begin), backlog=Backlog(**backlog),
        traffic=Traffic(tuple((hour, messages) for hour, messages in hours if hour < asked.since)),
        covered=tuple(hour for hour, _ in hours if hour >= asked.judged_from),
        pending=_pending(con, asked) if counts["lent"] else 0, disabled=_disabled(con, asked),
        elsewhere=() if seen["attempts"] else _elsewhere(con, asked), **counts,
    )  # fmt: skip


def _begin(con: DuckDBPyConnection, asked: Asked, fault: Fault, until: datetime | None) -> datetime:
    """Where the time before the change begins; early enough to hold a day in which the fault was there.

    No earlier than the fault itself, where it is clear when it began: what it did to mail is not to be mixed with the
    quiet time before it.
    """
    length = min(max((until or asked.judged_from) - asked.judged_from, SHORTEST), LONGEST)
    begin = asked.since - length
    begin = min(begin, fault.last_before - SHORTEST) if fault.last_before and fault.last_before < begin else begin
    episode = _row(con, fix_counts.EPISODE, {"fault": fault.key, "since": asked.since})
    return max(begin, episode["first"]) if episode["messages"] >= ENOUGH else begin


def _tallies(
    con: DuckDBPyConnection, seen: dict[str, int], before: dict[str | None, int]
) -> list[tuple[str, str | None, Tally]]:
    """Faults since the change with their causes, the most frequent first."""
    tried, fresh, earlier = seen["attempts"], seen["fresh"], before[None]
    return [
        (key, cause, Tally(tried, failed, later, first, last, _share(before.get(key, 0), earlier), fresh, new))
        for key, cause, failed, later, first, last, new in con.execute(fix_counts.SINCE).fetchall()
    ]


def _places(con: DuckDBPyConnection, params: dict[str, Any]) -> tuple[tuple[str, Tally], ...]:
    return tuple((name, Tally(*tally)) for name, *tally in con.execute(fix_counts.PLACES, params).fetchall())


def _pending(con: DuckDBPyConnection, asked: Asked) -> int:
    params = {"tenant": asked.tenant, "judged_from": asked.judged_from}
    return int(_row(con, fix_queue.PENDING, params)["pending"])


def _disabled(con: DuckDBPyConnection, asked: Asked) -> bool:
    return bool(_row(con, fix_queue.DISABLED, {"tenant": asked.tenant, "names": list(asked.names)})["disabled"])


def _elsewhere(con: DuckDBPyConnection, asked: Asked) -> tuple[Elsewhere, ...]:
    params = {"tenant": asked.tenant, "names": list(asked.names), "since": asked.since}
    rows = con.execute(fix_queue.ELSEWHERE, params | {"judged_from": asked.judged_from}).fetchall()
    return tuple(Elsewhere(*row) for row in rows)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _row(con: DuckDBPyConnection, query: str, params: dict[str, Any] | None = None) -> dict[str, Any]:
    """The only row of an answer."""
    row: dict[str, Any] = con.sql(query, params=params or {}).to_arrow_table().to_pylist()[0]
    return row

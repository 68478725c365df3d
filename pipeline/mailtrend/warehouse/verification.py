"""The figures of one connector around a change: what was tried, what failed and what waits, before it and since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from mailtrend.diagnose.verification import Figures, Other, Tally
from mailtrend.warehouse import fixing
from mailtrend.warehouse.series import FOLD

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SHORTEST: Final = timedelta(hours=24)
LONGEST: Final = timedelta(days=7)
"""The time before a change that is held against the time after it is as long as that, but between these two."""


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

    @property
    def code(self) -> str | None:
        """The status code, if it is one."""
        return self.key if self.key[:1].isdigit() else None


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
    rows = con.execute(fixing.FAULTS, {"since": asked.since}).fetchall()
    return [Fault(str(key), before, since, last) for key, before, since, last in rows]


def family_of(con: DuckDBPyConnection, code: str) -> str:
    """The code that a fault is counted under: of twins the transient one."""
    rows = con.execute("SELECT family FROM code_family WHERE status_code = $code", {"code": code}).fetchall()
    return str(rows[0][0]) if rows else code


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
    reach = _row(con, fixing.REACH, {"tenant": asked.tenant, "judged_from": asked.judged_from})
    counts = _row(con, fixing.COUNTS, {**times, "fault": fault.key})
    until = max(filter(None, (reach["last"], reach["wide"])), default=None) if counts["lent"] else reach["last"]
    begin = _begin(asked, fault, until)
    before: dict[str | None, int] = dict(con.execute(fixing.BEFORE, {"since": asked.since, "begin": begin}).fetchall())
    earlier = sum(before.values())
    tallies = _tallies(con, asked, counts["attempts"], before)
    empty = Tally(counts["attempts"], since_last=counts["attempts"], before=_share(before.get(fault.key, 0), earlier))
    queue = _row(con, fixing.QUEUE, {"since": asked.since, "until": until or asked.since, "fault": fault.key})
    return Figures(
        connector=asked.names[0], destination=asked.destination, code=fault.code,
        cause=None if fault.code else fault.key, since=asked.since, judged_from=asked.judged_from, until=until,
        fault=tallies.pop(fault.key, empty), delivered=counts["delivered"],
        places=_places(con, {**times, "begin": begin, "fault": fault.key}),
        others=tuple(_other(key, tally) for key, tally in tallies.items()),
        returned_late=counts["returned_late"], attempts_before=earlier, failures_before=before.get(fault.key, 0),
        before_from=max(begin, reach["first"] or begin), attempts_between=counts["between_attempts"],
        failures_between=counts["between_failures"], covered_hours=reach["covered_hours"], lent=counts["lent"],
        pending=_pending(con, asked) if counts["lent"] else 0, disabled=_disabled(con, asked), **queue,
    )  # fmt: skip


def _begin(asked: Asked, fault: Fault, until: datetime | None) -> datetime:
    """Where the time before the change begins; early enough to hold a day in which the fault was there."""
    length = min(max((until or asked.judged_from) - asked.judged_from, SHORTEST), LONGEST)
    begin = asked.since - length
    return min(begin, fault.last_before - SHORTEST) if fault.last_before and fault.last_before < begin else begin


def _tallies(con: DuckDBPyConnection, asked: Asked, attempts: int, before: dict[str | None, int]) -> dict[str, Tally]:
    """Failures since the change by fault, the most frequent first."""
    earlier = sum(before.values())
    return {
        key: Tally(attempts, failures, since_last, first, last, _share(before.get(key, 0), earlier))
        for key, failures, since_last, first, last in con.execute(
            fixing.SINCE, {"judged_from": asked.judged_from}
        ).fetchall()
    }


def _places(con: DuckDBPyConnection, params: dict[str, Any]) -> tuple[tuple[str, Tally], ...]:
    return tuple((name, Tally(*tally)) for name, *tally in con.execute(fixing.PLACES, params).fetchall())


def _other(key: str, tally: Tally) -> Other:
    code = Fault(key).code
    return Other(code, None if code else key, tally)


def _pending(con: DuckDBPyConnection, asked: Asked) -> int:
    params = {"tenant": asked.tenant, "judged_from": asked.judged_from}
    return int(_row(con, fixing.PENDING, params)["pending"])


def _disabled(con: DuckDBPyConnection, asked: Asked) -> bool:
    return bool(_row(con, fixing.DISABLED, {"tenant": asked.tenant, "names": list(asked.names)})["disabled"])


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _row(con: DuckDBPyConnection, query: str, params: dict[str, Any] | None = None) -> dict[str, Any]:
    """The only row of an answer."""
    row: dict[str, Any] = con.sql(query, params=params or {}).to_arrow_table().to_pylist()[0]
    return row

"""What goes on around each incident, looked up for all of them together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from mailtrend.diagnose import Case, Change, Facts
from mailtrend.diagnose.surroundings import Address, Beside, Route, Surroundings
from mailtrend.knowledge.filling import UNSEEN
from mailtrend.warehouse import around, elsewhere, said, usual

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

CHANGES_WITHIN: Final = timedelta(days=3)
BESIDE: Final = 20
"""So many other incidents are told of each, nearest first."""
LONGEST: Final = 1000
"""Characters of a text or name that are looked at: logs may hold anything."""
_HOURS: Final = ("load", "tried", "failed")
_EMPTY: Final = (0,) * 24


def with_surroundings(
    con: DuckDBPyConnection, facts: Sequence[Facts], cases: Sequence[Case], as_of: datetime
) -> list[Facts]:  # fmt: skip
    """`facts` of `cases`, in the same order, each with its surroundings; arguments as in `surroundings`.

    as_of: the clock of those facts that have none of their own.
    """
    found = surroundings(con, cases, [one.as_of or as_of for one in facts])
    return [replace(one, surroundings=its) for one, its in zip(facts, found, strict=True)]


def surroundings(con: DuckDBPyConnection, cases: Sequence[Case], clocks: Sequence[datetime]) -> list[Surroundings]:
    """One for each of `cases`, in their order.

    con: the connection on which `incident_facts` has made its temporary tables `cases` and `case_tries`. clocks: UTC
    without zone, one for each case; what is still going on lasts until then.
    """
    if not cases:
        return []
    columns = _columns(cases, clocks)
    con.execute(around.CASES, columns)
    con.execute(around.OWN)
    found: dict[int, dict[str, Any]] = {}
    for query in (around.DAYS, around.MIXED, around.SOURCES, around.DESTINATIONS, around.REACH, said.ADDRESSES):
        _take(con, query, found)
    _take_hours(con, found)
    _take_events(con, cases, {"since": min(columns["first"]), "until": max(columns["last"])}, found)
    changes = con.sql("SELECT tenant, time, kind, subject, note FROM changes ORDER BY ALL").to_arrow_table().to_pylist()
    return [
        Surroundings(beside=_beside(case, cases), changes=_changes(case, changes), **_read(found.get(at, {})))
        for at, case in enumerate(cases)
    ]


def _take_events(
    con: DuckDBPyConnection, cases: Sequence[Case], span: dict[str, datetime], found: dict[int, dict[str, Any]]
) -> None:  # fmt: skip
    """What only the events tell. Reading them again is what costs here, so each is asked only where it is needed."""
    _take(con, usual.COMPARED, found)
    rows = con.sql(around.CAUSES).to_arrow_table().to_pylist()
    causes = {row["cause"] for row in rows}
    if causes & set(around.TEXTUAL) or any(row["kind"] == "drift" for row in rows):
        con.execute(said.SAID, span)
        for query in (said.REPLIES, said.CERTIFICATES, said.SENDERS):
            _take(con, query, found)
    if causes & set(said.TLS_FAILS):
        _take(con, said.TLS, found, span)
    silent = [case for case in cases if case.kind == "silence"]
    unrecorded = con.sql(elsewhere.UNRECORDED).to_arrow_table().num_rows
    if silent or unrecorded or causes & set(elsewhere.NAMELESS):
        con.execute(elsewhere.DOMAINS, _domains(cases))
        _take(con, elsewhere.KNOWN, found, span)
    if silent:
        earliest = min(case.started_at - (span["until"] - case.started_at) for case in silent)
        _take(con, elsewhere.ELSEWHERE, found, {"earlier": earliest, "until": span["until"]})


def _columns(cases: Sequence[Case], clocks: Sequence[datetime]) -> dict[str, list[Any]]:
    return {
        "number": list(range(len(cases))),
        "tenant": [case.tenant for case in cases],
        "kind": [case.kind for case in cases],
        "scope": [case.scope for case in cases],
        "connector": [case.connector for case in cases],
        "destination": [case.destination for case in cases],
        "first": [case.started_at for case in cases],
        "last": [max(min(case.until, at), case.started_at) for case, at in zip(cases, clocks, strict=True)],
    }


def _domains(cases: Sequence[Case]) -> dict[str, list[Any]]:
    pairs = [(at, name) for at, case in enumerate(cases) if case.kind == "silence" for name in sorted(case.domains)]
    return {"number": [at for at, _ in pairs], "domain": [name for _, name in pairs]}


def _take(
    con: DuckDBPyConnection, query: str, found: dict[int, dict[str, Any]], params: dict[str, Any] | None = None
) -> None:  # fmt: skip
    """Put the columns of each row to those that its incident has already."""
    for row in con.sql(query, params=params or {}).to_arrow_table().to_pylist():
        found.setdefault(row.pop("number"), {}).update(row)


def _take_hours(con: DuckDBPyConnection, found: dict[int, dict[str, Any]]) -> None:
    for row in con.sql(around.BY_HOUR).to_arrow_table().to_pylist():
        kept = found.setdefault(row["number"], {})
        for name in _HOURS:
            kept.setdefault(f"{name}_by_hour", list(_EMPTY))[row["hour"]] = row[name]


def _read(row: dict[str, Any]) -> dict[str, Any]:
    """The columns as the fields of Surroundings. Texts come from logs: on one line, and no longer than is read."""
    made: dict[str, Callable[[Any], Any]] = {
        "senders": lambda told: tuple((_clean(one["name"]), one["messages"]) for one in told),
        "failures_by_destination": lambda told: tuple((_clean(one["name"]), one["failures"]) for one in told),
        "addresses": lambda told: tuple(Address(**one) for one in told),
        "elsewhere": lambda told: tuple(Route(**one) for one in told),
        **dict.fromkeys(("replies", "presented", "expected", "not_after", "sources"), _texts),
        **dict.fromkeys((f"{name}_by_hour" for name in _HOURS), tuple),
    }
    return {name: made[name](value) if name in made else value for name, value in row.items() if value is not None}


def _texts(told: Iterable[str]) -> tuple[str, ...]:
    return tuple(_clean(text) for text in told)


def _clean(text: str) -> str:
    return UNSEEN.sub(" ", text)[:LONGEST].strip()


def _beside(case: Case, cases: Sequence[Case]) -> tuple[Beside, ...]:
    """The other incidents of the tenant that overlap it, nearest onset first."""
    near = [
        other
        for other in cases
        if other is not case
        and other.tenant == case.tenant
        and other.started_at < case.until
        and case.started_at < other.until
    ]
    near.sort(key=lambda other: (abs(other.started_at - case.started_at), other.series_id))
    return tuple(
        Beside(one.status_code, one.cause, one.connector, one.destination, one.kind, one.started_at, one.ended_at)
        for one in near[:BESIDE]
    )


def _changes(case: Case, changes: Sequence[dict[str, Any]]) -> tuple[Change, ...]:
    """All of the three days before, nearest first; what names the place stands in Facts.changes already."""
    near = [
        Change(row["time"], row["kind"] or "other", row["subject"], row["note"], matches=False)
        for row in changes
        if row["tenant"] == case.tenant and timedelta(0) <= case.started_at + timedelta(hours=1) - row["time"]
        and case.started_at - row["time"] <= CHANGES_WITHIN
    ]  # fmt: skip
    return tuple(sorted(near, key=lambda change: change.time, reverse=True))

"""The report as data: everything an output may show, frozen; outputs see this and never SQL."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal

from mailtrend.report.incident import Incident, Rule, Step

__all__ = [
    "NUMERIC", "Cell", "Change", "CodeMeaning", "Column", "Figure", "Incident", "Kind", "Limit", "Model", "Rule",
    "Standing", "Step", "Totals",
]  # fmt: skip

Cell = str | int | float | bool | datetime | date | tuple[Any, ...] | None
"""One value of a table: times are UTC without a zone, shares are 0 to 1, durations are seconds."""

Kind = Literal["text", "name", "owner", "code", "count", "number", "share", "seconds", "time", "day", "flag", "list"]
"""How a column is read: `name` is what logs gave (addresses, hosts, connectors), `owner` one of contracts.OWNERS,
`share` is 0 to 1."""

NUMERIC: Final = frozenset({"count", "number", "share", "seconds"})
"""Kinds that are set to the right."""

Standing = Literal["no data", "no failures", "quiet", "warning", "critical"]
"""What the period looks like in one word; `quiet` means failures, but no incident that needs acting on."""


@dataclass(frozen=True)
class Column:
    """One column of a figure."""

    name: str
    label: str
    kind: Kind
    meaning: str = ""

    @property
    def numeric(self) -> bool:
        """Is it set to the right?"""
        return self.kind in NUMERIC


@dataclass(frozen=True)
class Figure:
    """One table of the report, and the SQL that gives it again.

    `rows` are the first ones in the order of the query; `total` says how many there are in all.
    """

    key: str
    title: str
    note: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: int
    sql: str

    def values(self, name: str) -> tuple[Cell, ...]:
        """One column, top to bottom. Raises KeyError where there is none of that name."""
        for index, column in enumerate(self.columns):
            if column.name == name:
                return tuple(row[index] for row in self.rows)
        raise KeyError(name)

    def records(self) -> list[dict[str, Cell]]:
        """Rows by column name."""
        names = [column.name for column in self.columns]
        return [dict(zip(names, row, strict=True)) for row in self.rows]

    def has(self, *names: str) -> bool:
        """Does it have all of these columns?"""
        return set(names) <= {column.name for column in self.columns}


@dataclass(frozen=True)
class Change:
    """One entry of changes.csv or mailtrend.toml."""

    time: datetime
    kind: str
    subject: str
    note: str
    tenant: str


@dataclass(frozen=True)
class Totals:
    """The figures at the head of the report. Attempts, messages and recipients are different numbers."""

    attempts: int = 0
    delivered: int = 0
    failures: int = 0
    messages: int = 0
    recipients: int = 0
    lost: int = 0
    queued: int = 0
    next_expiry: datetime | None = None

    @property
    def failure_rate(self) -> float | None:
        """Failures / attempts; None where nothing was attempted."""
        return self.failures / self.attempts if self.attempts else None


@dataclass(frozen=True)
class CodeMeaning:
    """What one status code says."""

    status_code: str
    title: str
    meaning: str


@dataclass(frozen=True)
class Limit:
    """What one source cannot tell."""

    source: str
    sentence: str


@dataclass(frozen=True)
class Model:
    """One report: a pure function of lake, period and as-of time.

    `since` and `until` bound the period (the end is not part of it), both None in an empty lake;
    `as_of` is the time up to which there is data at all.
    """

    tenants: tuple[str, ...]
    since: datetime | None
    until: datetime | None
    as_of: datetime | None
    standing: Standing
    verdict: str
    totals: Totals
    incidents: tuple[Incident, ...]
    changes: tuple[Change, ...]
    compared: tuple[Figure, ...]
    new_codes: tuple[str, ...]
    gone_codes: tuple[str, ...]
    figures: tuple[Figure, ...]
    data: tuple[Figure, ...]
    warnings: tuple[str, ...]
    limits: tuple[Limit, ...]
    meanings: tuple[CodeMeaning, ...] = ()
    understood: str = ""
    """How much of what failed is understood; empty where nothing failed."""
    owning: str = ""
    """What would settle who has to act; empty where nothing is open that an export could settle."""
    version: str = ""
    rules: tuple[Rule, ...] = ()
    """What the user has set in mailtrend.toml, in the order of its tables."""

    @property
    def acting(self) -> tuple[Incident, ...]:
        """Incidents that need doing, worst first, going ones before ended ones."""
        return tuple(found for found in self.incidents if found.needs_acting)

    @property
    def notices(self) -> tuple[Incident, ...]:
        """Those that need none."""
        return tuple(found for found in self.incidents if not found.needs_acting and found.set_aside is None)

    @property
    def aside(self) -> tuple[Incident, ...]:
        """Incidents that a rule of the user's has set aside."""
        return tuple(found for found in self.incidents if found.set_aside is not None)

    def named(self, incident_id: str) -> Incident | None:
        """The incident of that id."""
        return next((found for found in self.incidents if found.incident_id == incident_id), None)

    @property
    def alarming(self) -> bool:
        """Is something going wrong that has to be looked at?"""
        return self.standing in {"critical", "warning"}

    def figure(self, key: str) -> Figure | None:
        """The figure of that key, wherever it stands."""
        every = (*self.compared, *self.figures, *self.data)
        return next((found for found in every if found.key == key), None)

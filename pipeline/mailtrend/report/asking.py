"""Questions become figures: shipped queries by name, and a few SELECTs over the contract's views."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from mailtrend import warehouse
from mailtrend.report import kinds
from mailtrend.report.model import Figure

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_PARAMETER: Final = re.compile(r"\$(\w+)")
KEPT: Final = 100
"""Rows of a figure that the report holds; the others are counted, and the SQL gives them."""
SERIES_KEPT: Final = 5000
"""The same for figures over time, of which a chart needs every row."""


@dataclass(frozen=True)
class Period:
    """A span of time, UTC, the end not included."""

    since: datetime
    until: datetime

    @property
    def bounds(self) -> dict[str, datetime]:
        """As parameters of a query."""
        return {"since": self.since, "until": self.until}


@dataclass(frozen=True)
class Asked:
    """What the report makes of one shipped query."""

    name: str
    title: str
    hide: tuple[str, ...] = ()
    """Columns that would only make the table wide."""
    params: tuple[tuple[str, object], ...] = ()
    kept: int = KEPT


def figure(con: DuckDBPyConnection, asked: Asked, period: Period | None) -> Figure:
    """Ask one shipped query for the period (where it takes one) and for all its rows."""
    query = warehouse.queries()[asked.name]
    given: dict[str, object] = dict(asked.params)
    given |= {name: value for name, value in (period.bounds if period else {}).items() if name in query.parameters}
    if "top" in query.parameters:
        given["top"] = None
    answer = warehouse.ask(con, query, given)
    sql = call(query.macro, given)
    return from_table(asked.name, asked.title, query.question, answer, sql, query.columns, asked.hide, asked.kept)


def select(
    con: DuckDBPyConnection,
    key: str,
    title: str,
    note: str,
    sql: str,
    params: Mapping[str, object],
    meanings: Mapping[str, str] | None = None,
    kept: int = KEPT,
) -> Figure:
    """A figure from one SELECT of ours; `params` are bound as $name."""
    answer = table(con, sql, params)
    return from_table(key, title, note, answer, spelled(sql, params), meanings or {}, (), kept)


def table(con: DuckDBPyConnection, sql: str, params: Mapping[str, object] | None = None) -> pa.Table:
    """The answer to one SELECT of ours."""
    return con.sql(sql, params=dict(params or {})).to_arrow_table()


def from_table(
    key: str,
    title: str,
    note: str,
    answer: pa.Table,
    sql: str,
    meanings: Mapping[str, str],
    hide: tuple[str, ...],
    kept: int,
) -> Figure:
    """An Arrow table as a figure: its first `kept` rows, and how many there are."""
    shown = answer.drop_columns([name for name in hide if name in answer.column_names])
    columns = tuple(kinds.column(field, meanings.get(field.name, "")) for field in shown.schema)
    lists = [column.to_pylist() for column in shown.slice(0, kept).columns]
    rows = tuple(tuple(kinds.cell(value) for value in row) for row in zip(*lists, strict=True))
    return Figure(key, title, note, columns, rows, answer.num_rows, sql)


def call(macro: str, params: Mapping[str, object]) -> str:
    """The statement that gives a shipped query's figures again in any DuckDB client."""
    return f"FROM {macro}({', '.join(f'{name} := {literal(value)}' for name, value in params.items())});"


def spelled(sql: str, params: Mapping[str, object]) -> str:
    """A SELECT of ours with its parameters written in, to be read and run by hand; it is never run by us."""
    filled = _PARAMETER.sub(lambda match: literal(params[match[1]]), sql)
    return textwrap.dedent(filled).strip() + ";"


def literal(value: Any) -> str:  # noqa: ANN401  # any parameter
    """A value as SQL spells it."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return repr(value)
    text = value.isoformat(sep=" ") if isinstance(value, datetime) else str(value)
    escaped = text.replace("'", "''")
    return f"TIMESTAMP '{escaped}'" if isinstance(value, datetime) else f"'{escaped}'"

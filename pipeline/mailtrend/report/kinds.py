"""How a column is read and named, told from its name and Arrow type: so a new query needs nothing here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Final

import pyarrow as pa

from mailtrend.report.model import Cell, Column, Kind

_NAMES: Final = frozenset({
    "connector", "destination", "sender", "recipient", "path", "example", "remote_host", "source", "sources", "cause",
    "reply", "paste", "partner",
})  # fmt: skip
_SHARES: Final = frozenset({"failure_rate", "baseline_rate", "share"})
_LABELS: Final = {
    "p50_seconds": "p50", "p95_seconds": "p95", "p99_seconds": "p99", "longest_seconds": "longest",
    "tls_version": "TLS version", "start": "from",
}  # fmt: skip
_BY_TYPE: Final[tuple[tuple[Callable[[pa.DataType], bool], Kind], ...]] = (
    (pa.types.is_boolean, "flag"), (pa.types.is_list, "list"), (pa.types.is_date, "day"),
    (pa.types.is_timestamp, "time"), (pa.types.is_integer, "count"),
)  # fmt: skip


def column(field: pa.Field, meaning: str) -> Column:
    """The column of a figure for one column of an answer."""
    label = _LABELS.get(field.name, field.name.replace("_", " "))
    return Column(field.name, label, kind(field), meaning)


def kind(field: pa.Field) -> Kind:
    """How the values of a column are to be read."""
    name, arrow = field.name, field.type
    if name.endswith("_code") and not name.startswith("with_"):
        return "code"
    if pa.types.is_floating(arrow) or pa.types.is_decimal(arrow):
        return _floating(name)
    plain: Kind = "owner" if name == "owner" else "name" if name in _NAMES else "text"
    return next((found for fits, found in _BY_TYPE if fits(arrow)), plain)


def _floating(name: str) -> Kind:
    if name.endswith("_seconds"):
        return "seconds"
    if name in _SHARES or name.endswith("_share"):
        return "share"
    return "number"


def cell(value: Any) -> Cell:  # noqa: ANN401  # any value that Arrow gives
    """An Arrow value as a cell: lists are tuples, decimals floats, times without a zone."""
    if isinstance(value, list):
        return tuple(cell(each) for each in value)
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    if value is None or isinstance(value, str | int | float | bool | date):
        return value
    return float(value)

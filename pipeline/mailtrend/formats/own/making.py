"""A description becomes a Format: what it claims, and the SQL that turns its rows into events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Final

import pyarrow as pa

from mailtrend.formats._headers import columns_of
from mailtrend.formats._syslog import frame_remarks, frame_sql, log_of
from mailtrend.formats.base import FileFacts, Format, Head, Lines, Table
from mailtrend.formats.own.cells import cells_sql
from mailtrend.formats.own.description import Description
from mailtrend.formats.own.expressions import first_fit
from mailtrend.formats.own.telling import told_sql
from mailtrend.formats.own.times import said_sql

LOOK: Final = 50
"""Lines of a file's beginning that are looked at."""


def made(told: Description) -> Format:
    """The format that `told` describes."""
    shape = shape_of(told)
    return Format(
        name=told.name,
        title=told.title,
        reference=told.reference or "a format of your own",
        shape=shape,
        claims=partial(_claims, told, shape),
        prepare=partial(_prepare, told),
        remarks=frame_remarks if told.in_syslog else _no_remarks,
        notes=told.notes,
        template="$body",
    )


def shape_of(told: Description) -> Table | Lines:
    """How files of the format are cut."""
    if told.kind == "lines":
        return Lines()
    columns = tuple(told.columns)
    delimiter = told.delimiter or None
    if not told.header:
        places = {number: name for name, number in told.columns.items() if isinstance(number, int)}
        names = tuple(places.get(number, "") for number in range(1, max(places) + 1))
        return Table(columns, {}, columns, delimiter=delimiter, places=names)
    aliases = {str(header): name for name, headers in told.columns.items()
               for header in (headers if isinstance(headers, list) else [headers])}  # fmt: skip
    required = tuple(name for name in told.columns if name not in told.optional)
    return Table(columns, aliases, required, delimiter=delimiter)


def lines_in(text: str) -> list[str]:
    """The lines of a text as a file is cut into them: what else Unicode takes for a line end stands within one."""
    return [line.removesuffix("\r") for line in text.split("\n")]


def seen(told: Description, lines: Iterable[str]) -> list[str]:
    """The lines that are not blank, as patterns see them."""
    filled = [line for line in lines if line.strip()]
    return [log_of(line) for line in filled] if told.in_syslog else filled


def _claims(told: Description, shape: Table | Lines, head: Head) -> bool:
    """One line that the user named; else the columns of the header, or most lines of the beginning."""
    lines = seen(told, lines_in(head.text))[:LOOK]
    if told.claims and max(first_fit([told.claims], lines), default=-1) < 0:
        return False
    if isinstance(shape, Table):
        return bool(shape.places) or columns_of(head, shape).issuperset(shape.required)
    if told.claims:
        return True
    fits = first_fit([*told.ignore, *(pattern.regex for pattern in told.pattern)], lines)
    known = [fit for fit in fits if fit >= 0]
    return max(known, default=-1) >= len(told.ignore) and 2 * len(known) >= len(lines)


def _prepare(told: Description, rows: pa.Table, facts: FileFacts) -> Mapping[str, str]:
    frame = frame_sql(rows["text"], facts) if told.in_syslog else ""
    return {"body": "\n".join((cells_sql(told, frame), told_sql(told, said_sql(told, rows, facts))))}


def _no_remarks(_rows: pa.Table, _facts: FileFacts) -> list[str]:
    return []

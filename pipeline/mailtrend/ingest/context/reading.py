"""Which context list is this file, and its rows as the table that the contract names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import pyarrow as pa

from mailtrend import contracts
from mailtrend.formats.base import Head
from mailtrend.ingest.context import connectors, domains
from mailtrend.ingest.context.cells import Cells
from mailtrend.ingest.context.rows import kind_of, names_of, rows_of, type_line

Make = Callable[[Cells, str], dict[str, object]]
NAMED: Final = (frozenset({"name"}), frozenset({"identity"}))


@dataclass(frozen=True)
class Table:
    """One context table: its schema, how its files are known, and what makes a row of it."""

    schema: pa.Schema
    known_by: tuple[frozenset[str], ...]
    """Plain names of columns; a file that has all of one set is of this table."""
    make: Make
    cmdlet: str = ""
    """What to run again where lists were lost; `connectors` knows by itself."""


TABLES: Final[Mapping[str, Table]] = {
    "connectors": Table(contracts.CONNECTORS, connectors.KNOWN_BY, connectors.row),
    "accepted_domains": Table(
        contracts.ACCEPTED_DOMAINS, (frozenset({"domainname", "domaintype"}),), domains.accepted, "Get-AcceptedDomain"
    ),
    "remote_domains": Table(
        contracts.REMOTE_DOMAINS,
        tuple(frozenset({"domainname", mark}) for mark in domains.REMOTE_MARKS),
        domains.remote,
        "Get-RemoteDomain",
    ),
    "changes": Table(contracts.CHANGES, (frozenset({"time", "kind", "subject"}),), domains.change),
}


@dataclass(frozen=True)
class ContextRows:
    """A context file as read: its table, its rows, those that could not be used (line, reason, text), and warnings."""

    table: pa.Table
    rows: int
    rejects: list[tuple[int, str, str]]
    warnings: list[str] = field(default_factory=list)


def recognise_context(head: Head) -> str | None:
    """Name of the context table that this file fills, if any."""
    names = names_of(head.text)
    found = next((name for name, table in TABLES.items() if any(needed <= names for needed in table.known_by)), None)
    if found == "connectors" and kind_of(head.text) == "json" and not connectors.is_certain(names):
        return None
    return None if found == "changes" and kind_of(head.text) != "csv" else found


def read_context(name: str, text: str, *, tenant: str, file_id: str, label: str) -> ContextRows:
    """Read a whole context file (they are small) into the table `name` of contracts.py."""
    table = TABLES[name]
    hint = f"{type_line(text)} {label}"
    good: list[dict[str, object]] = []
    rejects: list[tuple[int, str, str]] = []
    read: list[Cells] = []
    rows = 0
    for row in rows_of(text, label, short=name == "changes"):
        rows += 1
        cells = Cells(row.cells)
        try:
            if row.fault:
                raise ValueError(row.fault)
            good.append({**table.make(cells, hint), "tenant": tenant, "file_id": file_id})
            read.append(cells)
        except ValueError as error:
            rejects.append((row.line, str(error), row.text))
    command = table.cmdlet or connectors.cmdlet(row.get("direction") for row in good)
    return ContextRows(pa.Table.from_pylist(good, schema=table.schema), rows, rejects, _warnings(read, command, text))


def _warnings(read: Sequence[Cells], command: str, text: str) -> list[str]:
    """What the export did not tell of its lists, and how to export it again."""
    lost = _listed((name for cells in read for name in cells.unexpanded), text)
    cut = _listed((name for cells in read for name in cells.elided), text)
    mend = f"export as JSON: `{command} | ConvertTo-Json -Depth 4`"
    found = []
    if lost:
        found.append(f"holds the name of a type in the place of what the lists hold ({lost}); {mend}")
    if cut:
        found.append(f"lists were cut short by Format-List ({cut}); {mend}")
    return found


def _listed(names: Iterable[str], text: str) -> str:
    """These columns, spelled as the file spells them."""
    found = (re.search(name, text, re.IGNORECASE) for name in dict.fromkeys(names))
    return ", ".join(match[0] for match in found if match)

"""Exports and lists that explain failures: Get-OutboundConnector, Get-AcceptedDomain, and changes.csv."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import pyarrow as pa

from mailtrend import contracts
from mailtrend.errors import InputError
from mailtrend.formats.base import Head

KINDS: dict[str, tuple[pa.Schema, frozenset[str]]] = {
    "connectors": (contracts.CONNECTORS, frozenset({"name", "connectortype"})),
    "accepted_domains": (contracts.ACCEPTED_DOMAINS, frozenset({"domainname", "domaintype"})),
    "changes": (contracts.CHANGES, frozenset({"time", "kind", "subject"})),
}
"""Context table → its schema, and the columns (lower-cased) by which its file is known."""
OWNER_KINDS = {"onpremises": "own", "partner": "partner"}
SEPARATORS = re.compile(r"[;,|\s{}]+")


@dataclass(frozen=True)
class ContextRows:
    """A context file as read: its table, its rows, and the rows that could not be used (line, reason, text)."""

    table: pa.Table
    rows: int
    rejects: list[tuple[int, str, str]]


def recognise_context(head: Head) -> str | None:
    """Name of the context table that this file fills, if any."""
    first = next((line for line in head.lines if line.strip()), "")
    cells = {_plain(cell) for cell in next(csv.reader(io.StringIO(first), delimiter=_delimiter(first)), [])}
    return next((name for name, (_, needed) in KINDS.items() if needed <= cells), None)


def read_context(name: str, text: str, *, tenant: str, file_id: str, label: str) -> ContextRows:
    """Read a whole context file (they are small) into the table `name` of contracts.py."""
    body = text.split("\n", 1)[1] if text.startswith("#TYPE") else text
    shift = 1 if body is not text else 0
    first = body.lstrip("\r\n").split("\n", 1)[0]
    reader = csv.DictReader(io.StringIO(body, newline=""), delimiter=_delimiter(first))
    good: list[dict[str, object]] = []
    rejects: list[tuple[int, str, str]] = []
    rows = 0
    for line, raw in _rows(reader, label):
        rows += 1
        row = {_plain(key or ""): (value or "").strip() for key, value in raw.items() if isinstance(value, str | None)}
        try:
            good.append({**_MAKE[name](row), "tenant": tenant, "file_id": file_id})
        except ValueError as error:
            rejects.append((line + shift, str(error), ",".join(str(value) for value in raw.values())[:2_000]))
    return ContextRows(pa.Table.from_pylist(good, schema=KINDS[name][0]), rows, rejects)


def _rows(reader: csv.DictReader[str], label: str) -> Iterator[tuple[int, Mapping[str | None, object]]]:
    before = reader.line_num
    while True:
        try:
            row = next(reader, None)
        except csv.Error as error:
            raise InputError(f"is a broken CSV ({error})", where=f"{label}:{reader.line_num}") from error
        if row is None:
            return
        yield (before or 1) + 1, row
        before = reader.line_num


def _plain(name: str) -> str:
    return name.strip().strip('"\ufeff').replace("-", "").replace("_", "").replace(" ", "").lower()


def _delimiter(line: str) -> str:
    return max(",;\t", key=line.count)


def _words(text: str) -> list[str]:
    return [word.lower().removeprefix("smtp:") for word in SEPARATORS.split(text) if word]


def _domain_name(word: str) -> str:
    return word.rpartition(":")[2]


def _flag(text: str) -> bool | None:
    return {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}.get(text.lower())


def _connector(row: Mapping[str, str]) -> dict[str, object]:
    name, kind = row.get("name", ""), row.get("connectortype", "")
    if not name:
        raise ValueError("the connector has no name")
    hosts = [host.strip("[]") for host in _words(row.get("smarthosts", ""))]
    return {
        "name": name,
        "connector_type": kind or None,
        "enabled": _flag(row.get("enabled", "")),
        "recipient_domains": [
            _domain_name(word) for word in _words(row.get("recipientdomains", "")) if not word.isdigit()
        ],
        "smart_hosts": hosts,
        "use_mx_record": _flag(row.get("usemxrecord", "")),
        "tls_settings": row.get("tlssettings") or None,
        "tls_domain": (row.get("tlsdomain") or "").lower() or None,
        "owner_kind": OWNER_KINDS.get(kind.lower(), "undetermined"),
    }


def _accepted_domain(row: Mapping[str, str]) -> dict[str, object]:
    domain = row.get("domainname", "").lower()
    if not domain:
        raise ValueError("the accepted domain has no name")
    return {"domain": domain, "domain_type": row.get("domaintype") or None, "is_default": _flag(row.get("default", ""))}


def _change(row: Mapping[str, str]) -> dict[str, object]:
    try:
        when = datetime.fromisoformat(row.get("time", ""))
    except ValueError:
        raise ValueError(f"unreadable time '{row.get('time', '')}': ISO 8601 is wanted, as 2026-11-02T14:00Z") from None
    utc = when.astimezone(UTC).replace(tzinfo=None) if when.tzinfo else when
    kind = row.get("kind", "").lower() or "other"
    return {"time": utc, "kind": kind, "subject": row.get("subject") or None, "note": row.get("note") or None}


_MAKE = {"connectors": _connector, "accepted_domains": _accepted_domain, "changes": _change}

"""The catalogue's own views over a handful of events in memory, for tests of what reads them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from mailtrend import contracts
from support.lakes import rows

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

TWINS = {"4.4.312": "5.4.312", "4.4.316": "5.4.316", "4.7.320": "5.7.320"}
CAUSES = {"4.4.316": "connection_refused", "5.4.316": "connection_refused", "4.7.320": "certificate_expired"}


def attempt(at: datetime, outcome: str, number: int, **columns: Any) -> dict[str, Any]:
    """One attempt of message `number` to its own recipient, as a detail export tells it."""
    code = columns.get("status_code")
    base = {
        "event_time": at,
        "tenant": "default",
        "source": "exo_trace_detail",
        "outcome": outcome,
        "direction": "outbound",
        "network_message_id": f"m{number}",
        "recipient": f"r{number % 7}@contoso.com",
        "recipient_domain": "contoso.com",
        "cause": CAUSES.get(str(code)),
        "file_id": "f1",
        "line": number,
    }
    return base | columns


def catalogue(
    events: Sequence[Mapping[str, Any]], files: Sequence[Mapping[str, Any]], **context: Sequence[Mapping[str, Any]]
) -> DuckDBPyConnection:
    """A connection with all views; `context` may hold rows of connectors, accepted_domains, remote_domains and changes."""
    import duckdb

    from mailtrend.warehouse import library

    codes = list(TWINS.items()) + [(twin, code) for code, twin in TWINS.items()]
    tables: dict[str, pa.Table] = {
        "events": rows(contracts.EVENTS, *events),
        "files": rows(contracts.FILES, *({"tenant": "default"} | dict(file) for file in files)),
        "rejects": contracts.REJECTS.empty_table(),
        "incidents": contracts.INCIDENTS.empty_table(),
        "failing_places": contracts.FAILING_PLACES.empty_table(),
        "verdicts": contracts.VERDICTS.empty_table(),
        "status_codes": rows(
            contracts.STATUS_CODES, *({"status_code": code, "expired_twin": twin} for code, twin in codes)
        ),
    }
    for name, schema in (
        ("connectors", contracts.CONNECTORS),
        ("accepted_domains", contracts.ACCEPTED_DOMAINS),
        ("remote_domains", contracts.REMOTE_DOMAINS),
        ("changes", contracts.CHANGES),
    ):
        tables[name] = rows(schema, *({"tenant": "default"} | dict(row) for row in context.get(name, ())))
    con = duckdb.connect(":memory:")
    con.execute("SET TimeZone = 'UTC'")
    con.execute(library.macros())
    for name, table in tables.items():
        con.register(f"rows_of_{name}", table)
    for view in library.views():
        con.execute(view.sql.replace("$rows", f"rows_of_{view.name}"))
    return con

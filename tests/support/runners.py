"""Who runs the server at each place where mail failed, as a table to join with the view `failures`."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from mailtrend.warehouse.places import Place, who_runs

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

RUNNERS: Final = pa.schema([
    ("tenant", pa.string()), ("connector", pa.string()), ("destination", pa.string()), ("direction", pa.string()),
    ("recipient_domain", pa.string()), ("owner_kind", pa.string()), ("partner", pa.string()),
])  # fmt: skip
KEY: Final = ("tenant", "connector", "destination", "direction", "recipient_domain")
"""What a row is joined by, with IS NOT DISTINCT FROM: any of it but the tenant may be NULL."""
_PLACES: Final = f"""
    SELECT DISTINCT {", ".join(KEY)}
    FROM failures
    WHERE ($since IS NULL OR event_time >= $since) AND ($until IS NULL OR event_time < $until)
    ORDER BY ALL
"""


def runners(con: DuckDBPyConnection, since: datetime | None = None, until: datetime | None = None) -> pa.Table:
    """One row for each place of `failures` between two times (UTC, no zone): its KEY, owner_kind, and partner.

    `partner` is what to call a partner, NULL for all others. Works over distinct places, never over rows.
    """
    places = con.sql(_PLACES, params={"since": since, "until": until}).to_arrow_table().to_pylist()
    context = {
        name: _by_tenant(con.sql(f"SELECT * FROM {name} ORDER BY ALL").to_arrow_table().to_pylist())
        for name in ("connectors", "accepted_domains")
    }
    found = []
    for row in places:
        connectors, accepted = (context[name].get(row["tenant"], []) for name in ("connectors", "accepted_domains"))
        place = Place(row["connector"], row["destination"], row["direction"], row["recipient_domain"])
        runner = who_runs(place, connectors, accepted)
        found.append({**row, "owner_kind": runner.kind, "partner": runner.partner})
    return pa.Table.from_pylist(found, schema=RUNNERS)


def _by_tenant(rows: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["tenant"], []).append(row)
    return found

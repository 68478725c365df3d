"""Whose server a pasted reply comes from, by the connectors and accepted domains that a lake holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mailtrend.errors import UsageError, nearest
from mailtrend.knowledge import Place
from mailtrend.warehouse import places

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def whereabouts(con: DuckDBPyConnection, connector: str | None, host: str | None, domain: str | None) -> Place | None:
    """The place of a failure at `host`, for a recipient of `domain`; None where the lake has nothing that tells.

    Raises UsageError where no export names `connector`.
    """
    connectors, accepted = (
        con.sql(f"SELECT * FROM {name} ORDER BY ALL").to_arrow_table().to_pylist()
        for name in ("connectors", "accepted_domains")
    )
    if connector is not None and connector.lower() not in {row["name"].lower() for row in connectors}:
        exported = "ingest the export of Get-OutboundConnector or Get-SendConnector"
        mend = nearest(connector, sorted({row["name"] for row in connectors}), exported)
        raise UsageError(f"no export names the connector '{connector}'", where="--connector", mend=mend)
    if not connectors or (connector is None and host is None and domain is None):
        return None
    asked = places.Place(connector, host.lower() if host else None, "outbound", domain)
    runner = places.who_runs(asked, connectors, accepted)
    row = runner.connector or {}
    return Place(
        owner_kind=runner.kind,
        connector=row.get("name", connector),
        destination=_only(row.get("smart_hosts")),
        domain=domain or _only(row.get("recipient_domains")),
        partner=runner.partner,
    )


def _only(names: Sequence[str] | None) -> str | None:
    """The one name that a connector has; of several, or of all, none can be meant."""
    return names[0] if names and len(names) == 1 and "*" not in names[0] else None

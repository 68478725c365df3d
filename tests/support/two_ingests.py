"""Two ingests that fill every table, the second changing what the first one said."""

from __future__ import annotations

from datetime import timedelta

from mailtrend import contracts
from mailtrend.lake import Lake
from support.lakes import NOON, event, ingest, rows

DAY = timedelta(days=1)


def first(lake: Lake) -> int:
    """An ingest into an empty lake."""
    return ingest(lake, "a1", [event(NOON), event(NOON + DAY, line=2)], [{"line": 3}], _context("a1", enabled=True))


def second(lake: Lake) -> int:
    """A later one: some days are the same, the connector is switched off."""
    events = [event(NOON + DAY), event(NOON + 2 * DAY, line=2), event(NOON + 2 * DAY, line=3, tenant="fabrikam")]
    return ingest(lake, "b2", events, [{"line": 9}, {"line": 4}], _context("b2", enabled=False))


def _context(file_id: str, *, enabled: bool) -> dict[str, object]:
    named = {"tenant": "default", "file_id": file_id}
    return {
        "connectors": rows(contracts.CONNECTORS, named | {"name": "To Fabrikam", "enabled": enabled}),
        "accepted_domains": rows(contracts.ACCEPTED_DOMAINS, named | {"domain": f"{file_id}.example.com"}),
        "remote_domains": rows(contracts.REMOTE_DOMAINS, named | {"domain": "*", "auto_reply_enabled": enabled}),
        "changes": rows(contracts.CHANGES, named | {"time": NOON, "kind": "migration", "note": file_id}),
    }

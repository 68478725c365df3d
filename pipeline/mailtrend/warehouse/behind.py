"""What stands behind the places of incidents: recipients, traffic, other routes, worked out for all of them at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from mailtrend.diagnose import Change, Facts
from mailtrend.diagnose.behind import NAMED, Behind, Person
from mailtrend.diagnose.consequences import matters
from mailtrend.diagnose.hybrid import may_apply
from mailtrend.warehouse import sides
from mailtrend.warehouse.near import BOXES, NEAR, WAYS
from mailtrend.warehouse.people import CASES, LIVING, PEOPLE
from mailtrend.warehouse.tallies import TALLIES, TRAFFIC

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MOST: Final = 30
"""So many incidents at most, those with the most failures: each is held against the logs of all own servers."""
EARLIER: Final = timedelta(days=60)
LATELY: Final = timedelta(days=14)
"""Deliveries so long before an incident are of those who get mail there now."""
LATER: Final = timedelta(days=14)
"""Migrations are looked for so long before and after the start of an incident."""


def with_behind(con: DuckDBPyConnection, found: Sequence[Facts], as_of: datetime) -> list[Facts]:
    """The facts, those that it matters for with what stands behind their place; the order stays.

    con: holds the temporary tables `case_tries` and `places`, in which the number of a case is its place in `found`.
    as_of: UTC without zone, up to when data reach. Leaves temporary tables named behind_….
    """
    wanted = sorted((at for at, facts in enumerate(found) if matters(facts)), key=lambda at: (-found[at].failures, at))
    chosen = sorted(wanted[:MOST])
    if not chosen:
        return list(found)
    columns = _columns([found[at] for at in chosen], chosen, as_of)
    # Times as values, not looked up: files of other days are not even opened then.
    span = {"since": min(columns["begun"]) - LATELY, "until": max(columns["until"])}
    con.execute(CASES, columns)
    con.execute(NEAR, span)
    con.execute(BOXES)
    con.execute(WAYS)
    con.execute(LIVING, span)
    con.execute("DROP TABLE behind_near")
    tallies = _by_number(con, TALLIES)
    people = _listed(con, PEOPLE, {"most": NAMED})
    traffic = _listed(con, TRAFFIC)
    ours = con.sql("SELECT * FROM changes ORDER BY ALL").to_arrow_table().to_pylist()
    routes = _routes(con)
    seen = sides.sides(con, {at: _hosts(found[at]) for at in chosen}, span)
    full = list(found)
    for at in chosen:
        facts = found[at]
        behind = Behind(
            people=tuple(Person(**row) for row in people.get(at, ())),
            weeks=tuple(row["delivered"] for row in traffic.get(at, ())),
            migrations=_migrations(facts, ours), own_routes=routes.get(facts.tenant, ()), sides=seen.get(at),
            **tallies.get(at, {}),
        )  # fmt: skip
        full[at] = replace(facts, behind=behind)
    return full


def _columns(found: Sequence[Facts], numbers: Sequence[int], as_of: datetime) -> dict[str, Any]:
    return {
        "number": list(numbers),
        "bit": [1 << at for at in range(len(numbers))],
        "tenant": [facts.tenant for facts in found],
        "begun": [facts.first_failure or facts.started_at for facts in found],
        "until": [facts.ended_at or (facts.as_of or as_of) + timedelta(microseconds=1) for facts in found],
        "unknown": [may_apply(facts) for facts in found],
        "addresses": [list(facts.remote_ips) for facts in found],
    }


def _by_number(con: DuckDBPyConnection, query: str) -> dict[int, dict[str, Any]]:
    return {row.pop("number"): row for row in con.sql(query).to_arrow_table().to_pylist()}


def _listed(
    con: DuckDBPyConnection, query: str, params: Mapping[str, Any] | None = None
) -> dict[int, list[dict[str, Any]]]:
    listed: dict[int, list[dict[str, Any]]] = {}
    for row in con.sql(query, params=dict(params or {})).to_arrow_table().to_pylist():
        listed.setdefault(row.pop("number"), []).append(row)
    return listed


def _routes(con: DuckDBPyConnection) -> dict[str, tuple[str, ...]]:
    """Enabled outbound connectors of Exchange Online to servers of one's own, by tenant."""
    rows = con.execute(
        """
        SELECT tenant, list(name ORDER BY name)
        FROM connectors
        WHERE owner_kind = 'own' AND direction = 'outbound' AND enabled IS NOT FALSE
        GROUP BY tenant
        """
    ).fetchall()
    return {tenant: tuple(names) for tenant, names in rows}


def _migrations(facts: Facts, changes: Sequence[Mapping[str, Any]]) -> tuple[Change, ...]:
    begun = facts.first_failure or facts.started_at
    near = [
        Change(row["time"], "migration", row["subject"], row["note"])
        for row in changes
        if row["tenant"] == facts.tenant
        and row["kind"] == "migration"
        and begun - EARLIER <= row["time"] <= begun + LATER
    ]
    return tuple(sorted(near, key=lambda change: (abs(begun - change.time), change.time)))


def _hosts(facts: Facts) -> frozenset[str]:
    """Names that the server there goes by."""
    names = (facts.destination, *facts.destinations, *facts.smart_hosts)
    return frozenset(name.lower() for name in names if name)

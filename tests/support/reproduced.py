"""Do the queries of incidents give all their figures again?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FIGURES = (
    "attempts", "failures", "failure_rate", "messages", "recipients", "delivered_late", "lost", "at_risk",
    "next_expiry", "late_p50_seconds", "late_p90_seconds", "late_max_seconds",
)  # fmt: skip


def unlike(con: DuckDBPyConnection, incidents: Iterable[Mapping[str, Any]]) -> list[str]:
    """Every figure (rows of contracts.INCIDENTS) that an incident's own query gives otherwise, as a sentence."""
    told = []
    for row in incidents:
        (again,) = con.sql(row["query"]).to_arrow_table().to_pylist()
        assert again.keys() == set(FIGURES)
        told += [f"{row['diagnosis'][:80]}: {name} is {row[name]}, again {again[name]}"
                 for name in FIGURES if row[name] != again[name]]  # fmt: skip
    return told

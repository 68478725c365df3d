"""The SQL that gives an incident's attempts and failures again, for any DuckDB client."""

from __future__ import annotations

from datetime import datetime

from mailtrend.diagnose.facts import Facts
from mailtrend.sql import quoted


def query(facts: Facts) -> str:
    """A SELECT over `attempts`. It is shown, not run, so values are written out, quoted as SQL wants it."""
    lines = [
        "SELECT",
        "    count(*) AS attempts,",
        f"    count(*) FILTER (WHERE {_failing(facts)}) AS failures",
        "FROM attempts",
        f"WHERE tenant = {quoted(facts.tenant)}",
    ]
    if facts.scope != "destination":
        lines.append(f"    AND connector {_same(facts.connector)}")
    if facts.scope != "connector":
        lines.append(f"    AND destination {_same(facts.destination)}")
    lines.append(f"    AND event_time >= {_time(facts.started_at)}")
    if facts.ended_at is not None:
        lines.append(f"    AND event_time < {_time(facts.ended_at)}")
    return "\n".join(lines)


def _failing(facts: Facts) -> str:
    failing = "outcome IN ('deferred', 'failed', 'expired', 'rejected')"
    if facts.kind == "silence":
        return failing
    if facts.status_code is None:
        return f"{failing} AND status_code IS NULL AND cause {_same(facts.cause)}"
    codes = ", ".join(quoted(code) for code in facts.codes or (facts.status_code,))
    return f"{failing} AND status_code IN ({codes})"


def _same(value: str | None) -> str:
    return "IS NULL" if value is None else f"= {quoted(value)}"


def _time(at: datetime) -> str:
    return f"TIMESTAMP '{at:%Y-%m-%d %H:%M:%S}'"

"""The SQL that gives all figures of an incident again, for `mailtrend sql` and any DuckDB client."""

from __future__ import annotations

from datetime import datetime

from mailtrend.diagnose.facts import Facts
from mailtrend.sql import quoted


def query(facts: Facts, now: datetime) -> str:
    """A SELECT from the shipped query incident_figures. It is shown, not run, so values are quoted as SQL wants it.

    now: UTC without zone, against which what is still queued is counted.
    """
    given: list[tuple[str, str | None]] = [
        ("since", _time(facts.started_at)),
        ("until", None if facts.ended_at is None else _time(facts.ended_at)),
        ("as_of", _time(now)),
        ("tenant", quoted(facts.tenant)),
        ("scope", quoted(facts.scope)),
        ("connector", _text(facts.connector)),
        ("destination", _text(facts.destination)),
        ("remote_ip", _text(facts.remote_ip)),
        ("exposure", None if facts.remote_ip is None or facts.by_address else quoted("place")),
        ("codes", _words(facts.codes)),
        ("causes", _words(tuple(cause or "none" for cause in facts.bare_causes))),
    ]
    lines = [f"    {name} := {value}" for name, value in given if value is not None]
    return "\n".join(["SELECT *", "FROM incident_figures(", ",\n".join(lines), ")"])


def _text(value: str | None) -> str | None:
    return None if value is None else quoted(value)


def _words(values: tuple[str, ...]) -> str | None:
    return quoted(" ".join(values)) if values else None


def _time(at: datetime) -> str:
    return f"TIMESTAMP '{at:%Y-%m-%d %H:%M:%S.%f}'"

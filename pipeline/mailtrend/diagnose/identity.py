"""Which incident of the last run this one is, what it is called, and how it stands now."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from mailtrend.diagnose.facts import Facts

NEAR: Final = timedelta(hours=24)
"""An end and a new beginning less than a day apart are the same incident."""
_EVER: Final = datetime.max - NEAR


def same(facts: Facts, before: Sequence[Mapping[str, Any]], taken: set[str]) -> Mapping[str, Any] | None:
    """The earlier incident (rows of contracts.INCIDENTS) at the same place with the same code that overlaps it best."""
    candidates = [
        row
        for row in before
        if row["incident_id"] not in taken and _place(row) == _place_of(facts) and _touches(facts, row)
    ]
    return min(
        candidates, key=lambda row: (abs(row["started_at"] - facts.started_at), row["incident_id"]), default=None
    )


def state(facts: Facts, earlier: Mapping[str, Any] | None) -> str:
    """How it stands now, against how it stood the last time."""
    if facts.ended_at is not None:
        return "resolved"
    if earlier is None:
        return "new"
    return "reopened" if earlier["ended_at"] is not None or earlier["state"] == "reopened" else "ongoing"


def fresh_id(facts: Facts, taken: set[str]) -> str:
    """Sixteen hex digits from tenant, code, place and day, for an incident that was not there before.

    The nearest midnight counts, so that an onset found an hour earlier or later at night, when most data end, is the
    same; what moves it over noon is caught by `same`, as long as the last run is known.
    """
    day = (facts.started_at + timedelta(hours=12)).date().isoformat()
    text = "\x1f".join(["" if part is None else str(part) for part in (*_place_of(facts), day)])
    for number in range(1000):
        name = hashlib.sha256(f"{text}\x1f{number}".encode() if number else text.encode()).hexdigest()[:16]
        if name not in taken:
            return name
    raise AssertionError("a thousand incidents of one code and place on one day")


def _place(row: Mapping[str, Any]) -> tuple[object, ...]:
    nameless = row["cause"] if row["status_code"] is None and row["kind"] != "silence" else None
    return (row["tenant"], row["status_code"], nameless, row["connector"], row["destination"], row["kind"] == "silence")


def _place_of(facts: Facts) -> tuple[object, ...]:
    nameless = facts.cause if facts.status_code is None and facts.kind != "silence" else None
    return (facts.tenant, facts.status_code, nameless, facts.connector, facts.destination, facts.kind == "silence")


def _touches(facts: Facts, row: Mapping[str, Any]) -> bool:
    ours, theirs = facts.ended_at or _EVER, row["ended_at"] or _EVER
    return bool(facts.started_at <= theirs + NEAR and row["started_at"] <= ours + NEAR)

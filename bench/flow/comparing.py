"""What has to come of a scenario, held against the incidents that were found: every difference in a sentence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

Row = Mapping[str, Any]
COUNTS = ("failures", "messages", "recipients", "delivered_late", "lost", "at_risk")
WAITS = ("late_p50_seconds", "late_p90_seconds", "late_max_seconds")
CHOICES = ("scope", "kind", "owner", "cause", "severity")
PLACE = ("status_code", "connector", "destination")
NOT_YET_MENDING = ("Act within", "It ended on", "Ask the senders")
"""How steps begin that stand before those about mending."""


def differences(expected: Sequence[Row], found: Sequence[Row]) -> list[str]:
    """What is missing, what is too much, and what is told otherwise than it happened.

    expected: incidents of a scenario.toml. found: rows of contracts.INCIDENTS.
    """
    left = list(found)
    told: list[str] = []
    for wanted in expected:
        row = nearest(wanted, left)
        if row is None:
            told.append(f"missing: {place(wanted)}")
            continue
        left.remove(row)
        told += [f"{place(wanted)}: {each}" for each in _unlike(wanted, row)]
    return told + [f"too much: {_summary(row)}" for row in left]


def waits(expected: Sequence[Row], found: Sequence[Row]) -> list[str]:
    """How the waits of what came late differ: by more than a tenth, as there are several ways to take a share."""
    told: list[str] = []
    for wanted in expected:
        row = nearest(wanted, found)
        has = {key: row and row[key] for key in WAITS if key in wanted}
        off = [key for key, value in has.items() if abs((value or 0) - wanted[key]) > max(2, wanted[key] / 10)]
        told += [f"{place(wanted)}: {key} is {has[key]}, not {wanted[key]}" for key in off]
    return told


def place(row: Row) -> str:
    """Code and place in a few words."""
    return f"{row.get('status_code')} on {row.get('connector')} → {row.get('destination')}"


def _summary(row: Row) -> str:
    span = f"{row['started_at']:%d %b %H:%M} to {row['ended_at'] or 'now'}"
    return f"{place(row)} ({row['kind']}, {row['scope']}, {span}, {row['failures']} failures): {row['diagnosis'][:90]}"


def nearest(wanted: Row, rows: Sequence[Row]) -> Row | None:
    """The incident that is meant: the one that agrees in most of code, connector and destination, then in its start.

    One that agrees in none of them is another.
    """

    def rank(row: Row) -> tuple[int, timedelta]:
        unlike = sum((wanted.get(key) or None) != row[key] for key in PLACE)
        return unlike, abs(row["started_at"] - _moment(wanted["started_at"]))

    near = [row for row in rows if rank(row)[0] < len(PLACE)]
    return min(near, key=rank, default=None)


def _unlike(wanted: Row, row: Row) -> Iterator[str]:
    for key in ("status_code", "connector", "destination", "remote_ip"):
        if (wanted.get(key) or None) != row[key]:
            yield f"{key} is {row[key]!r}, not {wanted.get(key)!r}"
    for key in CHOICES:
        if key in wanted and row[key] not in wanted[key]:
            yield f"{key} is {row[key]!r}, not {' or '.join(map(repr, wanted[key]))}"
    yield from _times(wanted, row)
    yield from _counts(wanted, row)
    yield from _words(wanted, row)


def _times(wanted: Row, row: Row) -> Iterator[str]:
    for key, within in (("started_at", "start_within"), ("ended_at", "end_within")):
        if key not in wanted or row[key] is None:
            if row[key] is not None or key in wanted:
                yield f"{key} is {row[key]}, not {wanted.get(key)}"
        elif abs(row[key] - _moment(wanted[key])) > timedelta(hours=wanted[within]):
            yield f"{key} is {row[key]}, not {_moment(wanted[key])} ± {wanted[within]} h"
    if "next_expiry" in wanted:
        off = abs((row["next_expiry"] or datetime.min) - _moment(wanted["next_expiry"]))
        if off > timedelta(minutes=1):
            yield f"next_expiry is {row['next_expiry']}, not {_moment(wanted['next_expiry'])}"


def _counts(wanted: Row, row: Row) -> Iterator[str]:
    for key in COUNTS:
        allowed = wanted.get("slack", 0) * wanted.get(key, 0) + wanted.get("noise", 0)
        if key in wanted and abs(row[key] - wanted[key]) > allowed:
            yield f"{key} is {row[key]}, not {wanted[key]}"


def _words(wanted: Row, row: Row) -> Iterator[str]:
    steps = [step for step in row["actions"] if not step.startswith(NOT_YET_MENDING)]
    first = steps[0] if steps else ""
    if "first_action" in wanted and not any(word.lower() in first.lower() for word in wanted["first_action"]):
        yield f"the first step is {first[:120]!r}, without {' or '.join(map(repr, wanted['first_action']))}"
    for word in wanted.get("advised", ()):
        if not any(word.lower() in step.lower() for step in steps):
            yield f"no step says {word!r}"
    for word in wanted.get("not_advised", ()):
        if any(word.lower() in step.lower() and "not" not in step.lower().split() for step in steps):
            yield f"a step says {word!r}"
    prose = " ".join([row["diagnosis"], *row["evidence"]]).lower()
    yield from (f"nothing says {word!r}" for word in wanted.get("says", ()) if word.lower() not in prose)
    missing = set(wanted.get("status_codes", ())) - set(row["status_codes"] or ())
    if missing:
        yield f"status_codes are {row['status_codes']}, without {sorted(missing)}"


def _moment(at: datetime) -> datetime:
    """UTC without zone, as the lake has it."""
    return at.astimezone(UTC).replace(tzinfo=None)

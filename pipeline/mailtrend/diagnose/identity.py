"""What makes two tellings of an incident the same one: its place, its codes, its time; and what a new one is called."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from mailtrend.diagnose.facts import Facts

NEAR: Final = timedelta(hours=24)
"""An end and a new beginning at the same place, less than a day apart, may be one telling after another."""
_FREE: Final[Mapping[str, tuple[str, ...]]] = {
    "connector": ("destination",), "destination": ("connector",), "all": ("connector", "destination"),
}  # fmt: skip
"""The sides over which a scope runs."""


@dataclass(frozen=True)
class Mark:
    """All of an incident that tells whether it is another telling of one that is known. Times are UTC, no zone."""

    tenant: str
    scope: str
    connector: str | None
    destination: str | None
    remote_ip: str | None
    code: str | None
    codes: frozenset[str]
    """Its code, the twins of it, and the rungs it went through."""
    causes: frozenset[str]
    """What stands for a code where there is none."""
    silent: bool
    started_at: datetime
    ended_at: datetime | None
    connectors: frozenset[str] = frozenset()
    destinations: frozenset[str] = frozenset()
    """Where a scope runs over a side: who is in it; empty where that is not known."""

    @property
    def until(self) -> datetime:
        """Its end, or beyond all time while it lasts."""
        return self.ended_at or datetime.max

    @property
    def keys(self) -> frozenset[tuple[str, str]]:
        """What two marks of one incident have in common, at least one of them."""
        faults = {"silence"} if self.silent else self.codes | self.causes
        return frozenset((self.tenant, fault) for fault in faults)


def mark_of(facts: Facts) -> Mark:
    """The mark of an incident as it is found now."""
    rungs = {rung.status_code for rung in facts.rungs}
    causes = {facts.cause, *(rung.cause for rung in facts.rungs)}
    return Mark(
        facts.tenant, facts.scope, facts.connector, facts.destination, facts.remote_ip,
        facts.status_code, _some(facts.status_code, *facts.codes, *rungs), _some(*causes), facts.kind == "silence",
        facts.started_at, facts.ended_at, frozenset(facts.connectors), frozenset(facts.destinations),
    )  # fmt: skip


def mark_of_row(row: Mapping[str, Any]) -> Mark:
    """The mark of an incident as it was told (a row of contracts.INCIDENTS, of an earlier version maybe)."""
    return Mark(
        row["tenant"], row["scope"] or "pair", row["connector"], row["destination"], row["remote_ip"],
        row["status_code"], _some(row["status_code"], *(row["status_codes"] or ())), _some(row["cause"]),
        row["kind"] == "silence", row["started_at"], row["ended_at"],
    )  # fmt: skip


def likeness(one: Mark, other: Mark) -> int | None:
    """How far two marks tell of one fault, whenever it was; None if they do not.

    0: same place and code. 1: same place, one code of several in common: a fault that changed its face. 2: the same
    code, and one place is within the other: it has grown or shrunk. 3: same place and cause, one without a code.
    """
    if one.tenant != other.tenant or one.silent != other.silent:
        return None
    same_place = _place(one) == _place(other)
    if not same_place and not _within(one, other):
        return None
    if one.silent or one.codes & other.codes:
        return (0 if one.code == other.code else 1) if same_place else 2
    if (one.codes and other.codes) or not one.causes & other.causes:
        return None
    return (0 if one.code == other.code else 3) if same_place else 2


def gap(one: Mark, other: Mark) -> timedelta:
    """How long it was quiet between the two; nothing where they overlap."""
    first, second = sorted((one, other), key=lambda mark: (mark.started_at, mark.until))
    return max(second.started_at - first.until, timedelta(0)) if first.ended_at else timedelta(0)


def overlap(found: Mark, told: Mark, now: datetime) -> float:
    """Hours that both hold, as a share of those that either holds; what is found to last, lasts until `now`.

    How far one reaches that was told as lasting nobody knows: its beginning alone speaks for it.
    """
    end = found.ended_at or now
    spans = [(found.started_at, end), (told.started_at, told.ended_at or max(end, told.started_at))]
    common = min(spans[0][1], spans[1][1]) - max(spans[0][0], spans[1][0])
    whole = max(spans[0][1], spans[1][1]) - min(spans[0][0], spans[1][0])
    return max(common, timedelta(0)) / whole if whole > timedelta(0) else 1.0


def fresh_id(facts: Facts, taken: Collection[str]) -> str:
    """Sixteen hex digits from tenant, code, place and day, for an incident that was not there before.

    The nearest midnight counts, so that an onset found an hour earlier or later at night, when most data end, is the
    same; what moves it over noon is caught by `likeness`, as long as the last run is known.
    """
    day = (facts.started_at + timedelta(hours=12)).date().isoformat()
    nameless = facts.cause if facts.status_code is None and facts.kind != "silence" else None
    parts = [facts.tenant, facts.status_code, nameless, facts.connector, facts.destination, facts.kind == "silence"]
    parts += [facts.remote_ip] if facts.remote_ip else []
    text = "\x1f".join("" if part is None else str(part) for part in (*parts, day))
    for number in range(1000):
        name = hashlib.sha256(f"{text}\x1f{number}".encode() if number else text.encode()).hexdigest()[:16]
        if name not in taken:
            return name
    raise AssertionError("a thousand incidents of one code and place on one day")


def _some(*values: str | None) -> frozenset[str]:
    return frozenset(value for value in values if value)


def _place(mark: Mark) -> tuple[object, ...]:
    return (mark.connector, mark.destination, mark.remote_ip)


def _within(one: Mark, other: Mark) -> bool:
    """May one place be a part of the other, going by connector, destination and address?"""
    if one.remote_ip and other.remote_ip and one.remote_ip != other.remote_ip:
        return False
    return all(_meet(one, other, side) for side in ("connector", "destination"))


def _meet(one: Mark, other: Mark, side: str) -> bool:
    ours, theirs = getattr(one, side), getattr(other, side)
    if _free(one, side):
        members = getattr(one, f"{side}s")
        return _free(other, side) or theirs is None or not members or theirs in members
    if _free(other, side):
        return _meet(other, one, side)
    return bool(ours == theirs)


def _free(mark: Mark, side: str) -> bool:
    """Does it run over this side?"""
    over = side in _FREE.get(mark.scope, ())
    return over or (mark.scope == "remote_ip" and getattr(mark, side) is None)

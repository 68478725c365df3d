"""How incidents stand against the last run: their ids, new, ongoing, resolved or reopened, and those that stay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import pyarrow as pa

from mailtrend import contracts
from mailtrend.diagnose.facts import Facts
from mailtrend.diagnose.identity import fresh_id, mark_of
from mailtrend.diagnose.pairing import matches

KEPT: Final = "The data of its time are no longer in the lake: this is how it was last told"
"""Marks an incident that outlived its data."""


TAKEN_BACK: Final = "The last run did not find it"
"""Marks an incident that is remembered, though it is no longer told: should it be found again, it is known."""
_FORGOTTEN: Final = timedelta(days=30)


@dataclass(frozen=True)
class Standing:
    """What is known of one incident from earlier runs. `was` is how it was told (a row of contracts.INCIDENTS)."""

    incident_id: str
    state: str
    found_at: datetime
    was: Mapping[str, Any] | None = None
    merged: tuple[str, ...] = ()
    """Ids of incidents that were told apart from it, and are part of it."""
    part_of: str | None = None
    """Id of the incident that it was told as a part of."""


def standings(
    facts: Sequence[Facts], before: Sequence[Mapping[str, Any]], now: datetime, oldest: datetime | None = None
) -> tuple[list[Standing], list[dict[str, Any]]]:
    """How each of `facts` stands, in their order, and the incidents of before that stay though their data are gone.

    before: rows of contracts.INCIDENTS as told at an earlier version of the data. now: up to when data reach, where
    facts do not tell that of their tenant. oldest: from when on they do; None where nothing was ever taken out.
    """
    numbers: dict[str, list[int]] = {row["tenant"]: [] for row in before}
    for number, each in enumerate(facts):
        numbers.setdefault(each.tenant, []).append(number)
    ids = {row["incident_id"] for row in before}
    found: dict[int, Standing] = {}
    stay: list[dict[str, Any]] = []
    # Tenants have nothing to do with each other; each has a clock of its own.
    for tenant in sorted(numbers, key=str):
        mine = [facts[number] for number in numbers[tenant]]
        clock = max((each.as_of for each in mine if each.as_of), default=now)
        rows = [row for row in before if row["tenant"] == tenant]
        standing, kept = _of_tenant(mine, rows, clock, oldest, ids)
        found |= dict(zip(numbers[tenant], standing, strict=True))
        stay += kept
    return [found[number] for number in range(len(facts))], stay


def _of_tenant(
    facts: Sequence[Facts], before: Sequence[Mapping[str, Any]], now: datetime, oldest: datetime | None, ids: set[str]
) -> tuple[list[Standing], list[dict[str, Any]]]:
    """As `standings`, for one tenant; what it names is added to `ids`."""
    told = sorted((row for row in before if row["started_at"] is not None), key=lambda row: str(row["incident_id"]))
    told, back = ([row for row in told if _is_back(row) is wanted] for wanted in (False, True))
    outlived = {number for number, row in enumerate(told) if _outlived(row, oldest)}
    marks = [mark_of(each) for each in facts]
    found = matches(marks, told, now, oldest, outlived)
    new = [number for number in range(len(facts)) if number not in found.was and number not in found.part_of]
    again = matches([marks[number] for number in new], back, now, oldest).was
    known = {number: told[at] for number, at in found.was.items()}
    known |= {new[number]: back[at] for number, at in again.items()}
    standing: dict[int, Standing] = {}
    # What is new is named in an order of its own, so that it does not hang on that of the findings.
    for number in sorted(range(len(facts)), key=lambda at: _order(facts[at])):
        was = known.get(number)
        part = told[found.part_of[number]] if number in found.part_of and was is None else None
        name = was["incident_id"] if was else fresh_id(facts[number], ids)
        ids.add(name)
        standing[number] = Standing(
            name, _state(facts[number], was, part), ((was or part or {}).get("found_at")) or now, was,
            tuple(told[other]["incident_id"] for other in found.absorbed.get(number, ())),
            part["incident_id"] if part else None,
        )  # fmt: skip
    stay = [told[at] for at in found.left if at in outlived or _begins_before(told[at], oldest)]
    return [standing[number] for number in range(len(facts))], [_kept(row, oldest) for row in stay]


def remembered(before: pa.Table, told: pa.Table) -> pa.Table:
    """What the next run has to know: the incidents just told, and those of before that were taken back lately.

    Both, and the answer, are of contracts.INCIDENTS. One that the next data show again has its id back.
    """
    rows = told.to_pylist()
    there = {row["incident_id"] for row in rows}
    merged = " ".join(sentence for row in rows for sentence in row["revisions"] or ())
    latest: dict[str, datetime] = {}
    for row in rows:
        if row["found_at"]:
            latest[row["tenant"]] = max(row["found_at"], latest.get(row["tenant"], datetime.min))
    back = [
        row | {"revisions": [TAKEN_BACK]}
        for row in before.to_pylist()
        if row["incident_id"] not in there
        and row["incident_id"] not in merged
        and row["started_at"] is not None
        and (row["ended_at"] or row["found_at"] or row["started_at"]) + _FORGOTTEN
        >= latest.get(row["tenant"], datetime.min)
    ]
    return pa.Table.from_pylist([*rows, *back], schema=contracts.INCIDENTS)


def _is_back(row: Mapping[str, Any]) -> bool:
    return TAKEN_BACK in (row["revisions"] or ())


def _state(facts: Facts, was: Mapping[str, Any] | None, part: Mapping[str, Any] | None) -> str:
    """How it stands now, against how it stood the last time."""
    if facts.ended_at is not None:
        return "resolved"
    if was is None:
        return "ongoing" if part is not None and part["ended_at"] is None else "new"
    return "reopened" if was["ended_at"] is not None or was["state"] == "reopened" else "ongoing"


def _order(facts: Facts) -> tuple[object, ...]:
    mark = mark_of(facts)
    place = (mark.tenant, mark.code, mark.connector, mark.destination, mark.remote_ip, mark.scope, facts.cause)
    return (mark.started_at, mark.until, *(str(part) for part in place), facts.kind, facts.failures)


def _outlived(row: Mapping[str, Any], oldest: datetime | None) -> bool:
    """Does its whole time lie before the data, or did it outlive them before?"""
    if KEPT in (row["revisions"] or ()):
        return True
    return oldest is not None and row["ended_at"] is not None and row["ended_at"] <= oldest


def _begins_before(row: Mapping[str, Any], oldest: datetime | None) -> bool:
    """Is the beginning of it no longer in the data, so that they cannot say it never was?"""
    return oldest is not None and row["started_at"] < oldest.replace(minute=0, second=0, microsecond=0)


def _kept(row: Mapping[str, Any], oldest: datetime | None) -> dict[str, Any]:
    """As last told, except that it is over: nothing waits that the lake knows of."""
    return dict(row) | {
        "state": "resolved", "ended_at": row["ended_at"] or oldest, "at_risk": 0, "next_expiry": None,
        "revisions": [KEPT],
    }  # fmt: skip

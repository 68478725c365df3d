"""One outage is one incident: findings over several places, or under several codes, put together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from mailtrend.diagnose.cases import (
    EVER,
    EXPIRY_CODES,
    Case,
    Sight,
    begin_together,
    case_of,
    overlap,
    same_fault,
    within,
)
from mailtrend.diagnose.joining import ECHO, RETURNS, Carried, echoes, ladders, several_codes, share_of
from mailtrend.diagnose.levels import at_one_place, everywhere, one_address, rolled_up
from mailtrend.diagnose.silences import silences, unexplained

__all__ = ["EXPIRY_CODES", "Carried", "Case", "Sight", "merged"]

_LATER: Final = timedelta(hours=72)
_EARLIER: Final = timedelta(hours=6)
_NAMELESS: Final = frozenset({None, "unclassified", "message_expired"})


def merged(
    findings: Sequence[Mapping[str, Any]], keys: Sequence[Mapping[str, Any]],
    sights: Sequence[Sight] = (), carried: Carried | None = None,
) -> list[Case]:  # fmt: skip
    """Findings (rows of contracts.FINDINGS) as cases, those that are one outage put together, oldest first.

    keys: rows of warehouse.Series.keys. sights: one for each finding, where known. carried: which share of a finding's
    messages had failed in an earlier one, by their numbers in `findings`.

    First what is one fault at one place: codes side by side, codes one after another (rungs), and what an outage leaves
    behind. Then the level: an address, a destination, a connector, all. A roll-up stands for those of its parts that
    start within two hours of it, unless one of them holds most of it. Silences are told apart from failures.
    """
    by_id = {key["series_id"]: key for key in keys}
    known = sights or [Sight()] * len(findings)
    before = carried or {}
    cases = [
        case_of(at, finding, by_id[finding["series_id"]], known[at]) for at, finding in enumerate(findings)
    ]  # fmt: skip
    silent, cases = silences(cases), [case for case in cases if case.kind != "silence"]
    for step in (lambda found: echoes(found, before), ladders, several_codes, one_address):
        cases = step(cases)
    for scope in ("connector", "destination", "all"):
        cases = rolled_up(cases, scope)
    cases = everywhere(at_one_place(cases, keys))
    cases = _without_leftovers(_without_nameless(cases), before)
    return sorted([*cases, *unexplained(silent, cases)], key=lambda case: (case.started_at, case.series_id))


def _without_nameless(cases: list[Case]) -> list[Case]:
    """Failures that carry no reason of their own go with an incident that has one, at the same place."""
    named = [case for case in cases if case.faults and not _nameless(case)]
    kept = {id(case): case for case in cases}
    for case in cases:
        reason = next((other for other in named if _explains(other, case)), None) if _nameless(case) else None
        if reason is not None:
            del kept[id(case)]
            if within(case, reason):
                told = kept[id(reason)]
                extra = tuple(fault for fault in case.faults if fault not in told.faults)
                kept[id(reason)] = replace(told, faults=(*told.faults, *extra))
    return list(kept.values())


def _nameless(case: Case) -> bool:
    return bool(case.faults) and all(
        fault.status_code in EXPIRY_CODES or (fault.status_code is None and fault.cause in _NAMELESS)
        for fault in case.faults
    )


def _explains(reason: Case, case: Case) -> bool:
    place = reason.destination is not None and reason.destination == case.destination
    route = reason.connector is not None and reason.connector == case.connector
    near = reason.started_at - _EARLIER <= case.started_at <= min(reason.until, EVER) + _LATER
    there = reason.scope == "all" or place or route or bool(reason.domains & case.domains)
    return reason.tenant == case.tenant and near and there


def _without_leftovers(cases: list[Case], carried: Carried) -> list[Case]:
    """Without what is told already: a part of a wider case, the same seen from another side, its mail returned."""
    ranked = sorted(cases, key=lambda case: (-_LEVEL[case.scope], -case.failures, case.started_at))
    kept: list[Case] = []
    for case in ranked:
        if not any(_told(case, other) or _left_by(case, other, carried) for other in kept):
            kept.append(case)
    return [case for case in kept if not any(_left_by(case, other, carried) for other in kept if other is not case)]


_LEVEL: Final = {"all": 4, "connector": 3, "destination": 2, "remote_ip": 1, "pair": 0}


def _told(case: Case, other: Case) -> bool:
    """Is it a part of the other, begun together with it, or the same mail seen from the other side?"""
    if not (same_fault(case, other) and overlap(case, other) and begin_together(case, other)):
        return False
    crossing = {case.scope, other.scope} == {"connector", "destination"} and bool(case.sight.hit & other.sight.hit)
    return within(case, other) or crossing


def _left_by(case: Case, other: Case, carried: Carried) -> bool:
    """Did its messages fail in the other before, so that it is what became of them?"""
    if not case.faults or not other.faults or not other.started_at <= case.started_at:
        return False
    near = other.until >= EVER or case.started_at <= other.until + RETURNS
    fewer = case.failures <= other.failures or case.sight.only_returned
    related = within(case, other) or bool(case.domains & other.domains)
    return near and fewer and related and share_of(case, other, carried) >= ECHO

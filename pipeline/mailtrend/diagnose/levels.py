"""At which level an outage is told: one address, one destination, one connector, or everything at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from mailtrend.diagnose.cases import Case, Fault, begin_together, overlap, same_fault, within

DOMINATES: Final = 0.7
"""One part that holds so much of a roll-up stands for itself."""
BROAD: Final = 0.5
"""So large a part of the places has to fail for it to be said of all."""
FEW: Final = 3
"""So many parts that begin together are one thing, even where most other places go on."""
LATE_PART: Final = timedelta(hours=24)
"""A place with little mail shows later that it is hit too."""
LIMITS: Final = frozenset({"5.7.705", "5.1.90", "5.7.708", "5.7.750", "5.7.232", "5.7.233"})
"""Codes of limits on the whole tenant: wherever they show, they are of all mail."""


def one_address(cases: Sequence[Case]) -> list[Case]:
    """Where one address of several fails while the others deliver, that address; else the place."""
    gone: set[int] = set()
    for member in (case for case in cases if case.scope == "remote_ip"):
        wider = [case for case in cases if case.scope != "remote_ip" and _holds(case, member)]
        if not member.sight.others_deliver or any(member.failures < DOMINATES * case.failures for case in wider):
            gone.add(id(member))
        else:
            gone.update(id(case) for case in wider)
    return [case for case in cases if id(case) not in gone]


def _holds(case: Case, member: Case) -> bool:
    same = case.connector == member.connector if case.scope in {"pair", "connector"} else True
    return case.kind != "silence" and same and same_fault(case, member) and overlap(case, member)


def rolled_up(cases: Sequence[Case], scope: str) -> list[Case]:
    """Roll-ups of `scope` for their parts, where they say more; else the parts. Never both."""
    gone: set[int] = set()
    for whole in (case for case in cases if case.scope == scope):
        inside = [
            case
            for case in cases
            if case.scope != scope and id(case) not in gone and within(case, whole) and same_fault(case, whole)
            if overlap(case, whole)
        ]
        together = [case for case in inside if _part(case, whole)]
        rest = [case for case in cases if id(case) not in gone]
        stands = _says_more(whole, inside, together) if inside else not _told_over_the_other_side(whole, rest)
        gone.update(id(case) for case in (together if stands else [whole]))
    return [_counted(case, cases) if case.scope == scope else case for case in cases if id(case) not in gone]


def at_one_place(cases: Sequence[Case], keys: Sequence[Mapping[str, Any]]) -> list[Case]:
    """Roll-ups as what they are where one place holds most of them, though it was not found in that place's series.

    keys: rows of warehouse.Series.keys.
    """
    pairs = {(Fault(key["status_code"], key["cause"]), key["place"]): key for key in keys if key.get("place")}
    told = []
    for case in cases:
        rolled = case.scope in {"connector", "destination", "all"} and case.sight.share_of_worst >= DOMINATES
        key = pairs.get((case.faults[0], case.sight.worst)) if rolled and len(case.faults) == 1 else None
        told.append(case if key is None else replace(
            case, series_id=key["series_id"], scope="pair", connector=key["connector"], destination=key["destination"],
            place=key["place"], domains=frozenset(key["domains"] or ()), members=1,
        ))  # fmt: skip
    return told


def _counted(whole: Case, cases: Sequence[Case]) -> Case:
    parts = [
        case for case in cases
        if case.scope != whole.scope and within(case, whole) and same_fault(case, whole) and _part(case, whole)
    ]  # fmt: skip
    return replace(whole, members=max(1, len(parts)), domains=whole.domains.union(*(case.domains for case in parts)))


def _part(case: Case, whole: Case) -> bool:
    if not overlap(case, whole):
        return False
    late = case.place in whole.sight.hit and abs(case.started_at - whole.started_at) <= LATE_PART
    return begin_together(case, whole) or late


def _says_more(whole: Case, inside: Sequence[Case], together: Sequence[Case]) -> bool:
    limit = any(fault.status_code in LIMITS for fault in whole.faults)
    places = {(case.connector, case.destination) for case in together}
    if limit and whole.scope == "all":
        return True
    if len(places) < 2 or max(case.failures for case in inside) >= DOMINATES * whole.failures:  # noqa: PLR2004
        return False
    if whole.scope == "all":
        return _of_all(len(whole.sight.hit), whole.sight.active)
    return broad(len(whole.sight.hit), whole.sight.active) or len(places) >= FEW


def broad(hit: int, active: int) -> bool:
    """Do most of the places fail? Where nothing is known of them, yes."""
    return active == 0 or hit >= BROAD * active


def _of_all(hit: int, active: int) -> bool:
    """Is it a fault of all places? Two that fail beside one that does not are two faults."""
    return broad(hit, active) and (active == 0 or hit >= min(FEW, active))


def _told_over_the_other_side(whole: Case, cases: Sequence[Case]) -> bool:
    """Does a roll-up over the other side begin with it, and hold more? Of two that hold as much, one stays."""
    for other in cases:
        if other.scope in {"pair", "remote_ip", "all", whole.scope} or whole.scope == "all":
            continue
        if not (same_fault(whole, other) and overlap(whole, other) and begin_together(whole, other)):
            continue
        if other.failures > whole.failures or whole.scope == "destination":
            return True
    return False


def everywhere(cases: Sequence[Case]) -> list[Case]:
    """Faults of the network, under several codes, that begin together at most places of a tenant as one case: all."""
    kept, left = [], sorted(cases, key=lambda case: (case.started_at, case.series_id))
    while left:
        first = left.pop(0)
        group = [first, *(case for case in left if _one_thing(first, case))]
        if _is_everywhere(group):
            left = [case for case in left if case not in group]
            kept.append(_all_of(group))
        else:
            kept.append(first)
    return kept


def _one_thing(first: Case, case: Case) -> bool:
    network = all(fault.of_the_network for fault in (*first.faults, *case.faults))
    return (
        bool(first.faults and case.faults) and network and first.tenant == case.tenant and begin_together(first, case)
    )


def _is_everywhere(group: Sequence[Case]) -> bool:
    hit = frozenset[int]().union(*(case.sight.hit for case in group))
    known = max(case.sight.everywhere for case in group)
    sides = {case.connector for case in group}
    spread = len(sides) > 1 or (sides == {None} and len({case.destination for case in group}) >= FEW)
    return len(group) > 1 and spread and known > 0 and len(hit) >= FEW and broad(len(hit), known)


def _all_of(group: Sequence[Case]) -> Case:
    main = max(group, key=lambda case: (case.failures, case.series_id))
    old = sorted(group, key=lambda case: case.started_at)
    faults = tuple(dict.fromkeys(fault for case in old for fault in case.faults))
    ended = None if any(case.ended_at is None for case in group) else max(case.until for case in group)
    return replace(
        main, scope="all", connector=None, destination=None, remote_ip=None, place=None, faults=faults,
        started_at=old[0].started_at, ended_at=ended, failures=sum(case.failures for case in group),
        expected=sum(case.expected for case in group), p_value=min(case.p_value for case in group),
        domains=frozenset[str]().union(*(case.domains for case in group)), members=len(group),
        numbers=tuple(number for case in group for number in case.numbers),
        sight=main.sight._replace(hit=frozenset[int]().union(*(case.sight.hit for case in group))),
    )  # fmt: skip

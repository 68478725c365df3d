"""One outage is one incident: findings over several places, or under several codes, put together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

TOGETHER: Final = timedelta(hours=2)
DOMINATES: Final = 0.7
EXPIRY_CODES: Final = frozenset({"4.4.7", "5.4.7", "5.4.300", "4.4.300"})
"""Codes that only say that time ran out: whatever failed there before is what happened."""
_LATER: Final = timedelta(hours=72)
_EARLIER: Final = timedelta(hours=6)
_EVER: Final = datetime.max


@dataclass(frozen=True)
class Case:
    """One finding with what its series stands for. `members` are the series of the findings that it takes in."""

    series_id: str
    scope: str
    tenant: str
    status_code: str | None
    cause: str | None
    connector: str | None
    destination: str | None
    domains: frozenset[str]
    kind: str
    started_at: datetime
    ended_at: datetime | None
    failures: int
    expected: float
    p_value: float
    evidence: tuple[str, ...]
    members: int = 1

    @property
    def until(self) -> datetime:
        """Its end, or beyond all time while it lasts."""
        return self.ended_at or _EVER


def merged(findings: Sequence[Mapping[str, Any]], keys: Sequence[Mapping[str, Any]]) -> list[Case]:
    """Findings (rows of contracts.FINDINGS) as cases, those that are one outage put together, oldest first.

    keys: rows of warehouse.Series.keys. A finding over all destinations of a connector stands for those of its pairs
    that start within two hours of each other, unless one pair holds most of it; so does one over all connectors.
    """
    by_id = {key["series_id"]: key for key in keys}
    cases = [_case(finding, by_id[finding["series_id"]]) for finding in findings]
    cases = _one_silence_a_place(cases)
    for scope in ("connector", "destination"):
        cases = _rolled_up(cases, scope)
    cases = _without_nameless(cases)
    return sorted(cases, key=lambda case: (case.started_at, case.series_id))


def _case(finding: Mapping[str, Any], key: Mapping[str, Any]) -> Case:
    return Case(
        series_id=key["series_id"],
        scope=key["scope"],
        tenant=key["tenant"],
        status_code=key["status_code"],
        cause=key["cause"],
        connector=key["connector"],
        destination=key["destination"],
        domains=frozenset(key["domains"] or ()),
        kind=finding["kind"],
        started_at=finding["started_at"],
        ended_at=finding["ended_at"],
        failures=finding["failures"],
        expected=finding["expected"],
        p_value=finding["p_value"],
        evidence=tuple(finding["evidence"] or ()),
    )


def _one_silence_a_place(cases: list[Case]) -> list[Case]:
    """A silent place is silent under every code that ever failed there: say it once, and only for pairs."""
    kept: dict[tuple[object, ...], Case] = {}
    for case in cases:
        if case.kind == "silence" and case.scope == "pair":
            kept.setdefault((case.tenant, case.connector, case.destination, case.started_at), case)
    spoken = [replace(case, status_code=None, cause=None) for case in kept.values()]
    return [case for case in cases if case.kind != "silence"] + spoken


def _rolled_up(cases: list[Case], scope: str) -> list[Case]:
    pairs = [case for case in cases if case.scope == "pair"]
    gone: set[int] = set()
    kept: list[Case] = []
    for whole in (case for case in cases if case.scope == scope):
        inside = [pair for pair in pairs if _part_of(pair, whole, scope) and id(pair) not in gone]
        together = [pair for pair in inside if abs(pair.started_at - whole.started_at) <= TOGETHER]
        top = max((pair.failures for pair in inside), default=0)
        if inside and (len(together) < 2 or top >= DOMINATES * whole.failures):  # noqa: PLR2004  # one is no group
            continue
        if not inside and _told_over_the_other_side(whole, cases, scope):
            continue
        gone.update(id(pair) for pair in together)
        kept.append(replace(whole, members=max(1, len(together))))
    return [case for case in cases if case.scope != scope and id(case) not in gone] + kept


def _part_of(pair: Case, whole: Case, scope: str) -> bool:
    same = pair.connector == whole.connector if scope == "connector" else pair.destination == whole.destination
    return same and _same_code(pair, whole) and _overlap(pair, whole)


def _told_over_the_other_side(whole: Case, cases: Sequence[Case], scope: str) -> bool:
    """Does a roll-up over the other side begin with it, and hold more? Of two that hold as much, one stays."""
    for other in cases:
        if other.scope in {"pair", scope} or not (_same_code(whole, other) and _overlap(whole, other)):
            continue
        together = abs(whole.started_at - other.started_at) <= TOGETHER
        if together and (other.failures > whole.failures or scope == "destination"):
            return True
    return False


def _same_code(one: Case, other: Case) -> bool:
    return (one.tenant, one.status_code, one.cause) == (other.tenant, other.status_code, other.cause)


def _overlap(one: Case, other: Case) -> bool:
    return one.started_at < other.until and other.started_at < one.until


def _without_nameless(cases: list[Case]) -> list[Case]:
    """Without failures that carry no reason of their own and go with an incident that has one, at the same place."""
    named = [case for case in cases if not _nameless(case) and case.kind != "silence"]
    return [case for case in cases if not (_nameless(case) and any(_explains(other, case) for other in named))]


def _nameless(case: Case) -> bool:
    if case.kind == "silence":
        return False
    bare = case.status_code is None and case.cause in {None, "unclassified", "message_expired"}
    return bare or case.status_code in EXPIRY_CODES


def _explains(reason: Case, case: Case) -> bool:
    place = reason.destination is not None and reason.destination == case.destination
    route = reason.connector is not None and reason.connector == case.connector
    near = reason.started_at - _EARLIER <= case.started_at <= (reason.ended_at or _EVER - _LATER) + _LATER
    return reason.tenant == case.tenant and near and (place or route or bool(reason.domains & case.domains))

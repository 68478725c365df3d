"""Silences as cases: one for a place or a whole connector, and none where an incident tells of the place already."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

from mailtrend.diagnose.cases import Case, overlap, within

APART: Final = timedelta(hours=24)
"""The last mail to a destination with little of it may have come so long before the connector fell silent."""


def silences(cases: Sequence[Case]) -> list[Case]:
    """The silences among `cases`, each told once whatever codes its place knows; of roll-ups, those of connectors.

    A connector is silent when nothing goes over it at all. That stands for its destinations where two of them or more
    fell silent with it; where only one did, it is that one, for the others have too little mail to be missed.
    """
    places = _told_once(case for case in cases if case.scope == "pair")
    routes: list[Case] = []
    for route in _told_once(case for case in cases if case.scope == "connector" and case.connector is not None):
        parts = [part for part in places if _fell_silent_with(part, route)]
        if len(parts) > 1:
            places = [part for part in places if part not in parts]
            domains = route.domains.union(*(part.domains for part in parts))
            routes.append(replace(route, members=len(parts), domains=domains))
    return [*places, *routes]


def _told_once(cases: Iterable[Case]) -> list[Case]:
    kept: dict[tuple[object, ...], Case] = {}
    for case in cases:
        if case.kind == "silence":
            kept.setdefault((*case.spot, case.started_at), replace(case, status_code=None, cause=None))
    return list(kept.values())


def _fell_silent_with(part: Case, route: Case) -> bool:
    return within(part, route) and overlap(part, route) and abs(part.started_at - route.started_at) <= APART


def unexplained(silent: Sequence[Case], cases: Sequence[Case]) -> list[Case]:
    """Of `silent`, those at whose place none of the other `cases` goes on when they begin.

    Where mail is refused or a server switched off, only a little is still tried: a weekend without any is no news.
    """
    return [one for one in silent if not any(_goes_on(case, one) for case in cases)]


def _goes_on(case: Case, silence: Case) -> bool:
    return bool(case.faults) and within(silence, case) and case.started_at <= silence.started_at < case.until

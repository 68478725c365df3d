"""Findings at one place that are one fault: several codes at once, one code after another, and what comes after it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from mailtrend.diagnose.cases import EVER, Case, overlap, same_fault
from mailtrend.diagnose.facts import Rung

Carried = Mapping[tuple[int, int], float]
"""Of a finding and an earlier one, by number: which share of its failing messages had failed in the earlier one."""
ECHO: Final = 0.8
"""Where so many of its messages had failed before, it is what remained of that fault, and none of its own."""
RETURNS: Final = timedelta(hours=26)
"""Exchange returns mail 24 hours after it was sent, so returns come up to a day after a fault, to the hour."""
_NEXT_RUNG: Final = timedelta(hours=6)
_RUNGS_OVERLAP: Final = timedelta(hours=3)


def ladders(cases: Sequence[Case]) -> list[Case]:
    """Codes that follow each other at one place, each further along the way of a connection, as one case with rungs."""
    return _pairwise(cases, _climbs, _climbed)


def _climbs(low: Case, high: Case) -> bool:
    if low.spot != high.spot or not low.faults or not high.faults or low.faults[-1] == high.faults[0]:
        return False
    if low.stalled_until >= EVER:
        return False
    first, then = low.faults[-1].stage, high.faults[0].stage
    gap = high.started_at - low.stalled_until
    return 0 < first <= then and low.started_at < high.started_at and -_RUNGS_OVERLAP <= gap <= _NEXT_RUNG


def _climbed(low: Case, high: Case) -> Case:
    rungs = (*(low.rungs or (_rung(low),)), *(high.rungs or (_rung(high),)))
    kind = high.kind if low.kind == high.kind else "sustained"
    ended = None if high.ended_at is None else max(high.ended_at, low.stalled_until)
    return replace(_taken_in(high, low), started_at=low.started_at, ended_at=ended, kind=kind, rungs=rungs)


def _rung(case: Case) -> Rung:
    ended = case.ended_at and min(case.ended_at, case.stalled_until)
    return Rung(case.status_code, case.cause, case.started_at, ended, case.failures)


def several_codes(cases: Sequence[Case]) -> list[Case]:
    """Faults of the network at one place and time as one case, named for the code with the most failures."""
    return _pairwise(cases, _same_way, _beside)


def _same_way(one: Case, other: Case) -> bool:
    network = all(fault.of_the_network for fault in (*one.faults, *other.faults))
    return bool(one.faults and other.faults) and network and one.spot == other.spot and overlap(one, other)


def _beside(one: Case, other: Case) -> Case:
    main, less = (one, other) if one.failures >= other.failures else (other, one)
    ended = None if None in (one.ended_at, other.ended_at) else max(one.until, other.until)
    return replace(_taken_in(main, less), started_at=min(one.started_at, other.started_at), ended_at=ended)


def echoes(cases: Sequence[Case], carried: Carried) -> list[Case]:
    """Without what remained of an earlier one at the same place: returns of its mail, late retries."""
    return _pairwise(cases, lambda early, late: _echoes(early, late, carried), _with_echo)


def _echoes(early: Case, late: Case, carried: Carried) -> bool:
    if early.spot != late.spot or not early.faults or not late.faults or late.started_at > _reach(early):
        return False
    return early.started_at <= late.started_at and share_of(late, early, carried) >= ECHO


def share_of(late: Case, early: Case, carried: Carried) -> float:
    """The largest share that a finding of `early` has in one of `late`."""
    return max((carried.get((one, other), 0.0) for one in late.numbers for other in early.numbers), default=0.0)


def _reach(case: Case) -> datetime:
    return case.until + RETURNS if case.until < EVER else datetime.max


def _with_echo(early: Case, late: Case) -> Case:
    """Retries that fail with the same code show that it lasted on; returns do not."""
    lasted = not late.sight.only_returned and same_fault(early, late)
    ended = early.ended_at
    if lasted and ended is not None:
        ended = None if late.ended_at is None else max(ended, min(late.until, late.stalled_until))
    return replace(_taken_in(early, late), ended_at=ended)


def _taken_in(main: Case, less: Case) -> Case:
    """`main` with the faults and findings of `less`; its oldest fault first."""
    old, new = (less, main) if less.started_at <= main.started_at else (main, less)
    waits = [each.sight.waiting_until for each in (main, less) if each.sight.waiting_until is not None]
    sight = main.sight._replace(
        hit=main.sight.hit | less.sight.hit,
        waiting_until=max(waits, default=None),
        only_returned=main.sight.only_returned and less.sight.only_returned,
    )
    return replace(
        main,
        faults=(*old.faults, *(fault for fault in new.faults if fault not in old.faults)),
        numbers=(*main.numbers, *less.numbers),
        domains=main.domains | less.domains,
        failures=main.failures + less.failures,
        p_value=min(main.p_value, less.p_value),
        sight=sight,
    )


def _pairwise(
    cases: Sequence[Case], fits: Callable[[Case, Case], bool], together: Callable[[Case, Case], Case]
) -> list[Case]:
    """Cases, oldest first, each put together with the latest one before it that fits."""
    kept: list[Case] = []
    for case in sorted(cases, key=lambda each: (each.started_at, each.until, each.series_id)):
        at = next((at for at in range(len(kept) - 1, -1, -1) if fits(kept[at], case)), None)
        if at is None:
            kept.append(case)
        else:
            kept[at] = together(kept[at], case)
    return kept

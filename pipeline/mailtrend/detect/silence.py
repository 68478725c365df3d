"""Silence: the hours are covered by data, traffic would be usual, and suddenly there is none."""

from __future__ import annotations

from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np

from mailtrend.detect import usual
from mailtrend.detect.finding import Held
from mailtrend.detect.hours import DAY, Flags, Floats, Hours
from mailtrend.detect.thresholds import Thresholds

_LONGER: Final = 1.7
_BEYOND: Final = 8.0
"""Attempts that have to be missing beyond half as many again as in its longest pause."""
_SECOND: Final = 60
"""Hours from which another silence may be an incident of its own."""
_DAYS_OFF: Final = 4 * DAY + 16
_CALM: Final = 0.3
_PART: Final = 0.08
_OFF: Final = 0.2
_FEW: Final = 3.0
_BRIDGE: Final = 12
"""A gap in the data this long does not end a silence: before and after it nothing was sent."""
_LEAST_ALPHA: Final = 0.06
_EVIDENCE: Final = 5.0


class Silence(NamedTuple):
    """Indexes of its first covered hour and of the one after its last; attempts that usage would have given.

    natural: its longest pause otherwise, in hours. evidence: nats against so many empty days by chance.
    """

    first: int
    last: int
    expected: float
    natural: int
    evidence: float


def silences(hours: Hours, thresholds: Thresholds) -> tuple[list[Silence], list[Held]]:
    """Runs of covered hours without an attempt that are longer than the series' own quiet times, and those held.

    Usage is the mean by hour of the day, working days and weekends apart, over the hours outside the run.
    """
    runs = _zero_runs(hours)
    spans = np.array([_span(hours, run) for run in runs])
    found: list[Silence] = []
    held: list[Held] = []
    for at in np.flatnonzero(spans >= thresholds.silence_hours).tolist():
        # Another silence as long as this one is no natural pause but a second incident; two of them are left to count.
        pauses = (spans < spans[at] / _LONGER) | (spans < _SECOND)
        pauses[at] = False
        others = [runs[other] for other in np.flatnonzero(pauses).tolist()]
        natural = int(spans[pauses].max(initial=0))
        silence, why = _weigh(hours, runs[at], others, natural, thresholds)
        held += [_told(hours, runs[at], why)] if why else []
        found += [] if why else [silence]
    if len(found) <= 2:  # noqa: PLR2004  # three times is a habit
        return found, held
    habit = f"it pauses like that {len(found)} times"
    return [], [*held, *(_told(hours, (each.first, each.last), habit) for each in found)]


def _told(hours: Hours, run: tuple[int, int], why: str) -> Held:
    return Held(int(hours.hour[run[0]]), int(hours.hour[run[1] - 1]) + 1, 0.0, 0.0, f"no attempt, but {why}")


def _weigh(
    hours: Hours, run: tuple[int, int], pauses: list[tuple[int, int]], natural: int, thresholds: Thresholds
) -> tuple[Silence, str]:  # fmt: skip
    """The run's figures, and the gate that held it (empty: it passed)."""
    silence = Silence(*run, 0.0, natural, 0.0)
    if _span(hours, run) < _LONGER * natural:
        return silence, f"its own pauses last up to {natural} h"
    if not _before(hours, run):
        return silence, "hardly any traffic stands before it"
    outside = np.ones(hours.size, dtype=np.bool_)
    outside[run[0] : run[1]] = False
    every = usual.deliveries(hours, 0, hours.size, outside)
    sums = np.concatenate([[0.0], np.cumsum(every)])
    missed = max((float(sums[last] - sums[first]) for first, last in pauses), default=0.0)
    silence = Silence(*run, float(sums[run[1]] - sums[run[0]]), natural, _evidence(hours, every, outside))
    return silence, _held(hours, silence, missed, thresholds) or _strays(hours, silence, every, outside)


def _held(hours: Hours, silence: Silence, missed: float, thresholds: Thresholds) -> str:
    if silence.expected < thresholds.silence_expected:
        return f"only {silence.expected:.1f} were usual"
    if silence.expected < 1.5 * missed + _BEYOND:
        return f"its own pauses leave out up to {missed:.0f} of the usual attempts, this one {silence.expected:.0f}"
    needed = _EVIDENCE + float(np.log(hours.size))
    if silence.evidence < needed:
        return f"the traffic strays that far by itself (evidence {silence.evidence:.1f}, {needed:.1f} needed)"
    return ""


def _strays(hours: Hours, silence: Silence, every: Floats, outside: Flags) -> str:
    if _days_off(hours, (silence.first, silence.last), every, outside):
        return "it begins in the calm of a night and ends with one, as days off do"
    return ""


def _zero_runs(hours: Hours) -> list[tuple[int, int]]:
    zero = np.concatenate([[False], hours.attempts == 0, [False]])
    edges = np.flatnonzero(np.diff(zero.astype(np.int8)))
    runs: list[tuple[int, int]] = []
    for first, last in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if runs and runs[-1][1] == first and hours.hour[first] - hours.hour[first - 1] <= _BRIDGE:
            runs[-1] = (runs[-1][0], last)
        else:
            runs.append((first, last))
    return runs


def _span(hours: Hours, run: tuple[int, int]) -> int:
    return int(hours.hour[run[1] - 1] - hours.hour[run[0]]) + 1


def _evidence(hours: Hours, every: Floats, outside: Flags) -> float:
    """Nats against empty days: each may be as low as days of a negative binomial with the other days' spread."""
    good = hours.attempts - hours.failures
    day = hours.hour // DAY
    bounds = np.flatnonzero(np.diff(day, prepend=day[0] - 1, append=day[-1] + 1)).tolist()
    spread, square, days, missing = 0.0, 0.0, 0, 0.0
    for first, last in pairwise(bounds):
        kept = outside[first:last]
        seen, wanted = float(good[first:last][kept].sum()), float(every[first:last][kept].sum())
        spread += (seen - wanted) ** 2 - wanted
        square += wanted**2
        days += bool(kept.any())
    alpha = (max(0.0, spread / max(square, 1e-9)) * days + 2 * _LEAST_ALPHA) / (days + 2)
    alpha = max(alpha, _LEAST_ALPHA)
    for first, last in pairwise(bounds):
        missing += float(np.log1p(alpha * every[first:last][~outside[first:last]].sum())) / alpha
    return missing


def _days_off(hours: Hours, run: tuple[int, int], every: Floats, outside: Flags) -> bool:
    """Does it look like days off: begun in the calm of a night, ended by a morning, at most four days and a half?

    Only where nights are calm, and where days off are kept otherwise too, or the data is too short to tell.
    """
    by_slot = np.bincount(hours.slot, every, DAY) / np.maximum(np.bincount(hours.slot, minlength=DAY), 1)
    whole = float(by_slot.sum())
    calm = by_slot <= _CALM * whole / DAY
    if _span(hours, run) > _DAYS_OFF or not calm.any() or not _keeps_days_off(hours, outside, int(by_slot.argmin())):
        return False
    wanted, still = by_slot[hours.slot[run[0] : run[1]]], calm[hours.slot[run[0] : run[1]]]
    at = np.flatnonzero(still)
    few = max(_FEW, _PART * whole)
    late = run[1] < hours.size and len(at) > 0 and float(wanted[at[-1] :].sum()) > 2 * few
    return len(at) > 0 and float(wanted[: at[0]].sum()) <= few and not late


def _keeps_days_off(hours: Hours, outside: Flags, calmest: int) -> bool:
    """Were there days almost without deliveries before, or too few to tell? Days here begin at the calmest hour."""
    day = (hours.hour[outside] - calmest) // DAY
    day = day - day[0]
    covered = np.bincount(day)
    sums = np.bincount(day, (hours.attempts - hours.failures)[outside])[covered >= DAY * 0.9]
    off = int((sums < _OFF * np.median(sums[sums > 0])).sum()) if (sums > 0).any() else 0
    return len(sums) < 7 or off * 14 >= len(sums)  # noqa: PLR2004  # days of a week, of two


def _before(hours: Hours, run: tuple[int, int]) -> bool:
    """Was there traffic on most of the days before it?"""
    before = hours.hour[: run[0]]
    if not len(before) or before[-1] - before[0] < 1.5 * DAY:
        return False
    busy = len(np.unique(before[hours.attempts[: run[0]] > 0] // DAY))
    return busy >= 0.5 * len(np.unique(before // DAY))

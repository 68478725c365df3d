"""Did a fix work? Figures of the time before and after a change in, a verdict out, and how sure it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import exp
from typing import Final, Literal

from mailtrend.diagnose.chances import below, bounds, most, needed, run_below
from mailtrend.diagnose.figures import Figures, Other, Tally

Verdict = Literal["fixed", "not fixed", "too early", "replaced by another code"]
State = Literal["gone", "still", "open"]

_HALF: Final = 2
RESIDUE: Final = 20
"""A share twenty times smaller than before is what is left over of a fault that is gone."""
_QUARTER: Final = 4
_FEW: Final = 2
"""One failure may be the last server that learns of the change."""
_NEW: Final = 3
"""So many failures make another code one that has taken over."""
_EXPECTED: Final = 3.0
"""Where three messages were to be expected, none at all is chance in one case of twenty."""
_FALLBACK: Final = timedelta(hours=1)


@dataclass(frozen=True)
class Judgement:
    """The verdict, before it is put into words."""

    verdict: Verdict
    why: Literal[
        "silent", "nowhere", "data", "untried", "few", "gone", "places", "still", "replaced", "pending", "undelivered"
    ]
    places: tuple[tuple[str, Tally], ...] = ()
    news: tuple[Other, ...] = ()
    confidence: float | None = None
    """How likely it is that the verdict is right, as far as numbers tell; None where it is too early."""


def judge(told: Figures) -> Judgement:
    """The verdict and what it stands on.

    `fixed`: the code is gone and mail gets through, or nothing is tried any more and nothing waits. `not fixed`: it
    goes on, be it at one destination only. `replaced by another code`: it is gone, but another one, new or much more
    frequent than before, fails in its place, or mail goes another way and all of it fails there. `too early`: the data
    do not reach far enough, or hold too little to tell.
    """
    if told.until is None or told.until < told.judged_from:
        return Judgement("too early", "data")
    if told.fault.attempts == 0:
        return _untried(told)
    still = tuple(place for place in told.places if state(place[1]) == "still")
    here = state(told.fault)
    if here == "still" or still:
        sure = max(_remains(tally) for tally in (told.fault, *(tally for _, tally in still)))
        return Judgement("not fixed", "still" if here == "still" else "places", still, confidence=sure)
    if news := _taken_over(told, here):
        together = sum(other.tally.failures for other in news)
        there = 1 - below(former(told.fault) / _QUARTER, together, told.fault.attempts)
        return Judgement("replaced by another code", "replaced", news=news, confidence=there)
    return _gone(told, here)


def _untried(told: Figures) -> Judgement:
    """Nothing is tried any more: was it switched off, and does mail get through on its other way?"""
    if not _silent(told):
        return Judgement("too early", "untried")
    sure = 1 - exp(-told.usual)
    if _nowhere(told):
        return Judgement("replaced by another code", "nowhere", confidence=sure)
    return Judgement("fixed", "silent", confidence=sure)


def _gone(told: Figures, here: State) -> Judgement:
    """The fault does not show any more: is that enough to say that it is gone, and does mail get through?"""
    if here == "open":
        return Judgement("too early", "few")
    if told.delivered == 0:
        return Judgement("too early", "undelivered")
    if told.pending * _QUARTER >= told.delivered:
        return Judgement("too early", "pending")
    return Judgement("fixed", "gone", confidence=gone_chance(told.fault))


def former(tally: Tally) -> float:
    """The share of messages that met it before the change; all of them where nothing was tried or nothing failed."""
    return tally.before or 1.0


def state(tally: Tally) -> State:
    """Is a kind of failure `gone` or `still` there, held against its share before; `open` if the numbers are too small.

    Without any failure it is gone once so many messages would hardly have been spared at half its former share; new
    ones are enough for that, whatever mail that waited meets. A few that failed are forgiven when as clear a run of
    messages without any has followed, or when they are next to nothing.
    """
    before = former(tally)
    tried, failed = tally.new
    if failed == 0 and most(tried) < before / _HALF:
        return "gone"
    if tally.failures == 0:
        return "gone" if most(tally.attempts) < before / _HALF else "open"
    quiet = most(tally.since_last) < _run_share(tally) / _HALF
    if quiet or bounds(tally.failures, tally.attempts)[1] < before / RESIDUE:
        return "gone"
    sure = tally.failures >= _FEW and bounds(tally.failures, tally.attempts)[0] > before / RESIDUE
    return "still" if sure else "open"


def _run_share(tally: Tally) -> float:
    """The share of failures that a run without any has to rule out: that up to the last one, or a quarter of before."""
    share = tally.failures / max(tally.failures, tally.attempts - tally.since_last)
    return max(share, former(tally) / _QUARTER)


def gone_chance(tally: Tally) -> float | None:
    """How likely it is that the share of failures is now less than half of what it was; None where nothing was tried.

    Where some failed, but none since, the run since then counts; that it was not chosen for its luck is for `state`.
    """
    if tally.attempts == 0:
        return None
    half = former(tally) / _HALF
    tried, failed = tally.new
    chances = [below(half, tally.failures, tally.attempts)]
    chances += [below(half, 0, tally.since_last)] if tally.failures and tally.since_last else []
    chances += [below(half, failed, tried)] if failed == 0 else []
    return max(chances)


def _remains(tally: Tally) -> float:
    """How likely it is that more is left of the fault than a residue."""
    return 1 - below(former(tally) / RESIDUE, tally.failures, tally.attempts)


def _silent(told: Figures) -> bool:
    """Nothing is tried any more, though the data would show it, and nothing waits: it was switched off.

    Data that do not show what became of most messages that waited would not show an attempt either.
    """
    told_of = _HALF * told.backlog.unaccounted <= told.backlog.waiting
    return told_of and told.backlog.queued_all == 0 and told.usual >= _EXPECTED


def _nowhere(told: Figures) -> bool:
    """Does mail to the domains that failed go another way now, and none of it get through there?"""
    failed = sum(other.failed for other in told.elsewhere)
    return failed >= _NEW and not any(other.delivered for other in told.elsewhere)


def _taken_over(told: Figures, here: State) -> tuple[Other, ...]:
    """Codes that were not there before, or seldom, and now fail in place of the fault; the latest first."""
    if here == "open" and told.fault.failures:
        return ()
    news = [
        other
        for other in told.others
        if bounds(other.tally.failures, other.tally.attempts)[0] > (other.tally.before or 0)
    ]
    failures = sum(other.tally.failures for other in news)
    if failures < _NEW or failures / told.fault.attempts < former(told.fault) / _QUARTER:
        return ()
    run = min(other.tally.since_last for other in news)
    together = Tally(told.fault.attempts, min(failures, told.fault.attempts), run, before=former(told.fault))
    if state(together) == "gone":
        return ()
    return tuple(sorted(news, key=lambda other: (other.tally.since_last, -other.tally.failures, other.name)))


def missing(told: Figures) -> int:
    """So many more messages without a failure are needed to tell."""
    if told.fault.failures:
        return max(1, run_below(_run_share(told.fault) / _HALF) - told.fault.since_last)
    return max(1, needed(former(told.fault)) - told.fault.attempts)


def wait_until(told: Figures) -> datetime:
    """Up to when data are needed to tell, at the usual traffic; an hour of them where that is not known."""
    begin = max(told.until or told.judged_from, told.judged_from)
    return told.traffic.enough_at(begin, missing(told)) or begin + _FALLBACK

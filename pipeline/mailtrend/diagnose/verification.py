"""Did a fix work? Figures of the time before and after a change in, a verdict with its numbers out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

Verdict = Literal["fixed", "not fixed", "too early", "replaced by another code"]
State = Literal["gone", "still", "open"]

DOUBT: Final = 0.05
"""How often chance alone may look like a fix."""
_Z: Final = 1.645
"""Of a normal distribution, one in twenty lies above."""
_HALF: Final = 2
_RESIDUE: Final = 20
"""A share twenty times smaller than before is what is left over of a fault that is gone."""
_QUARTER: Final = 4
_FEW: Final = 2
"""One failure may be the last server that learns of the change."""
_NEW: Final = 3
"""So many failures make another code one that has taken over."""
_EXPECTED: Final = 3.0
"""Where three attempts were to be expected, none at all is chance in one case of twenty."""


@dataclass(frozen=True)
class Tally:
    """Attempts at a place after the change, and the failures of one kind among them."""

    attempts: int = 0
    failures: int = 0
    since_last: int = 0
    """Attempts after the last of these failures."""
    first: datetime | None = None
    last: datetime | None = None
    before: float | None = None
    """Share of failures of this kind before the change; None where nothing was tried then."""


@dataclass(frozen=True)
class Other:
    """A code that is not the one which was to go; NULL where the failures carry none, only a cause."""

    status_code: str | None
    cause: str | None
    tally: Tally

    @property
    def name(self) -> str:
        """How a sentence calls it."""
        return self.status_code or (self.cause or "unclassified").replace("_", " ")


@dataclass(frozen=True)
class Figures:
    """What is known of one connector around a change. Times are UTC without a zone.

    Counts are of the time from `judged_from` up to `until`, unless they say otherwise, and without mail that was given
    up for what happened earlier (`returned_late`).
    """

    connector: str
    code: str | None
    since: datetime
    judged_from: datetime
    until: datetime | None
    """Up to when the data of this connector's sources reach; None where there are none."""
    cause: str | None = None
    """What was to go, where its failures carry no code."""
    destination: str | None = None
    fault: Tally = Tally()
    places: tuple[tuple[str, Tally], ...] = ()
    """The same for each destination where it still fails."""
    delivered: int = 0
    others: tuple[Other, ...] = ()
    returned_late: int = 0
    attempts_before: int = 0
    failures_before: int = 0
    before_from: datetime | None = None
    attempts_between: int = 0
    """In the time that a change takes to reach all servers; these are not judged."""
    failures_between: int = 0
    waiting: int = 0
    """Messages that this fault kept in the queue when the change was made."""
    waiting_delivered: int = 0
    unaccounted: int = 0
    """Of these, how many must have left the queue by now without that any source says how."""
    queued: int = 0
    """Messages with this fault in the queue at the end of the data; `queued_all`: with whatever code."""
    queued_all: int = 0
    next_expiry: datetime | None = None
    next_expiry_all: datetime | None = None
    covered_hours: int = 0
    """Hours since `judged_from` in which the sources of this connector tell of anything."""
    lent: bool = False
    """Deliveries are told by a source that names no connector, and were found by the recipients' domains."""
    pending: int = 0
    """Where they are lent: messages to these domains that have not arrived."""
    disabled: bool = False

    @property
    def name(self) -> str:
        """What was to go, as a sentence calls it."""
        return self.code or (self.cause or "any failure").replace("_", " ")


@dataclass(frozen=True)
class Judgement:
    """The verdict, before it is put into words."""

    verdict: Verdict
    why: Literal["silent", "data", "untried", "few", "gone", "places", "still", "replaced", "pending", "undelivered"]
    places: tuple[tuple[str, Tally], ...] = ()
    news: tuple[Other, ...] = ()


def judge(told: Figures) -> Judgement:
    """The verdict and what it stands on.

    `fixed`: the code is gone and mail gets through, or nothing is tried any more and nothing waits. `not fixed`: it
    goes on, be it at one destination only. `replaced by another code`: it is gone, but another one, new or much more
    frequent than before, fails in its place. `too early`: the data do not reach far enough, or hold too little to tell.
    """
    if told.until is None or told.until < told.judged_from:
        return Judgement("too early", "data")
    if told.fault.attempts == 0:
        return Judgement("fixed", "silent") if _silent(told) else Judgement("too early", "untried")
    still = tuple(place for place in told.places if state(place[1]) == "still")
    here = state(told.fault)
    if here == "still" or still:
        return Judgement("not fixed", "still" if here == "still" else "places", still)
    if news := _taken_over(told, here):
        return Judgement("replaced by another code", "replaced", news=news)
    return _gone(told, here)


def _gone(told: Figures, here: State) -> Judgement:
    """The fault does not show any more: is that enough to say that it is gone, and does mail get through?"""
    if here == "open":
        return Judgement("too early", "few")
    if told.delivered == 0:
        return Judgement("too early", "undelivered")
    if told.pending * _QUARTER >= told.delivered:
        return Judgement("too early", "pending")
    return Judgement("fixed", "gone")


def state(tally: Tally) -> State:
    """Is a kind of failure `gone` or `still` there, held against its share before; `open` if the numbers are too small.

    Without any failure it is gone once so many attempts would hardly have been spared at half its former share. A few
    that failed are forgiven when as clear a run of attempts without any has followed, or when they are next to nothing.
    """
    before = 1.0 if tally.before is None else tally.before
    if tally.failures == 0:
        return "gone" if most(tally.attempts) < before / _HALF else "open"
    share = tally.failures / max(1, tally.attempts - tally.since_last)
    quiet = most(tally.since_last) < max(share, before / _QUARTER) / _HALF
    if quiet or bounds(tally.failures, tally.attempts)[1] < before / _RESIDUE:
        return "gone"
    sure = tally.failures >= _FEW and bounds(tally.failures, tally.attempts)[0] > before / _RESIDUE
    return "still" if sure else "open"


def most(attempts: int) -> float:
    """The highest share of failures with which so many attempts in a row would still succeed one time in twenty."""
    return 1.0 if attempts == 0 else 1 - DOUBT ** (1 / attempts)


def needed(before: float | None) -> int:
    """So many attempts without a failure make it sure that a fault of this former share is gone."""
    half = (1.0 if before is None else before) / _HALF
    return math.floor(math.log(DOUBT) / math.log(1 - half)) + 1 if half > 0 else 1


def bounds(failures: int, attempts: int) -> tuple[float, float]:
    """Between what the true share lies (Wilson), each side wrong one time in twenty."""
    if attempts == 0:
        return 0.0, 1.0
    share, spread = failures / attempts, _Z * _Z / attempts
    middle = share + spread / 2
    width = _Z * math.sqrt(share * (1 - share) / attempts + spread / (4 * attempts))
    return max(0.0, (middle - width) / (1 + spread)), min(1.0, (middle + width) / (1 + spread))


def _silent(told: Figures) -> bool:
    """Nothing is tried any more, though the data would show it, and nothing waits: it was switched off.

    Data that do not show what became of most messages that waited would not show an attempt either.
    """
    told_of = _HALF * told.unaccounted <= told.waiting
    return told_of and told.queued_all == 0 and expected(told, timedelta(hours=told.covered_hours)) >= _EXPECTED


def expected(told: Figures, length: timedelta) -> float:
    """Attempts in so much time, if they came as before the change."""
    if told.before_from is None or told.before_from >= told.since:
        return 0.0
    return told.attempts_before * (length / (told.since - told.before_from))


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
    before = 1.0 if told.fault.before is None else told.fault.before
    if failures < _NEW or failures / told.fault.attempts < before / _QUARTER:
        return ()
    run = min(other.tally.since_last for other in news)
    together = Tally(told.fault.attempts, failures, run, before=before)
    if state(together) == "gone":
        return ()
    return tuple(sorted(news, key=lambda other: (other.tally.since_last, -other.tally.failures, other.name)))


def wait_until(told: Figures) -> datetime:
    """Up to when data are needed to tell, if attempts come as before: an hour of them at least, a day at most."""
    missing = max(1, needed(told.fault.before) - told.fault.attempts)
    hourly = expected(told, timedelta(hours=1))
    hours = min(24, max(1, math.ceil(missing / hourly))) if hourly else 1
    return max(told.until or told.since, told.judged_from) + timedelta(hours=hours)

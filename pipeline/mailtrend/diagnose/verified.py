"""The verdict on a fix in words: one short paragraph that an admin can act on, with its numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from mailtrend.diagnose.phrases import count, joined, span, when
from mailtrend.diagnose.verification import (
    Figures,
    Judgement,
    Other,
    Tally,
    Verdict,
    expected,
    judge,
    needed,
    wait_until,
)

_SHOWN: Final = 3
_LONG: Final = timedelta(hours=6)
"""What fails so long after a change was not mended by it."""


@dataclass(frozen=True)
class Verification:
    """What `mailtrend verify` says."""

    figures: Figures
    judgement: Judgement
    reason: str
    wait_until: datetime | None
    """Up to when data are needed to tell; None unless it is too early."""

    @property
    def verdict(self) -> Verdict:
        """fixed, not fixed, too early, or replaced by another code."""
        return self.judgement.verdict

    def to_dict(self) -> dict[str, Any]:
        """The keys of `mailtrend verify --format json`."""
        told = self.figures
        queued, expiry = _queue(told, self.judgement)
        return {
            "verdict": self.verdict, "reason": self.reason, "connector": told.connector,
            "destination": told.destination, "code": told.code, "since": told.since, "judged_from": told.judged_from,
            "until": told.until, "attempts": told.fault.attempts, "delivered": told.delivered,
            "failures": told.fault.failures,
            "other_failures": [
                {"status_code": other.status_code, "cause": other.cause, "failures": other.tally.failures,
                 "since": other.tally.first}
                for other in told.others
            ],
            "returned_late": told.returned_late, "queued": queued, "queued_at_change": told.waiting,
            "queued_delivered_since": told.waiting_delivered, "failure_rate": _share(told.fault),
            "failure_rate_before": told.fault.before, "attempts_while_spreading": told.attempts_between,
            "failures_while_spreading": told.failures_between, "next_expiry": expiry, "wait_until": self.wait_until,
        }  # fmt: skip


def verify(told: Figures) -> Verification:
    """Judge, and say why."""
    found = judge(told)
    later = wait_until(told) if found.verdict == "too early" else None
    sentences = [*_why(told, found), *_rest(told, found), *_clock(told, found, later)]
    return Verification(told, found, " ".join(sentences), later)


def _why(told: Figures, found: Judgement) -> list[str]:
    match found.why:
        case "silent":
            return _silence(told)
        case "still" | "places":
            return [f"{told.name} goes on: {_failed(told)}{_before(told)}.", *_where(found)]
        case "replaced":
            return _replaced(told, found.news)
        case "gone":
            return [_gone(told)]
        case _:
            return [_not_yet(told, found)]


def _not_yet(told: Figures, found: Judgement) -> str:
    """Why it is too early to tell."""
    match found.why:
        case "data":
            return _no_data(told)
        case "untried":
            waits = f", and {count(told.queued_all, 'message')} still waiting" if told.queued_all else ""
            return f"Nothing was tried over {_place(told)} since {when(told.judged_from)}{waits}."
        case "undelivered":
            return f"{told.name} has not come back in {_tried(told)}, but none of them was delivered."
        case "pending":
            return (
                f"{told.name} has not come back, but the trace still shows {count(told.pending, 'message')} to these "
                f"domains as pending, and {told.delivered:,} as delivered."
            )
        case _:
            return _few(told)


def _place(told: Figures) -> str:
    return f"{told.connector} to {told.destination}" if told.destination else told.connector


def _tried(told: Figures) -> str:
    return f"{count(told.fault.attempts, 'attempt')} over {_place(told)} since {when(told.judged_from)}"


def _share(tally: Tally) -> float | None:
    return tally.failures / tally.attempts if tally.attempts else None


def _before(told: Figures) -> str:
    if told.fault.before is None:
        return "; nothing from before the change is in the lake to compare with"
    return f"; before the change {told.failures_before:,} of {told.attempts_before:,} ({told.fault.before:.0%})"


def _failed(told: Figures) -> str:
    return f"{told.fault.failures:,} of {_tried(told)} failed with it ({_share(told.fault) or 0:.0%})"


def _no_data(told: Figures) -> str:
    if told.until is None:
        return f"The lake holds no attempt over {_place(told)}, neither before {when(told.since)} nor after."
    return (
        f"The data of this connector end on {when(told.until)}, and this change is judged from "
        f"{when(told.judged_from)} on, when it has reached all servers."
    )


def _silence(told: Figures) -> list[str]:
    hours = count(told.covered_hours, "hour")
    usual = round(expected(told, told.until - told.judged_from)) if told.until else 0
    off = "The connector is disabled: n" if told.disabled else "N"
    return [
        f"{off}othing is tried over {_place(told)} any more and nothing waits there: no attempt in {hours} of data "
        f"since {when(told.judged_from)}, where about {usual:,} came before.",
        "That is right if it was switched off on purpose. If not, look where this mail goes now.",
    ]


def _gone(told: Figures) -> str:
    tally = told.fault
    through = f"{told.delivered:,} of {_tried(told)} were delivered"
    if told.lent:
        through = (
            f"{count(told.delivered, 'message')} to the domains that failed were delivered since "
            f"{when(told.judged_from)}, as a source says that names no connector"
        )
    if tally.failures == 0:
        return f"{told.name} is gone: {through} and none failed with it{_before(told)}."
    last = f", the last on {when(tally.last)}, with {count(tally.since_last, 'attempt')} since" if tally.last else ""
    said = f"{told.name} is gone: {through}; {tally.failures:,} failed with it{last}{_before(told)}."
    if tally.last and tally.last - told.judged_from >= _LONG:
        said += f" It went on for {span(tally.last - told.since)} after this change, so another one may have helped."
    return said


def _few(told: Figures) -> str:
    if told.fault.failures == 0:
        enough = needed(told.fault.before)
        return (
            f"{told.name} has not come back, but {_tried(told)} {'is' if told.fault.attempts == 1 else 'are'} too few "
            f"to tell: {enough:,} without it would do{_before(told)}."
        )
    return (
        f"Too few attempts to tell: {_failed(told)}, {told.fault.since_last:,} since the last failure{_before(told)}."
    )


def _where(found: Judgement) -> list[str]:
    told = [f"{name} ({tally.failures:,} of {tally.attempts:,})" for name, tally in found.places[:_SHOWN]]
    if not told:
        return []
    more = f" and {len(found.places) - _SHOWN:,} more" if len(found.places) > _SHOWN else ""
    if found.why == "places":
        return [f"It is gone elsewhere, but not at {joined(told)}{more}."]
    return [f"It fails at {joined(told)}{more}."]


def _replaced(told: Figures, news: tuple[Other, ...]) -> list[str]:
    parts = [
        f"{other.name} ({count(other.tally.failures, 'failure')} since {when(other.tally.first)})"
        for other in news[:_SHOWN]
        if other.tally.first
    ]
    head = (
        f"{told.name} has stopped, but {joined(parts)} took its place in {_tried(told)}, {told.delivered:,} delivered"
    )
    ask = f"; `mailtrend explain {news[0].status_code}` says what to do about it" if news[0].status_code else ""
    return [f"{head}{_before(told)}.", f"The change has let mail get as far as the next fault{ask}."]


def _rest(told: Figures, found: Judgement) -> list[str]:
    said = []
    if told.waiting and found.why != "data":
        said.append(
            f"Of {count(told.waiting, 'message')} that waited at the change, {told.waiting_delivered:,} "
            f"{'was' if told.waiting_delivered == 1 else 'were'} delivered since"
            f"{f'; what became of {told.unaccounted:,} is not in the data' if told.unaccounted else ''}."
        )
    if told.returned_late:
        said.append(
            f"{count(told.returned_late, 'message')} from before the change came back since, given up after a day in "
            "the queue: that is the old fault, so have the senders send again."
        )
    if found.why in {"gone", "silent"} and told.others:
        codes = [f"{other.name} ({other.tally.failures:,})" for other in told.others[:_SHOWN]]
        said.append(f"Other failures in this time: {joined(codes)}.")
    return said


def _clock(told: Figures, found: Judgement, later: datetime | None) -> list[str]:
    queued, expiry = _queue(told, found)
    said = []
    if queued and told.until is not None:
        lost = f", and the first is returned on {when(expiry)} unless it is delivered before" if expiry else ""
        said.append(f"{count(queued, 'message')} still in the queue on {when(told.until)}{lost}.")
    if later is not None:
        said.append(f"Ask again with data up to {when(later)} or later.")
    return said


def _queue(told: Figures, found: Judgement) -> tuple[int, datetime | None]:
    """What waits, and when the first is lost: with the fault, or with any code where another one took over."""
    if found.why in {"replaced", "untried", "data", "silent"}:
        return told.queued_all, told.next_expiry_all
    return told.queued, told.next_expiry

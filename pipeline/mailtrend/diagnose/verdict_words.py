"""The verdict on a fix in words: one short paragraph that an admin can act on, with its numbers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from mailtrend.diagnose.figures import Figures, Other
from mailtrend.diagnose.next_fault import further
from mailtrend.diagnose.phrases import count, joined, span, when
from mailtrend.diagnose.queue_words import backlog, elsewhere, queue
from mailtrend.diagnose.verification import Judgement, missing

__all__ = ["queue", "sentences"]

_SHOWN: Final = 3
_LONG: Final = timedelta(hours=6)
"""What fails so long after a change was not mended by it."""
_CLEAN: Final = 20
"""So many messages without a failure before a change show that the fault was over by then."""
_ALL: Final = 0.995


def sentences(told: Figures, found: Judgement, later: datetime | None) -> list[str]:
    """Why the verdict is what it is; what became of mail that waited; when to ask again (`later`)."""
    return [*_why(told, found), *_sure(found), *_rest(told, found), *backlog(told, found), *_again(told, later)]


def _why(told: Figures, found: Judgement) -> list[str]:
    told_by: dict[str, Callable[[], list[str]]] = {
        "silent": lambda: elsewhere(told),
        "nowhere": lambda: elsewhere(told),
        "still": lambda: _still(told, found),
        "places": lambda: _still(told, found),
        "replaced": lambda: _replaced(told, found.news),
        "gone": lambda: _gone(told),
        "data": lambda: [_no_data(told)],
        "untried": lambda: [_untried(told)],
        "undelivered": lambda: [f"{told.name} has not come back in {_tried(told)}, but none of them was delivered."],
        "pending": lambda: [_pending(told)],
        "few": lambda: [_few(told)],
    }
    return told_by[found.why]()


def _place(told: Figures) -> str:
    return f"{told.connector} to {told.destination}" if told.destination else told.connector


def _tried(told: Figures) -> str:
    return f"{count(told.fault.attempts, 'message')} over {_place(told)} since {when(told.judged_from)}"


def _before(told: Figures) -> str:
    if told.fault.before is None:
        return "; nothing from before the change is in the lake to compare with"
    if told.failures_before == 0:
        return f"; before the change none of {told.before:,} did"
    return f"; before the change {told.failures_before:,} of {told.before:,} did ({told.fault.before:.0%})"


def _failed(told: Figures) -> str:
    fault = told.fault
    _, new = fault.new
    waited = fault.failures - new
    whose = f", {new:,} new and {waited:,} that waited already" if new and waited else ""
    whose = ", all of which waited already" if waited and not new else whose
    return f"{fault.failures:,} of {_tried(told)} failed with it ({fault.share or 0:.0%}{whose})"


def _no_data(told: Figures) -> str:
    if told.until is None:
        return f"The lake holds no attempt over {_place(told)}, neither before {when(told.since)} nor after."
    if told.until < told.since:
        return f"The data of this connector end on {when(told.until)}, before the change: ingest newer exports first."
    return (
        f"The data of this connector end on {when(told.until)}, and this change is judged from "
        f"{when(told.judged_from)} on, when it has reached all servers."
    )


def _untried(told: Figures) -> str:
    waits = f", and {count(told.backlog.queued_all, 'message')} still waiting" if told.backlog.queued_all else ""
    usual = f", where about {told.usual:.0f} would be usual for these hours" if told.traffic.hours else ""
    return f"Nothing was tried over {_place(told)} since {when(told.judged_from)}{usual}{waits}."


def _gone(told: Figures) -> list[str]:
    tally = told.fault
    through = f"{told.delivered:,} of {_tried(told)} were delivered"
    if told.lent:
        through = (
            f"{count(told.delivered, 'message')} to the domains that failed were delivered since "
            f"{when(told.judged_from)}, as a source says that names no connector"
        )
    if tally.failures == 0:
        return [f"{told.name} is gone: {through} and none failed with it{_before(told)}.", *_over_before(told)]
    last = f", the last on {when(tally.last)}, with {count(tally.since_last, 'message')} since" if tally.last else ""
    told_so = [f"{told.name} is gone: {through}; {tally.failures:,} failed with it{last}{_before(told)}."]
    if tally.new[1] == 0:
        told_so.append("All of these waited already; new mail gets through.")
    elif tally.last and tally.last - told.judged_from >= _LONG:
        told_so.append(
            f"It went on for {span(tally.last - told.since)} after this change, so another one may have helped."
        )
    return told_so


def _over_before(told: Figures) -> list[str]:
    """Was it over before the change was made?"""
    last = told.last_before
    if last is None or told.since - last < _LONG:
        return []
    clean = sum(messages for hour, messages in told.traffic.hours if hour > last)
    if clean < _CLEAN:
        return []
    return [
        f"It had stopped before: the last failure was {span(told.since - last)} before the change, with "
        f"{count(clean, 'message')} in between, so something else may have ended it."
    ]


def _few(told: Figures) -> str:
    tally, more = told.fault, missing(told)
    usual = ""
    if told.usual >= 1 or told.traffic.hours:
        usual = f" (about {told.usual:.0f} would be usual for these hours)"
    so_far = f"{_tried(told)} {'is' if tally.attempts == 1 else 'are'} too few to tell{usual}"
    if tally.failures == 0:
        return f"{told.name} has not come back, but {so_far}: about {more:,} more without it would do{_before(told)}."
    return (
        f"Too few messages to tell: {_failed(told)}, {tally.since_last:,} since the last failure; about {more:,} more "
        f"without it would do{_before(told)}."
    )


def _pending(told: Figures) -> str:
    return (
        f"{told.name} has not come back, but the trace still shows {count(told.pending, 'message')} to these domains "
        f"as pending, and {told.delivered:,} as delivered."
    )


def _still(told: Figures, found: Judgement) -> list[str]:
    return [f"{told.name} goes on: {_failed(told)}{_before(told)}.", *_where(found)]


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
        f"{other.name} ({count(other.tally.failures, 'message')} since {when(other.tally.first)})"
        for other in news[:_SHOWN]
        if other.tally.first
    ]
    head = (
        f"{told.name} has stopped, but {joined(parts)} took its place in {_tried(told)}, {told.delivered:,} delivered"
    )
    ask = f" `mailtrend explain {news[0].status_code}` says what to do about it." if news[0].status_code else ""
    return [f"{head}{_before(told)}.", f"{further(told.cause, news[0].cause)}.{ask}"]


def _sure(found: Judgement) -> list[str]:
    if found.confidence is None:
        return []
    sure = "more than 99%" if found.confidence >= _ALL else f"{found.confidence:.0%}"
    return [f"By the numbers alone, this is {sure} sure."]


def _rest(told: Figures, found: Judgement) -> list[str]:
    said = []
    if told.returned_late:
        said.append(
            f"{count(told.returned_late, 'message')} from before the change came back since, given up after a day in "
            "the queue: that is the old fault, so have the senders send again."
        )
    if found.why in {"gone", "silent", "nowhere"} and told.others:
        codes = [f"{other.name} ({other.tally.failures:,})" for other in told.others[:_SHOWN]]
        said.append(f"Other failures in this time: {joined(codes)}.")
    return said


def _again(told: Figures, later: datetime | None) -> list[str]:
    if later is None:
        return []
    pace = "at the usual traffic, " if told.traffic.hours else ""
    return [f"Ask again with data up to {when(later)} or later: {pace}there will be enough by then."]

"""What of each incident a reader of the exports can know: attempts, messages, recipients, and what became of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from flow.mail import Letter
from synth import clock
from synth.traffic import EXPIRY, Attempt, Message


class Sight(NamedTuple):
    """One export: of mail received between two times, what had happened by the time it ran."""

    start: int
    end: int
    ran: int

    def shows(self, received: int, at: int) -> bool:
        """Does it show what happened at `at` to a message?"""
        return self.start <= received < self.end and at <= self.ran


class Figures(NamedTuple):
    """What an incident did to mail, as far as the exports show."""

    first: int
    last: int
    failures: int
    messages: int
    recipients: int
    delivered_late: int
    lost: int
    at_risk: int
    next_expiry: int | None
    waits: tuple[int, ...]
    """Seconds that half, nine in ten, and all of what was delivered late waited at most; empty if nothing was."""


def figures(
    incident: str, mail: Sequence[Letter], events: Sequence[Sight], traces: Sequence[Sight], as_of: int
) -> Figures:
    """Figures of one incident. events: exports that show attempts; traces: those that show only how mail ended."""
    hit: list[tuple[Letter, Attempt]] = []
    for letter in mail:
        hit += [(letter, attempt) for attempt in _blamed(letter, incident, events)]
    if not hit:
        raise ValueError(f"no attempt of '{incident}' is to be seen")
    pairs = {(each.message.trace_id, each.message.recipient): each for each, _ in hit}
    ends = [(_end(each, [*events, *traces]), each) for each in pairs.values()]
    waiting = [each.message.received + EXPIRY for end, each in ends if end is None]
    risky = [at for at in waiting if at > as_of]
    return Figures(
        first=min(attempt.at for _, attempt in hit),
        last=max(attempt.at for _, attempt in hit),
        failures=len(hit),
        messages=len({trace_id for trace_id, _ in pairs}),
        recipients=len({recipient for _, recipient in pairs}),
        delivered_late=sum(end == "send" for end, _ in ends),
        lost=sum(end == "fail" for end, _ in ends),
        at_risk=len(risky),
        next_expiry=min(risky, default=None),
        waits=_waits([each.message for end, each in ends if end == "send"]),
    )


def _blamed(letter: Letter, incident: str, events: Sequence[Sight]) -> Iterator[Attempt]:
    for attempt, name in zip(letter.message.attempts, letter.blame, strict=True):
        seen = any(sight.shows(letter.message.received, attempt.at) for sight in events)
        if name == incident and attempt.fault is not None and seen:
            yield attempt


def _end(letter: Letter, sights: Sequence[Sight]) -> str | None:
    """How it ended, if any export shows that."""
    last = letter.message.attempts[-1]
    return last.kind if any(sight.shows(letter.message.received, last.at) for sight in sights) else None


def _waits(late: Sequence[Message]) -> tuple[int, ...]:
    waited = sorted(round((each.attempts[-1].at - each.received) / clock.SECOND) for each in late)
    places = [-(-len(waited) * share // 10) - 1 for share in (5, 9, 10)]
    return tuple(waited[place] for place in places) if waited else ()


def doubtful(mail: Sequence[Letter], as_of: int) -> int:
    """Messages a day old that are not returned yet when the data ends: nobody could say whether they are at risk."""
    return sum(
        each.message.received + EXPIRY <= as_of < each.message.attempts[-1].at and each.message.attempts[-1].expired
        for each in mail
    )


def hour(at: int) -> int:
    """The hour in which it was."""
    return at // clock.HOUR * clock.HOUR

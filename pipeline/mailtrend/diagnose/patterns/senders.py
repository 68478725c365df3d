"""Who sends what fails: one account or application, or everybody."""

from __future__ import annotations

from typing import Final

from mailtrend.diagnose import phrases
from mailtrend.diagnose.facts import Facts
from mailtrend.diagnose.patterns.forming import Clue, percent
from mailtrend.diagnose.surroundings import around

HALF: Final = 0.5


def top_sender(facts: Facts) -> tuple[str, int] | None:
    """The sender of half of its messages or more, and how many."""
    top = next(iter(around(facts).senders), None)
    return top if top is not None and facts.messages and top[1] >= HALF * facts.messages else None


def by_sender(facts: Facts, weight: float) -> list[Clue]:
    """Whether one sender stands behind it, with the weight of that; nobody is named who does not."""
    told = around(facts)
    if not told.senders or not facts.messages:
        return []
    top = top_sender(facts)
    if top is not None:
        share = percent(top[1], facts.messages)
        return [Clue(weight, f"{top[0]} sent {top[1]:,} of the {facts.messages:,} messages ({share})")]
    most = percent(told.senders[0][1], facts.messages)
    return [Clue(0.0, f"It hits {phrases.count(told.sender_count, 'sender')}, none with more than {most} of it")]

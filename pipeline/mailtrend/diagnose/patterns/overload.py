"""Failures that rise with the volume of mail: too much at once for the server, or for a limit."""

from __future__ import annotations

from typing import Final

from mailtrend.diagnose.facts import Facts
from mailtrend.diagnose.patterns.forming import Clue, Judged, looks, percent, reading
from mailtrend.diagnose.patterns.hours import Busy, busy
from mailtrend.diagnose.surroundings import around
from mailtrend.diagnose.words import Reading, Words

CAUSES: Final = frozenset({
    "connection_timed_out", "connection_reset", "service_unavailable", "insufficient_resources", "rate_limited",
    "throttled_by_microsoft",
})  # fmt: skip
TIMES: Final = 2.0
"""So many times the rate of quiet hours, busy ones have to have."""
LEAST_DAYS: Final = 2
LEAST_FAILED: Final = 20
NEVER_ALL: Final = 0.9
"""Above this rate nothing gets through: that is an outage, not a limit."""
STRONG: Final = 5.0


def applies(facts: Facts) -> bool:
    """Do failures rise and fall with the mail of the day, on two days or more?"""
    told = around(facts)
    if facts.kind == "silence" or facts.cause not in CAUSES or told.days_failing < LEAST_DAYS:
        return False
    found = busy(facts)
    if found is None or sum(told.failed_by_hour) < LEAST_FAILED or found.rate > NEVER_ALL:
        return False
    return found.rate >= TIMES * found.quiet_rate


def read(facts: Facts, words: Words) -> Reading:
    """Overload. Surer where busy hours fail five times as often as quiet ones, and weekends hardly at all."""
    found = busy(facts) or Busy(0.0, 0.0, 0, 0)
    clues = [_rates(found), *_weekend(facts)]
    span = f"{found.first:02}:00–{(found.last + 1) % 24:02}:00 UTC"
    says = (
        f"Of the messages of busy hours ({span}) {percent(found.rate, 1)} fail, of those of quiet ones "
        f"{percent(found.quiet_rate, 1)}: {looks(facts)} a server or a limit that the volume of working hours is too "
        "much for."
    )
    return reading(facts, words, Judged(words.owner, says, clues, _first(facts)))


def _rates(found: Busy) -> Clue:
    strong = found.quiet_rate == 0 or found.rate >= STRONG * found.quiet_rate
    told = (
        f"It follows the volume: {percent(found.rate, 1)} fail in busy hours, {percent(found.quiet_rate, 1)} in others"
    )
    return Clue(0.2 if strong else 0.1, told)


def _weekend(facts: Facts) -> list[Clue]:
    told = around(facts)
    failed = sum(told.failed_by_hour)
    if told.days_tried < 7:  # noqa: PLR2004  # a week has a weekend in it
        return []
    share = told.failed_at_weekends / failed
    told_share = f"{percent(share, 1)} of the failing messages were of a Saturday or Sunday"
    return [Clue(0.05, told_share)] if share < 2 / 7 / TIMES else []


def _first(facts: Facts) -> tuple[str, ...]:
    if facts.cause == "insufficient_resources":
        # What it is short of is the first question, and the book asks it.
        return ()
    if facts.owner_kind == "own":
        return OWN
    return PARTNER if facts.owner_kind == "partner" else OTHERS


OWN: Final = (
    "Raise what the server takes at once, or put a second one beside it: see its limits with `Get-ReceiveConnector | "
    "Format-List Identity, MaxInboundConnection, MaxInboundConnectionPerSource, MessageRateLimit`, and its processor, "
    "memory and virus scanner in busy hours.",
)
PARTNER: Final = (
    "Give the partner both rates and the hours, and ask for a higher limit or a second host: it is volume that fails, "
    "not single messages.",
)
OTHERS: Final = (
    "Spread what need not be sent in busy hours (newsletters, reports, applications); single mails are tried again by "
    "themselves.",
)

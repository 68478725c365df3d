"""A slow climb: reputation or limits of the sender, or a list of addresses that grows old."""

from __future__ import annotations

from typing import Final

from mailtrend.diagnose import phrases
from mailtrend.diagnose.facts import Facts
from mailtrend.diagnose.patterns.forming import Clue, Judged, looks, percent, reading
from mailtrend.diagnose.patterns.senders import by_sender
from mailtrend.diagnose.surroundings import around
from mailtrend.diagnose.words import Reading, Words

LIMITS: Final = frozenset(
    {"rate_limited", "throttled_by_microsoft", "spam_or_reputation", "access_denied", "greylisted"}
)
LISTS: Final = frozenset({"recipient_unknown", "recipient_disabled", "mailbox_full"})
FEW: Final = 3


def applies(facts: Facts) -> bool:
    """Does it climb slowly, with a cause that wears on?"""
    return facts.kind == "drift" and facts.cause in LIMITS | LISTS


def read(facts: Facts, words: Words) -> Reading:
    """Limits and reputation: your organization. Dead addresses: those who write to them.

    Surer with: several receivers that do the same, a rate that has at least doubled, one sender with most of it. Less
    sure with one receiver only, which may just have become stricter.
    """
    clues = [*_rate(facts), *_reach(facts), *by_sender(facts, 0.05)]
    if facts.cause in LISTS:
        says = (
            f"More and more addresses do not exist or take nothing: {looks(facts)} a list of recipients that is not "
            "kept, and every bounce costs reputation."
        )
        return reading(facts, words, Judged("sender", says, clues, HYGIENE))
    says = (
        f"Receivers take less and less of what is sent: {looks(facts)} a sending address whose reputation falls, or "
        "volume that grows beyond a limit."
    )
    return reading(facts, words, Judged("your_organization", says, clues, REPUTATION))


def _rate(facts: Facts) -> list[Clue]:
    if not facts.attempts or not facts.other_attempts:
        return []
    now, before = facts.failures / facts.attempts, facts.other_failures / facts.other_attempts
    told = f"{percent(now, 1)} of the attempts fail while it climbs, {percent(before, 1)} at other times"
    return [Clue(0.1 if now >= 2 * before else 0.0, told)]


def _reach(facts: Facts) -> list[Clue]:
    number = max(around(facts).same_code_destinations, len(facts.destinations))
    if number >= FEW:
        return [Clue(0.1, f"The same code comes from {phrases.count(number, 'destination')}")]
    if facts.cause in LIMITS and facts.destination:
        return [Clue(-0.1, f"Only {facts.destination} does so, which may have become stricter")]
    return []


HYGIENE: Final = (
    "Find the list that these addresses stand on (a newsletter, an application, a distribution list), and take off "
    "what bounced for good; whatever bounces twice should go by itself.",
)
REPUTATION: Final = (
    "See what has grown: who sends more now than a month ago, and to whom. Spread bulk mail, and take addresses off "
    "that bounce.",
    "See that SPF, DKIM and DMARC pass, and whether the sending address is on a block list.",
)

"""Sending limits and blocks of Microsoft's: the whole tenant, or one account that sent too much."""

from __future__ import annotations

import re
from typing import Final

from mailtrend.diagnose import phrases
from mailtrend.diagnose.facts import Facts
from mailtrend.diagnose.patterns.forming import Clue, Judged, gist, looks, percent, reading
from mailtrend.diagnose.patterns.senders import by_sender, top_sender
from mailtrend.diagnose.surroundings import around
from mailtrend.diagnose.words import Reading, Words
from mailtrend.knowledge.filling import literal

ACCOUNT: Final = frozenset({"5.1.8", "5.1.90", "5.7.501", "5.7.502", "5.7.503"})
"""Codes that stop one account."""
TENANT: Final = re.compile(r"5\.7\.(7[0-4]\d|232|233|236)|5\.7\.750")
"""Codes that stop all mail of the tenant to the outside."""
SLOWED: Final = re.compile(r"4\.7\.[56]\d\d")
"""Codes by which Exchange Online slows a sending address down."""
WINDOWS: Final = {
    "5.1.90": "10,000 recipients of one mailbox within any 24 hours",
    "5.7.232": "5,000 external recipients of a trial tenant within any 24 hours",
    "5.7.233": "500 x licences to the power of 0.7, plus 9,500 external recipients of the tenant within any 24 hours",
    "5.7.236": "100 external recipients of all onmicrosoft.com senders together within any 24 hours",
}
"""Limits that Microsoft publishes."""


def applies(facts: Facts) -> bool:
    """Is it a limit or block of the tenant or of an account, and one that others did not run into at our door?"""
    if facts.kind == "silence" or 2 * facts.inbound > facts.failures:
        return False
    code = facts.status_code or ""
    known = code in ACCOUNT or bool(TENANT.fullmatch(code) or SLOWED.fullmatch(code))
    return known or facts.cause == "tenant_blocked"


def read(facts: Facts, words: Words) -> Reading:
    """Your organization's, whoever runs the destinations.

    Surer with: many destinations at once, one sender with most of it. Less sure with one destination only, for then the
    limit may be that receiver's.
    """
    code = facts.status_code or ""
    clues = [*_reach(facts), *by_sender(facts, 0.1)]
    if window := WINDOWS.get(code):
        clues.append(Clue(0.0, f"The limit behind {code}: {window}; it is free again as the window moves on"))
    top = top_sender(facts)
    return reading(facts, words, Judged("your_organization", _says(facts, words, top), clues, ready=_first(top)))


def _says(facts: Facts, words: Words, top: tuple[str, int] | None) -> str:
    code = facts.status_code or ""
    if top is not None and around(facts).sender_count > 1:
        share = percent(top[1], facts.messages)
        named = f"{top[0]} sent {share} of what was refused: {looks(facts)} one account or application that sends far "
        return f"{named}more than usual, taken over perhaps."
    if top is not None and code in ACCOUNT:
        return f"It stops {top[0]} alone. {gist(words)}".rstrip()
    if code in ACCOUNT or SLOWED.fullmatch(code):
        return gist(words)
    return f"It stops mail of the whole organization. {gist(words)}".rstrip()


def _reach(facts: Facts) -> list[Clue]:
    number = max(around(facts).same_code_destinations, len(facts.destinations))
    if number > 1:
        return [Clue(0.15, f"It came at {phrases.count(number, 'destination')} at once, so it is not one receiver's")]
    return [Clue(-0.1, "It came at one destination only")] if facts.destination else []


def _first(top: tuple[str, int] | None) -> tuple[str, ...]:
    """Who sends comes first: until that is stopped, every limit is reached again. The name is quoted, or left out."""
    if top is None:
        return ()
    name = literal(top[0])
    if name is None:
        return ()
    return (
        f"Look first at what {name} sends: `Get-MessageTraceV2 -SenderAddress {name} -StartDate (Get-Date).AddDays(-1) "
        "-EndDate (Get-Date)`. Stop a mass mailing; if it is not its owner's mail, sign the account out everywhere and "
        "reset its password before anything is unblocked.",
    )

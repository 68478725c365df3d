"""Mail goes out by another address since a change of the line, and those who know only the old one refuse it."""

from __future__ import annotations

from typing import Final

from mailtrend.diagnose import phrases
from mailtrend.diagnose.facts import Facts
from mailtrend.diagnose.patterns.blocked import addresses
from mailtrend.diagnose.patterns.forming import Clue, Judged, looks, reading
from mailtrend.diagnose.patterns.near import change_of, changed
from mailtrend.diagnose.surroundings import around
from mailtrend.diagnose.words import Reading, Words

CAUSES: Final = frozenset({
    "reverse_dns_missing", "sender_authentication", "connector_restriction", "relay_denied", "access_denied",
    "spam_or_reputation",
})  # fmt: skip
"""Causes by which somebody refuses an address that he does not know, or that has no name."""
KINDS: Final = ("isp", "network")


def applies(facts: Facts) -> bool:
    """Was the line or network changed in the three days before mail was refused for its address?"""
    refused_by_us = 2 * facts.inbound > facts.failures
    return (
        facts.kind != "silence" and not refused_by_us and facts.cause in CAUSES and change_of(facts, *KINDS) is not None
    )


def read(facts: Facts, words: Words) -> Reading:
    """Your own: SPF, reverse DNS, connectors and partners' lists still have the old address.

    Surer with: a change that names this place, several receivers that refuse, an address that the texts name.
    """
    clues = changed(facts, change_of(facts, *KINDS), 0.15, 0.1)
    number = max(around(facts).same_code_destinations, len(facts.destinations))
    if number > 1:
        clues.append(Clue(0.1, f"{phrases.count(number, 'destination')} refuse since then"))
    if named := addresses(facts):
        clues.append(Clue(0.05, f"The texts name {phrases.joined(named)}"))
    says = (
        f"{looks(facts).capitalize()} the new address of the line, which SPF, reverse DNS, inbound connectors or "
        "partners' lists do not know yet."
    )
    return reading(facts, words, Judged("your_organization", says, clues, FIRST))


FIRST: Final = (
    "Find the address that mail leaves by now, and put it everywhere the old one stands: SPF of every sending domain "
    "(`Resolve-DnsName DOMAIN -Type TXT -Server 1.1.1.1`), reverse DNS (ask the provider), inbound connectors of "
    "Exchange Online (`Get-InboundConnector | Format-List Name, SenderIPAddresses`), and the lists of partners.",
)

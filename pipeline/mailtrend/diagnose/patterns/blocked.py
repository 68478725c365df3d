"""One's own sending address on a block list: which address, which list."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import Final

from mailtrend.diagnose import phrases
from mailtrend.diagnose.facts import Facts
from mailtrend.diagnose.patterns.forming import Clue, Judged, looks, reading
from mailtrend.diagnose.patterns.near import from_exchange_online
from mailtrend.diagnose.surroundings import around
from mailtrend.diagnose.words import Reading, Words

CAUSES: Final = frozenset({"spam_or_reputation", "access_denied"})
BANNED: Final = re.compile(r"5\.7\.(511|60[6-9]|6[1-4]\d)")
"""Codes by which Exchange Online bans a sending address."""
LISTS: Final = {
    "Spamhaus": r"spamhaus|\b(?:zen|sbl|xbl|pbl|css)[ .-](?:spamhaus|advisory)",
    "SpamCop": r"spamcop",
    "Barracuda": r"barracuda",
    "SORBS": r"\bsorbs\b",
    "UCEPROTECT": r"uceprotect",
    "Invaluement": r"invaluement",
    "Abusix": r"abusix",
    "PSBL": r"\bpsbl\b",
    "Mailspike": r"mailspike",
    "Proofpoint": r"proofpoint|\bpphosted",
    "Cloudmark": r"cloudmark",
    "Cisco Talos": r"talosintelligence|senderbase",
    "Trend Micro": r"trend ?micro|\bmail-abuse\b",
    "Outlook.com's own list": r"\bS31(?:40|50)\b",
    "Microsoft's own list": r"\bAS16012609\b|sender\.office\.com|delist@",
}
"""Operators of block lists, and how texts name them."""
_IP: Final = r"(\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]{1,4}(?::[0-9a-f]{0,4}){3,7})(?![\w.:]*\w)"
ADDRESS: Final = re.compile(
    rf"(?:[\[(/]|\b(?:ip|address|host|client|sender|from)[ :=]+(?:is |address |ip )?){_IP}"
    rf"|(?<![\w.:]){_IP} (?:is |was |has been )?(?:listed|blocked|banned|on)\b",
    re.IGNORECASE,
)
"""An address where a text speaks of one: version numbers look the same."""


def applies(facts: Facts) -> bool:
    """Does a text name a block list, or a code say that the address is banned?"""
    if facts.kind == "silence" or 2 * facts.inbound > facts.failures:
        return False
    banned = bool(BANNED.fullmatch(facts.status_code or ""))
    return banned or (facts.cause in CAUSES and bool(lists(facts)))


def read(facts: Facts, words: Words) -> Reading:
    """Your own address is listed. Surer with: an address and a list that the texts name, several receivers."""
    named, listed = lists(facts), addresses(facts)
    clues = []
    on = phrases.joined(named) or "a block list"
    which = phrases.joined(listed) or "the address that mail leaves by"
    if named or listed:
        clues.append(Clue(0.15 if named and listed else 0.1, f"The texts name {_what(named, listed)}"))
    number = max(around(facts).same_code_destinations, len(facts.destinations))
    if number > 1:
        clues.append(Clue(0.1, f"{phrases.count(number, 'destination')} refuse for it"))
    shared = from_exchange_online(facts) and bool(around(facts).sources)
    says = f"{looks(facts).capitalize()} {which} on {on}."
    if shared:
        says += (
            " Mail of Exchange Online leaves by addresses that Microsoft shares among tenants, and by worse ones what "
            "it takes for spam."
        )
    first = SHARED if shared else OWN
    return reading(facts, words, Judged("your_organization", says, clues, first))


def lists(facts: Facts) -> list[str]:
    """Block lists that its texts name."""
    text = "\n".join(around(facts).replies)
    return [name for name, match in LISTS.items() if re.search(match, text, re.IGNORECASE)]


def addresses(facts: Facts) -> list[str]:
    """Addresses in its texts that are not the server's own, and so the sender's."""
    theirs = set(facts.remote_ips) | {one.ip for one in around(facts).addresses}
    found = [first or second for text in around(facts).replies for first, second in ADDRESS.findall(text)]
    return list(dict.fromkeys(told for told in found if told not in theirs and _is_address(told)))[:3]


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _what(named: list[str], listed: list[str]) -> str:
    parts = [*(["the address " + phrases.joined(listed)] if listed else [])]
    return phrases.joined([*parts, *(["the list of " + phrases.joined(named)] if named else [])])


OWN: Final = (
    "Look the address up at that list, and read why it is there; find what sent it (a taken-over account, an open "
    "relay, a newsletter), and stop that first.",
)
SHARED: Final = (
    "Find what of yours Microsoft took for spam, for that leaves by its worse addresses: see "
    "{place.restricted_entities} and who sends most. A shared address that is listed for all, only Microsoft can have "
    "taken off: {place.support}.",
)

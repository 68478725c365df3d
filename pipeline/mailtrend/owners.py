"""Who has to act, in words: of an incident, of a pasted text, and short, for a column."""

from __future__ import annotations

from typing import Final, NamedTuple


class Owner(NamedTuple):
    """One owner (contracts.OWNERS) in words.

    full: at the head of an incident. of_text: where no more than a text is known. short: in a narrow column.
    """

    full: str
    of_text: str
    short: str


OWNERS: Final = {
    "sender": Owner("The sender", "the sender of the message", "the sender"),
    "your_organization": Owner("Your organization", "your organization", "you"),
    "on_premises": Owner("Your on-premises mail team", "your on-premises mail team", "your on-premises team"),
    "partner": Owner("The partner who runs the receiving server", "the partner who runs that server", "the partner"),
    "recipient_organization": Owner(
        "The recipient's organization", "the recipient's organization", "the recipient's admin"
    ),
    "microsoft": Owner("Microsoft", "Microsoft", "Microsoft"),
    "dns": Owner("Whoever runs the DNS of the destination", "whoever runs the DNS of that name", "DNS"),
    "network": Owner("Your network or firewall team", "your network or firewall team", "network"),
    "nobody": Owner("Nobody: it passes by itself", "nobody", "nobody"),
    "undetermined": Owner(
        "Not determined: load the connectors to tell own from partner servers",
        "not determined: the text does not say",
        "hangs on context",
    ),
}


def full(key: str) -> str:
    """Who has to act, in words; an unknown key as it stands."""
    return OWNERS[key].full if key in OWNERS else key.replace("_", " ")


def short(key: str) -> str:
    """The same for a narrow column."""
    return OWNERS[key].short if key in OWNERS else key.replace("_", " ")

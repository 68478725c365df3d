"""An explanation in words, for a terminal: what it means, why, who has to act, and what to do."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from mailtrend.knowledge import Explanation

WIDTH: Final = 100
"""Columns at most."""
CLASSES: Final = {
    "transient": "transient: the sender tries again by itself",
    "permanent": "permanent: nobody tries again by itself",
    "success": "success",
}
OWNERS: Final = {
    "sender": "the sender of the message",
    "your_organization": "your organization",
    "on_premises": "your on-premises mail team",
    "partner": "the partner who runs that server",
    "recipient_organization": "the recipient's organization",
    "microsoft": "Microsoft",
    "dns": "whoever runs the DNS of that name",
    "network": "your network or firewall team",
    "nobody": "nobody",
    "undetermined": "not determined: the text does not say",
}
PROBLEMS: Final = {
    "expired": "expired",
    "name_mismatch": "made out to another name",
    "untrusted": "issued by nobody who is trusted here",
    "revoked": "revoked",
    "self_signed": "signed by itself",
    "not_yet_valid": "not valid yet",
    "revocation_unknown": "nobody could be asked whether it was revoked",
}
WHOSE: Final = {
    "own": "if it is your own server",
    "partner": "if it is a partner's server",
    "internet": "if mail goes there by MX",
}


def in_words(found: Explanation) -> str:
    """The whole page for one explanation."""
    told = found.verdict
    parts = [
        [f"{_codes(found.reply_code, found.status_code) or 'No code'}: {told.title}"],
        _wrapped(told.meaning),
        _facts(found),
        _listed("Usual causes", told.causes),
        *_what_to_do(found),
        _listed("If the server was switched off on purpose after a migration", told.steps_migrated, numbered=True),
        [f"Source: {told.reference}"] if told.reference else [],
    ]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def _codes(reply_code: int | None, status_code: str | None) -> str:
    return " ".join(str(code) for code in (reply_code, status_code) if code)


def _facts(found: Explanation) -> list[str]:
    """The short facts, name and value."""
    facts = {
        "Inner reply": _codes(found.remote_reply_code, found.remote_status_code),
        "Server": " ".join(dict.fromkeys(told for told in (found.remote_host, found.remote_ip) if told)),
        "Cause": found.cause or "",
        "Certificate": "; ".join(_certificate(found)),
        "Class": CLASSES.get(found.class_ or "", ""),
        "Began as" if (found.status_code or "").startswith("5") else "Expires as": found.verdict.twin or "",
        "Who has to act": "; ".join(_owners(found.verdict.owner, found.verdict.owners)),
    }
    wide = max(len(name) for name, value in facts.items() if value) + 2
    return [
        line
        for name, value in facts.items()
        if value
        for line in _wrapped(value, first=f"{name}:".ljust(wide), then=" " * wide)
    ]


def _certificate(found: Explanation) -> list[str]:
    """What is wrong with the server's certificate, and whose it is."""
    named = {
        "presented": found.certificate_subject,
        "expected": found.certificate_expected,
        "thumbprint": found.certificate_thumbprint,
        "valid until": found.certificate_not_after,
    }
    problem = PROBLEMS.get(found.certificate_problem or "")
    return [*([problem] if problem else []), *(f"{name} {value}" for name, value in named.items() if value)]


def _owners(owner: str, owners: Mapping[str, str]) -> list[str]:
    """Who has to act; where that hangs on who runs the server, each with its condition."""
    if owner != "undetermined" or len(set(owners.values())) == 1:
        return [OWNERS[owner]]
    by_owner: dict[str, list[str]] = {}
    for kind, who in owners.items():
        if kind in WHOSE:
            by_owner.setdefault(who, []).append(WHOSE[kind])
    return [f"{OWNERS[who]} {' or '.join(whose)}" for who, whose in by_owner.items()]


def _what_to_do(found: Explanation) -> list[list[str]]:
    """The steps, numbered; one list for each kind of server where they differ."""
    told = found.verdict
    if not told.choices:
        return [_listed("What to do", told.steps, numbered=True)]
    first = ["What to do", *_wrapped(told.steps[0], first="  First: ", then="         ")]
    return [
        first,
        *(_listed(WHOSE[kind].replace("if", "If", 1), steps, numbered=True) for kind, steps in told.choices.items()),
    ]


def _listed(head: str, items: Iterable[str], *, numbered: bool = False) -> list[str]:
    """A heading and its items, each wrapped; nothing where there are none."""
    lines = [
        line
        for number, item in enumerate(items, 1)
        for line in _wrapped(item, first=f"{number:>3}. " if numbered else "  - ", then="     " if numbered else "    ")
    ]
    return [head, *lines] if lines else []


def _wrapped(text: str, first: str = "", then: str = "") -> list[str]:
    return textwrap.wrap(
        text, WIDTH, initial_indent=first, subsequent_indent=then, break_long_words=False, break_on_hyphens=False
    )

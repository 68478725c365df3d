"""An explanation in words, for a terminal: what it means, why, who has to act, and what to do."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from mailtrend import owners
from mailtrend.owners import OWNERS

if TYPE_CHECKING:
    from mailtrend.knowledge import Explanation
    from mailtrend.knowledge.families import Member
    from mailtrend.knowledge.pasted import Pasted

WIDTH: Final = 100
"""Columns at most."""
CLASSES: Final = {
    "transient": "transient: the sender tries again by itself",
    "permanent": "permanent: nobody tries again by itself",
    "success": "success",
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
RUN_BY: Final = {
    "own": "your own server",
    "partner": "a server of {partner}",
    "internet": "found through MX",
    "microsoft": "a server of Microsoft",
}
"""Who runs the server of a place that the lake knows."""
WHOSE: Final = {
    "own": "if it is your own server",
    "partner": "if it is a partner's server",
    "internet": "if mail goes there by MX",
}


BASES: Final = {
    "own": "your own file says so",
    "words": "the words leave no doubt",
    "code": "the code means nothing else",
    "loose_words": "the words mostly mean this",
    "loose_code": "the code mostly means this, the text says no more",
    "reply": "only the reply code tells",
    "nothing": "nothing in the text tells",
}
SURE: Final = ((0.9, "sure"), (0.7, "likely"), (0.5, "probable"), (0.3, "a guess"), (0.0, "unknown"))
"""From which confidence on a cause is called what."""


def in_words(told: Pasted) -> str:
    """The whole page for one text, or for a family of codes."""
    found, verdict = told.found, told.found.verdict
    codes = _codes(found.reply_code, found.status_code) or ("" if told.by_name else "No code")
    parts = [
        _wrapped(f"{codes}: {verdict.title}" if codes else verdict.title),
        _wrapped(verdict.meaning),
        _facts(told),
        _members(told.entries),
        _listed("Usual causes", verdict.causes),
        *_what_to_do(found),
        _listed("If the server was switched off on purpose after a migration", verdict.steps_migrated, numbered=True),
        _others(told.others),
        [f"Source: {verdict.reference}"] if verdict.reference else [],
    ]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def _members(members: Sequence[Member]) -> list[str]:
    """The members of a family, one a line, with who has to act."""
    if not members:
        return []
    wide = max(len(member.codes) for member in members)
    lines = [
        line
        for member in members
        for line in _wrapped(
            f"{member.title} ({owners.short(member.owner)})",
            first=f"  {member.codes.ljust(wide)}  ",
            then=" " * (wide + 4),
        )
    ]
    return [f"{len(members)} known codes and ranges, each with who has to act", *lines]


def _others(others: Sequence[tuple[str, Explanation]]) -> list[str]:
    """What the same report says of further recipients."""
    told = (
        f"{to}: {' '.join(part for part in (_codes(one.reply_code, one.status_code), one.verdict.title) if part)}"
        for to, one in others
    )
    return _listed("Further recipients in this text", told)


def _codes(reply_code: int | None, status_code: str | None) -> str:
    return " ".join(str(code) for code in (reply_code, status_code) if code)


def _facts(told: Pasted) -> list[str]:
    """The short facts, name and value."""
    found = told.found
    facts = {
        "Recipient": told.recipient or "",
        "Inner reply": _codes(found.remote_reply_code, found.remote_status_code),
        "Server": " ".join(dict.fromkeys(name for name in (found.remote_host, found.remote_ip) if name)),
        "Whose it is": _whose(found),
        "Cause": _cause(found),
        "Certificate": "; ".join(_certificate(found)),
        "Class": CLASSES.get(found.class_ or "", ""),
        "Began as" if (found.status_code or "").startswith("5") else "Expires as": found.verdict.twin or "",
        "Who has to act": "; ".join(_owners(found.verdict.owner, found.verdict.owners)) if not told.entries else "",
        "That hangs on": found.verdict.owner_depends_on if not told.entries else "",
    }
    wide = max(len(name) for name, value in facts.items() if value) + 2
    return [
        line
        for name, value in facts.items()
        if value
        for line in _wrapped(value, first=f"{name}:".ljust(wide), then=" " * wide)
    ]


def _whose(found: Explanation) -> str:
    """Who runs the server, by the exports in the lake."""
    place = found.place
    if place.owner_kind not in RUN_BY:
        return (
            f"connector {place.connector}; its export leaves open whose server it leads to" if place.connector else ""
        )
    run_by = RUN_BY[place.owner_kind].format(partner=place.partner or "a partner")
    return f"{run_by}, by connector {place.connector}" if place.connector else run_by


def _cause(found: Explanation) -> str:
    """The cause and how sure it is."""
    if found.cause is None:
        return ""
    if found.basis is None or found.cause == "unclassified":
        return found.cause
    sure = next(word for least, word in SURE if (found.confidence or 0) >= least)
    return f"{found.cause} ({sure}: {BASES[found.basis]})"


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
        return [OWNERS[owner].of_text]
    by_owner: dict[str, list[str]] = {}
    for kind, who in owners.items():
        if kind in WHOSE:
            by_owner.setdefault(who, []).append(WHOSE[kind])
    return [f"{OWNERS[who].of_text} {' or '.join(whose)}" for who, whose in by_owner.items()]


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

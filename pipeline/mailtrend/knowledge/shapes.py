"""What the book holds: rules from words to causes, what a cause means, what a code means, and who has to act."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, Literal, NamedTuple

OwnerKind = Literal["own", "partner", "internet", "microsoft", "undetermined"]
Issuer = Literal["microsoft", "standard"]
KINDS: Final = ("own", "partner", "internet")
"""Who may run the server at the other end, each with owners and steps of its own; `microsoft` is one of the internet,
with another owner."""
AT_MICROSOFT: Final = {"on_premises": "microsoft", "partner": "microsoft", "recipient_organization": "microsoft"}
"""Who has to act at a server that Microsoft runs, where that hangs on who runs it; mailboxes stay their owners'."""
PERMANENCE: Final = {"2": "success", "4": "transient", "5": "permanent"}
STEM: Final = re.compile(r"[^.]*$")
"""What stands behind class and subject of a code."""
PLACEHOLDERS: Final = ("connector", "destination", "domain", "code", "ip")
"""What steps may name in braces; `verdict` fills them in. `{place.KEY}` is a path of places.toml."""


class Range(NamedTuple):
    """One status code, or the codes from `low` to `high` of one class and subject (inclusive)."""

    stem: str
    """Class and subject with their dots: `5.7.`"""
    low: int
    high: int

    def __str__(self) -> str:
        """As the book writes it: `5.7.606-649`."""
        return f"{self.stem}{self.low}" + (f"-{self.high}" if self.high > self.low else "")

    def holds(self, status_code: str) -> bool:
        """Is `status_code` one of these?"""
        if not status_code.startswith(self.stem):
            return False
        detail = status_code[len(self.stem) :]
        return detail.isascii() and detail.isdigit() and self.low <= int(detail) <= self.high


@dataclass(frozen=True)
class Rule:
    """Words of an error text → cause."""

    cause: str
    match: tuple[str, ...]
    codes: tuple[str, ...] = ()
    firm: bool = False
    examples: tuple[str, ...] = ()
    """Texts in which this rule decides."""
    own: bool = False
    """Is it of the user's own file? Then it is asked before every other."""


@dataclass(frozen=True)
class Guide:
    """What something means and what to do about it, per who runs the server at the other end."""

    title: str
    meaning: str
    owners: Mapping[str, str]
    """`own`, `partner`, `internet` → owner; `undetermined` only where the fault itself settles it."""
    steps: Mapping[str, tuple[str, ...]]
    """`own`, `partner`, `internet` → steps in order, with placeholders."""
    takes: str | None = None
    """Key of [takes] in places.toml: how long what was changed takes to be seen; None where the cause tells."""

    def owner(self, kind: OwnerKind) -> str:
        """Who has to act; `undetermined` when that hangs on a kind that is not known."""
        if kind in self.owners:
            return self.owners[kind]
        if kind == "microsoft":
            told = self.owners["internet"]
            return AT_MICROSOFT.get(told, told) if self.owners["own"] != told else told
        named = set(self.owners.values())
        return named.pop() if len(named) == 1 else "undetermined"


@dataclass(frozen=True)
class CauseGuide(Guide):
    """A cause of contracts.CAUSES in words; used where a code alone does not say what to do."""

    key: str = ""
    usual: str | None = None
    """`transient` or `permanent`, for texts without any code."""
    ask: str = ""
    """What to ask a partner for, as a sentence of the message to them."""


@dataclass(frozen=True)
class Entry(Guide):
    """One code, several codes or a range, with everything that is known of them."""

    codes: tuple[Range, ...] = ()
    severity: int = 3
    """1 stops a connector, tenant or domain; 2 hits many messages; 3 one message; 4 is by design."""
    causes: tuple[str, ...] = ()
    """What is usually behind it, in words."""
    cause: str | None = None
    """Cause of contracts.CAUSES that the code stands for when its text says no more."""
    firm: bool = False
    """Does the code settle the cause, however loosely the text is worded?"""
    covers: tuple[str, ...] = ()
    """Further causes that these steps already deal with; any other cause brings its own guide."""
    issuer: Issuer | None = None
    """Set where Microsoft and the IANA registry give one number two meanings: whose this one is."""
    reply: int | None = None
    """Set where the meaning is this one only behind that reply code."""
    when: str | None = None
    """Set where the meaning is this one only if the text tells this cause."""
    own: bool = False
    """Is it of the user's own file? Then it goes before every other."""
    twin: str | None = None
    """The code that the same fault has before, or after, the message expires."""
    expired: bool = False
    """Is this what a 4.x.y failure turns into after 24 hours?"""
    steps_migrated: tuple[str, ...] = ()
    """What to do instead when the server was switched off on purpose after a migration."""
    reference: str = ""
    examples: tuple[tuple[str, str | None], ...] = ()
    """Texts that have to land here, with their cause; replies of success have none."""


@dataclass(frozen=True)
class Fallback:
    """What can be said of a code from its class, subject and detail (RFC 3463, IANA) or its reply code alone."""

    classes: Mapping[str, str]
    """First digit → what it says."""
    subjects: Mapping[str, Guide]
    """Middle digit → guide."""
    details: Mapping[str, str]
    """`subject.detail` → its registered name."""
    replies: Mapping[int, Entry]
    """Basic reply code → entry without an enhanced code."""
    unknown: Guide
    """No code and no known words."""
    reference_status: str
    """Where status codes are registered."""
    reference_reply: str
    """Where basic reply codes are written down."""


@dataclass(frozen=True)
class Takes:
    """How long a change takes until it is seen, as a sentence; and whether `mailtrend verify` can tell."""

    sentence: str
    verify: bool


@dataclass(frozen=True, eq=False)
class Book:
    """Everything that the TOML files say, what the user's own file says before the rest."""

    rules: tuple[Rule, ...]
    causes: Mapping[str, CauseGuide]
    entries: tuple[Entry, ...]
    fallback: Fallback
    places: Mapping[str, str]
    """Where something is found in an admin center, by key."""
    takes: Mapping[str, Takes]
    replies: Mapping[str, str] = field(default_factory=dict)
    """Texts of the user's own file as `normal_reply` writes them → cause."""

    def entry_of(
        self,
        status_code: str | None,
        *,
        issuer: str | None = None,
        reply_code: int | None = None,
        cause: str | None = None,
    ) -> Entry | None:
        """The entry of a status code, or None.

        Where a number has several meanings, the one of the `cause`, `issuer` and `reply_code` at hand is taken; with no
        issuer known, Microsoft's. An entry of the user's own goes before all others.
        """
        if status_code is None:
            return None
        fitting = [
            entry
            for entry in _by_stem(self).get(STEM.sub("", status_code), ())
            if entry.reply in {None, reply_code}
            and entry.issuer in {None, issuer or "microsoft"}
            and entry.when in {None, cause}
            and any(codes.holds(status_code) for codes in entry.codes)
        ]
        return max(
            fitting,
            key=lambda entry: (entry.own, entry.when is not None, entry.reply is not None, entry.issuer is not None),
            default=None,
        )


@lru_cache(maxsize=8)
def _by_stem(book: Book) -> Mapping[str, Sequence[Entry]]:
    """The entries of each class and subject, `5.7.`, in the book's order: few are looked at for each code."""
    found: dict[str, list[Entry]] = {}
    for entry in book.entries:
        for stem in dict.fromkeys(codes.stem for codes in entry.codes):
            found.setdefault(stem, []).append(entry)
    return found

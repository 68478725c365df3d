"""Code, cause and who runs the server there → owner, meaning, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, cast

from mailtrend.knowledge import filling
from mailtrend.knowledge.guides import guide_of, reference_of
from mailtrend.knowledge.loading import book as shipped
from mailtrend.knowledge.shapes import KINDS, PERMANENCE, Book, Entry, Guide, OwnerKind

WHOSE: Final = {
    "own": "If it is your own server",
    "partner": "If it is a partner's",
    "internet": "If mail goes there by MX",
}
FIND_OUT: Final = (
    "Find out who runs {destination}: `Get-OutboundConnector | Format-List Name, ConnectorType, SmartHosts, "
    "RecipientDomains` tells whether {connector} leads to your own server or to a partner's."
)
DEPENDS: Final = (
    "who runs {destination}: your own server, a partner's, or one that is found through MX. An export of "
    "`Get-OutboundConnector` (of `Get-SendConnector` on-premises) and `Get-AcceptedDomain` in the lake settles it"
)
"""What an owner hangs on."""
TEXT_DECIDES: Final = "what the server says beside its code: the text names no fault that is known"
OWN_REPLY: Final = (
    "Your own organization gave this reply to somebody else's server: what is said here of the recipient's "
    "organization is for you."
)


@dataclass(frozen=True)
class Verdict:
    """What a failure means for one connector and destination."""

    owner: str
    """Who has to act, of contracts.OWNERS."""
    title: str
    meaning: str
    steps: tuple[str, ...]
    """In order, placeholders filled in."""
    permanence: str | None
    """`transient`, `permanent` or `success`; None where nothing tells."""
    twin: str | None
    """The code that the same fault has before, or after, the message expires."""
    steps_migrated: tuple[str, ...] = ()
    """What to do instead if the server was switched off on purpose after a migration; empty where that cannot be."""
    causes: tuple[str, ...] = ()
    """What is usually behind it, most frequent first; empty where the text settles it."""
    owners: Mapping[str, str] = field(default_factory=dict)
    """`own`, `partner`, `internet` → who has to act then."""
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """`own`, `partner`, `internet` → steps, where they hang on who runs the server and that is not known."""
    reference: str = ""
    """Where this is written down."""
    owner_depends_on: str = ""
    """What would settle an owner that is undetermined; empty where it is determined."""
    takes: str = ""
    """How long a change takes until it is seen."""
    ask: str = ""
    """What to ask a partner for; empty where a partner can do nothing."""
    entry: str = ""
    """The code or range of the book that this stands under; empty where none does."""


def verdict(
    status_code: str | None,
    cause: str | None,
    owner_kind: str,
    connector: str | None = None,
    destination: str | None = None,
    *,
    reply_code: int | None = None,
    issuer: str | None = None,
    domain: str | None = None,
    address: str | None = None,
    direction: str | None = None,
    book: Book | None = None,
) -> Verdict:
    """Who has to act and what to do about failures with `status_code` and `cause` (RFC 3463 code, contracts.CAUSES).

    `owner_kind` says who runs the server behind the connector: own, partner, internet, microsoft or undetermined.
    `issuer` is `microsoft` or `standard` where the text shows who wrote the reply; it matters for numbers with two
    meanings. `direction` is `inbound` where one's own server gave the reply. `book` is the shipped one unless given.
    """
    return _verdict(
        status_code, cause, owner_kind, connector, destination, reply_code, issuer, domain, address, direction,
        book or shipped(),
    )  # fmt: skip


@lru_cache(maxsize=20_000)
def _verdict(
    status_code: str | None, cause: str | None, owner_kind: str, connector: str | None, destination: str | None,
    reply_code: int | None, issuer: str | None, domain: str | None, address: str | None, direction: str | None,
    known: Book,
) -> Verdict:  # fmt: skip
    """Thousands of texts are about few places and codes: each is told once."""
    entry = known.entry_of(status_code, issuer=issuer, reply_code=reply_code, cause=cause)
    guide = guide_of(known, entry, status_code, reply_code, cause)
    inbound = direction == "inbound"
    kind = cast("OwnerKind", owner_kind if owner_kind in {*KINDS, "microsoft"} else "undetermined")
    kind = "internet" if inbound else kind
    names = {"connector": connector, "destination": destination, "domain": domain, "code": status_code, "ip": address}
    fill = filling.filler(names, known.places)
    open_kind = kind == "undetermined" and not _same_for_all(guide)
    takes = known.takes.get(_takes(known, guide, cause) or "none", known.takes["none"])
    owner = _own_side(guide.owner(kind)) if inbound else guide.owner(kind)
    worked = {
        one: filling.afterwards(
            takes, by_connector=not inbound and (connector is not None or one != "internet"), by_code=bool(status_code)
        )
        for one in (kind, *KINDS)
    }
    moved = filling.afterwards(known.takes["connector"], by_connector=True, by_code=bool(status_code))
    return Verdict(
        owner=owner,
        title=guide.title,
        meaning=guide.meaning,
        steps=fill([*([OWN_REPLY] if inbound else []), *_steps(guide, kind), *worked[kind]]),
        permanence=permanence(reply_code, status_code, cause, book=known),
        twin=entry.twin if entry else None,
        steps_migrated=fill([*entry.steps_migrated, *moved]) if entry and entry.steps_migrated else (),
        causes=entry.causes if entry and entry is guide else (),
        owners=guide.owners,
        choices={one: fill([*guide.steps[one], *worked[one]]) for one in KINDS} if open_kind else {},
        reference=reference_of(known, entry, status_code, reply_code),
        owner_depends_on=_depends(guide, owner, fill),
        takes=takes.sentence,
        ask=_ask(known, cause, fill),
        entry=_named(entry, status_code),
    )


def _own_side(owner: str) -> str:
    """Who that is where one's own server gave the reply."""
    return "your_organization" if owner in {"recipient_organization", "on_premises", "partner"} else owner


def _takes(known: Book, guide: Guide, cause: str | None) -> str | None:
    told = known.causes.get(cause or "")
    return guide.takes or (told.takes if told else None)


def _depends(guide: Guide, owner: str, fill: filling.Fill) -> str:
    if owner != "undetermined":
        return ""
    return fill([DEPENDS])[0] if len(set(guide.owners.values())) > 1 else TEXT_DECIDES


def _ask(known: Book, cause: str | None, fill: filling.Fill) -> str:
    told = known.causes.get(cause or "")
    return fill([told.ask])[0] if told else ""


def _named(entry: Entry | None, status_code: str | None) -> str:
    """The code or range of the entry that holds the code."""
    return next((str(codes) for codes in entry.codes if codes.holds(status_code or "")), "") if entry else ""


def permanence(
    reply_code: int | None, status_code: str | None, cause: str | None, *, book: Book | None = None
) -> str | None:
    """`transient`, `permanent` or `success`: by the reply's first digit, else the status code's, else by the cause."""
    for told in (reply_code, status_code):
        if told is not None and (found := PERMANENCE.get(str(told)[:1])):
            return found
    known = (book or shipped()).causes.get(cause or "")
    return known.usual if known else None


def _steps(guide: Guide, kind: OwnerKind) -> tuple[str, ...]:
    """The steps for that kind; for an unknown kind all of them, each with whom it is for."""
    if kind != "undetermined":
        return guide.steps["internet" if kind == "microsoft" else kind]
    if _same_for_all(guide):
        return guide.steps["own"]
    told = tuple(f"{WHOSE[one]}: {step}" for one in KINDS for step in guide.steps[one])
    return (FIND_OUT, *told)


def _same_for_all(guide: Guide) -> bool:
    return guide.steps["own"] == guide.steps["partner"] == guide.steps["internet"]

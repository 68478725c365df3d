"""Code, cause and who runs the server there → owner, meaning, and what to do."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, cast

from mailtrend.knowledge.loading import book
from mailtrend.knowledge.shapes import KINDS, PERMANENCE, PLACEHOLDERS, Entry, Guide, OwnerKind

PLACEHOLDER: Final = re.compile(r"\{(" + "|".join(PLACEHOLDERS) + r")\}")
CONNECTOR: Final = re.compile(r"\b([Cc])onnector \{connector\}")
ACCEPTED: Final = re.compile(r"\b(accepted domain) \{domain\}")
COMMAND: Final = re.compile(r"`[^`]*`")
UNNAMED: Final = {
    "connector": "the connector",
    "destination": "the destination",
    "domain": "the domain",
}
"""What stands for a name that is not known; in a command it is the placeholder in capitals."""
WHOSE: Final = {
    "own": "If it is your own server",
    "partner": "If it is a partner's",
    "internet": "If mail goes there by MX",
}
FIND_OUT: Final = (
    "Find out who runs {destination}: `Get-OutboundConnector | Format-List Name, ConnectorType, SmartHosts, "
    "RecipientDomains` tells whether {connector} leads to your own server or to a partner's."
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
) -> Verdict:
    """Who has to act and what to do about failures with `status_code` and `cause` (RFC 3463 code, contracts.CAUSES).

    `owner_kind` says who runs the server behind the connector: own, partner, internet or undetermined. `issuer` is
    `microsoft` or `standard` where the text shows who wrote the reply; it matters for numbers with two meanings.
    """
    entry = book().entry_of(status_code, issuer=issuer, reply_code=reply_code)
    guide = _guide(entry, status_code, reply_code, cause)
    kind = cast("OwnerKind", owner_kind if owner_kind in KINDS else "undetermined")
    names = {"connector": connector, "destination": destination, "domain": domain}
    open_kind = kind == "undetermined" and not _same_for_all(guide)
    return Verdict(
        owner=guide.owner(kind),
        title=guide.title,
        meaning=guide.meaning,
        steps=_filled(_steps(guide, kind), names),
        permanence=permanence(reply_code, status_code, cause),
        twin=entry.twin if entry else None,
        steps_migrated=_filled(entry.steps_migrated, names) if entry else (),
        causes=entry.causes if entry and entry is guide else (),
        owners=guide.owners,
        choices={one: _filled(guide.steps[one], names) for one in KINDS} if open_kind else {},
        reference=_reference(entry, status_code, reply_code),
    )


def permanence(reply_code: int | None, status_code: str | None, cause: str | None) -> str | None:
    """`transient`, `permanent` or `success`: by the reply's first digit, else the status code's, else by the cause."""
    for told in (reply_code, status_code):
        if told is not None and (found := PERMANENCE.get(str(told)[:1])):
            return found
    known = book().causes.get(cause or "")
    return known.usual if known else None


def _guide(entry: Entry | None, status_code: str | None, reply_code: int | None, cause: str | None) -> Guide:
    """The code's own guide, unless the text says something that the code's steps do not deal with."""
    own = entry or _fallback(status_code, reply_code)
    told = book().causes.get(cause or "")
    if told is None or told.key == "unclassified":
        return own
    if entry is None:
        return (
            Guide(f"{own.title}: {_lower(told.title)}", f"{told.meaning} {own.meaning}", told.owners, told.steps)
            if (status_code or reply_code)
            else told
        )
    if cause == entry.cause or cause in entry.covers:
        return own
    return Guide(f"{own.title}: {_lower(told.title)}", f"{told.meaning} {own.meaning}", told.owners, told.steps)


def _lower(title: str) -> str:
    """A title behind a colon; names such as TLS, DNS and Microsoft keep their capital."""
    first = title.split(" ", 1)[0]
    return title if not first.istitle() or first == "Microsoft" else title[0].lower() + title[1:]


def _fallback(status_code: str | None, reply_code: int | None) -> Guide:
    """What class and subject, or the reply code alone, tell."""
    known = book().fallback
    if status_code and status_code[0] in known.classes:
        digit, subject, detail = status_code.split(".")
        about = known.subjects.get(subject, known.subjects["9"])
        name = known.details.get(f"{subject}.{detail}")
        title = f"{about.title} ({name})" if name else about.title
        owners = dict.fromkeys(about.owners, "nobody") if digit == "2" else about.owners
        return Guide(title, f"{about.meaning} {known.classes[digit]}", owners, about.steps)
    if reply_code is None:
        return known.unknown
    if reply_code in known.replies:
        return known.replies[reply_code]
    if str(reply_code)[0] in known.classes:
        digit = str(reply_code)[0]
        owner = "nobody" if digit == "2" else "undetermined"
        steps = ("Nothing to do.",) if digit == "2" else known.unknown.steps["internet"]
        title = {"2": "Accepted", "4": "Deferred", "5": "Refused"}[digit]
        return Guide(title, known.classes[digit], dict.fromkeys(KINDS, owner), dict.fromkeys(KINDS, steps))
    return known.unknown


def _steps(guide: Guide, kind: OwnerKind) -> tuple[str, ...]:
    """The steps for that kind; for an unknown kind all of them, each with whom it is for."""
    if kind != "undetermined":
        return guide.steps[kind]
    if _same_for_all(guide):
        return guide.steps["own"]
    told = tuple(f"{WHOSE[one]}: {step}" for one in KINDS for step in guide.steps[one])
    return (FIND_OUT, *told)


def _same_for_all(guide: Guide) -> bool:
    return guide.steps["own"] == guide.steps["partner"] == guide.steps["internet"]


def _reference(entry: Entry | None, status_code: str | None, reply_code: int | None) -> str:
    """Where the code is written down; nothing for a text without any."""
    if entry is not None:
        return entry.reference
    if status_code is not None:
        return book().fallback.reference_status
    return book().fallback.reference_reply if reply_code is not None else ""


def _filled(steps: Iterable[str], names: Mapping[str, str | None]) -> tuple[str, ...]:
    """Steps with the names put in; `connector {connector}` without a name is `the connector`."""
    return tuple(_filled_one(step, names) for step in steps)


def _filled_one(step: str, names: Mapping[str, str | None]) -> str:
    in_command = COMMAND.sub(lambda found: _put(found[0], names, str.upper), step)
    if names["connector"] is None:
        in_command = CONNECTOR.sub(lambda found: ("The" if found[1] == "C" else "the") + " connector", in_command)
    if names["domain"] is None:
        in_command = ACCEPTED.sub(r"\1", in_command)
    return _put(in_command, names, UNNAMED.__getitem__)


def _put(text: str, names: Mapping[str, str | None], unnamed: Callable[[str], str]) -> str:
    return PLACEHOLDER.sub(lambda found: names[found[1]] or unnamed(found[1]), text)

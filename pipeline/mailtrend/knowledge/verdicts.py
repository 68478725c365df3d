"""Code, cause and who runs the server there → owner, meaning, and what to do."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, cast

from mailtrend.knowledge.loading import book
from mailtrend.knowledge.shapes import KINDS, PERMANENCE, PLACEHOLDERS, Entry, Guide, OwnerKind

PLACEHOLDER: Final = re.compile(r"\{(" + "|".join(PLACEHOLDERS) + r")\}")
UNNAMED: Final = {
    "connector": "the connector in use",
    "destination": "the destination",
    "domain": "the recipient's domain",
}
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
    filling = {"connector": connector, "destination": destination, "domain": domain}
    migrated = entry.steps_migrated if entry else ()
    return Verdict(
        owner=guide.owner(kind),
        title=guide.title,
        meaning=guide.meaning,
        steps=tuple(_filled(step, filling) for step in _steps(guide, kind)),
        permanence=permanence(reply_code, status_code, cause),
        twin=entry.twin if entry else None,
        steps_migrated=tuple(_filled(step, filling) for step in migrated),
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
    if guide.steps["own"] == guide.steps["partner"] == guide.steps["internet"]:
        return guide.steps["own"]
    told = tuple(f"{WHOSE[one]}: {step}" for one in KINDS for step in guide.steps[one])
    return (FIND_OUT, *told)


def _filled(step: str, filling: dict[str, str | None]) -> str:
    return PLACEHOLDER.sub(lambda found: filling[found[1]] or UNNAMED[found[1]], step)

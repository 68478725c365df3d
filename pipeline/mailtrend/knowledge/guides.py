"""Which guide fits a failure: the code's own, the cause's, or what class, subject and reply code alone tell."""

from __future__ import annotations

from typing import Final

from mailtrend.knowledge import registry
from mailtrend.knowledge.loading import RESEND
from mailtrend.knowledge.shapes import KINDS, Book, Entry, Guide

DONE: Final = ("Nothing to do.",)


def guide_of(
    known: Book, entry: Entry | None, status_code: str | None, reply_code: int | None, cause: str | None
) -> Guide:
    """The code's own guide, unless the text says something that the code's steps do not deal with."""
    own = entry or _fallback(known, status_code, reply_code)
    told = known.causes.get(cause or "")
    if told is None or told.key == "unclassified":
        return own
    if isinstance(own, Entry) and cause == own.cause:
        return own
    if entry is None:
        return (
            Guide(f"{own.title}: {_lower(told.title)}", f"{told.meaning} {own.meaning}", told.owners, told.steps)
            if (status_code or reply_code)
            else told
        )
    if cause == entry.cause or cause in entry.covers or entry.when is not None:
        return own
    began = known.entry_of(entry.twin, cause=cause) if entry.expired and entry.twin else None
    if began is not None and began.when == cause:
        steps = {kind: (*began.steps[kind], RESEND) for kind in KINDS}
        title, meaning = f"{own.title}: {_lower(told.title)}", f"{told.meaning} {own.meaning}"
        return Guide(title, meaning, began.owners, steps, began.takes)
    return Guide(f"{own.title}: {_lower(told.title)}", f"{told.meaning} {own.meaning}", told.owners, told.steps)


def _lower(title: str) -> str:
    """A title behind a colon; names such as TLS, DNS and Microsoft keep their capital."""
    first = title.split(" ", 1)[0]
    return title if not first.istitle() or first == "Microsoft" else title[0].lower() + title[1:]


def _fallback(book: Book, status_code: str | None, reply_code: int | None) -> Guide:
    """What class and subject, or the reply code alone, tell."""
    known = book.fallback
    if status_code and status_code[0] in known.classes:
        digit, subject, _ = status_code.split(".")
        about = known.subjects.get(subject, known.subjects["9"])
        named = registry.lookup(status_code)
        title = f"{about.title} ({named.title})" if named else about.title
        owners = dict.fromkeys(about.owners, "nobody") if digit == "2" else about.owners
        steps = dict.fromkeys(KINDS, DONE) if digit == "2" else about.steps
        return Guide(title, f"{named.meaning if named else about.meaning} {known.classes[digit]}", owners, steps)
    if reply_code is None:
        return known.unknown
    if reply_code in known.replies:
        return known.replies[reply_code]
    if str(reply_code)[0] in known.classes:
        digit = str(reply_code)[0]
        owner = "nobody" if digit == "2" else "undetermined"
        what = DONE if digit == "2" else known.unknown.steps["internet"]
        title = {"2": "Accepted", "4": "Deferred", "5": "Refused"}[digit]
        return Guide(title, known.classes[digit], dict.fromkeys(KINDS, owner), dict.fromkeys(KINDS, what))
    return known.unknown


def reference_of(known: Book, entry: Entry | None, status_code: str | None, reply_code: int | None) -> str:
    """Where the code is written down; nothing for a text without any."""
    if entry is not None:
        return entry.reference
    if status_code is not None:
        named = registry.lookup(status_code)
        return named.reference if named else known.fallback.reference_status
    return known.fallback.reference_reply if reply_code is not None else ""

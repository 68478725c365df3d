"""Ranges and families of codes (`5.7.606-649`, `5.7.5xx`, `4.4.*`, `5.7`, `5xx`): what the book says of each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from mailtrend.knowledge.loading import book as shipped
from mailtrend.knowledge.shapes import PERMANENCE, Book, Entry, Fallback, Range

HIGHEST: Final = 999
DIGITS: Final = 3
LONGEST: Final = 30
STATUS: Final = re.compile(
    r"#?(?P<class>[245x*])\.(?P<subject>\d{1,3}|[x*]+)(?:\.(?P<detail>\d{0,3}[x*?]{1,3}|\d{1,3}(?=$)|\d{1,3}\s*(?:-|–|\.\.\.?|to|bis)\s*(?P<high>(?:[245]\.\d{1,3}\.)?\d{1,3})))?",
    re.IGNORECASE,
)
REPLY: Final = re.compile(r"(?P<digits>[245]\d?)(?P<wild>[x*?]{1,2})", re.IGNORECASE)
BOTH: Final = re.compile(r"(4/5|5/4|4\|5|4,5)\.")


@dataclass(frozen=True)
class Member:
    """One code or range of a family."""

    codes: str
    title: str
    cause: str | None
    class_: str | None
    owner: str
    severity: int

    def to_dict(self) -> dict[str, Any]:
        """As `mailtrend explain --format json` lists it."""
        return {
            "codes": self.codes,
            "title": self.title,
            "cause": self.cause,
            "class": self.class_,
            "owner": self.owner,
            "severity": self.severity,
        }


@dataclass(frozen=True)
class Family:
    """What was asked for, in words, and its members; a single `entry` where one guide holds for all of it."""

    asked: str
    title: str
    meaning: str
    class_: str | None
    members: tuple[Member, ...]
    single: str | None = None
    """A code that stands for the whole range: one guide holds for all of it."""


def family(text: str, book: Book | None = None) -> Family | None:
    """The family that a text names, or None. `book` is the shipped one unless given."""
    known = book or shipped()
    asked = text.strip().strip("'\"").rstrip(".")
    if len(asked) > LONGEST:
        return None
    asked = BOTH.sub("x.", asked.removeprefix("#"))
    if found := REPLY.fullmatch(asked):
        return _replies(known, asked, found["digits"]) if len(asked) == DIGITS else None
    if (found := STATUS.fullmatch(asked)) is None:
        return None
    if (found["detail"] or "x").isdigit() and found["class"] not in "xX*":
        return None
    span = _span(found["detail"], found["high"])
    return _statuses(known, asked, found["class"].lower(), found["subject"].lower(), span) if span else None


def _span(detail: str | None, high: str | None) -> tuple[int, int] | None:
    """From where to where the third number goes; None where that is no range."""
    if detail is None:
        return 0, HIGHEST
    if high is not None:
        low, last = int(re.match(r"\d+", detail)[0]), int(high.rpartition(".")[2])  # type: ignore[index]
        return min(low, last), max(low, last)
    if detail.isdigit():
        return int(detail), int(detail)
    digits = detail.rstrip("xX*?")
    free = len(detail) - len(digits)
    if not digits:
        return 0, HIGHEST
    if len(digits) + free > DIGITS:
        return None
    if "*" in detail:
        free = DIGITS - len(digits)
    return int(digits) * 10**free, int(digits) * 10**free + 10**free - 1


def _statuses(known: Book, asked: str, of_class: str, subject: str, span: tuple[int, int]) -> Family:
    """The entries whose codes lie in the range, in the order of their codes; those of own files first."""
    classes = "245" if of_class in "x*" else of_class
    told: dict[tuple[str, str], tuple[Range, Entry]] = {}
    for entry in known.entries:
        for codes in entry.codes:
            digit, about, _ = codes.stem.split(".")
            fits = digit in classes and (subject in {about, "*"} or set(subject) <= {"x", "*"})
            if fits and codes.low <= span[1] and codes.high >= span[0]:
                told.setdefault((str(codes), entry.title), (codes, entry))
    found = sorted(told.values(), key=lambda one: (one[0].stem, one[0].low, one[0].high, one[1].title))
    title, meaning = _about(known.fallback, classes, subject)
    whole = found[0][0] if len(found) == 1 else None
    single = (
        f"{whole.stem}{max(whole.low, span[0])}" if whole and span != (0, HIGHEST) and _within(span, whole) else None
    )
    return Family(asked, title, meaning, _class(classes), tuple(_member(*one) for one in found), single)


def _within(span: tuple[int, int], codes: Range) -> bool:
    return codes.low <= span[0] and span[1] <= codes.high


def _member(codes: Range, entry: Entry) -> Member:
    return Member(
        str(codes), entry.title, entry.cause, PERMANENCE.get(codes.stem[0]), entry.owner("undetermined"), entry.severity
    )


def _about(fallback: Fallback, classes: str, subject: str) -> tuple[str, str]:
    """Title and meaning of a class and subject."""
    classed = fallback.classes[classes] if len(classes) == 1 else ""
    if not subject.isdigit():
        return (
            "Status codes of every subject",
            classed or "The first number says whether to try again, the second what it is about.",
        )
    about = fallback.subjects.get(subject, fallback.subjects["9"])
    return about.title, f"{about.meaning} {classed}".strip()


def _class(classes: str) -> str | None:
    return PERMANENCE.get(classes) if len(classes) == 1 else None


def _replies(known: Book, asked: str, digits: str) -> Family:
    """Basic reply codes by their first one or two digits."""
    fallback = known.fallback
    found = [
        Member(
            str(code), entry.title, entry.cause, PERMANENCE.get(digits[0]), entry.owner("undetermined"), entry.severity
        )
        for code, entry in sorted(fallback.replies.items())
        if str(code).startswith(digits)
    ]
    return Family(asked, "Basic reply codes", fallback.classes[digits[0]], PERMANENCE.get(digits[0]), tuple(found))

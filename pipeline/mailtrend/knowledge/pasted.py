"""Anything an admin pastes → what it says: a reply, a log line, a row of an export, a whole report with its noise."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from mailtrend.knowledge.dsn import notified
from mailtrend.knowledge.explaining import Explanation, Place, explain
from mailtrend.knowledge.families import Family, Member, family
from mailtrend.knowledge.loading import book as shipped
from mailtrend.knowledge.loglines import lines_of, logged, row_of
from mailtrend.knowledge.marks import Mark, cause_named, mark_of
from mailtrend.knowledge.noise import without_headers, without_tail
from mailtrend.knowledge.reports import Reported, beside, reported
from mailtrend.knowledge.shapes import Book
from mailtrend.knowledge.unwrapping import DAMAGE, MARKUP, unwrapped
from mailtrend.knowledge.verdicts import Verdict, verdict

LONGEST_NAME: Final = 60
OTHERS: Final = ("reply_code", "status_code", "remote_reply_code", "remote_status_code", "cause")
PICK: Final = "Find the exact code in the report or the log, and ask for it, as in `mailtrend explain {code}`."
UNKNOWN: Final = (
    "None of these codes is known. Paste the whole error text: its words and the reply inside it tell more."
)
PLAIN: Final = re.compile(
    r"[\r\n]|\\n|</|<br|&[a-z#0-9]+;|=[23][0D]|\bstat(?:us)?=|reject|[,\"{] ?\"|"
    r"^\d{4}-\d\d-\d\d|^\"?\d+/\d+/\d+|\(\d{3}, ?b?['\"]|emote |esponse|inal-",
    re.IGNORECASE,
)
"""Texts without any of these are replies, and go to the grammar as they are."""
REPLY: Final = re.compile(
    r"[\s'\"(]*(?:[A-Za-z-]{2,20}[:;=] ?){0,2}[\s'\"(]*[245]\d\d(?:[ -]#?[245]\.\d|-)|"
    r"(?:host \S+ ?\[|SMTP error from remote|connect to \S+\[|lost connection with|conversation with)",
    re.IGNORECASE,
)
"""So does a text that begins with a reply, over however many lines it goes."""
CODE: Final = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")


@dataclass(frozen=True)
class Pasted:
    """What a pasted text says: the first error in full, and those of further recipients."""

    found: Explanation
    recipient: str | None = None
    others: tuple[tuple[str, Explanation], ...] = ()
    """Further recipients that the text names, each with what it says of their failure."""
    entries: tuple[Member, ...] = ()
    """The members, where a family of codes was asked for."""
    by_name: bool = False
    """Was a cause, or a mark such as a Winsock number, asked for by its name?"""

    @property
    def understood(self) -> bool:
        """Is it a code, a family of codes, or a text of which anything is known?"""
        return self.found.understood

    def at(self, place: Place, book: Book | None = None) -> Pasted:
        """The same, told for a place; a family, a range or a mark happened nowhere and stays as it is."""
        whole = self.found.status_code is None or CODE.fullmatch(self.found.status_code)
        return replace(self, found=self.found.at(place, book)) if whole and not (self.entries or self.by_name) else self

    def to_dict(self) -> dict[str, Any]:
        """The keys of `mailtrend explain --format json`: `others` and `entries` only where there are any."""
        told = self.found.to_dict()
        if self.others:
            told["others"] = [
                {"recipient": to, **{key: getattr(one, key) for key in OTHERS}} for to, one in self.others
            ]
        if self.entries:
            told["entries"] = [member.to_dict() for member in self.entries]
        return told


@dataclass(frozen=True)
class _Way:
    """One way to read a text: what it would say of each recipient."""

    texts: tuple[str, ...]
    recipients: tuple[str | None, ...]


def read(texts: Sequence[str], book: Book | None = None) -> list[Pasted]:
    """What each text says, in the same order; `book` is the shipped one unless given. Never raises on any text."""
    known_book = book or shipped()
    named = [_named(text, known_book) for text in texts]
    ways = [() if name else tuple(_ways(text)) for name, text in zip(named, texts, strict=True)]
    asked = dict.fromkeys(one for all_ways in ways for way in all_ways for one in way.texts)
    asked |= dict.fromkeys(name.stands_for for name in named if name and name.stands_for)
    known = dict(zip(asked, explain(list(asked), book=known_book), strict=True))
    return [
        name.told(known.get(name.stands_for or "")) if name else _chosen(all_ways, known)
        for name, all_ways in zip(named, ways, strict=True)
    ]


@dataclass(frozen=True)
class _Name:
    """What a short text names that is no code: a family, a mark, or a cause."""

    stands_for: str | None = None
    family: Family | None = None
    mark: Mark | None = None
    cause: str | None = None
    book: Book | None = None

    def told(self, found: Explanation | None) -> Pasted:
        """What is known of it; `found` explains the code that stands for it."""
        if self.cause:
            return Pasted(
                _without_codes(self.cause, verdict(None, self.cause, "undetermined", book=self.book)), by_name=True
            )
        if found and self.mark:
            title = f"{self.mark.what}: {found.verdict.title}"
            return Pasted(replace(found, verdict=replace(found.verdict, title=title)), by_name=True)
        if self.family is None:
            raise AssertionError(self)
        if found:
            return Pasted(replace(found, status_code=self.family.asked))
        asked = self.family
        steps = (PICK.format(code=asked.members[0].codes),) if asked.members else (UNKNOWN,)
        about = Verdict("undetermined", asked.title, asked.meaning, steps, asked.class_, None)
        return Pasted(replace(_without_codes(None, about), status_code=asked.asked), entries=asked.members)


def _named(text: str, book: Book) -> _Name | None:
    """Long texts are none, so that this costs nothing for them."""
    if len(text) > LONGEST_NAME:
        return None
    if asked := family(text, book):
        return _Name(asked.single, family=asked)
    if mark := mark_of(text):
        return _Name(mark.stands_for, mark=mark)
    cause = cause_named(text, book)
    return _Name(cause=cause, book=book) if cause else None


def _without_codes(cause: str | None, about: Verdict) -> Explanation:
    return Explanation(None, None, None, None, None, None, cause, about)


def _chosen(ways: Sequence[_Way], known: dict[str, Explanation]) -> Pasted:
    """The first way of reading that makes sense; the last, the text as it stands, where none does."""
    for way in ways:
        told = [(to, known[text]) for text, to in zip(way.texts, way.recipients, strict=True) if known[text].understood]
        if told:
            break
    else:
        told = [(None, known[ways[-1].texts[0]])]
    (recipient, found), *others = told
    more = {to: one for to, one in reversed(others) if to is not None and to != recipient}
    return Pasted(found, recipient, tuple((to, more[to]) for to in dict.fromkeys(to for to, _ in others) if to in more))


def _ways(text: str) -> Iterator[_Way]:
    """How a text may be read, the most exact first; always at least one."""
    if PLAIN.search(text):
        plain = unwrapped(text)
        if REPLY.match(plain):
            if DAMAGE.search(text) or MARKUP.search(text):
                yield _Way((plain,), (None,))
        elif told := _lines(plain):
            yield _way(told)
        else:
            yield from _report(plain)
    yield _Way((text,), (None,))


def _lines(plain: str) -> list[Reported]:
    """What lines of a log, rows of an export or records say; empty where the text is none of these."""
    if "\n" not in plain.strip() and (line := logged(plain)):
        return [line]
    return lines_of(plain) or row_of(plain.strip())


def _way(told: Sequence[Reported]) -> _Way:
    return _Way(tuple(one.as_text() for one in told), tuple(one.recipient for one in told))


def _report(text: str) -> Iterator[_Way]:
    """A whole report: by the fields of its notification, by how it is laid out, at last by all its words."""
    body = without_tail(text)
    fields = notified(body)
    words = without_headers(body)
    spoken = reported(words)
    named = beside(words)
    if len(fields) == 1:
        named = named.filled(replace(fields[0], reply=""))
    if any(one.reply for one in fields):
        yield _way([_completed(one, spoken, named) for one in fields])
    for found in spoken:
        yield _way(
            [_coded(one.filled(named if len(found) == 1 else replace(named, recipient=None)), words) for one in found]
        )
    if words:
        yield _way([Reported(words, status=fields[0].status if len(fields) == 1 else None).filled(named)])


def _coded(one: Reported, words: str) -> Reported:
    """An error without its enhanced code, with the one that Sendmail writes behind the same reply code."""
    if one.status or CODE.search(one.reply) or not (reply := re.match(r"[45]\d\d\b", one.reply)):
        return one
    told = re.search(rf"^{reply[0]}[ -]([45]\.\d\.\d{{1,3}})\b", words, re.MULTILINE)
    return replace(one, status=told[1]) if told else one


def _completed(one: Reported, spoken: list[list[Reported]], named: Reported) -> Reported:
    """A field's error with the address that the words of the report give for the same server."""
    for found in (*(told for group in spoken for told in group if told.host), named):
        one = one.filled(found)
    return one

"""A user's own file of codes, rules and replies: read, checked, and put before the shipped book."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any, Final, NamedTuple

import duckdb

from mailtrend.contracts import CAUSES, OWNERS
from mailtrend.errors import SettingsError, nearest
from mailtrend.knowledge.explaining import explain
from mailtrend.knowledge.loading import entries, rule
from mailtrend.knowledge.normal import normal_macro
from mailtrend.knowledge.shapes import KINDS, Book, Entry, Range, Rule

TABLES: Final = ("replies", "rule", "entry")
MEND: Final = "see docs/own-codes.md, and try the file with `mailtrend codes --check FILE`"
PLAIN: Final = {"severity": 3, "examples": (), "firm": True}
"""What an entry of one's own may leave out. Its cause counts for more than loose words, whatever is shipped."""


class Own(NamedTuple):
    """What a user's file says."""

    entries: tuple[Entry, ...]
    rules: tuple[Rule, ...]
    replies: dict[str, str]


def with_own(book: Book, files: Iterable[Path]) -> Book:
    """`book` with what `files` say before everything else; the first file goes before the second.

    Raises SettingsError with file, place, what is wrong and how to mend it: TOML that cannot be read, unknown keys,
    causes or owners, an expression that is none or fits everything, a code that stands twice, an entry or rule without
    an example, an example that lands elsewhere.
    """
    told = [_read(file) for file in files]
    if not told:
        return book
    found = [entry for one in told for entry in one.entries]
    _no_overlap(found)
    merged = replace(
        book,
        rules=(*(rule for one in told for rule in one.rules), *book.rules),
        entries=(*found, *book.entries),
        replies={text: cause for one in reversed(told) for text, cause in one.replies.items()},
    )
    _lands(merged)
    return merged


def _read(file: Path) -> Own:
    """What one file says."""
    where = str(file)
    try:
        told = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise SettingsError(f"cannot be read ({error.strerror})", where=where, mend="check the path") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"is not valid TOML ({error})", where=where, mend=MEND) from error
    for key in told:
        if key not in TABLES:
            raise SettingsError(f"unknown table '{key}'", where=where, mend=_nearest(key, TABLES))
    rules = tuple(_own_rule(where, raw) for raw in _tables(where, told, "rule"))
    found = tuple(
        entry
        for raw in _tables(where, told, "entry")
        for entry in (_own_entry(where, one) for one in entries(where, {**PLAIN, **raw}))
    )
    return Own(found, rules, _replies(where, told.get("replies", {})))


def _tables(where: str, told: Mapping[str, Any], key: str) -> Iterator[Mapping[str, Any]]:
    found = told.get(key, [])
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise SettingsError(f"'{key}' is no table", where=where, mend=f"write [[{key}]] above it")
    yield from found


def _own_rule(where: str, raw: Mapping[str, Any]) -> Rule:
    """A rule, asked before all shipped ones. Its expressions have to be ones that DuckDB knows (RE2)."""
    found = replace(rule(where, raw), firm=True, own=True)
    place = f"{where}: [[rule]] {found.cause}"
    _known(place, found.cause)
    if not found.examples:
        raise SettingsError("has no example", where=place, mend="add examples = ['a text that it is for']")
    for pattern in found.match:
        if pattern != pattern.lower() and not _escaped_only(pattern):
            mend = "write it in lower case: texts are lower-cased before they are compared"
            raise SettingsError(f"'{pattern}' can never fit", where=place, mend=mend)
        if _fits_nothing_at_all(place, pattern):
            raise SettingsError(f"'{pattern}' fits every text", where=place, mend="name the words that tell")
    return found


def _escaped_only(pattern: str) -> bool:
    """Are its capitals only those that stand behind a backslash?"""
    bare = "".join(part[1:] for part in f" {pattern}".split("\\"))
    return bare == bare.lower()


def _fits_nothing_at_all(place: str, pattern: str) -> bool:
    try:
        with duckdb.connect() as con:
            [(found,)] = con.execute("SELECT regexp_matches('', $pattern)", {"pattern": pattern}).fetchall()
    except duckdb.Error as error:
        first = str(error).splitlines()[0]
        raise SettingsError(
            f"'{pattern}' is no expression ({first})", where=place, mend="RE2 syntax is wanted"
        ) from error
    return bool(found)


def _own_entry(where: str, entry: Entry) -> Entry:
    place = f"{where}: [[entry]] {entry.codes[0]}"
    for cause in (entry.cause, entry.when, *entry.covers, *(cause for _, cause in entry.examples)):
        if cause is not None:
            _known(place, cause)
    if missing := [kind for kind in KINDS if kind not in entry.owners]:
        raise SettingsError(f"names no owner for {', '.join(missing)}", where=place, mend="add owner = 'partner'")
    for owner in entry.owners.values():
        if owner not in OWNERS:
            raise SettingsError(f"unknown owner '{owner}'", where=place, mend=_nearest(owner, OWNERS))
    if not all(entry.steps[kind] for kind in KINDS):
        raise SettingsError("says nothing to do", where=place, mend="add steps = ['What to do first.']")
    if not entry.examples:
        mend = "add examples = [{ text = '550 5.7.999 a text', cause = 'policy_rule' }]"
        raise SettingsError("has no example", where=place, mend=mend)
    return replace(entry, own=True)


def _replies(where: str, raw: object) -> dict[str, str]:
    """Texts as `normal_reply` writes them → cause."""
    if not isinstance(raw, dict):
        raise SettingsError("'replies' is no table", where=where, mend='[replies], below it "550 ~ text" = "cause"')
    for text, cause in raw.items():
        _known(f"{where}: [replies] '{text}'", cause)
    with duckdb.connect() as con:
        con.execute(normal_macro(temporary=True))
        found = con.execute(
            "SELECT t, normal_reply(t) FROM (SELECT unnest($texts) AS t)", {"texts": list(raw)}
        ).fetchall()
    told: dict[str, str] = {}
    for text, normal in found:
        place = f"{where}: [replies] '{text}'"
        if not normal or not normal.strip("~ "):
            raise SettingsError(
                "says nothing once what varies is taken out", where=place, mend="name the words that tell"
            )
        if told.setdefault(normal, raw[text]) != raw[text]:
            raise SettingsError("stands twice, with two causes", where=place, mend="leave one of them out")
    return told


def _known(place: str, cause: object) -> None:
    if cause not in CAUSES:
        raise SettingsError(f"unknown cause '{cause}'", where=place, mend=_nearest(str(cause), CAUSES))


def _nearest(word: str, known: Iterable[str]) -> str:
    names = list(known)
    return nearest(word, names, f"one of {', '.join(names)}")


def _no_overlap(found: Iterable[Entry]) -> None:
    """No code twice within the user's files, unless reply, issuer or cause tell the meanings apart."""
    told = [(codes, entry) for entry in found for codes in entry.codes]
    for (one, entry), (other, second) in combinations(told, 2):
        alike = (entry.issuer, entry.reply, entry.when) == (second.issuer, second.reply, second.when)
        if alike and _meet(one, other):
            mend = "leave one of them out, or tell them apart by issuer, reply or when"
            raise SettingsError(f"{one} and {other} overlap", where="codes of your own", mend=mend)


def _meet(one: Range, other: Range) -> bool:
    return one.stem == other.stem and one.low <= other.high and other.low <= one.high


def _lands(book: Book) -> None:
    """Every example of the user's own gives the cause that it names, under the entry that it stands in."""
    wanted: list[tuple[str, str | None, Entry | None]] = [
        (text, cause, entry) for entry in book.entries if entry.own for text, cause in entry.examples
    ]
    wanted += [(text, rule.cause, None) for rule in book.rules if rule.own for text in rule.examples]
    for (text, cause, entry), found in zip(wanted, explain([text for text, _, _ in wanted], book=book), strict=True):
        where = f"example '{text}'"
        if cause is not None and found.cause != cause:
            mend = f"give it cause = '{found.cause}', or a [[rule]] that knows its words"
            raise SettingsError(f"has the cause {found.cause}, not {cause}", where=where, mend=mend)
        if entry is not None and not any(codes.holds(found.status_code or "") for codes in entry.codes):
            code = found.status_code or "no status code"
            raise SettingsError(f"has {code}, not {entry.codes[0]}", where=where, mend="write its code into the text")

"""Words that stand for an error without being a code: Winsock's numbers, AS and ATTR marks, causes; by marks.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from mailtrend.errors import SettingsError
from mailtrend.knowledge.shapes import Book

KEYS: Final = frozenset({"mark", "what", "as", "cause", "examples"})
LONGEST: Final = 60
WORD: Final = re.compile(r"[\s('\"\[]*((?:[A-Za-z]{1,5}\(\d+\)|[A-Za-z0-9_]{3,40}))[\s)'\"\].]*")
LEADING: Final = re.compile(r"^\s*(?:winsock|socket|win32)?[ -]*(?:error)?[ -]*(?:code|number)?[ :=]*", re.IGNORECASE)


@dataclass(frozen=True)
class Mark:
    """One or several words and what they stand for."""

    pattern: re.Pattern[str]
    what: str
    stands_for: str
    """The code or text that is explained in its place."""
    cause: str | None
    examples: tuple[str, ...]


@cache
def marks() -> tuple[Mark, ...]:
    """What marks.toml says, in its order. Raises SettingsError where an entry has an unknown key."""
    told = tomllib.loads(files("mailtrend.knowledge").joinpath("marks.toml").read_text(encoding="utf-8"))
    return tuple(_mark(raw) for raw in told["mark"])


def _mark(raw: Mapping[str, Any]) -> Mark:
    if odd := sorted(raw.keys() - KEYS):
        raise SettingsError(f"unknown keys {odd}", where=f"marks.toml: {raw.get('mark')}")
    compiled = re.compile(raw["mark"], re.IGNORECASE)
    return Mark(compiled, raw["what"], raw["as"], raw.get("cause"), tuple(raw["examples"]))


def mark_of(text: str) -> Mark | None:
    """What a text stands for that is nothing but such a word; `Winsock error 10061` is one too."""
    if len(text) > LONGEST or (found := WORD.fullmatch(LEADING.sub("", text, count=1))) is None:
        return None
    word = found[1]
    return next((mark for mark in marks() if mark.pattern.fullmatch(word)), None)


def cause_named(text: str, book: Book) -> str | None:
    """The key of a cause, where a text is nothing else."""
    word = text.strip().lower()
    return word if word in book.causes else None

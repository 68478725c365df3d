"""Regular expressions of a user's own, by RE2, as in the SQL that reads the lines: time grows with the text alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_NAMED: Final = re.compile(r"(?<!\\)\(\?<(?=[A-Za-z_])")
_NONE: Final = pa.array([], pa.string())


def spelled(regex: str) -> str:
    """The expression with `(?<name>…)` spelled `(?P<name>…)`, which every RE2 reads."""
    return _NAMED.sub("(?P<", regex)


def groups_of(regex: str) -> tuple[str, ...]:
    """Names of its groups, in order. Raises ValueError where it is no expression, or a group has no name."""
    try:
        found = tuple(field.name for field in pc.extract_regex(_NONE, regex).type)
    except pa.ArrowInvalid as error:
        said = str(error).removeprefix("Invalid regular expression: ")
        if "unnamed groups" in said:
            raise ValueError("has a group without a name: write (?P<name>…), or (?:…) for one not wanted") from None
        hint = "; expressions are RE2's: no look-ahead, no back-references" if _beyond(said) else ""
        raise ValueError(f"is no regular expression: {said}{hint}") from None
    if twice := [name for name in found if found.count(name) > 1]:
        raise ValueError(f"has two groups of the name '{twice[0]}'")
    return found


def _beyond(said: str) -> bool:
    return "perl operator" in said or "escape sequence" in said or "repetition operator" in said


def check(regex: str) -> None:
    """Raises ValueError where it is no expression; its groups may do without names."""
    try:
        pc.match_substring_regex(_NONE, regex)
    except pa.ArrowInvalid as error:
        raise ValueError(
            f"is no regular expression: {str(error).removeprefix('Invalid regular expression: ')}"
        ) from None


def first_fit(regexes: Sequence[str], lines: Sequence[str]) -> list[int]:
    """Of each line, the place of the first expression that is found in it; -1 where none is."""
    texts = pa.array(lines, pa.string())
    found = np.full(len(lines), -1)
    for at, regex in reversed(list(enumerate(regexes))):
        found[pc.match_substring_regex(texts, regex).to_numpy(zero_copy_only=False).astype(bool)] = at
    return [int(at) for at in found]


def fits_any(regexes: Iterable[str], line: str) -> bool:
    """Is one of the expressions found in the line?"""
    return first_fit(list(regexes), [line])[0] >= 0


def cells_of(regexes: Iterable[str], name: str, texts: pa.Array) -> pa.Array:
    """What the group `name` of the first expression that fits holds in each text; NULL where it holds nothing."""
    found = pa.nulls(len(texts), pa.string())
    for regex in regexes:
        cells = pc.extract_regex(texts, regex)
        if cells.type.get_field_index(name) >= 0:
            found = pc.coalesce(found, pc.struct_field(cells, name))
    return found


def reach(part: str, text: str) -> int | None:
    """Where in `text` that which `part` finds ends, in characters; None where it is not found, or no expression."""
    try:
        [span] = pc.extract_regex_span(pa.array([text], pa.string()), f"(?P<the_whole>{part})").to_pylist()
    except pa.ArrowInvalid:
        return None
    if span is None:
        return None
    start, length = span["the_whole"]
    return len(text.encode("utf-8")[: start + length].decode("utf-8", errors="ignore"))

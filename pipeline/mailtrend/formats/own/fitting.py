"""How far a pattern fits a line that it does not fit: the longest beginning of the pattern that still does."""

from __future__ import annotations

import re
from typing import NamedTuple


class HowFar(NamedTuple):
    """Where a pattern stops fitting."""

    place: int
    """Characters of the line that fit."""
    fits: str
    """The beginning of the pattern that fits."""
    stops: str
    """The rest of it."""


def how_far(regex: str, text: str) -> HowFar:
    """The longest beginning of `regex` that is found in `text`, and where in the text it ends."""
    best = HowFar(0, "", regex)
    for length in range(len(regex) + 1):
        part = regex[:length]
        found = _search(part, text)
        if found is not None:
            best = HowFar(found.end(), part, regex[length:])
    return best


def _search(part: str, text: str) -> re.Match[str] | None:
    """`part` of a pattern, with the groups that it leaves open closed; None if it is none, or is not found."""
    for closed in (part, *(part + ")" * depth for depth in range(1, part.count("(") + 1))):
        try:
            return re.search(closed, text)
        except re.error:
            continue
    return None

"""How far a pattern fits a line that it does not fit: the longest beginning of the pattern that still does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from mailtrend.formats.own.expressions import reach

_ATOM: Final = re.compile(
    r"\\Q.*?(?:\\E|$)"
    r"|\\[pPx]\{[^}]*\}|\\x[0-9A-Fa-f]{2}|\\[pP]?."
    r"|\[\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*\]"
    r"|\((?:\?P?<\w+>|\?[a-zA-Z-]*:|\?[a-zA-Z-]*\))?"
    r"|.",
    re.DOTALL,
)
"""One piece of a pattern: an escape, a class, the opening of a group, any other character."""
_TIMES: Final = re.compile(r"(?:[*+?]|\{\d+(?:,\d*)?\})[?]?")


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
    for cut, part in reversed(list(_beginnings(regex))):
        place = reach(part, text)
        if place is not None:
            return HowFar(place, regex[:cut], regex[cut:])
    return HowFar(0, "", regex)


def _beginnings(regex: str) -> Iterator[tuple[int, str]]:
    """Where the pattern may be cut, and what stands before it, with the groups that are open closed.

    It is not cut inside of a group that has alternatives: their beginnings would fit what the whole does not.
    """
    pieces = list(_pieces(regex))
    choices = _choices(pieces)
    depth = closed_off = 0
    for number, (piece, end) in enumerate(pieces):
        if piece.startswith("(") and not piece.endswith(")"):
            depth += 1
            closed_off += number in choices
            continue
        if piece.startswith(")"):
            depth -= 1
            closed_off -= number in choices
        if not closed_off and piece != "|":
            yield end, regex[:end] + ")" * depth


def _pieces(regex: str) -> Iterator[tuple[str, int]]:
    """Each piece with what says how often it comes, and where it ends."""
    at = 0
    while found := _ATOM.match(regex, at):
        end = found.end()
        if not (found[0].startswith("(") and not found[0].endswith(")")) and (often := _TIMES.match(regex, end)):
            end = often.end()
        yield regex[at:end], end
        at = end


def _choices(pieces: list[tuple[str, int]]) -> set[int]:
    """Places of the brackets of groups that have alternatives."""
    opened: list[int] = []
    parted: set[int] = set()
    found: set[int] = set()
    for number, (piece, _) in enumerate(pieces):
        if piece.startswith("(") and not piece.endswith(")"):
            opened.append(number)
        elif piece == "|" and opened:
            parted.add(opened[-1])
        elif piece.startswith(")") and opened:
            start = opened.pop()
            if start in parted:
                found |= {start, number}
    return found

"""How a date is written, seen from its digits and separators alone: ISO, OData or the form of some culture."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mailtrend.formats._halfdays import PAIR_OF

LONG, SHORT = "④", "②"
"""Stand for four digits and for one or two in the mask of a text."""
_ISO: Final = re.compile("④-②-②(?:[T ]②:②(?::②(?:[.][④②]+)?)?)?(?: ?(?:Z|UTC|GMT)|[+-]②:②|[+-]④)?")
_ODATA: Final = re.compile(r"/Date\(-?[④②]+(?:[+-]④)?\)/")
_MONTHS: Final = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_WORDS: Final = "|".join(map(re.escape, sorted(PAIR_OF, key=len, reverse=True))) + "|[AaPp][Mm]"
_LOCAL: Final = re.compile(
    rf"(?P<a>[④②])(?P<s1>\. |[/.\- ])(?P<b>[④②]|{_MONTHS})(?P<s2>\. |[/.\- ])(?P<c>[④②])(?P<end>\.? г\.|\.)?"
    rf"(?:(?P<gap>,?[ \xa0\u202f]|T)(?:(?P<before>{_WORDS})(?P<between>[ \xa0\u202f]?))?"
    rf"②(?P<t>[:.])②(?P<seconds>(?P=t)②)?(?P<fraction>[.,][④②]{{1,3}})?"
    rf"(?:(?P<behind>[ \xa0\u202f]?)(?P<after>{_WORDS}))?)?(?P<zone> ?(?:Z|UTC|GMT))?"
)
DIRECTION_MARKS: Final = ("\u200e", "\u200f")


@dataclass(frozen=True)
class Shape:
    """One way to write a time, but for the order of day and month. Holds words of our own tables only."""

    kind: Literal["iso", "odata", "local"]
    template: str = ""
    """strptime format with {a}, {b}, {c} for the three parts of the date."""
    widths: str = ""
    """Which parts have four digits, e.g. ②②④; M is the name of a month."""
    separator: str = ""
    halves: tuple[str, str] | None = None
    """Words for the halves of the day that strptime does not know."""
    zoned: bool = False
    """Does the text say itself that it is UTC?"""

    @property
    def fixed_order(self) -> str | None:
        """The order, where the widths alone tell it."""
        if self.widths[:1] == LONG:
            return "ymd"
        return "dmy" if self.widths[1:2] == "M" else None


def shape_of(mask: str) -> Shape | None:
    """The shape that a mask shows; None if it is no date that any culture writes."""
    mask = mask.strip()
    if _ISO.fullmatch(mask):
        return Shape("iso")
    if _ODATA.fullmatch(mask):
        return Shape("odata")
    found = _LOCAL.fullmatch(mask)
    if not found or [found["a"], found["b"], found["c"]].count(LONG) > 1 or found["b"] == LONG:
        return None
    return _local(found)


def _local(found: re.Match[str]) -> Shape:
    word = found["before"] or found["after"] or ""
    month = "M" if found["b"] != SHORT else SHORT
    date = f"{{a}}{found['s1']}{{b}}{found['s2']}{{c}}{found['end'] or ''}"
    return Shape(
        kind="local",
        template=date + _time(found, word) + (found["zone"] or ""),
        widths=found["a"] + month + found["c"],
        separator=found["s1"].strip() or " ",
        halves=PAIR_OF.get(word),
        zoned=bool(found["zone"]),
    )


def _time(found: re.Match[str], word: str) -> str:
    if not found["gap"]:
        return ""
    mark = found["t"]
    clock = ("%I" if word else "%H") + f"{mark}%M" + (f"{mark}%S" if found["seconds"] else "")
    if found["fraction"]:
        clock += found["fraction"][0] + "%f"
    if found["before"]:
        clock = f"%p{found['between']}{clock}"
    return found["gap"] + clock + (f"{found['behind']}%p" if found["after"] else "")


def classify(texts: pa.Array) -> tuple[list[Shape], np.ndarray]:
    """The shapes among `texts` and, for each text, the number of its shape (-1 where it has none)."""
    for mark in DIRECTION_MARKS:
        texts = pc.replace_substring(texts, mark, "")
    long = pc.replace_substring_regex(texts, "[0-9]{4}", LONG)
    masks = pc.replace_substring_regex(long, "[0-9]{1,2}", SHORT).dictionary_encode()
    shapes: dict[Shape, int] = {}
    numbers = []
    for mask in masks.dictionary.to_pylist():
        shape = shape_of(mask)
        numbers.append(-1 if shape is None else shapes.setdefault(shape, len(shapes)))
    at = masks.indices.fill_null(len(numbers)).to_numpy(zero_copy_only=False)
    return list(shapes), np.array([*numbers, -1], dtype=np.int64)[at]

"""Where the records stand in a stretch of JSON, found without reading it through: by quotes, braces and what is near.

A record is an object that is no member of another: it stands at the beginning, behind `[`, a comma, another object or a
line end. That is decided on the spot, so that damage in one record costs no other: no string reaches over a line end,
and none holds `},{"name`, for its quote would end the string, and no name follows the end of one.
"""

from __future__ import annotations

from string import ascii_letters
from typing import Final, NamedTuple

import numpy as np

from mailtrend.ingest.decoding import LINE_END, QUOTE

OPEN, CLOSE, COLON, COMMA, ESCAPE = ord("{"), ord("}"), ord(":"), ord(","), ord("\\")
_OF_NAMES: Final = np.isin(np.arange(256), np.frombuffer(f"@_{ascii_letters}".encode(), dtype=np.uint8))
"""Which bytes the name of a member may begin with; none of them may stand behind a string."""


class Spans(NamedTuple):
    """Where the records of some bytes begin, end (behind the last brace), and where the next one begins."""

    starts: np.ndarray
    ends: np.ndarray
    """-1 where a record does not close before the next one begins."""
    nexts: np.ndarray


def spans_of(data: bytes) -> Spans:
    """Where the records of `data` are."""
    view = np.frombuffer(data, dtype=np.uint8)
    quotes = _quotes(data, view)
    braces = np.flatnonzero((view == OPEN) | (view == CLOSE))
    filled = np.append(np.flatnonzero(view > ord(" ")), len(data) - 1)
    resets = np.union1d(np.flatnonzero(view == LINE_END), _side_by_side(view, filled, braces[view[braces] == OPEN]))
    braces = braces[_outside(braces, quotes, resets)]
    opens, closes = braces[view[braces] == OPEN], braces[view[braces] == CLOSE]
    starts = opens[_before(view, filled, opens, 1) != COLON]
    nexts = np.append(starts[1:], len(data))
    return Spans(starts, _ends(starts, nexts, opens, closes), nexts)


def _quotes(data: bytes, view: np.ndarray) -> np.ndarray:
    """Where strings begin and end: quotes that no odd number of backslashes stands before."""
    quotes = np.flatnonzero(view == QUOTE)
    if b'\\"' not in data:
        return quotes
    escapes = view == ESCAPE
    places = np.arange(len(view))
    run = places - np.maximum.accumulate(np.where(escapes, -1, places))
    before = np.where(quotes > 0, run[quotes - 1], 0)
    kept: np.ndarray = quotes[before % 2 == 0]
    return kept


def _outside(places: np.ndarray, quotes: np.ndarray, resets: np.ndarray) -> np.ndarray:
    """Which of `places` stand in no string; at each of `resets` no string goes on."""
    at = np.searchsorted(resets, places, side="right") - 1
    since = np.where(at >= 0, resets[np.maximum(at, 0)], -1) if len(resets) else np.full(len(places), -1)
    told = np.searchsorted(quotes, places) - np.searchsorted(quotes, since)
    outside: np.ndarray = told % 2 == 0
    return outside


def _side_by_side(view: np.ndarray, filled: np.ndarray, opens: np.ndarray) -> np.ndarray:
    """The braces in `},{"name`, blanks left out."""
    quotes = filled[np.minimum(np.searchsorted(filled, opens) + 1, len(filled) - 1)]
    named = (view[quotes] == QUOTE) & _OF_NAMES[view[np.minimum(quotes + 1, len(view) - 1)]]
    before = (_before(view, filled, opens, 1) == COMMA) & (_before(view, filled, opens, 2) == CLOSE)
    found: np.ndarray = opens[before & named]
    return found


def _before(view: np.ndarray, filled: np.ndarray, places: np.ndarray, steps: int) -> np.ndarray:
    """The byte so many steps before each of `places`, blanks (all but `filled`) left out; nought where none is."""
    at = np.searchsorted(filled, places) - steps
    byte: np.ndarray = np.where(at >= 0, view[filled[np.maximum(at, 0)]], 0)
    return byte


def _ends(starts: np.ndarray, nexts: np.ndarray, opens: np.ndarray, closes: np.ndarray) -> np.ndarray:
    """Behind the brace that closes each record: the first at which as many were closed as opened."""
    if not len(starts):
        return np.array([], dtype=np.int64)
    closed, opened = np.searchsorted(closes, starts), np.searchsorted(opens, starts)
    padded = np.append(closes, np.iinfo(np.int64).max)
    wanted = np.ones(len(starts), dtype=np.int64)
    while True:
        at = padded[np.minimum(closed + wanted - 1, len(closes))]
        inside = np.searchsorted(opens, np.minimum(at, nexts)) - opened
        grown = np.maximum(wanted, inside)
        if np.array_equal(grown, wanted):
            ends: np.ndarray = np.where(at < nexts, at + 1, -1)
            return ends
        wanted = grown

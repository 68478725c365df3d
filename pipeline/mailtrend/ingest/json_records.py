"""JSON is cut into its records: lines of objects, an array, or pages with a wrapper around, in bounded memory.

A record is an object that is no member of another: it stands at the beginning, behind `[`, a comma, another object or a
line end. That is decided on the spot, so that damage in one record costs no other: no string reaches over a line end,
and none holds `},{"` without a backslash.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa

from mailtrend.ingest.blocks import BLOCK, Block
from mailtrend.ingest.decoding import LINE_END, QUOTE, Decoded
from mailtrend.ingest.rows import TEXT_LIMIT, Parsed, Ragged

COLUMNS: Final = ("text", "place")
"""What the SQL sees: the object, and the byte of the decoded file at which it begins (several may share a line)."""
LONGEST: Final = 16 << 20
"""Bytes without the beginning of a second record after which no record is looked for any more."""
OPEN, CLOSE, COLON, COMMA, ESCAPE = ord("{"), ord("}"), ord(":"), ord(","), ord("\\")
_FILLER: Final = np.isin(np.arange(256), np.frombuffer(b" \t\r\n,]}", dtype=np.uint8))
"""Which bytes may stand behind a record in an array."""
_KEY: Final = re.compile(rb'"((?:[^"\\]|\\.)*)"\s*:')
_WRAPPER: Final = re.compile(rb"@.*|odata\..*|__\w+|d|value|results")
"""Members of what stands around the records."""
_NEXT: Final = re.compile(rb'(?<!\\)"(?:@odata\.nextLink|odata\.nextLink|__next)"')
_TAIL: Final = re.compile(
    rb'(?:[\s,\]}]|"(?:@|odata\.|__)[^"\\]*"\s*:\s*(?:"(?:[^"\\]|\\.)*"|-?[0-9.]+|null|true|false))*'
)
"""What may stand behind a record: the end of lists and wrappers, and their other members."""


@dataclass
class Pages:
    """How many wrappers a file has, and how many of them name a next page."""

    wrappers: int = 0
    links: int = 0

    @property
    def remark(self) -> str:
        """What is missing behind the last page, in one sentence; empty if nothing is."""
        if not self.links or self.links < self.wrappers:
            return ""
        return "the last page names a next one (nextLink) that is not in this file: fetch the other pages too"


class Spans(NamedTuple):
    """Where the records of some bytes begin, end (behind the last brace), and where the next one begins."""

    starts: np.ndarray
    ends: np.ndarray
    """-1 where a record does not close before the next one begins."""
    nexts: np.ndarray


def json_pieces(stream: Decoded, pages: Pages, size: int = BLOCK) -> Iterator[tuple[Block, Parsed]]:
    """Blocks of `stream`, each with its records (COLUMNS and `line`) and what is none; `pages` are counted."""
    rest, line, offset = b"", 1, 0
    while True:
        piece = stream.read(size)
        data = rest + piece
        if not data:
            return
        spans = spans_of(data)
        cut = _cut(data, spans, last=not piece)
        if cut == 0:
            rest = data
            continue
        whole, rest = data[:cut], data[cut:]
        mended = stream.mended(whole)
        block = Block(mended, line, offset, suspect=False)
        known = Spans(*(each[: int(np.searchsorted(spans.starts, cut))] for each in spans))
        yield block, records(block, known if mended is whole else spans_of(mended), pages)
        line += block.line_ends
        offset += len(mended)


def _cut(data: bytes, spans: Spans, *, last: bool) -> int:
    """Where to end a block: before a record that may go on in the next piece."""
    if last:
        return len(data)
    if len(spans.starts) > 1:
        return int(spans.starts[-1])
    return (data.rfind(b"\n") + 1 or len(data)) if len(data) > LONGEST else 0


def records(block: Block, spans: Spans, pages: Pages) -> Parsed:
    """The records of a block; text between them becomes rejects, but for what belongs to a wrapper."""
    data = block.data
    view = np.frombuffer(data, dtype=np.uint8)
    line_ends = np.flatnonzero(view == LINE_END)
    pages.links += len(_NEXT.findall(data))
    rejects = list(_strays(block, data[: int(spans.starts[0])] if len(spans.starts) else data, 0, line_ends))
    good = spans.ends >= 0
    for start, stop in zip(spans.starts[~good].tolist(), spans.nexts[~good].tolist(), strict=True):
        if _is_wrapper(data[start:stop]):
            pages.wrappers += 1
        else:
            line = int(np.searchsorted(line_ends, start)) + block.first_line
            text = data[start:stop].decode("utf-8", errors="replace").strip().rstrip(",")
            rejects.append(Ragged(line, "not valid JSON: the object does not end", text[:TEXT_LIMIT]))
    starts, ends, nexts = spans.starts[good], spans.ends[good], spans.nexts[good]
    filled = np.append(0, np.cumsum(~_FILLER[view]))
    odd = filled[nexts] > filled[ends]
    for end, stop in zip(ends[odd].tolist(), nexts[odd].tolist(), strict=True):
        rejects.extend(_strays(block, data[end:stop], end, line_ends))
    table = pa.table({
        "text": _cut_out(data, starts, ends),
        "place": pa.array(starts + block.offset).cast(pa.string()),
        "line": pa.array(np.searchsorted(line_ends, starts) + block.first_line, pa.int64()),
    })  # fmt: skip
    return Parsed(table, rejects)


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
    """The braces in `},{"`, blanks left out."""
    behind = view[filled[np.minimum(np.searchsorted(filled, opens) + 1, len(filled) - 1)]]
    before = (_before(view, filled, opens, 1) == COMMA) & (_before(view, filled, opens, 2) == CLOSE)
    found: np.ndarray = opens[before & (behind == QUOTE)]
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


def _cut_out(data: bytes, starts: np.ndarray, ends: np.ndarray) -> pa.Array:
    """The pieces of `data` between `starts` and `ends`, as texts."""
    if not len(starts):
        return pa.array([], pa.string())
    offsets = np.stack([starts, ends], axis=1).reshape(-1).astype(np.int32)
    buffers = [None, pa.py_buffer(offsets.tobytes()), pa.py_buffer(data)]
    parts = pa.Array.from_buffers(pa.string(), len(offsets) - 1, buffers)
    return parts.take(pa.array(np.arange(0, len(offsets) - 1, 2)))


def _is_wrapper(text: bytes) -> bool:
    """Is this the beginning of what stands around records: `{"@odata.context": "…", "value": [`?"""
    keys = _KEY.findall(text)
    return text.rstrip().endswith(b"[") and bool(keys) and all(_WRAPPER.fullmatch(key) for key in keys)


def _strays(block: Block, text: bytes, start: int, line_ends: np.ndarray) -> Iterator[Ragged]:
    """Rejects for each line of text that stands where only the ends of lists and wrappers may."""
    if _TAIL.fullmatch(text) or not text.strip(b" \t\r\n[,]}\x00"):
        return
    at = start
    for part in text.split(b"\n"):
        if part.strip(b" \t\r[,]}") and not _TAIL.fullmatch(part):
            line = int(np.searchsorted(line_ends, at)) + block.first_line
            yield Ragged(line, "text that is no record", part.decode("utf-8", errors="replace").strip()[:TEXT_LIMIT])
        at += len(part) + 1

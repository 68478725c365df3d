"""JSON is cut into its records: lines of objects, an array, or pages with a wrapper around, in bounded memory."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa

from mailtrend.ingest.blocks import BLOCK, Block
from mailtrend.ingest.decoding import LINE_END, Decoded
from mailtrend.ingest.json_spans import Spans, spans_of
from mailtrend.ingest.rows import TEXT_LIMIT, Parsed, Ragged

COLUMNS: Final = ("text", "place")
"""What the SQL sees: the object, and the byte of the decoded file at which it begins (several may share a line)."""
LONGEST: Final = 16 << 20
"""Bytes without the beginning of a second record after which no record is looked for any more."""
_FILLER: Final = np.isin(np.arange(256), np.frombuffer(b" \t\r\n,]}", dtype=np.uint8))
"""Which bytes may stand behind a record in an array."""
_KEY: Final = re.compile(rb'"((?:[^"\\]|\\.)*)"\s*:')
_WRAPPER: Final = re.compile(rb"@.*|odata\..*|__\w+|d|value|results|Count")
"""Members of what stands around the records."""
_NEXT: Final = re.compile(rb'(?<!\\)"(?:@odata\.nextLink|odata\.nextLink|__next)"')
_TAIL: Final = re.compile(
    rb'(?:[\s,\]}]|"(?:(?:@|odata\.|__)[^"\\]*|Count)"\s*:\s*(?:"(?:[^"\\]|\\.)*"|-?[0-9.]+|null|true|false))*'
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

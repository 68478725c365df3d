"""A decoded file is cut into blocks of whole rows, so that each can be parsed by itself in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from mailtrend.ingest.decoding import LINE_END, QUOTE, Decoded, count_byte

BLOCK = 2 << 20
"""Bytes of a block: large enough for vectorised parsing, small enough to look ahead."""
PATIENCE = 1 << 20
"""Bytes to read on, at least, before a quote that stays open makes a block suspect."""
STEPS_BACK = 2_000
"""How many line ends to go back for one outside quotes before the block is called suspect."""


@dataclass(frozen=True)
class Block:
    """Whole rows of one file, valid UTF-8."""

    data: bytes
    first_line: int
    """Physical line that the block begins with, counted from 1."""
    offset: int
    """Byte of the decoded file that it begins with."""
    suspect: bool
    """Quotes do not pair up: rows must be put together with care."""

    @cached_property
    def line_ends(self) -> int:
        """How many line feeds it holds."""
        return count_byte(self.data, LINE_END)

    @property
    def lines(self) -> int:
        """How many physical lines it holds, one without a line end counted."""
        return self.line_ends + (not self.data.endswith(b"\n"))


def blocks(stream: Decoded, *, quoted: bool, size: int = BLOCK) -> Iterator[Block]:
    """Cut `stream` into blocks that end at a line end (outside quotes where `quoted`)."""
    rest, line, offset = b"", 1, 0
    while True:
        piece = stream.read(size)
        data = rest + piece
        if not data:
            return
        cut, suspect = _cut(data, quoted=quoted) if piece else (len(data), quoted and count_byte(data, QUOTE) % 2 == 1)
        if piece and (cut == 0 or (suspect and len(data) < max(PATIENCE, 4 * size))):
            rest = data
            continue
        whole, rest = data[:cut], data[cut:]
        mended = stream.mended(whole)
        block = Block(mended, line, offset, suspect)
        yield block
        line += block.line_ends
        offset += len(mended)


def _cut(data: bytes, *, quoted: bool) -> tuple[int, bool]:
    """Where to cut `data`: after its last line end outside quotes; suspect if none such is near."""
    last = data.rfind(b"\n") + 1
    if not quoted or last == 0:
        return last, False
    cut, quotes = last, count_byte(data, QUOTE, 0, last)
    for _ in range(STEPS_BACK):
        if quotes % 2 == 0:
            return (cut, False) if cut else (last, True)
        before = data.rfind(b"\n", 0, cut - 1) + 1
        quotes -= data.count(b'"', before, cut)
        cut = before
    return last, True

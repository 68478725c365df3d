"""A CSV with a header is cut into rows: columns by name, headers in the middle of appended exports, `#TYPE` lines."""

from __future__ import annotations

from collections import Counter
from typing import Final

from mailtrend.errors import InputError
from mailtrend.formats._headers import cells_of, delimiter_of, is_preamble, names_of
from mailtrend.formats.base import Table
from mailtrend.ingest.blocks import Block
from mailtrend.ingest.parts import joined, stretches
from mailtrend.ingest.rows import Parsed, parse_csv

SAMPLED: Final = 64 << 10
"""Bytes of a file without a header whose lines tell how many columns it has."""
TYPE: Final = b"#TYPE "
"""What PowerShell 5 writes above the header of an export."""


class TableCutter:
    """A CSV with a header. Appended exports repeat it, maybe with other columns: it holds up to the next one."""

    def __init__(self, label: str, shape: Table) -> None:
        self.columns = shape.columns
        self._label, self._shape = label, shape
        self._names: list[str] = []
        self._delimiter = shape.delimiter or ","
        self._marks: list[bytes] = []
        """Two names of the header as it spells them: a line without them is no header."""

    def cut(self, block: Block) -> Parsed:
        """The block's records; the first block begins with the header."""
        if self._shape.places:
            return self._placed(block)
        if not self._names:
            block = self._after_header(block)
        headers = self._headers(block.data)
        if not headers:
            return self._records(block)
        parts: list[Parsed] = []
        for part in stretches(block, headers):
            if isinstance(part, Block):
                parts.append(self._records(part))
            elif not is_preamble(part):
                self._take(part)
        return joined(parts, self.columns)

    def _placed(self, block: Block) -> Parsed:
        """Records of a file without a header; most of its first lines say how many cells each has."""
        if not self._names:
            first = [line for line in block.data[:SAMPLED].decode("utf-8", "ignore").splitlines() if line.strip()]
            self._delimiter = self._shape.delimiter or delimiter_of("".join(first))
            widths = Counter(len(cells_of(line, self._delimiter)) for line in first)
            least, have = len(self._shape.places), max(widths, default=0)
            if have < least:
                raise InputError(
                    f"has {have} columns where {least} or more were expected", where=f"{self._label}:1",
                    mend="export it again with all columns, or leave it out",
                )  # fmt: skip
            width = max((width for width in widths if width >= least), key=widths.__getitem__)
            places = [*self._shape.places, *[""] * (width - least)]
            self._names = [name or f"_{at}" for at, name in enumerate(places)]
        return self._records(block)

    def _records(self, block: Block) -> Parsed:
        wanted = [name for name in self._names if name in self.columns]
        return parse_csv(block, self._names, wanted, self._delimiter)

    def _after_header(self, block: Block) -> Block:
        skipped, lines = 0, 0
        while True:
            end = block.data.find(b"\n", skipped) + 1 or len(block.data)
            line = block.data[skipped:end].decode("utf-8").strip()
            skipped, lines = end, lines + 1
            if not is_preamble(line) or skipped >= len(block.data):
                break
        self._delimiter = self._shape.delimiter or delimiter_of(line)
        self._take(line)
        rest = block.data[skipped:]
        return Block(
            rest, block.first_line + lines, block.offset + skipped, block.suspect and rest.count(b'"') % 2 == 1
        )

    def _take(self, line: str) -> None:
        """From here on the columns are those of this header."""
        cells = cells_of(line, self._delimiter)
        names: list[str] = []
        for at, name in enumerate(names_of(cells, self._shape)):
            names.append(name if name in self.columns and name not in names else f"_{at}")
        missing = [name for name in self._shape.required if name not in names]
        if missing:
            have = ", ".join(cell.strip() for cell in cells[:8])
            raise InputError(
                f"has no column {', '.join(missing)} (its columns: {have})", where=f"{self._label}:1",
                mend="export it again with all columns, or leave it out",
            )  # fmt: skip
        spelled = [cells[names.index(name)].strip().strip('"').encode() for name in self._shape.required]
        self._names, self._marks = names, sorted(spelled, key=len)[-2:]

    def _headers(self, data: bytes) -> list[tuple[int, int]]:
        """Where headers (and `#TYPE` lines) stand in the middle of a block: begin and end of each line."""
        found: list[tuple[int, int]] = []
        at = quotes = 0
        while (hit := _first(data, (self._marks[-1], TYPE), at)) >= 0:
            start = data.rfind(b"\n", 0, hit) + 1
            stop = data.find(b"\n", hit) + 1 or len(data)
            quotes += data.count(b'"', at, start)
            if quotes % 2 == 0 and self._is_header(data[start:stop]):
                found.append((start, stop))
            quotes += data.count(b'"', start, stop)
            at = stop
        return found

    def _is_header(self, line: bytes) -> bool:
        if line.startswith(TYPE):
            return True
        if not all(mark in line for mark in self._marks) or line.count(b'"') % 2:
            return False
        return set(names_of(cells_of(line.decode("utf-8"), self._delimiter), self._shape)) >= set(self._shape.required)


def _first(data: bytes, wanted: tuple[bytes, ...], start: int) -> int:
    """Where the first of `wanted` stands; -1 if none does."""
    return min((at for word in wanted if (at := data.find(word, start)) >= 0), default=-1)

"""Bytes become UTF-8: byte order marks, UTF-16 without one, and code pages where UTF-8 breaks."""

from __future__ import annotations

import codecs
import re
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import IO, Protocol

import numpy as np

from mailtrend.ingest.codepages import PAGES, USUAL, code_page_of, named
from mailtrend.ingest.opening import BROKEN

LOOK = 4096
CHUNK = 1 << 20
CACHED = 1 << 17
"""Bytes that are looked at in one go: the mask over them stays in the processor's cache."""
QUOTE, RETURN, LINE_END = ord('"'), ord("\r"), ord("\n")
ZEROS = 0.6
"""Share of zero bytes at odd (even) places that makes a file without a mark UTF-16LE (BE)."""
LONE_CR = re.compile(rb"\r(?!\n)")


def count_byte(data: bytes, byte: int, start: int = 0, stop: int | None = None) -> int:
    """How often `byte` stands in `data[start:stop]`: as `bytes.count`, but several times as fast where it is often."""
    end = len(data) if stop is None else stop
    total = 0
    for at in range(start, end, CACHED):
        view = np.frombuffer(data, dtype=np.uint8, count=min(CACHED, end - at), offset=at)
        total += int(np.count_nonzero(view == byte))
    return total


def _lone_returns(data: bytes) -> bool:
    """Is there a carriage return without a line feed behind it?"""
    if b"\r" not in data:
        return False
    if data.endswith(b"\r"):
        return True
    for at in range(0, len(data), CACHED):
        view = np.frombuffer(data, dtype=np.uint8, count=min(CACHED + 1, len(data) - at), offset=at)
        if bool(np.any((view[:-1] == RETURN) & (view[1:] != LINE_END))):
            return True
    return False


class Opens(Protocol):
    """Anything that opens as a byte stream."""

    def open(self) -> AbstractContextManager[IO[bytes]]:
        """A new stream of its bytes."""


def encoding_of(start: bytes) -> str:
    """Name of the encoding that the first bytes of a file speak for: utf-8, utf-16-le or utf-16-be."""
    if start.startswith(codecs.BOM_UTF16_LE):
        return "utf-16-le"
    if start.startswith(codecs.BOM_UTF16_BE):
        return "utf-16-be"
    look = start[:512]
    pairs = max(len(look) // 2, 1)
    if look[1::2].count(0) / pairs > ZEROS:
        return "utf-16-le"
    if look[0::2].count(0) / pairs > ZEROS:
        return "utf-16-be"
    return "utf-8"


@dataclass
class Decoded:
    """A byte stream read as UTF-8, in pieces of about the size asked for; counts what it had to mend.

    `wanted` is the encoding that the user named, if any.
    """

    stream: IO[bytes]
    wanted: str | None = None
    encoding: str = field(init=False)
    page: str = field(init=False, default="")
    """The code page of lines that are not UTF-8, once there is one."""
    broken_lines: int = field(init=False, default=0)
    ended_early: str = field(init=False, default="")
    _decoder: codecs.IncrementalDecoder | None = field(init=False, default=None)
    _first: bytes = field(init=False)

    def __post_init__(self) -> None:
        """Look at the first bytes and take off the byte order mark."""
        start = self._pull(LOOK)
        self.encoding = named(self.wanted) if self.wanted else encoding_of(start)
        mark = {"utf-8": codecs.BOM_UTF8, "utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}
        self._first = start.removeprefix(mark.get(self.encoding, b""))
        if self.encoding != "utf-8":
            self._decoder = codecs.getincrementaldecoder(self.encoding)(errors="replace")

    def read(self, size: int) -> bytes:
        """The next piece; empty at the end. A compressed stream that breaks off ends there and says so."""
        data = self._first + self._pull(size)
        self._first = b""
        if self._decoder is None:
            return data
        return self._decoder.decode(data, final=not data).encode("utf-8")

    def _pull(self, size: int) -> bytes:
        """So many bytes, or all that are left; unpacked step by step, so that a break costs what lies behind it."""
        parts: list[bytes] = []
        wanted = size
        step = getattr(self.stream, "read1", self.stream.read)
        try:
            while wanted > 0 and (part := step(wanted)):
                parts.append(part)
                wanted -= len(part)
        except BROKEN as error:
            self.ended_early = self.ended_early or str(error)
        return b"".join(parts)

    def mended(self, block: bytes) -> bytes:
        """`block` as valid UTF-8 with LF or CRLF line ends: lines that are not UTF-8 are read by their code page."""
        if _lone_returns(block):
            block = LONE_CR.sub(b" ", block)
        if b"\0" in block:
            block = block.replace(b"\0", b" ")
        if block.isascii():
            return block
        try:
            block.decode("utf-8")
        except UnicodeDecodeError:
            return self._by_page(block.splitlines(keepends=True))
        return block

    def _by_page(self, lines: list[bytes]) -> bytes:
        broken = {at for at, line in enumerate(lines) if not _is_utf8(line)}
        self.broken_lines += len(broken)
        if not self.page:
            # Where more lines are sound UTF-8 beyond ASCII than not, the others are damage, not another page.
            sound = sum(not line.isascii() for line in lines) - len(broken)
            self.page = USUAL if sound > len(broken) else code_page_of([lines[at] for at in broken])
        return b"".join(
            line.decode(self.page, errors="replace").encode("utf-8") if at in broken else line
            for at, line in enumerate(lines)
        )

    @property
    def remark(self) -> str:
        """What was mended, in one sentence; empty if nothing was."""
        if not self.broken_lines:
            return ""
        if self.broken_lines == 1:
            return f"1 line is not UTF-8 and was read as {PAGES[self.page]}"
        return f"{self.broken_lines:,} lines are not UTF-8 and were read as {PAGES[self.page]}"


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def whole_text(source: Opens, encoding: str | None = None) -> str:
    """All of a small file as text; `encoding` where the user named one."""
    with source.open() as stream:
        decoded = Decoded(stream, encoding)
        parts = []
        while part := decoded.read(CHUNK):
            parts.append(part)
    return decoded.mended(b"".join(parts)).decode("utf-8")

"""What a renderer hands back: the bytes of a file, and for each of its rows what a reader should make of it."""

from __future__ import annotations

import bz2
import gzip
import io
import zipfile
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

Fate = Literal["used", "context", "reject", "session"]
"""`session`: the row feeds a session or a queue id; used or context is for the reader to say."""


class Seen(NamedTuple):
    """What one row says happened to one recipient, in the words of the event table."""

    source: str
    at: int
    outcome: str
    message: str
    """network_message_id; empty where the source has none."""
    recipient: str
    code: str
    connector: str
    destination: str


class Row(NamedTuple):
    """One data row: its text, what makes it a duplicate of another, and what it tells."""

    text: str
    fate: Fate = "used"
    key: Hashable = None
    seen: tuple[Seen, ...] = ()


@dataclass(frozen=True)
class LogFile:
    """One file of the sample before it is written."""

    path: str
    """Below the sample's folder, with forward slashes; its ending says how it is packed."""
    source: str
    rows: tuple[Row, ...]
    head: str = ""
    end: str = "\r\n"
    encoding: str = "utf-8"
    bom: bool = False
    cut: bool = False
    """Does the last row lack its line end, as in a file that was copied while being written?"""

    @property
    def text(self) -> str:
        """Header and rows."""
        body = self.end.join(row.text for row in self.rows)
        return self.head + body + ("" if self.cut or not self.rows else self.end)

    @property
    def member(self) -> str:
        """Name inside a zip archive."""
        return Path(self.path).stem + ".csv"

    @property
    def read_as(self) -> str:
        """The path under which a reader lists it."""
        return f"{self.path}!{self.member}" if self.path.endswith(".zip") else self.path

    def data(self) -> bytes:
        """The bytes as they lie on disk: packed with fixed dates, so that they never change."""
        marks = {"utf-8": b"\xef\xbb\xbf", "utf-16-le": b"\xff\xfe"}
        plain = (marks[self.encoding] if self.bom else b"") + self.text.encode(self.encoding)
        if self.path.endswith(".gz"):
            return gzip.compress(plain, 9, mtime=0)
        if self.path.endswith(".bz2"):
            return bz2.compress(plain, 9)
        if not self.path.endswith(".zip"):
            return plain
        buffer = io.BytesIO()
        entry = zipfile.ZipInfo(self.member, (2026, 9, 28, 6, 0, 0))
        entry.create_system = 0
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr(entry, plain, zipfile.ZIP_DEFLATED, 9)
        return buffer.getvalue()


def quoted(values: Iterable[object]) -> str:
    """A row as Export-Csv writes it: every field in quotes, inner quotes doubled."""
    return ",".join('"' + str(value).replace('"', '""') + '"' for value in values)


def bare(values: Iterable[object]) -> str:
    """A row that is quoted only where it must be."""
    return ",".join(_field(str(value)) for value in values)


def _field(text: str) -> str:
    if any(mark in text for mark in ',"\r\n'):
        return '"' + text.replace('"', '""') + '"'
    return text

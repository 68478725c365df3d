"""Which format is this file? By its content; the name is a hint and never more."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass

from mailtrend.errors import InputError, UsageError
from mailtrend.formats import all_formats
from mailtrend.formats.base import Format, Head
from mailtrend.ingest.context import recognise_context
from mailtrend.ingest.decoding import Decoded
from mailtrend.ingest.opening import BROKEN, Input

HEAD = 64 << 10
JSON_KEY = re.compile(r'"([\w@.]{1,30})"\s*:')
MAGIC = {
    b"\x89PNG": "a PNG picture", b"\xff\xd8\xff": "a JPEG picture", b"GIF8": "a GIF picture", b"%PDF": "a PDF",
    b"\x7fELF": "a program", b"MZ": "a Windows program", b"\xd0\xcf\x11\xe0": "an old Office document",
    b"PAR1": "a Parquet file", b"PK\x03\x04": "a zip archive inside another archive", b"7z\xbc\xaf": "a 7z archive",
    b"Rar!": "a RAR archive", b"SQLite format 3": "an SQLite database",
}  # fmt: skip
MEND = "see `mailtrend formats` for what is read; if you are sure, name it with --source"


@dataclass(frozen=True)
class Known:
    """What a file turned out to be: a log format, or a context list (connectors, accepted_domains, changes)."""

    format: Format | None
    context: str | None

    @property
    def name(self) -> str:
        """The source name that the ledger keeps."""
        return self.format.name if self.format else str(self.context)


def head_of(source: Input, encoding: str | None = None) -> tuple[Head, bytes]:
    """The decoded beginning of a file, and its first raw bytes; `encoding` where the user named one."""
    with source.open() as stream:
        decoded = Decoded(stream, encoding)
        data = decoded.read(HEAD)
        if decoded.ended_early and not data:
            raise InputError(f"cannot be unpacked ({decoded.ended_early})", where=source.label, mend="fetch it again")
        text = decoded.mended(data).decode("utf-8", errors="replace")
    with source.open() as stream:
        try:
            start = stream.read(512)
        except BROKEN:
            start = b""
    cut = text.rfind("\n")
    return Head(source.label, text[: cut + 1] if len(data) >= HEAD and cut > 0 else text), start


def recognise(
    source: Input, wanted: str | None = None, encoding: str | None = None, own: Mapping[str, Format] | None = None
) -> Known:
    """What `source` is; `wanted` (from --source) overrides the look; `own` are formats of the user's.

    Raises InputError in one clear sentence.
    """
    formats = {**all_formats(), **(own or {})}
    head, start = head_of(source, encoding)
    if wanted:
        return Known(_named(wanted, formats), None)
    if not head.text.strip():
        raise InputError("is empty", where=source.label, mend="export it again, or leave it out")
    for magic, what in MAGIC.items():
        if start.startswith(magic):
            raise InputError(f"is {what}, not a log or an export", where=source.label, mend="leave it out")
    claims = [fmt for fmt in formats.values() if fmt.claims(head)]
    if len(claims) > 1:
        names = " and ".join(fmt.name for fmt in claims)
        raise InputError(f"could be {names}", where=source.label, mend=f"say which with --source {claims[0].name}")
    if claims:
        return Known(claims[0], None)
    if context := recognise_context(head):
        return Known(None, context)
    raise InputError(_what_it_looks_like(head), where=source.label, mend=MEND)


def _named(name: str, known: Mapping[str, Format]) -> Format:
    if name not in known:
        raise UsageError(f"no source format '{name}'", where="--source", mend=f"one of: {', '.join(known)}")
    return known[name]


def _what_it_looks_like(head: Head) -> str:
    sample = head.text[:4096]
    odd = sum(not (char.isprintable() or char in "\r\n\t") for char in sample)
    if odd > len(sample) // 20:
        return "is binary, not a log or an export"
    filled = [line for line in head.lines if line.strip()]
    first = filled[0] if filled else ""
    if first.lstrip().startswith(("{", "[")) and (keys := list(dict.fromkeys(JSON_KEY.findall(sample)))):
        return f"is JSON of something else (its keys: {', '.join(keys[:6])})"
    cells, *others = csv.reader(filled[:4])
    if len(cells) > 1 and all(len(row) == len(cells) for row in others):
        shown = ", ".join(cell.strip()[:30] for cell in cells[:6])
        return f"is a CSV of something else (its columns: {shown})"
    return "is text of no known format (it begins: " + repr(first[:60]) + ")"

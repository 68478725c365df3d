"""Which code page wrote bytes that are not UTF-8: Windows and OEM pages of the languages that mail is written in."""

from __future__ import annotations

import codecs
from typing import Final

from mailtrend.errors import UsageError

USUAL: Final = "cp1252"
"""What is taken where nothing speaks for another page: Western European Windows."""
PAGES: Final = {
    "cp1252": "Windows-1252", "cp850": "code page 850", "cp437": "code page 437", "cp1250": "Windows-1250",
    "cp852": "code page 852", "cp1251": "Windows-1251", "cp866": "code page 866", "koi8_r": "KOI8-R",
    "cp1253": "Windows-1253", "cp1254": "Windows-1254", "cp1255": "Windows-1255", "cp1256": "Windows-1256",
    "cp1257": "Windows-1257", "cp932": "Shift-JIS", "gbk": "GBK", "big5": "Big5", "cp949": "code page 949",
}  # fmt: skip
"""Pages that are thought of, the likelier first, and what they are called."""
FEW: Final = 4
"""Bytes beyond ASCII that speak for nothing yet."""
ENOUGH: Final = 64 << 10
"""Bytes of broken lines that are looked at."""
NEAR: Final = 0.02
"""Disorder by which two readings are as good as each other."""
ALIKE: Final = 0.1
"""Likeness to a language by which they are."""


def code_page_of(lines: list[bytes]) -> str:
    """The page that makes the best sense of lines that are not UTF-8; the likelier one where several do."""
    sample = b"".join(lines)[:ENOUGH]
    if sum(byte > 127 for byte in sample) < FEW:  # noqa: PLR2004 - the last byte of ASCII
        return USUAL
    from charset_normalizer import from_bytes  # only files with such lines need it

    words = b"\n".join(part for part in sample.replace(b'"', b"\n").split(b"\n") if not part.isascii())
    found = list(from_bytes(words, cp_isolation=list(PAGES)))
    if not found:
        return USUAL
    least = min(match.chaos for match in found)
    sound = [match for match in found if match.chaos <= least + NEAR]
    best = max(match.coherence for match in sound)
    alike = {match.encoding for match in sound if match.coherence >= best - ALIKE}
    alike |= {other for match in sound if match.encoding in alike for other in match.could_be_from_charset}
    return next((page for page in PAGES if page in alike), USUAL)


def named(encoding: str) -> str:
    """Python's name of an encoding that the user named. Raises UsageError for one that does not exist."""
    try:
        found = codecs.lookup(encoding)
    except LookupError:
        found = None
    if found is None or not getattr(found, "_is_text_encoding", True):
        mend = "name one such as utf-8, utf-16-le, cp1252 or cp850"
        raise UsageError(f"no encoding '{encoding}'", where="--encoding", mend=mend)
    return found.name

"""The hand-written truth of texts/*.tsv and fresh/*.tsv: one text a line, with its codes, its cause and the server tried.

Four columns: codes, cause, server, text. Five have the class before the text, and a line end inside the text is
written `\\n`; in four columns a backslash is a backslash, as in a log that was copied that way.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

TEXTS = Path(__file__).parent / "texts"
FRESH = Path(__file__).parent / "fresh"
UNSEEN = Path(__file__).parent / "unseen"
NONE = "-"
CLASSES = {"2": "success", "4": "transient", "5": "permanent"}


class Told(NamedTuple):
    """What a text says, by the contract's names."""

    reply_code: int | None
    status_code: str | None
    remote_reply_code: int | None
    remote_status_code: str | None
    remote_host: str | None
    remote_ip: str | None
    cause: str | None


class Labelled(NamedTuple):
    """One text and its truth."""

    where: str
    text: str
    told: Told
    family: str
    class_: str | None
    has_class: bool
    """Whether the class is part of the truth: with four columns and no code nobody has said."""


def labelled(folder: Path = TEXTS) -> list[Labelled]:
    """Every text of the folder, file by file."""
    return [
        _read(f"{path.stem}:{number}", f"{folder.name}/{path.stem}", line)
        for path in sorted(folder.glob("*.tsv"))
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1)
        if line and not line.startswith("# ")
    ]


def _read(where: str, family: str, line: str) -> Labelled:
    codes, cause, server, *class_, text = line.split("\t")
    outer, _, inner = codes.partition(" > ")
    told = Told(*read_codes(outer), *read_codes(inner), *read_server(server), _none(cause))
    if class_:
        return Labelled(where, text.replace("\\n", "\n"), told, family, _none(class_[0]), has_class=True)
    by_code = CLASSES.get(str(told.reply_code or told.status_code)[0])
    return Labelled(where, text, told, family, by_code, has_class=by_code is not None)


def _none(written: str) -> str | None:
    return None if written == NONE else written


def read_codes(written: str) -> tuple[int | None, str | None]:
    """`450 4.4.316`, `450`, `- 4.4.316` or `-`."""
    replies = [part for part in written.split() if re.fullmatch(r"\d{3}", part)]
    statuses = [part for part in written.split() if "." in part]
    return (int(replies[0]) if replies else None), (statuses[0] if statuses else None)


def read_server(written: str) -> tuple[str | None, str | None]:
    """`host address`, one of them, or `-`; a name that is an address is written twice."""
    parts = [part for part in written.split() if part != NONE]
    if len(parts) > 1:
        return parts[0], parts[1]
    alone = parts[0] if parts else None
    is_address = alone is not None and re.fullmatch(r"[\d.]+|[\da-f:]*:[\da-f:]*", alone) is not None
    return (None, alone) if is_address else (alone, None)

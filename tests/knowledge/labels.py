"""The hand-written truth of texts/*.tsv: one text a line, with its codes, its cause and the server that was tried."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

TEXTS = Path(__file__).parent / "texts"
NONE = "-"


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


def labelled() -> list[Labelled]:
    """Every text of the folder, file by file."""
    return [
        _read(f"{path.stem}:{number}", line)
        for path in sorted(TEXTS.glob("*.tsv"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if line and not line.startswith("# ")
    ]


def _read(where: str, line: str) -> Labelled:
    codes, cause, server, text = line.split("\t")
    outer, _, inner = codes.partition(" > ")
    host, address = read_server(server)
    return Labelled(
        where, text, Told(*read_codes(outer), *read_codes(inner), host, address, None if cause == NONE else cause)
    )


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

"""What the members of a message trace in JSON are called, and the SQL that finds them in any case at no cost a row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

NAMES: Final = {
    "received_told": ("receivedDateTime", "received"), "date_told": ("dateTime", "date"), "sender": ("senderAddress",),
    "recipient": ("recipientAddress",), "subject": ("subject",), "status": ("status",), "to_ip": ("toIP",),
    "from_ip": ("fromIP",), "size": ("size",), "message_id": ("messageId",), "trace_id": ("messageTraceId", "id"),
    "event": ("event",), "detail": ("description", "detail"), "data": ("data",),
}  # fmt: skip
"""Our name → what Microsoft Graph, PowerShell and the Reporting Web Service call it, but for the case of letters; of
several that are filled the first counts."""


def spellings(keys: Iterable[str]) -> dict[str, list[str]]:
    """Our name → how it is spelled: as Graph and as PowerShell do, and as these keys of a file do."""
    found: dict[str, set[str]] = {}
    for key in keys:
        if key.isascii():  # other letters may turn into ASCII when they are made small
            found.setdefault(key.lower(), set()).add(key)
    return {
        ours: [spelled for name in names for spelled in _spelled(name, found.get(name.lower(), set()))]
        for ours, names in NAMES.items()
    }


def _spelled(name: str, found: set[str]) -> list[str]:
    usual = [name, name[0].upper() + name[1:]]
    return usual + sorted(found - set(usual))


def members_sql(keys: Iterable[str]) -> Mapping[str, str]:
    """`paths` to take out of an object in one go, and the `columns` made of what they find, the list `f`."""
    paths: list[str] = []
    columns = []
    for ours, names in spellings(keys).items():
        places = ", ".join(f"f[{len(paths) + at}]" for at in range(1, len(names) + 1))
        paths += names
        columns.append(f"coalesce({places}) AS {ours}")
    return {"paths": ", ".join(f"'$.{path}'" for path in paths), "columns": ",\n    ".join(columns)}

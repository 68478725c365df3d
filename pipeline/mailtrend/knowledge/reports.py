"""Whole reports of failed deliveries: where the error, the recipient and the server stand in them, by reports.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any, Final

from mailtrend.errors import SettingsError

KEYS: Final = frozenset({"name", "seen", "pattern", "examples"})
LONGEST: Final = 60_000
"""Characters in which the error is looked for."""
PARTS: Final = {
    "%reply%": r"(?P<reply>\S[^\n]*(?:\n[^\n]+){0,20})",
    "%line%": r"(?P<reply>[^\n]+)",
    "%host%": r"(?P<host>[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?)\.?",
    "%peer%": r"(?P<peer>[A-Za-z0-9_-]+\.[A-Za-z0-9_.-]*[A-Za-z])",
    "%ip%": r"(?P<ip>\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f]*:[0-9A-Fa-f:.]*[0-9A-Fa-f])",
    "%to%": r"(?P<to>[^\s<>:;,()\[\]\"']+@[^\s<>:;,()\[\]\"']+)",
}
BARE: Final = re.compile(r"^([245]\d\d)(?=[ :]+(?!#?[245]\.\d)|$)")
"""A reply code without an enhanced one."""
TAGGED: Final = re.compile(r"#([245]\.\d{1,3}\.\d{1,3}) smtp; ?([245]\d\d)(?: [245]\.\d{1,3}\.\d{1,3})?", re.IGNORECASE)
"""How Exchange passes on a reply: `#5.7.1 smtp;550 5.7.1 …`."""
END: Final = re.compile(
    r"\s(?:original message headers:|message hops\b|reporting-mta:|final-recipient:|"
    r"(?:dsn generated|message rejected) by:|remote server:|notification details\b|"
    r"original message details\b|giving up on |received: from |arc-seal:|"
    r"begin quoting|-{3,} )",
    re.IGNORECASE,
)
"""What ends a reply where the lines of a report were put together."""


@dataclass(frozen=True)
class Reported:
    """What a report says of one recipient."""

    reply: str
    status: str | None = None
    """An enhanced code that stands outside the reply."""
    host: str | None = None
    address: str | None = None
    recipient: str | None = None

    def as_text(self) -> str:
        """As a delivery status notification, which the grammar reads."""
        server = f"{self.host} ({self.address})" if self.host and self.address else self.host
        reply = TAGGED.sub(r"\2 \1", " ".join(self.reply.split()))
        if self.status and self.status[1:] != ".0.0":
            reply = BARE.sub(rf"\1 {self.status}", reply)
        fields = {
            "Status": self.status,
            "Remote-MTA": f"dns; {server}" if server else (f"dns; [{self.address}]" if self.address else None),
            "Diagnostic-Code": f"smtp; {reply}" if reply else None,
        }
        if not (self.status or server or self.address):
            return self.reply
        return "\n".join(f"{name}: {value}" for name, value in fields.items() if value)

    def filled(self, other: Reported) -> Reported:
        """With the server that another part of the same report names."""
        same = self.host is None or other.host is None or self.host.lower() == other.host.lower()
        return replace(
            self,
            host=self.host or (other.host if self.address in {None, other.address} else None),
            address=self.address or (other.address if same else None),
            recipient=self.recipient or other.recipient,
        )


@dataclass(frozen=True)
class Shape:
    """One way in which reports are laid out."""

    name: str
    seen: tuple[str, ...]
    """One of these has to be in the text, whatever the case of its letters."""
    pattern: re.Pattern[str]
    examples: tuple[Mapping[str, str], ...]


@cache
def shapes(kind: str = "report") -> tuple[Shape, ...]:
    """What reports.toml says of `report` or `server`, in its order.

    Raises SettingsError where an entry has an unknown key.
    """
    told = tomllib.loads(files("mailtrend.knowledge").joinpath("reports.toml").read_text(encoding="utf-8"))
    return tuple(_shape(raw) for raw in told[kind])


def _shape(raw: Mapping[str, Any]) -> Shape:
    where = f"reports.toml: {raw.get('name')}"
    if odd := sorted(raw.keys() - KEYS):
        raise SettingsError(f"unknown keys {odd}", where=where)
    pattern = raw["pattern"]
    for part, stands_for in PARTS.items():
        pattern = pattern.replace(part, stands_for)
    compiled = re.compile(pattern, re.IGNORECASE | re.MULTILINE)
    return Shape(raw["name"], tuple(word.lower() for word in raw["seen"]), compiled, tuple(raw["examples"]))


def beside(text: str) -> Reported:
    """The server and the recipient that a cleaned report names outside its error."""
    text = text[:LONGEST]
    small = text.lower()
    told = Reported("")
    for shape in shapes("server"):
        if any(word in small for word in shape.seen) and (match := shape.pattern.search(text)):
            told = told.filled(_found(match))
    return told


def reported(text: str) -> list[list[Reported]]:
    """What each fitting shape finds in a cleaned report, in the order of the shapes; one entry a recipient."""
    text = text[:LONGEST]
    small = text.lower()
    return [
        found
        for shape in shapes()
        if any(word in small for word in shape.seen)
        if (found := [_found(match) for match in shape.pattern.finditer(text)])
    ]


def _found(match: re.Match[str]) -> Reported:
    told = match.groupdict()
    reply = told.get("reply") or ""
    ending = END.search(reply)
    return Reported(
        reply=(reply[: ending.start()] if ending else reply).strip().strip("'\"").strip(),
        status=told.get("status"),
        host=told.get("host") or told.get("peer"),
        address=told.get("ip"),
        recipient=told.get("to"),
    )

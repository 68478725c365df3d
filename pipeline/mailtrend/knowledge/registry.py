"""Every registered enhanced status code with its name and meaning: what can be said of a code without an entry."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any, Final

from mailtrend.errors import SettingsError

STATUS: Final = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})")
REGISTRY: Final = "https://www.iana.org/assignments/smtp-enhanced-status-codes/"
KEYS: Final = frozenset({"code", "name", "meaning", "replies", "reply_classes", "classes", "references"})


@dataclass(frozen=True)
class Named:
    """A class (first digit) or a subject (middle digit)."""

    digit: str
    name: str
    meaning: str


@dataclass(frozen=True)
class Registered:
    """One registered code."""

    code: str
    """As it was asked for, `5.1.1`; in `registered` without its class, `1.1`."""
    name: str
    meaning: str
    replies: tuple[int, ...]
    """Basic reply codes it is registered with; none where the registry names none."""
    reply_classes: tuple[int, ...]
    """First digits of replies, where the registry allows whole classes."""
    classes: tuple[int, ...]
    """First digits the code makes sense with; servers use others too."""
    references: tuple[str, ...]

    @property
    def title(self) -> str:
        """The name inside a sentence: `bad destination mailbox address`, but `SPF validation failed`."""
        first = self.name.split(" ", 1)[0]
        return self.name[0].lower() + self.name[1:] if first == "A" or first.istitle() else self.name

    @property
    def reference(self) -> str:
        """The page that defines the code: its RFC, or the registry where no RFC does."""
        first = self.references[0]
        return f"https://www.rfc-editor.org/rfc/rfc{first[4:]}" if first.startswith("RFC ") else REGISTRY


def lookup(status_code: str | None) -> Registered | None:
    """What is registered for a code such as `5.7.23`, whatever its class; None for others and for what is no code."""
    found = STATUS.fullmatch(status_code or "")
    if status_code is None or found is None:
        return None
    known = registered().get(f"{int(found[2])}.{int(found[3])}")
    return replace(known, code=status_code) if known else None


def details() -> dict[str, str]:
    """`subject.detail` → registered name, as it stands inside a sentence."""
    return {code: known.title for code, known in registered().items()}


@cache
def registered() -> dict[str, Registered]:
    """`subject.detail` → what is registered, in the order of the registry."""
    return {raw["code"]: _registered(raw) for raw in _read()["detail"]}


@cache
def classes() -> dict[str, Named]:
    """First digit → class."""
    return {raw["digit"]: Named(**raw) for raw in _read()["class"]}


@cache
def subjects() -> dict[str, Named]:
    """Middle digit → subject."""
    return {raw["digit"]: Named(**raw) for raw in _read()["subject"]}


def _read() -> dict[str, Any]:
    return tomllib.loads(files("mailtrend.knowledge").joinpath("registry.toml").read_text(encoding="utf-8"))


def _registered(raw: dict[str, Any]) -> Registered:
    if odd := sorted(raw.keys() - KEYS):
        raise SettingsError(f"unknown keys {odd}", where=f"registry.toml: {raw.get('code')}")
    return Registered(
        code=raw["code"],
        name=raw["name"],
        meaning=raw["meaning"],
        replies=tuple(raw["replies"]),
        reply_classes=tuple(raw.get("reply_classes", ())),
        classes=tuple(raw["classes"]),
        references=tuple(raw["references"]),
    )

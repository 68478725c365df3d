"""TOML → Book: reads the files beside it once, and fills in what an entry leaves to a default."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, Final

from mailtrend.errors import SettingsError
from mailtrend.knowledge import registry
from mailtrend.knowledge.shapes import KINDS, Book, CauseGuide, Entry, Fallback, Guide, Range, Rule, Takes

ENTRY_KEYS: Final = frozenset({
    "codes", "severity", "causes", "cause", "firm", "covers", "issuer", "reply", "when", "twin", "steps_migrated",
    "reference", "examples", "expired",
})  # fmt: skip
GUIDE_KEYS: Final = frozenset({
    "title", "meaning", "owner", "owners", "steps", "takes", *(f"steps_{kind}" for kind in KINDS),
})  # fmt: skip
RULE_KEYS: Final = frozenset({"cause", "match", "codes", "firm", "examples"})
EXPIRED_KEYS: Final = frozenset({"code", "title", "meaning", "examples"})
RESEND: Final = (
    "This message is lost: Exchange Online tried for 24 hours and returned it. Once deliveries succeed again, have the "
    "senders send it again."
)
CODE: Final = re.compile(r"([245]\.\d{1,3}\.)(\d{1,3})(?:-(\d{1,3}))?")


@cache
def book() -> Book:
    """Everything that the TOML files of this package say; `own.with_own` puts a user's file before it.

    Raises SettingsError naming file and entry where one of them does not hold together.
    """
    told = {name: _read(name) for name in _names()}
    rules = [rule(f"{name}.toml", raw) for name in told for raw in told[name].get("rule", ())]
    found = [entry for name in told for raw in told[name].get("entry", ()) for entry in _shipped(name, told[name], raw)]
    return Book(
        rules=tuple(rules),
        causes={raw["key"]: _cause(raw) for raw in told["causes"]["cause"]},
        entries=tuple(found),
        fallback=_fallback(told["fallback"]),
        places=dict(told["places"]["place"]),
        takes={key: Takes(raw["sentence"], raw["verify"]) for key, raw in told["places"]["takes"].items()},
    )


def _names() -> list[str]:
    """The TOML files beside this one, in the order of their names; rules are asked in that order."""
    return sorted(
        file.name.removesuffix(".toml")
        for file in files("mailtrend.knowledge").iterdir()
        if file.name.endswith(".toml")
    )


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(files("mailtrend.knowledge").joinpath(f"{name}.toml").read_text(encoding="utf-8"))


def _shipped(name: str, told: Mapping[str, Any], raw: Mapping[str, Any]) -> list[Entry]:
    """An entry of a file; its own `reference` goes for those that name none."""
    return entries(f"{name}.toml", {"reference": told.get("reference", ""), **raw})


def rule(file: str, raw: Mapping[str, Any]) -> Rule:
    """The rule of a `[[rule]]`. Raises SettingsError where a key is missing or unknown."""
    where = f"{file}: [[rule]] {raw.get('cause')}"
    if odd := sorted(raw.keys() - RULE_KEYS):
        raise SettingsError(f"unknown keys {odd}", where=where, mend=f"known keys: {', '.join(sorted(RULE_KEYS))}")
    if missing := sorted({"cause", "match", "examples"} - raw.keys()):
        raise SettingsError(f"{', '.join(missing)} is missing", where=where)
    return Rule(
        raw["cause"], tuple(raw["match"]), tuple(raw.get("codes", ())), raw.get("firm", False), tuple(raw["examples"])
    )


def _range(where: str, written: str) -> Range:
    if (found := CODE.fullmatch(written)) is None:
        raise SettingsError(f"'{written}' is no status code", where=where, mend="write 4.4.316, or 5.7.606-649")
    stem, low, high = found.groups()
    return Range(stem, int(low), int(high or low))


def _guide(where: str, raw: Mapping[str, Any], also: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Title, meaning, owners and steps; `owner` and `steps` stand for all three kinds."""
    if odd := sorted(raw.keys() - GUIDE_KEYS - also):
        raise SettingsError(f"unknown keys {odd}", where=where)
    owners = dict.fromkeys(KINDS, raw["owner"]) if "owner" in raw else {}
    owners |= raw.get("owners", {})
    steps = {kind: _told(raw.get(f"steps_{kind}", raw.get("steps", ()))) for kind in KINDS}
    return {
        "title": raw["title"],
        "meaning": _told_one(raw["meaning"]),
        "owners": owners,
        "steps": steps,
        "takes": raw.get("takes"),
    }


def _told_one(text: str) -> str:
    """TOML's long strings keep their line breaks; prose is one line."""
    return " ".join(text.split())


def _told(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(_told_one(text) for text in texts)


def entries(file: str, raw: Mapping[str, Any]) -> list[Entry]:
    """The entry of an `[[entry]]`, and the one of the code it ends in where it has an `expired` table.

    Raises SettingsError with the file and the entry's codes.
    """
    where = f"{file}: [[entry]] {raw.get('codes')}"
    if missing := sorted({"codes", "severity", "title", "meaning"} - raw.keys()):
        raise SettingsError(f"{', '.join(missing)} is missing", where=where)
    own = {key: value for key, value in raw.items() if key != "expired"}
    entry = _entry(where, own, twin=raw.get("expired", {}).get("code"))
    if "expired" not in raw:
        return [entry]
    ending = raw["expired"]
    if odd := sorted(ending.keys() - EXPIRED_KEYS):
        raise SettingsError(f"unknown keys {odd} under expired", where=where)
    steps = {f"steps_{kind}": [*entry.steps[kind], RESEND] for kind in KINDS}
    late = _entry(where, {**own, "codes": [ending["code"]], **ending, **steps}, twin=str(entry.codes[0]), expired=True)
    return [entry, late]


def _entry(where: str, raw: Mapping[str, Any], *, twin: str | None, expired: bool = False) -> Entry:
    guide = _guide(where, {key: value for key, value in raw.items() if key != "code"}, ENTRY_KEYS)
    return Entry(
        **guide,
        codes=tuple(_range(where, code) for code in raw["codes"]),
        severity=raw["severity"],
        causes=_told(raw.get("causes", ())),
        cause=raw.get("cause"),
        firm=raw.get("firm", False),
        covers=tuple(raw.get("covers", ())),
        issuer=raw.get("issuer"),
        reply=raw.get("reply"),
        when=raw.get("when"),
        twin=raw.get("twin", twin),
        expired=expired,
        steps_migrated=_told(raw.get("steps_migrated", ())),
        reference=raw.get("reference", ""),
        examples=_examples(raw),
    )


def _examples(raw: Mapping[str, Any]) -> tuple[tuple[str, str | None], ...]:
    """Texts with their cause; a text alone stands for itself."""
    told = ({"text": one} if isinstance(one, str) else one for one in raw.get("examples", ()))
    return tuple((one["text"], one.get("cause")) for one in told)


def _cause(raw: Mapping[str, Any]) -> CauseGuide:
    where = f"causes.toml: {raw.get('key')}"
    return CauseGuide(
        **_guide(where, raw, frozenset({"key", "usual", "ask"})),
        key=raw["key"],
        usual=raw.get("usual"),
        ask=_told_one(raw.get("ask", "")),
    )


def _fallback(raw: Mapping[str, Any]) -> Fallback:
    replies = {}
    for one in raw["reply"]:
        where = f"fallback.toml: reply {one['code']}"
        guide = _guide(
            where, {key: value for key, value in one.items() if key != "code"}, frozenset({"cause", "examples"})
        )
        examples = _examples(one)
        replies[int(one["code"])] = Entry(**guide, cause=one.get("cause"), examples=examples)
    return Fallback(
        classes={digit: _told_one(text) for digit, text in raw["class"].items()},
        subjects={
            one["digit"]: Guide(**_guide(f"fallback.toml: subject {one['digit']}", one, frozenset({"digit"})))
            for one in raw["subject"]
        },
        details=registry.details(),
        replies=replies,
        unknown=Guide(**_guide("fallback.toml: unknown", raw["unknown"])),
        reference_status=raw["reference_status"],
        reference_reply=raw["reference_reply"],
    )

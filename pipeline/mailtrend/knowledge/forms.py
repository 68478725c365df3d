"""What opens a reply, a wrapped reply or a server's name, as SQL macros made from forms.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from mailtrend.errors import SettingsError
from mailtrend.sql import quoted

OPENINGS: Final = ("announced", "wrapped", "pair", "closing", "server", "nameless")
"""Kinds of form that are an opening; each is a macro `KIND_openings()`."""
KEYS: Final = {
    "opening": frozenset({"name", "opening", "examples"}),
    "named": frozenset({"name", "of", "late", "seen", "pattern", "examples"}),
}
VALUES: Final = ("host", "address")


@dataclass(frozen=True)
class Example:
    """A text and what the form makes of it: `450 4.4.317 > 451 5.7.3`, `host address`, a dash for what is not told."""

    text: str
    codes: str
    server: str


@dataclass(frozen=True)
class Form:
    """One way in which texts say where something stands."""

    kind: str
    name: str
    pattern: str
    examples: tuple[Example, ...]
    of: str = ""
    """`host` or `address`, where the form names the server."""
    seen: str = ""
    late: bool = False


@cache
def forms() -> tuple[Form, ...]:
    """What forms.toml says, in its order. Raises SettingsError where a form has an unknown key or value."""
    return read(tomllib.loads(files("mailtrend.knowledge").joinpath("forms.toml").read_text(encoding="utf-8")))


def read(told: Mapping[str, Any]) -> tuple[Form, ...]:
    """The forms of a file like forms.toml, kind by kind. Raises SettingsError as `forms` does."""
    if odd := sorted(told.keys() - {*OPENINGS, "named"}):
        raise SettingsError(f"unknown kinds of form {odd}", where="forms.toml")
    return tuple(_form(kind, raw) for kind in (*OPENINGS, "named") for raw in told.get(kind, ()))


def _form(kind: str, raw: Mapping[str, Any]) -> Form:
    where = f"forms.toml: {raw.get('name')}"
    if odd := sorted(raw.keys() - KEYS["named" if kind == "named" else "opening"]):
        raise SettingsError(f"unknown keys {odd}", where=where)
    if kind == "named" and raw["of"] not in VALUES:
        raise SettingsError(f"`of` is '{raw['of']}'", where=where, mend="write host or address")
    examples = tuple(Example(one["text"], one.get("codes", "-"), one.get("server", "-")) for one in raw["examples"])
    pattern = raw["pattern"] if kind == "named" else raw["opening"]
    return Form(kind, raw["name"], pattern, examples, raw.get("of", ""), raw.get("seen", ""), raw.get("late", False))


def forms_sql(known: Iterable[Form] | None = None) -> str:
    """The macros that reasons_codes.sql and reasons_server.sql take their openings and names from."""
    told = tuple(forms() if known is None else known)
    openings = (
        f"CREATE OR REPLACE TEMP MACRO {kind}_openings() AS {quoted(_joined(told, kind))};\n" for kind in OPENINGS
    )
    named = (
        f"CREATE OR REPLACE TEMP MACRO {rank}_{of}(line) AS {_first(told, of, late=rank == 'late')};\n"
        for of in VALUES
        for rank in ("tagged", "late")
    )
    return "".join((*openings, *named))


def _joined(told: Iterable[Form], kind: str) -> str:
    """All openings of a kind as one expression; one that never fits where there are none."""
    return "|".join(form.pattern for form in told if form.kind == kind) or r"[^\s\S]"


def _first(told: Iterable[Form], of: str, *, late: bool) -> str:
    """The first that names one. A text is only searched where it holds what each of them has to hold."""
    cases = [
        f"CASE WHEN contains(line, {quoted(form.seen)}) THEN "
        f"sound_{of}(regexp_extract(line, {quoted(form.pattern)}, 1)) END"
        for form in told
        if form.of == of and form.late is late
    ]
    return f"coalesce({', '.join([*cases, 'NULL'])})"

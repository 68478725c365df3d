"""What a text says of a server's certificate, as SQL macros made from certificates.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from mailtrend.errors import SettingsError

FIELDS: Final = ("problem", "subject", "expected", "thumbprint", "not_after")
"""Each is a macro `certificate_FIELD(text)`, NULL where the text does not tell it."""
CUT: Final = ". OutboundProxyTarget"
"""What Exchange Online puts behind a text that it has cut: nothing of it belongs to the certificate."""

ONE_LINE: Final = (
    f"replace(translate(string_split(told, '{CUT}')[1], chr(10) || chr(13) || chr(9) || chr(160), '    '), '\\n', ' ')"
)


@dataclass(frozen=True)
class Problem:
    """What can be wrong with a certificate, and how texts say so."""

    key: str
    cause: str
    match: tuple[str, ...]
    examples: tuple[str, ...]


@dataclass(frozen=True)
class Field:
    """One thing told of a certificate; the first group of an expression is its value."""

    key: str
    match: tuple[str, ...]
    examples: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Certificates:
    """The whole file."""

    mention: tuple[str, ...]
    problems: tuple[Problem, ...]
    fields: tuple[Field, ...]


@cache
def certificates() -> Certificates:
    """What certificates.toml says. Raises SettingsError where a field is none of FIELDS."""
    told = tomllib.loads(files("mailtrend.knowledge").joinpath("certificates.toml").read_text(encoding="utf-8"))
    fields = tuple(
        Field(raw["key"], tuple(raw["match"]), tuple((text, value) for text, value in raw["examples"]))
        for raw in told["field"]
    )
    if {field.key for field in fields} != set(FIELDS[1:]):
        raise SettingsError("a [[field]] is missing or unknown", where="certificates.toml", mend=", ".join(FIELDS[1:]))
    problems = tuple(
        Problem(raw["key"], raw["cause"], tuple(raw["match"]), tuple(raw["examples"])) for raw in told["problem"]
    )
    return Certificates(tuple(told["mention"]), problems, fields)


@cache
def certificate_macros() -> str:
    """CREATE MACRO `certificate_problem`, `certificate_subject`, … of a text, in words that DuckDB 1.0 knows.

    A text that does not mention a certificate costs one look.
    """
    book = certificates()
    problems = "\n".join(f"WHEN {_found('words', one.match)} THEN '{one.key}'" for one in book.problems)
    causes = {
        one.cause: one.key for one in reversed(book.problems) if one.cause.removeprefix("certificate_") == one.key
    }
    by_cause = "\n".join(f"WHEN cause = '{cause}' THEN '{key}'" for cause, key in sorted(causes.items()))
    return "\n".join((
        f"CREATE MACRO mentions_certificate(told) AS {_found('told', book.mention)};",
        _macro("words", f"trim({ONE_LINE})"),
        f"CREATE MACRO certificate_problem_in(words) AS CASE {problems} END;",
        _macro("problem", "certificate_problem_in(certificate_words(told))"),
        *(_field_macro(field) for field in book.fields),
        f"CREATE MACRO certificate_problem_of(cause) AS CASE {by_cause} END;",
    ))  # fmt: skip


def _macro(name: str, body: str) -> str:
    return f"CREATE MACRO certificate_{name}(told) AS CASE WHEN mentions_certificate(told) THEN {body} END;"


def _field_macro(field: Field) -> str:
    """The first expression that finds something; thumbprints are compared, so they are written one way."""
    found = [f"nullif(trim(regexp_extract(certificate_words(told), {_pattern([one])}, 1)), '')" for one in field.match]
    value = f"coalesce({', '.join(found)})"
    return _macro(field.key, f"upper(replace({value}, ':', ''))" if field.key == "thumbprint" else value)


def _found(text: str, match: Iterable[str]) -> str:
    return f"regexp_matches({text}, {_pattern(match)})"


def _pattern(match: Iterable[str]) -> str:
    """As a SQL literal: upper and lower case are the same, and a line end is a character like any other."""
    return "'(?is)" + "|".join(match).replace("'", "''") + "'"

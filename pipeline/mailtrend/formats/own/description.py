"""What a user may say of a format of their own, and what is wrong with what they said."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal

from pydantic import Field, PositiveInt, field_validator, model_validator

from mailtrend.formats._headers import plain
from mailtrend.formats.own import expressions
from mailtrend.formats.own.parts import GIVEN, TIME, Outcome, Part, Pattern, Sample, Time, fixed, known

NAME: Final = re.compile(r"[a-z][a-z0-9_]{1,39}")
ONLY_OF: Final = {
    "lines": ("pattern", "ignore", "unmatched"),
    "csv": ("columns", "optional", "delimiter", "header"),
}
"""Keys that have a meaning for this kind alone."""


class Description(Part):
    """One format, as the TOML file says it."""

    name: str
    title: str
    reference: str = ""
    kind: Literal["lines", "csv"]
    pattern: tuple[Pattern, ...] = ()
    columns: Mapping[str, PositiveInt | str | list[str]] = Field(default_factory=dict)
    """Our name → the header's, or several it may have; or the place, where a file has no header."""
    optional: tuple[str, ...] = ()
    """Columns without which a CSV is still of this format."""
    delimiter: str = ""
    """What parts the cells; empty: whichever of comma, semicolon and tab the first line has most of."""
    header: bool = True
    claims: str = ""
    """A regular expression that a line of the file's beginning must fit; else the patterns or the columns decide."""
    ignore: tuple[str, ...] = ()
    """Regular expressions of lines that rightly give no event; they come before the patterns."""
    unmatched: Literal["reject", "context"] = "reject"
    recipient_separator: str = ""
    """What parts several recipients in one cell: each gets an event."""
    time: Time = Time()
    outcome: Outcome = Outcome()
    set: Mapping[str, str] = Field(default_factory=dict)
    """Fixed values."""
    notes: tuple[str, ...] = ()
    sample: tuple[Sample, ...] = Field(min_length=1)

    @field_validator("name")
    @classmethod
    def _is_plain(cls, value: str) -> str:
        if not NAME.fullmatch(value):
            raise ValueError("must be lower case letters, digits and _ (2 to 40 of them), and begin with a letter")
        return value

    @field_validator("columns")
    @classmethod
    def _are_known(cls, value: Mapping[str, Any]) -> Mapping[str, Any]:
        known(value, GIVEN)
        places = Counter(plain(each) if isinstance(each, str) else each for each in _spellings(value))
        if twice := [place for place, times in places.items() if times > 1]:
            raise ValueError(f"column '{twice[0]}' of the file is named twice")
        return value

    @field_validator("set", mode="before")
    @classmethod
    def _fixed(cls, value: Any) -> Any:  # noqa: ANN401 - what TOML holds
        return fixed(value)

    @field_validator("claims", "ignore")
    @classmethod
    def _compile(cls, value: Any) -> Any:  # noqa: ANN401 - one expression or several
        for regex in [value] if isinstance(value, str) else value:
            expressions.check(regex)
        return value

    @field_validator("delimiter")
    @classmethod
    def _is_delimiter(cls, value: str) -> str:
        if value and (len(value) > 1 or not value.isascii() or value.isalnum() or value in "\"'\r\n\0\\"):
            raise ValueError("must be one character, and no letter, digit or quote")
        return value

    @model_validator(mode="after")
    def _is_whole(self) -> Description:
        for fault in self._faults():
            raise ValueError(fault)
        return self

    def _faults(self) -> Iterator[str]:
        if self.kind == "lines" and not self.pattern:
            yield "a format of lines needs a [[pattern]]"
        if self.kind == "csv" and not self.columns:
            yield "a format of kind csv needs [columns]"
        for kind, keys in ONLY_OF.items():
            for key in keys:
                if kind != self.kind and key in self.model_fields_set:
                    yield f'{key} has no meaning for kind = "{self.kind}", only for "{kind}"'
        if self.kind == "csv" and self.time.format == "syslog":
            yield 'time.format: syslog is for kind = "lines"'
        yield from self._faults_of_columns()
        for number, given in enumerate(self.given):
            who = self.called(number)
            if TIME not in given:
                yield f"{who} has nothing called '{TIME}': every event needs its time"
            if not self._tells_outcome(number):
                yield (
                    f"{who} does not tell the outcome: it needs the column '{self.outcome.by}' for the words of "
                    "[outcome], or an outcome in its set, or [outcome] a default"
                )

    def _faults_of_columns(self) -> Iterator[str]:
        if odd := [name for name in self.optional if name not in self.columns]:
            yield f"optional: '{odd[0]}' is none of the [columns]"
        if TIME in self.optional:
            yield f"optional: '{TIME}' cannot be missing"
        numbered = [isinstance(each, int) for each in _spellings(self.columns)]
        if self.header and any(numbered):
            yield "columns have numbers: that is for a file without a header, header = false"
        if not self.header and not all(numbered):
            yield "columns: with header = false each is the number of a column, from 1"
        if not self.header and not self.claims:
            yield "header = false needs claims: an expression by which a line of such a file is known"

    def _tells_outcome(self, number: int) -> bool:
        given = self.given[number]
        words = self.outcome.words or (self.pattern[number].words if self.pattern else {})
        return (
            bool({"outcome"} & {*given, *self.set})
            or bool(self.outcome.default)
            or (bool(words) and self.outcome.by in given)
        )

    def called(self, number: int) -> str:
        """What a pattern is called, or the table."""
        if self.kind == "csv":
            return "[columns]"
        return self.pattern[number].name or f"pattern {number + 1}"

    @property
    def given(self) -> tuple[tuple[str, ...], ...]:
        """What each pattern, or the table, gives."""
        if self.kind == "csv":
            return (tuple(self.columns),)
        return tuple(tuple(dict.fromkeys((*pattern.groups, *pattern.set))) for pattern in self.pattern)

    @property
    def in_syslog(self) -> bool:
        """Are its lines those of a syslog, whatever a shipper put around them?"""
        return self.kind == "lines" and self.time.format == "syslog"


def _spellings(columns: Mapping[str, Any]) -> Iterator[str | int]:
    for value in columns.values():
        yield from value if isinstance(value, list) else [value]

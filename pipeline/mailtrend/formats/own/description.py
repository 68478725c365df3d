"""What a user may say of a format of their own, and what is wrong with what they said."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from mailtrend import contracts

NEVER: Final = frozenset({"tenant", "source", "file_id", "line", "sender_domain", "recipient_domain", "cause"})
"""Columns of events that ingest fills in."""
TIME: Final = "time"
"""What the time is called in a pattern or a column map; it becomes event_time."""
GIVEN: Final = (TIME, *(name for name in contracts.EVENTS.names if name not in NEVER | {"event_time"}))
"""Names that groups and columns may have."""
NAME: Final = re.compile(r"[a-z][a-z0-9_]{1,39}")
DIRECTIONS: Final = ("outbound", "inbound", "internal", "unknown")


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Pattern(_Part):
    """A regular expression whose named groups are columns of events."""

    regex: str
    name: str = ""
    set: Mapping[str, str] = Field(default_factory=dict)

    @field_validator("regex")
    @classmethod
    def _compiles(cls, value: str) -> str:
        try:
            found = re.compile(value)
        except re.error as error:
            raise ValueError(f"is no regular expression: {error}") from None
        if found.groups != len(found.groupindex):
            raise ValueError("has a group without a name: write (?P<name>…), or (?:…) for one that is not wanted")
        _known(found.groupindex)
        return value

    @property
    def groups(self) -> tuple[str, ...]:
        """Names of its groups, in order."""
        return tuple(re.compile(self.regex).groupindex)


class Time(_Part):
    """How times are written."""

    format: str = "any"
    """`any` (ISO, OData, or as a culture writes dates), `syslog`, `epoch`, or a strptime pattern."""
    utc: bool = False
    """Are times without a zone in UTC, whatever --timezone says?"""


class Outcome(_Part):
    """Which words mean which outcome."""

    by: str = "event"
    """The group or column that has the word."""
    default: str = "info"
    words: Mapping[str, str] = Field(default_factory=dict)
    """Word, in any case → outcome."""

    @field_validator("default", "words")
    @classmethod
    def _is_one(cls, value: Any) -> Any:  # noqa: ANN401 - a word or a map of words
        for outcome in [value] if isinstance(value, str) else value.values():
            if outcome not in contracts.OUTCOMES:
                raise ValueError(f"'{outcome}' is no outcome: one of {', '.join(contracts.OUTCOMES)}")
        return value


class Sample(_Part):
    """Text as it stands in a file, and what must come of it."""

    text: str
    """One line or several; of a CSV with its header."""
    expect: tuple[Mapping[str, Any], ...] = ()
    """The events, each with the columns that matter; none for a line that gives no event."""

    @field_validator("expect", mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:  # noqa: ANN401 - what TOML holds
        return (value,) if isinstance(value, Mapping) else value

    @field_validator("expect")
    @classmethod
    def _columns(cls, value: tuple[Mapping[str, Any], ...]) -> tuple[Mapping[str, Any], ...]:
        for event in value:
            if odd := sorted(set(event) - set(contracts.EVENTS.names)):
                raise ValueError(f"'{odd[0]}' is no column of events")
        return value


class Description(_Part):
    """One format, as the TOML file says it."""

    name: str
    title: str
    reference: str = ""
    kind: Literal["lines", "csv"]
    pattern: tuple[Pattern, ...] = ()
    columns: Mapping[str, str | list[str]] = Field(default_factory=dict)
    optional: tuple[str, ...] = ()
    """Columns without which a CSV is still of this format."""
    claims: str = ""
    """A regular expression that a line of the file's beginning must fit; else the patterns or the columns decide."""
    ignore: tuple[str, ...] = ()
    """Regular expressions of lines that rightly give no event."""
    unmatched: Literal["reject", "context"] = "reject"
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
            raise ValueError("must be lower case letters, digits and _, and begin with a letter")
        return value

    @field_validator("columns", "set")
    @classmethod
    def _are_known(cls, value: Mapping[str, Any]) -> Mapping[str, Any]:
        _known(value)
        return value

    @field_validator("claims", "ignore")
    @classmethod
    def _compile(cls, value: Any) -> Any:  # noqa: ANN401 - one expression or several
        for regex in [value] if isinstance(value, str) else value:
            try:
                re.compile(regex)
            except re.error as error:
                raise ValueError(f"is no regular expression: {error}") from None
        return value

    @model_validator(mode="after")
    def _is_whole(self) -> Description:
        if self.kind == "lines" and not self.pattern:
            raise ValueError("a format of lines needs a [[pattern]]")
        if self.kind == "csv" and not self.columns:
            raise ValueError("a format of kind csv needs [columns]")
        for given in self.given:
            if TIME not in given:
                raise ValueError(f"nothing is called '{TIME}': every event needs its time")
        direction = self.set.get("direction", "unknown")
        if direction not in DIRECTIONS:
            raise ValueError(f"'{direction}' is no direction: one of {', '.join(DIRECTIONS)}")
        return self

    @property
    def given(self) -> tuple[tuple[str, ...], ...]:
        """What each pattern, or the table, gives."""
        if self.kind == "csv":
            return (tuple(self.columns),)
        return tuple((*pattern.groups, *pattern.set) for pattern in self.pattern)


def _known(names: Any) -> None:  # noqa: ANN401 - anything with names
    for name in names:
        if name not in GIVEN:
            raise ValueError(f"'{name}' is no column of events: one of {', '.join(GIVEN)}")

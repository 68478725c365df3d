"""The tables of a description: patterns, times, outcomes and samples, and what is wrong with each by itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final
from zoneinfo import ZoneInfo

import pyarrow as pa
from pydantic import BaseModel, ConfigDict, Field, field_validator

from mailtrend import contracts
from mailtrend.formats.own import expressions

NEVER: Final = frozenset({"tenant", "source", "file_id", "line", "sender_domain", "recipient_domain", "cause"})
"""Columns of events that ingest fills in."""
TIME: Final = "time"
"""What the time is called in a pattern or a column map; it becomes event_time."""
DATE: Final = "date"
"""The day, where it stands apart from the time."""
COLUMNS: Final = tuple(name for name in contracts.EVENTS.names if name not in NEVER | {"event_time"})
"""Columns that may have a fixed value."""
GIVEN: Final = (TIME, DATE, *COLUMNS)
"""Names that groups and columns may have."""
DIRECTIONS: Final = ("outbound", "inbound", "internal", "unknown")
CONTEXT: Final = "context"
"""What stands for an outcome where a row rightly gives no event."""
NAMED_TIMES: Final = ("any", "syslog", "epoch", "tai64n")


class Part(BaseModel):
    """A table of the TOML: no key that is not known."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Pattern(Part):
    """A regular expression whose named groups are columns of events."""

    regex: str
    name: str = ""
    also: tuple[str, ...] = ()
    """More expressions, found anywhere in the line or not at all: what stands in any order, as `key=value` does."""
    set: Mapping[str, str] = Field(default_factory=dict)
    words: Mapping[str, str] = Field(default_factory=dict)
    """Word → outcome, for the lines of this pattern before those of [outcome]."""

    @field_validator("regex")
    @classmethod
    def _compiles(cls, value: str) -> str:
        regex = expressions.spelled(value)
        known(expressions.groups_of(regex), GIVEN)
        return regex

    @field_validator("set", mode="before")
    @classmethod
    def _fixed(cls, value: Any) -> Any:  # noqa: ANN401 - what TOML holds
        return fixed(value)

    @field_validator("words")
    @classmethod
    def _mean_outcomes(cls, value: Mapping[str, str]) -> Mapping[str, str]:
        return meaning(value)

    @field_validator("also")
    @classmethod
    def _all_compile(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(cls._compiles(each) for each in value)

    @property
    def expressions(self) -> tuple[str, ...]:
        """All of its expressions: the one that decides whether a line fits, then the others."""
        return (self.regex, *self.also)

    @property
    def groups(self) -> tuple[str, ...]:
        """Names of the groups of all of them, each once."""
        return tuple(dict.fromkeys(name for regex in self.expressions for name in expressions.groups_of(regex)))


class Time(Part):
    """How times are written."""

    format: str | tuple[str, ...] = "any"
    """`any` (ISO, OData, or as a culture writes dates), `syslog`, `epoch`, `tai64n`, or strptime patterns."""
    timezone: str = ""
    """Zone of times that name none; empty: that of --timezone."""

    @field_validator("format")
    @classmethod
    def _is_one(cls, value: str | tuple[str, ...]) -> str | tuple[str, ...]:
        for each in (value,) if isinstance(value, str) else value:
            if "%" not in each and not (each == value and each in NAMED_TIMES):
                raise ValueError(
                    f"'{each}' is no way to write times: one of {', '.join(NAMED_TIMES)}, "
                    "or strptime patterns such as %d.%m.%Y %H:%M:%S"
                )
        if not value:
            raise ValueError("is empty")
        return value

    @field_validator("timezone")
    @classmethod
    def _is_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value or "UTC")
        except (OSError, ValueError, KeyError):
            raise ValueError(f"no time zone '{value}': name one such as Europe/Berlin") from None
        return value


class Outcome(Part):
    """Which words mean which outcome."""

    by: str = "event"
    """The group or column that has the word."""
    default: str = ""
    """What all other words mean; empty: such a row is a reject."""
    words: Mapping[str, str] = Field(default_factory=dict)
    """Word, in any case → outcome; one that ends in * stands for all words that begin so."""

    @field_validator("by")
    @classmethod
    def _is_given(cls, value: str) -> str:
        known([value], COLUMNS)
        return value

    @field_validator("default")
    @classmethod
    def _is_outcome(cls, value: str) -> str:
        meaning({"": value} if value else {})
        return value

    @field_validator("words")
    @classmethod
    def _mean_outcomes(cls, value: Mapping[str, str]) -> Mapping[str, str]:
        return meaning(value)


class Sample(Part):
    """Text as it stands in a file, and what must come of it."""

    text: str
    """One line or several; of a CSV with its header."""
    expect: tuple[Mapping[str, Any], ...] = ()
    """The events, each with the columns that matter; none for a line that gives no event."""

    @field_validator("text")
    @classmethod
    def _is_filled(cls, value: str) -> str:
        if not value.strip():
            raise ValueError("is empty")
        return value

    @field_validator("expect", mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:  # noqa: ANN401 - what TOML holds
        return (value,) if isinstance(value, Mapping) else value

    @field_validator("expect")
    @classmethod
    def _columns(cls, value: tuple[Mapping[str, Any], ...]) -> tuple[Mapping[str, Any], ...]:
        for event in value:
            known(event, [name for name in contracts.EVENTS.names if name not in {"tenant", "source", "file_id"}])
        return value


def known(names: Iterable[str], columns: Iterable[str]) -> None:
    """Raises ValueError where one of the names is none of the columns."""
    listed = tuple(columns)
    for name in names:
        if name not in listed:
            raise ValueError(f"'{name}' is no column of events: one of {', '.join(listed)}")


def meaning(words: Mapping[str, str]) -> Mapping[str, str]:
    """The words in lower case. Raises ValueError where one means no outcome, or two."""
    found: dict[str, str] = {}
    for word, outcome in words.items():
        if outcome not in (*contracts.OUTCOMES, CONTEXT):
            raise ValueError(
                f"'{outcome}' is no outcome: one of {', '.join(contracts.OUTCOMES)}, or {CONTEXT} for no event"
            )
        if found.setdefault(word.strip().lower(), outcome) != outcome:
            raise ValueError(f"'{word}' means two outcomes")
    return found


def fixed(values: Any) -> Any:  # noqa: ANN401 - what TOML holds
    """Fixed values as text, numbers too. Raises ValueError where one does not fit its column."""
    if not isinstance(values, Mapping):
        return values
    known(values, COLUMNS)
    texts = {key: value if isinstance(value, str | bool) else str(value) for key, value in values.items()}
    for name, allowed in (("direction", DIRECTIONS), ("outcome", contracts.OUTCOMES)):
        if texts.get(name, allowed[0]) not in allowed:
            raise ValueError(f"'{texts[name]}' is no {name}: one of {', '.join(allowed)}")
    for name, value in texts.items():
        kind = contracts.EVENTS.field(name).type
        if kind != pa.string() and not isinstance(value, bool):
            try:
                pa.array([value]).cast(kind)
            except pa.ArrowInvalid:
                raise ValueError(f"{name} is '{value}', which is no number that fits") from None
    return texts

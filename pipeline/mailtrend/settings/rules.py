"""The rules a user may set for incidents: ignore, acknowledge, severity, maintenance, thresholds."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from mailtrend.settings.matchers import Level, Matchers, UtcTime, Zone, lowered, sensible, several

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""In the order of `date.weekday()`."""


class _Aimed(Matchers):
    """A rule that must not be for everything by mistake."""

    @model_validator(mode="after")
    def _aimed(self) -> Self:
        if self.anything:
            raise ValueError('says not which incidents it is for: name a connector, or all of them: connector = "*"')
        return self


class Ignore(_Aimed):
    """One `[[ignore]]`: incidents that are of no interest."""


class Severity(_Aimed):
    """One `[[severity]]`: how much incidents matter, whatever their figures say."""

    severity: Level


class Acknowledge(_Aimed):
    """One `[[acknowledge]]`: incidents that somebody knows of and works on, until a time."""

    until: UtcTime
    incident: Annotated[
        tuple[str, ...], BeforeValidator(lowered), BeforeValidator(several), Field(default=(), min_length=1)
    ]

    @property
    def anything(self) -> bool:
        """Does it match every incident?"""
        return not self.incident and super().anything


class Maintenance(Matchers):
    """One `[[maintenance]]`: a time in which failures are expected, once or every week.

    Times without a zone are those of `timezone`.
    """

    days: Annotated[
        tuple[Day, ...], BeforeValidator(lowered), BeforeValidator(several), Field(default=(), min_length=1)
    ]
    begin: Annotated[datetime | time, Field(alias="from", union_mode="left_to_right")]
    until: Annotated[datetime | time, Field(union_mode="left_to_right")]
    timezone: Zone | None = None

    @model_validator(mode="before")
    @classmethod
    def _dates_or_times(cls, values: Any) -> Any:  # noqa: ANN401  # whatever TOML holds
        """Of a weekly window times of day are wanted, of one that happens once dates: a mix is no window."""
        if not isinstance(values, dict):
            return values
        weekly = "days" in values
        for name in ("from", "until"):
            given = values.get(name)
            if given is not None and isinstance(given, str | time | date):
                values = values | {name: _clock(name, given) if weekly else _moment(name, given)}
        return values

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if isinstance(self.begin, datetime) and isinstance(self.until, datetime):
            if (self.begin.tzinfo is None) != (self.until.tzinfo is None):
                raise ValueError("from and until: give both of them a zone, or neither")
            if self.until <= self.begin:
                raise ValueError("until must be later than from")
        return self


def _clock(name: str, given: str | time | date) -> time:
    try:
        found = time.fromisoformat(given) if isinstance(given, str) else given
    except ValueError:
        found = None
    if not isinstance(found, time) or found.tzinfo:
        raise ValueError(f'{name} of a window with days has to be a time of day, such as "22:00"')
    return found


def _moment(name: str, given: str | time | date) -> datetime:
    try:
        found = datetime.fromisoformat(given) if isinstance(given, str) else given
    except ValueError:
        found = None
    if isinstance(found, date) and not isinstance(found, datetime):
        found = datetime(found.year, found.month, found.day)
    if not isinstance(found, datetime):
        raise ValueError(f'{name} has to be a date with a time, or give days for a weekly window: days = ["sat"]')
    return sensible(found)


class Thresholds(BaseModel):
    """`[thresholds]`: limits below which nothing is an incident; what is not given stays as the detectors have it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    least_failures: Annotated[int, Field(ge=5, le=1_000_000)] | None = None
    least_ratio: Annotated[float, Field(ge=1, le=1000)] | None = None
    least_messages: Annotated[int, Field(ge=2, le=1_000_000)] | None = None
    least_recipients: Annotated[int, Field(ge=2, le=1_000_000)] | None = None
    most_q: Annotated[float, Field(gt=0, le=0.5)] | None = None
    silence_hours: Annotated[int, Field(ge=2, le=24 * 90)] | None = None
    silence_expected: Annotated[float, Field(ge=1, le=1_000_000)] | None = None

    @property
    def given(self) -> dict[str, Any]:
        """Those that the user has set."""
        return self.model_dump(exclude_none=True)

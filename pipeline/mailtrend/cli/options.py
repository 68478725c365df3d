"""Options that many commands share, and what they become: settings, a lake, a time."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from mailtrend.errors import UsageError

if TYPE_CHECKING:
    from mailtrend.settings import Settings

WEEK = re.compile(r"^(\d{4})-W(\d{2})$")


class Format(StrEnum):
    """How a table is printed."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    PARQUET = "parquet"


class FailOn(StrEnum):
    """Least severity of an incident that makes the exit code 3."""

    WARNING = "warning"
    CRITICAL = "critical"

    def met(self, incidents: Iterable[tuple[str, str | None]]) -> bool:
        """Is there one of that severity? Of each: severity, and by what it is set aside; such a one does not count."""
        return any(severity in {"critical", self.value} and aside is None for severity, aside in incidents)


LakeDir = Annotated[Path | None, typer.Option("--lake", help="The lake [default: ./mailtrend-lake or MAILTREND_LAKE].")]
ConfigFile = Annotated[Path | None, typer.Option("--config", help="Settings [default: ./mailtrend.toml if present].")]
OutFormat = Annotated[Format | None, typer.Option("--format", help="How to print the result [default: table].")]
OutFile = Annotated[Path | None, typer.Option("-o", "--output", help="Write there; the ending decides the format.")]
Since = Annotated[str | None, typer.Option("--since", help="From then on: ISO 8601, a bare date is UTC midnight.")]
Until = Annotated[str | None, typer.Option("--until", help="Up to then, not included.")]
FailOnOption = Annotated[FailOn | None, typer.Option("--fail-on", help="Exit with 3 if such an incident is found.")]
Zone = Annotated[str | None, typer.Option("--timezone", help="Zone of local times, as Europe/Berlin [default: UTC].")]


def settings_of(config: Path | None, lake: Path | None) -> tuple[Settings, Path]:
    """Settings, and the folder of the lake: the option wins over environment and file."""
    from mailtrend.settings import load

    settings = load(config)
    return settings, lake or settings.lake


def zone_of(name: str) -> ZoneInfo:
    """A time zone by name. Raises UsageError where there is none such."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise UsageError(f"no time zone '{name}'", where="--timezone", mend="a name such as Europe/Berlin") from error


def time_of(text: str | None, option: str, zone: str = "UTC") -> datetime | None:
    """An ISO 8601 time as UTC without a zone; one that names no zone is taken in `zone`."""
    if text is None:
        return None
    try:
        when = datetime.fromisoformat(text)
    except ValueError as error:
        mend = "ISO 8601: 2026-11-02 or 2026-11-02T14:00Z"
        raise UsageError(f"unreadable time '{text}'", where=option, mend=mend) from error
    local = zone_of(zone)
    return (when if when.tzinfo else when.replace(tzinfo=local)).astimezone(UTC).replace(tzinfo=None)


def span_of(since: str | None, until: str | None, zone: str) -> tuple[datetime | None, datetime | None]:
    """--since and --until as UTC without a zone. Raises UsageError where the zone is none, or nothing lies between."""
    zone_of(zone)
    first, last = time_of(since, "--since", zone), time_of(until, "--until", zone)
    if first is not None and last is not None and last <= first:
        raise UsageError(f"'{until}' is not later than --since", where="--until", mend="give a later time")
    return first, last


def week_of(text: str) -> tuple[datetime, datetime]:
    """First instant of an ISO week written `2026-W46`, and the first after it."""
    from datetime import timedelta

    match = WEEK.match(text)
    try:
        monday = datetime.fromisocalendar(int(match[1]), int(match[2]), 1) if match else None
    except ValueError:
        monday = None
    if monday is None:
        raise UsageError(f"no such week '{text}'", where="--week", mend="an ISO week such as 2026-W46")
    return monday, monday + timedelta(days=7)

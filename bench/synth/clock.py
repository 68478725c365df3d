"""Times: milliseconds since 1970 (UTC) inside, and every spelling of them that the sources use."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Final

SECOND: Final = 1_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR


def ms(text: str) -> int:
    """Milliseconds of an ISO time, read as UTC: '2026-10-22T09:40'."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * SECOND


START: Final = ms("2026-09-07T00:00")
"""Monday, ISO week 37."""
END: Final = ms("2026-11-02T00:00")
"""End of Sunday, ISO week 44: eight weeks."""
WINTER: Final = ms("2026-10-25T01:00")
"""When the relay host in Central Europe goes from +02:00 back to +01:00."""


def moment(at: int) -> datetime:
    """The datetime (UTC) of `at`, milliseconds kept."""
    return datetime.fromtimestamp(at // SECOND, UTC) + timedelta(milliseconds=at % SECOND)


def iso_z(at: int) -> str:
    """2026-10-22T09:41:12.345Z, as Exchange Server logs it."""
    return moment(at).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at % SECOND:03d}Z"


def iso_seven(at: int) -> str:
    """2026-10-22T09:41:12.3450000Z, as the reports of Exchange Online have it."""
    return moment(at).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at % SECOND:03d}0000Z"


def en_us(at: int) -> str:
    """9/7/2026 1:05:09 PM: Windows PowerShell with US culture."""
    when = moment(at)
    hour = when.hour % 12 or 12
    half = "AM" if when.hour < 12 else "PM"
    return f"{when.month}/{when.day}/{when.year} {hour}:{when.minute:02d}:{when.second:02d} {half}"


def invariant(at: int) -> str:
    """10/22/2026 09:41:12: PowerShell 7."""
    return moment(at).strftime("%m/%d/%Y %H:%M:%S")


def german(at: int) -> str:
    """22.10.2026 09:41:12: Windows PowerShell with German culture."""
    return moment(at).strftime("%d.%m.%Y %H:%M:%S")


def central_europe(at: int) -> str:
    """2026-10-22T11:41:12.345678+02:00: rsyslog on the relay host; the last three digits follow from the rest."""
    offset = 1 if at >= WINTER else 2
    local = moment(at).astimezone(timezone(timedelta(hours=offset)))
    return local.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at % SECOND:03d}{at // 7 % 1000:03d}+0{offset}:00"


def day_of(at: int) -> str:
    """2026-10-22, the UTC day."""
    return moment(at).strftime("%Y-%m-%d")

"""How much mail usually comes at an hour of the week, and when there will have been enough of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Final

HOUR: Final = timedelta(hours=1)
AHEAD: Final = timedelta(days=14)
"""Nobody is told to wait for longer than that."""
_SATURDAY: Final = 5


@dataclass(frozen=True)
class Traffic:
    """Messages in each hour that data cover, quiet ones too; hours are UTC, without zone."""

    hours: tuple[tuple[datetime, int], ...] = ()

    def at(self, when: datetime) -> float:
        """So many are to be expected in the hour of `when`: as at that hour of the week before.

        Where data do not hold that hour of a week, as at that hour on other such days (weekend or not), else on any
        day, else in any hour.
        """
        for slot in _slots(when):
            if slot in self._sums:
                total, seen = self._sums[slot]
                return total / seen
        return 0.0

    def between(self, first: datetime, last: datetime) -> float:
        """So many are to be expected from `first` to `last`, parts of hours in proportion."""
        total, at = 0.0, first
        while at < last:
            end = min(_hour(at) + HOUR, last)
            total += self.at(at) * ((end - at) / HOUR)
            at = end
        return total

    def enough_at(self, first: datetime, wanted: float) -> datetime | None:
        """The first full hour by which `wanted` more are to be expected after `first`; None if not in two weeks."""
        total, at = 0.0, first
        while at < first + AHEAD:
            end = _hour(at) + HOUR
            total += self.between(at, end)
            at = end
            if total >= wanted:
                return at
        return None

    @cached_property
    def _sums(self) -> dict[tuple[object, ...], tuple[int, int]]:
        sums: dict[tuple[object, ...], tuple[int, int]] = {}
        for hour, messages in self.hours:
            for slot in _slots(hour):
                total, seen = sums.get(slot, (0, 0))
                sums[slot] = (total + messages, seen + 1)
        return sums


def _slots(when: datetime) -> tuple[tuple[object, ...], ...]:
    """What an hour is held against, the closest first."""
    weekend = when.weekday() >= _SATURDAY
    return (
        ("week", when.weekday(), when.hour),
        ("weekend" if weekend else "workday", when.hour),
        ("day", when.hour),
        ("any",),
    )


def _hour(when: datetime) -> datetime:
    return when.replace(minute=0, second=0, microsecond=0)

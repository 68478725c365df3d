"""How much is sent in which hour: expected attempts, from one message a day to thousands an hour."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

DAY: Final = 24
WEEK: Final = 168
PROFILES: Final = ("office", "consumer", "batch", "night_job", "weekend_heavy", "irregular", "even")
_LEVELS: Final = ((0.04, 0.5), (0.5, 5.0), (5.0, 100.0), (100.0, 1000.0), (1000.0, 5000.0))
_SHARES: Final = (0.15, 0.24, 0.36, 0.18, 0.07)


class Span(NamedTuple):
    """The hours of a series since 1970 (UTC), and the same by the clock on the wall of whoever sends."""

    hour: Ints
    local: Ints

    @property
    def size(self) -> int:
        """Number of hours."""
        return len(self.hour)

    @property
    def weekday(self) -> Ints:
        """0 is Monday, by the local clock."""
        return np.asarray((self.local // DAY + 3) % 7, dtype=np.int64)


def span_of(rng: Generator, weeks: int, *, clock_change: bool = False) -> Span:
    """Some weeks of 2026 in some zone; with a clock change, one lies in the middle half of them."""
    first = (20454 + int(rng.integers(0, 200))) * DAY
    hour = first + np.arange(weeks * WEEK, dtype=np.int64)
    local = hour + int(rng.choice([-6, -5, 0, 1, 2, 9]))
    if clock_change:
        # An observer that thinks in UTC sees every habit move by an hour.
        at = int(rng.integers(len(hour) // 4, 3 * len(hour) // 4))
        local[at:] += int(rng.choice([-1, 1]))
    return Span(hour, local)


def level(rng: Generator) -> float:
    """Mean attempts an hour, from every magnitude."""
    low, high = _LEVELS[int(rng.choice(len(_LEVELS), p=_SHARES))]
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def shape(rng: Generator, span: Span, profile: str, *, no_weekends: bool = False) -> Floats:
    """Share of the mean in each hour; the mean over the span is 1."""
    clock = (span.local % DAY).astype(np.float64)
    weekend = span.weekday >= 5
    if profile == "office":
        start = rng.uniform(-1.0, 1.0)
        day = np.exp(-(((clock - 10 - start) / 2.2) ** 2)) + 0.8 * np.exp(-(((clock - 15 - start) / 2.0) ** 2)) + 0.015
        weight = np.where(weekend, day * rng.uniform(0.02, 0.2), day)
    elif profile == "consumer":
        day = 0.25 + np.exp(-(((clock - 20) / 2.5) ** 2)) + 0.5 * np.exp(-(((clock - 12) / 3) ** 2))
        weight = np.where(weekend, 1.25 * day, day)
    elif profile == "batch":
        every = int(rng.choice([3, 4, 6, 8, 12]))
        weight = np.where((span.local + int(rng.integers(every))) % every == 0, 1.0, rng.choice([0.0, 0.02]))
    elif profile == "night_job":
        start = int(rng.integers(0, 4))
        weight = np.where((clock >= start) & (clock < start + int(rng.integers(2, 4))), 1.0, 0.01)
    elif profile == "weekend_heavy":
        weight = np.where(weekend, rng.uniform(4.0, 9.0), 1.0) * (0.2 + np.exp(-(((clock - 14) / 4) ** 2)))
    elif profile == "irregular":
        weight = _irregular(rng, span)
    else:
        weight = np.ones(span.size)
    if no_weekends:
        weight = np.where(weekend, 0.0, weight)
    return np.asarray(weight / max(float(weight.mean()), 1e-9), dtype=np.float64)


def _irregular(rng: Generator, span: Span) -> Floats:
    """Projects: days of nothing much, then days of plenty, each with a handful of busy hours."""
    days = span.size // DAY
    busy = np.repeat(rng.gamma(0.6, 1.0, days) + 0.05, DAY)
    hours = np.where(rng.random(span.size) < 0.3, 1.0, 0.08)
    return np.asarray(busy * hours, dtype=np.float64)


def attempts_of(rng: Generator, expected: Floats) -> Ints:
    """Attempts as drawn: days differ by some 15 %, hours by 20 %, the rest is chance."""
    days = rng.lognormal(0.0, 0.15, -(-len(expected) // DAY))
    swing = np.repeat(days, DAY)[: len(expected)] * rng.gamma(25.0, 1 / 25.0, len(expected))
    return np.asarray(rng.poisson(expected * swing), dtype=np.int64)


def days_off(rng: Generator, span: Span, *, none: bool) -> Floats:
    """A factor by hour of the local clock: holidays of one or two days, Easters, a half day before some.

    none: offices stand still on them; others go on with a third.
    """
    day = (span.local - span.local[0] + span.local[0] % DAY) // DAY
    factor = np.ones(span.size)
    taken = int(rng.integers(1, 8))
    while taken < day[-1] - 3:
        off = [taken, *([taken + 1] if rng.random() < 0.3 else [])]
        if rng.random() < 0.2:
            friday = taken + int(4 - span.weekday[np.argmax(day == taken)]) % 7
            off = [friday, friday + 3]
        factor[np.isin(day, off)] = float(rng.choice([0.0, 0.0, 0.03])) if none else 0.35
        if rng.random() < 0.4:
            factor[(day == off[0] - 1) & (span.local % DAY >= 13)] = 0.15
        taken = off[-1] + 1 + int(rng.integers(7, 40))
    return factor

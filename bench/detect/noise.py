"""What fails while nothing is wrong: base rates that scatter, wander, clump, and have habits of their own."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.random import Generator

from detect.volume import DAY, WEEK, Floats, Ints, Span

SORTS: Final = (
    "plain", "scatter_1h", "scatter_6h", "scatter_24h", "weekly_habit", "spikes", "wandering", "greylisting",
    "clumps", "surge", "holidays", "gaps", "no_weekends", "clock_change", "growth", "rare", "irregular",
)  # fmt: skip
"""What sets a quiet series apart; each is a reason for a false alarm."""


LEAST_WEEKS: Final = {"weekly_habit": 4, "spikes": 3, "wandering": 4, "scatter_24h": 3, "clumps": 3, "irregular": 3}
"""What happens by habit has to be seen several times, or nobody could tell it from an incident."""


class Noise(NamedTuple):
    """The chance of a failure by hour, and how many failures come at a time on average (1: each alone)."""

    rate: Floats
    clump: float


def noise_of(rng: Generator, span: Span, sort: str, attempts: float) -> Noise:
    """The usual failing rate of a series of this sort, with so many attempts in all; light scatter is in every one."""
    base = 0.0 if rng.random() < 0.25 else float(np.exp(rng.uniform(np.log(3e-4), np.log(3e-2))))
    if sort == "greylisting":
        base = float(rng.uniform(0.08, 0.25))
    elif sort in {"scatter_1h", "scatter_6h", "scatter_24h", "wandering", "clumps"}:
        base = max(base, float(rng.uniform(2e-3, 3e-2)))
    rate = base * _scatter(rng, span, 6, 0.15) * _by_clock(rng, span)
    for name, hours in (("scatter_1h", 1), ("scatter_6h", 6), ("scatter_24h", DAY)):
        if sort == name:
            rate = rate * _scatter(rng, span, hours, float(rng.uniform(0.4, 0.75 if hours == DAY else 1.0)))
    if sort == "wandering":
        rate = rate * _wander(rng, span)
    if sort == "weekly_habit":
        rate = rate + _habit(rng, span)
    if sort == "spikes":
        rate = rate + _spikes(rng, span)
    clump = min(float(rng.uniform(2.0, 6.0)), max(1.0, base * attempts / 12)) if sort == "clumps" else 1.0
    return Noise(np.clip(rate, 0.0, 0.95), clump)


def failures_of(rng: Generator, attempts: Ints, rate: Floats, clump: float = 1.0) -> Ints:
    """Failures as drawn, at most the attempts."""
    if clump <= 1.0:
        return np.asarray(rng.binomial(attempts, rate), dtype=np.int64)
    groups = rng.poisson(attempts * rate / clump)
    # A sum of n geometric sizes is n plus a negative binomial.
    sizes = np.where(groups > 0, groups + rng.negative_binomial(np.maximum(groups, 1), 1 / clump), 0)
    return np.asarray(np.minimum(sizes, attempts), dtype=np.int64)


def _scatter(rng: Generator, span: Span, hours: int, spread: float) -> Floats:
    """A factor with mean 1 that holds for so many hours."""
    form = 1 / spread**2
    return np.repeat(rng.gamma(form, 1 / form, -(-span.size // hours)), hours)[: span.size]


def _by_clock(rng: Generator, span: Span) -> Floats:
    """Some hours of the day are worse than others, smoothly."""
    depth = rng.uniform(0.0, 0.7)
    turn = 2 * np.pi * (span.local % DAY - rng.uniform(0, DAY)) / DAY
    return np.asarray(1 + depth * np.cos(turn), dtype=np.float64)


def _wander(rng: Generator, span: Span) -> Floats:
    """Up and down over days, by a factor of two or so, and back to the middle in the long run."""
    keep = np.exp(-1 / rng.uniform(40.0, 160.0))
    steps = rng.normal(0.0, rng.uniform(0.25, 0.5) * np.sqrt(1 - keep**2), span.size)
    path = np.empty(span.size)
    value = 0.0
    for index, step in enumerate(steps.tolist()):
        value = keep * value + step
        path[index] = value
    return np.exp(path)


def _habit(rng: Generator, span: Span) -> Floats:
    """The same hours of every week, since before the data begins: that is how this place is."""
    at, length = int(rng.integers(WEEK)), int(rng.integers(1, 4))
    on = (span.local - at) % WEEK < length
    return np.where(on, float(rng.uniform(0.03, 0.5)), 0.0)


def _spikes(rng: Generator, span: Span) -> Floats:
    """Isolated hours that go wrong, every few days, of like size."""
    extra = np.zeros(span.size)
    number = max(3, int(rng.poisson(span.size / DAY / rng.uniform(1.5, 6.0))))
    at = rng.integers(0, span.size, number)
    extra[at] = rng.uniform(0.03, 0.3) * rng.lognormal(0.0, 0.3, number)
    return extra

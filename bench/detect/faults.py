"""Faults as they happen: from when to when, how likely an attempt fails in each hour, and what that is called."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.random import Generator

from detect.volume import DAY, Floats, Span

SORTS: Final = (
    "burst", "sustained", "lasting", "drift", "flapping", "recurring", "silence", "one_host", "certificate", "doubled",
    "from_start", "new_route",
)  # fmt: skip
"""What can go wrong; the first seven are each common, the others each a case of `sustained`."""

_KIND: Final = {
    "lasting": "sustained",
    "one_host": "sustained",
    "certificate": "sustained",
    "doubled": "sustained",
    "from_start": "sustained",
    "new_route": "sustained",
}
_NEVER: Final = 1 << 40


class Fault(NamedTuple):
    """One incident of a series. `chance` is what the fault adds to each hour of the span, 0 where it is off.

    first, last: indexes of its first hour and the one after its last. `silence` takes the attempts away instead.
    `cut`: what was before `first` is not there, either as hours (True) or as traffic.
    """

    sort: str
    first: int
    last: int
    going: bool
    chance: Floats
    cut: bool = False

    @property
    def kind(self) -> str:
        """The kind in mailtrend's words."""
        return _KIND.get(self.sort, self.sort)


def fault_of(rng: Generator, span: Span, sort: str, after: int = 0, before: int = _NEVER) -> Fault | None:
    """A fault of a sort somewhere in the span, from hour `after` on and before `before`; None where no room is left."""
    size = min(span.size, before)
    earliest = max(after, int(0.18 * span.size))
    room = size - earliest
    if room < 3 * DAY:
        return None
    if sort == "drift":
        return _drift(rng, span, earliest, size)
    if sort == "recurring":
        return _recurring(rng, span, earliest, size)
    if sort in {"from_start", "new_route"}:
        return _beginning(rng, span, sort, after, size)
    length = _length(rng, sort, room)
    going = sort == "lasting" or (size == span.size and sort not in {"burst", "flapping"} and rng.random() < 0.2)
    first = size - length if going else int(rng.integers(earliest, size - length - 5))
    chance = np.zeros(span.size)
    chance[first : first + length] = _strength(rng, sort)
    if sort == "flapping":
        chance[first : first + length] *= _flips(rng, length)
    return Fault(sort, first, first + length, going, chance)


def _length(rng: Generator, sort: str, room: int) -> int:
    low, high = {
        "burst": (1, 7),
        "flapping": (26, 90),
        "silence": (24, 160),
        "certificate": (8, 120),
        "lasting": (14, 600),
    }.get(sort, (9, 110))
    return int(np.clip(np.exp(rng.uniform(np.log(low), np.log(high))), low, max(1, room - DAY)))


def _strength(rng: Generator, sort: str) -> float:
    """The chance that an attempt fails for this reason."""
    if sort == "one_host":
        return float(rng.choice([1 / 3, 0.5]))
    if sort == "certificate":
        return 1.0
    if sort == "doubled":
        return float(rng.uniform(0.05, 0.1))
    return float(rng.choice([rng.uniform(0.04, 0.3), rng.uniform(0.3, 0.9), 1.0], p=[0.35, 0.35, 0.3]))


def _flips(rng: Generator, length: int) -> Floats:
    """On and off for one to five hours at a time, on at both ends."""
    on = np.zeros(length)
    at, up = 0, True
    while at < length:
        hours = int(rng.integers(1, 6))
        on[at : at + hours] = up
        at, up = at + hours, not up
    on[-1] = 1.0
    return on


def _drift(rng: Generator, span: Span, earliest: int, size: int) -> Fault | None:
    """Worse every day for a week or more, then it stays at that or, at times, is mended."""
    if size - earliest < 9 * DAY:
        return None
    first = int(rng.integers(earliest, size - 8 * DAY))
    going = size == span.size and rng.random() < 0.7
    last = size if going else int(rng.integers(first + 7 * DAY, size))
    ramp = (
        np.linspace(0.0, 1.0, last - first)
        if rng.random() < 0.5
        else np.clip(np.linspace(0.0, 1.6, last - first), 0, 1)
    )
    chance = np.zeros(span.size)
    chance[first:last] = ramp * rng.uniform(0.1, 0.6)
    return Fault("drift", first, last, going, chance)


def _recurring(rng: Generator, span: Span, earliest: int, size: int) -> Fault | None:
    """The same hour or two of most days, for a week to the end; by UTC, as jobs on servers run."""
    days = np.arange(-(-earliest // DAY), size // DAY)
    days = days[int(rng.integers(0, max(1, len(days) - 7))) :]
    if len(days) < 7:
        return None
    if rng.random() < 0.4:
        days = days[: max(7, int(len(days) * rng.uniform(0.4, 0.9)))]
    clock, hours = int(rng.integers(0, DAY - 1)), int(rng.integers(1, 3))
    hit = rng.random(len(days)) < rng.uniform(0.8, 1.0)
    hit[[0, -1]] = True
    at = (days[hit] * DAY - span.hour[0] % DAY + clock)[:, None] + np.arange(hours)
    chance = np.zeros(span.size)
    chance[at[(at >= 0) & (at < span.size)]] = _strength(rng, "recurring")
    on = np.flatnonzero(chance)
    return Fault("recurring", int(on[0]), int(on[-1]) + 1, bool(on[-1] + DAY >= span.size), chance)


def _beginning(rng: Generator, span: Span, sort: str, after: int, size: int) -> Fault | None:
    """Nothing ever worked here: since the data begins, or since the route is used at all."""
    if after:
        return None
    cut = sort == "new_route"
    first = int(rng.integers(span.size // 5, 3 * span.size // 4)) if cut else 0
    last = min(size, first + int(rng.integers(20, 200)))
    chance = np.zeros(span.size)
    chance[first:last] = float(rng.choice([1.0, rng.uniform(0.9, 1.0)]))
    return Fault(sort, first, last, last == span.size, chance, cut=cut)

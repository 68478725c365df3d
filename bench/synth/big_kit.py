"""Parts for the big single files: ids, times and choices drawn by the hundred thousand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeVar

import numpy as np
import numpy.typing as npt

from synth import clock

T = TypeVar("T")
SPAN: Final = 7 * clock.DAY
BEGIN: Final = clock.END - SPAN
"""The big files cover the last week of the eight."""
CHUNK: Final = 40_000
"""Rows drawn at once: large enough for numpy, small enough to keep memory flat."""


class Kit:
    """Random columns as Python lists, ready for f-strings."""

    def __init__(self, seed: int) -> None:
        """Start a stream of chance for one file."""
        self.rng = np.random.default_rng(seed)

    def pick(self, choices: Sequence[T], count: int) -> list[T]:
        """`count` of `choices`, each as likely as the next."""
        return [choices[place] for place in self.rng.integers(0, len(choices), count).tolist()]

    def numbers(self, low: int, high: int, count: int) -> list[int]:
        """`count` whole numbers in low … high - 1."""
        return [int(value) for value in self.rng.integers(low, high, count).tolist()]

    def hexes(self, count: int) -> list[str]:
        """16 hexadecimal digits each, upper case, practically unique."""
        return [f"{value:016X}" for value in self._words(count)]

    def guids(self, count: int) -> list[str]:
        """Network message ids."""
        return [
            f"{a >> 32:08x}-{a >> 16 & 0xFFFF:04x}-{a & 0xFFFF:04x}-{b >> 48:04x}-{b & 0xFFFF_FFFF_FFFF:012x}"
            for a, b in zip(self._words(count), self._words(count), strict=True)
        ]

    def times(self, first: int, last: int, count: int) -> npt.NDArray[np.int64]:
        """`count` times between two, ascending."""
        return first + (np.sort(self.rng.random(count)) * (last - first)).astype(np.int64)

    def _words(self, count: int) -> list[int]:
        return [int(value) for value in self.rng.integers(0, 1 << 64, count, dtype=np.uint64).tolist()]


def slices(total: int, newest_first: bool = False) -> list[tuple[int, int, int]]:
    """(count, first, last) of each chunk: the span is shared out in proportion, so that chunks follow in time."""
    starts = list(range(0, total, CHUNK))
    found = [
        (
            min(CHUNK, total - start),
            BEGIN + SPAN * start // total,
            BEGIN + SPAN * min(start + CHUNK, total) // total,
        )
        for start in starts
    ]  # fmt: skip
    if not newest_first:
        return found
    return [(count, clock.END - (last - BEGIN), clock.END - (first - BEGIN)) for count, first, last in found]


class Stamps:
    """Turns milliseconds into text by looking the minute up."""

    def __init__(self, pattern: str, offset: int = 0) -> None:
        """`pattern` is for strftime and stops before the seconds; `offset` (ms) goes from UTC to local time."""
        self._first = BEGIN - clock.HOUR + offset
        minutes = (SPAN + 30 * clock.HOUR) // clock.MINUTE
        self._offset = offset
        self._minutes = [
            clock.moment(self._first + minute * clock.MINUTE).strftime(pattern) for minute in range(minutes)
        ]  # fmt: skip

    def second(self, at: int) -> str:
        """Up to whole seconds."""
        minute, rest = divmod(at + self._offset - self._first, clock.MINUTE)
        return f"{self._minutes[minute]}{rest // 1000:02d}"

    def milli(self, at: int) -> str:
        """Up to milliseconds."""
        minute, rest = divmod(at + self._offset - self._first, clock.MINUTE)
        return f"{self._minutes[minute]}{rest // 1000:02d}.{rest % 1000:03d}"

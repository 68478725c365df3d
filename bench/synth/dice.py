"""Seeded chance, built on uniform doubles alone, so that the same seed gives the same world on every machine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar
from zlib import crc32

import numpy as np
import numpy.typing as npt

T = TypeVar("T")


class Dice:
    """A stream of chance of its own for each part of the world: a change in one leaves the others as they were.

    Only `Generator.random` is used: the raw bit stream of PCG64 is promised to stay, the derived distributions are not.
    """

    def __init__(self, seed: int, label: str) -> None:
        """Start the stream that belongs to `label`."""
        self._rng = np.random.default_rng([seed, crc32(label.encode("utf-8"))])

    def uniform(self, *shape: int) -> npt.NDArray[np.float64]:
        """An array of numbers in [0, 1)."""
        return self._rng.random(shape)

    def below(self, limit: int) -> int:
        """A whole number in 0 … limit - 1."""
        return int(self._rng.random() * limit)

    def between(self, low: int, high: int) -> int:
        """A whole number in low … high, both included."""
        return low + self.below(high - low + 1)

    def chance(self, probability: float) -> bool:
        """True this often."""
        return bool(self._rng.random() < probability)

    def pick(self, choices: Sequence[T]) -> T:
        """One of `choices`, each as likely as the next."""
        return choices[self.below(len(choices))]

    def hex(self, digits: int) -> str:
        """So many hexadecimal digits, upper case."""
        return "".join(f"{self.below(1 << 16):04X}" for _ in range((digits + 3) // 4))[:digits]

    def guid(self) -> str:
        """A GUID as Exchange Online gives them: the last group begins with 08de."""
        digits = self.hex(24).lower()
        return f"{digits[:8]}-{digits[8:12]}-4{digits[12:15]}-9{digits[15:18]}-08de{digits[16:24]}"

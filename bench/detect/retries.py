"""How mail servers try again: when the next attempt comes, and when they give up and send a report."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.random import Generator

from detect.volume import Floats, Ints


class Schedule(NamedTuple):
    """Waits in hours after the first, second, … failure; then `steady` each time; `expiry` after the first attempt.

    loose: the share by which a wait may be longer, for queues are scanned now and then.
    """

    waits: tuple[float, ...]
    steady: float
    expiry: float
    loose: float

    def wait(self, rng: Generator, failures: Ints) -> Floats:
        """Hours until the next attempt, after so many failures (at least one each)."""
        steps = np.array([*self.waits, self.steady])
        base = steps[np.minimum(failures, len(steps)) - 1]
        return np.asarray(base * (1 + self.loose * rng.random(len(failures))), dtype=np.float64)


_MINUTE: Final = 1 / 60


def schedule_of(rng: Generator) -> Schedule:
    """Exchange Online (a day), Postfix (doubling, five days) or Exchange Server (two days), as they are set by default.

    Exchange Online's steady wait differs by tenant and load: 15, 30 or 60 minutes, so up to 96 attempts in its day.
    """
    sort = int(rng.integers(0, 4))
    if sort <= 1:
        return Schedule((5 * _MINUTE, 10 * _MINUTE), float(rng.choice([15, 30, 60])) * _MINUTE, 24.0, 0.2)
    if sort == 2:
        return Schedule(tuple(300 / 3600 * 2**each for each in range(4)), 4000 / 3600, 120.0, 0.15)
    return Schedule((_MINUTE,) * 4 + (5 * _MINUTE,) * 6, 10 * _MINUTE, 48.0, 0.05)

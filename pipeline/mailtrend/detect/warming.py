"""Loading the compiled loops takes about a second: it can be done while something else is awaited."""

from __future__ import annotations

import numpy as np

from mailtrend.detect import kernels


def warm_up() -> None:
    """Load the loops, from disk where they were compiled before."""
    hour = np.arange(2)
    quiet = np.ones(2, dtype=np.bool_)
    kernels.fill_expected(hour, np.ones(2), np.ones(24), np.ones(2), quiet, np.empty(2))

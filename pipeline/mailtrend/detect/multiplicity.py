"""Many series are looked at: what share of the findings may be chance."""

from __future__ import annotations

import numpy as np

from mailtrend.detect.hours import Floats


def q_values(p_values: Floats, tested: int) -> Floats:
    """Benjamini and Hochberg's q by finding: the false share expected among all findings at least as unlikely.

    p_values: of the findings. tested: series looked at, those without a finding counting with p = 1.
    Y. Benjamini and Y. Hochberg, J. R. Statist. Soc. B 57 (1995) 289–300.
    """
    if not len(p_values):
        return p_values
    order = np.argsort(p_values, kind="stable")
    number = max(tested, len(p_values))
    scaled = p_values[order] * number / np.arange(1, len(p_values) + 1)
    lowest = np.minimum.accumulate(scaled[::-1])[::-1]
    q = np.empty_like(p_values)
    q[order] = np.minimum(lowest, 1.0)
    return q

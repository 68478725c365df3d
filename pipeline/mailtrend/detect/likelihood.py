"""How much better a stretch is explained by a higher level than by the baseline, in nats."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from mailtrend.detect.hours import Floats

RATIOS: Final = np.array([1.7, 2.5, 4.0, 8.0, 20.0, 60.0, 300.0, 2000.0])
"""Levels at which edges are looked for; between two of them an edge moves by less than an hour's evidence."""


def gain(faults: Floats | float, expected: Floats | float) -> Floats:
    """Poisson log-likelihood ratio of a level of its own against the baseline, upward only (0 where not above)."""
    seen = np.asarray(faults, dtype=np.float64)
    wanted = np.maximum(np.asarray(expected, dtype=np.float64), 1e-12)
    above = seen > wanted
    safe = np.where(above, seen, 1.0)
    return np.where(above, safe * np.log(safe / wanted) - (safe - wanted), 0.0)


def overdispersed_gain(faults: float, expected: float, alpha: float) -> float:
    """The same under a negative binomial whose variance is mean + alpha × mean²: exp(-gain) bounds its upper tail."""
    if faults <= expected or faults <= 0:
        return 0.0
    wanted = max(expected, 1e-12)
    if alpha <= 1e-9:  # noqa: PLR2004  # Poisson in the limit
        return float(gain(faults, wanted))
    spread = math.log1p(alpha * faults) - math.log1p(alpha * wanted)
    return faults * math.log(faults / wanted) - (faults + 1.0 / alpha) * spread


def two_sample_gain(faults: float, expected: float, before: float, expected_before: float) -> float:
    """Log-likelihood ratio of two levels against one, with the baseline's own failures as uncertain as they are few.

    expected, expected_before: in the same unit of exposure, inside the stretch and in the quiet hours.
    """
    if faults <= 0 or expected_before <= 0:
        return 0.0
    inside, outside = max(expected, 1e-12), expected_before
    if faults / inside <= before / outside:
        return 0.0
    pooled = (faults + before) / (inside + outside)
    calm = before * math.log(before / outside / pooled) if before > 0 else 0.0
    return faults * math.log(faults / inside / pooled) + calm


def weights(faults: Floats, expected: Floats, ratio: float) -> Floats:
    """Evidence of every hour for a level of `ratio` times the baseline."""
    return faults * math.log(ratio) - expected * (ratio - 1.0)

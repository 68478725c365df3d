"""What so many failures in so many trials say of the share behind them."""

from __future__ import annotations

import math
from typing import Final

DOUBT: Final = 0.05
"""How often chance alone may look like a fix."""
_Z: Final = 1.645
"""Of a normal distribution, one in twenty lies above."""
_HALF: Final = 2
_MANY: Final = 300
"""Steps after which the continued fraction of any real case has long settled."""
_NOTHING: Final = 1e-300
_SETTLED: Final = 1e-12


def most(trials: int) -> float:
    """The highest share of failures with which so many trials in a row would still succeed one time in twenty."""
    return 1.0 if trials == 0 else 1 - DOUBT ** (1 / trials)


def run_below(share: float) -> int:
    """So many trials in a row without a failure make it sure that the share of failures is lower."""
    return math.floor(math.log(DOUBT) / math.log1p(-share)) + 1 if 0 < share < 1 else 1


def needed(before: float | None) -> int:
    """So many trials without a failure make it sure that a fault of this former share is gone, or half gone at most."""
    return run_below((1.0 if before is None else before) / _HALF)


def bounds(failures: int, trials: int) -> tuple[float, float]:
    """Between what the true share lies (Wilson), each side wrong one time in twenty."""
    if trials == 0:
        return 0.0, 1.0
    share, spread = failures / trials, _Z * _Z / trials
    middle = share + spread / 2
    width = _Z * math.sqrt(share * (1 - share) / trials + spread / (4 * trials))
    return max(0.0, (middle - width) / (1 + spread)), min(1.0, (middle + width) / (1 + spread))


def below(share: float, failures: int, trials: int) -> float:
    """How likely it is that the true share lies below `share`, if any share was as likely at first (beta-binomial).

    The regularized incomplete beta function of 1 + failures, 1 + successes; by the continued fraction of DLMF 8.17.22.
    """
    if share <= 0 or share >= 1:
        return float(share >= 1)
    one, other = 1.0 + failures, 1.0 + trials - failures
    if share > one / (one + other):
        return 1 - _part(1 - share, other, one)
    return _part(share, one, other)


def _part(x: float, a: float, b: float) -> float:
    """I_x(a, b) where x lies below the mean; there the fraction converges fast. Modified method of Lentz."""
    front = math.exp(
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    )  # fmt: skip
    upper, lower = 1.0, 1 / _safe(1 - (a + b) * x / (a + 1))
    total = lower
    for m in range(1, _MANY):
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            lower = 1 / _safe(1 + term * lower)
            upper = _safe(1 + term / upper)
            step = lower * upper
            total *= step
        if abs(step - 1) < _SETTLED:
            break
    return min(1.0, front * total / a)


def _safe(value: float) -> float:
    return value if abs(value) > _NOTHING else _NOTHING

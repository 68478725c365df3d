"""What so many failures of so many say of the share behind them, against exact sums."""

from __future__ import annotations

from math import comb

import pytest

from mailtrend.diagnose.chances import below, bounds, most


def test_the_bound_without_failures_is_the_rule_of_three() -> None:
    assert most(300) == pytest.approx(3 / 300, rel=0.01)
    assert most(0) == 1.0


@pytest.mark.parametrize(("failures", "attempts"), [(0, 10), (1, 10), (5, 10), (10, 10), (3, 1000)])
def test_bounds_hold_the_share_and_close_in_on_it(failures: int, attempts: int) -> None:
    low, high = bounds(failures, attempts)
    nearer = bounds(failures * 100, attempts * 100)
    assert 0 <= low <= failures / attempts <= high <= 1
    assert nearer[1] - nearer[0] < high - low


@pytest.mark.parametrize(("failures", "trials"), [(0, 5), (5, 20), (3, 100), (20, 20), (9, 500), (1, 3)])
@pytest.mark.parametrize("share", [0.01, 0.3, 0.5, 0.9])
def test_how_likely_a_share_is_follows_the_binomial_distribution(failures: int, trials: int, share: float) -> None:
    # Of trials + 1 numbers between 0 and 1, more than `failures` lie below `share`.
    exact = sum(
        comb(trials + 1, at) * share**at * (1 - share) ** (trials + 1 - at) for at in range(failures + 1, trials + 2)
    )
    assert below(share, failures, trials) == pytest.approx(exact, abs=1e-9)


def test_how_likely_a_share_is_can_be_told_of_millions_too() -> None:
    assert below(0.0, 0, 9) == 0
    assert below(1.0, 9, 9) == 1
    assert below(0.101, 10**5, 10**6) == pytest.approx(0.99957, abs=1e-3)  # 3.33 standard errors
    assert below(0.05, 10**5, 10**6) < 1e-9

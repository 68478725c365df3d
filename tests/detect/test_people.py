"""How many people stand behind failures: retries of a mailbox or two against as many failures by chance."""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl
import pytest

from mailtrend import detect

T0 = datetime(2026, 9, 7)
HOURS = 4 * 168
BY_CHANCE = (0, 2, 1, 0, 3, 1, 0, 2, 0, 1, 3, 0)


@pytest.mark.parametrize("even", [True, False])
def test_a_mailbox_or_two_in_every_hour_for_days_are_retries_and_the_same_number_by_chance_is_not(even: bool) -> None:
    """Both fail 104 times in 96 hours with three in their fullest hour, while sixty attempts an hour go on."""
    evenly = {300 + hour: 3 if hour % 24 == 0 else 1 for hour in range(96)}
    by_chance = {300 + hour: BY_CHANCE[hour % 12] for hour in range(96)}
    failing = evenly if even else by_chance
    assert sum(failing.values()) == 104
    failures = [failing.get(hour, 0) for hour in range(HOURS)]
    rows = pl.DataFrame(
        {
            "series_id": ["s"] * HOURS,
            "ts": [T0 + timedelta(hours=hour) for hour in range(HOURS)],
            "attempts": [60] * HOURS,
            "failures": failures,
            "messages": failures,
            "recipients": failures,
        }
    )
    assert detect.find(rows).is_empty() == even
    assert any("as evenly as retries" in said for said in detect.why_not(rows, "s")) == even

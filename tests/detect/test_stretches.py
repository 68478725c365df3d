"""Which stretches are one incident, which are none, and what a series that begins with failures is."""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl

from mailtrend import detect
from mailtrend.detect import Thresholds

T0 = datetime(2026, 9, 7)
HOURS = 4 * 168


def frame(failures: dict[int, int], *, attempts: int = 20, hours: int = HOURS) -> pl.DataFrame:
    """Steady deliveries of so many an hour, or as many fewer as fail."""
    return pl.DataFrame(
        {
            "series_id": ["s"] * hours,
            "ts": [T0 + timedelta(hours=hour) for hour in range(hours)],
            "attempts": [max(attempts, failures.get(hour, 0)) for hour in range(hours)],
            "failures": [failures.get(hour, 0) for hour in range(hours)],
        }
    )


def starts_and_ends(rows: pl.DataFrame) -> list[tuple[int, int | None]]:
    """Hours since the first one."""
    return [
        (
            int((found["started_at"] - T0).total_seconds() // 3600),
            found["ended_at"] and int((found["ended_at"] - T0).total_seconds() // 3600),
        )
        for found in detect.find(rows).to_dicts()
    ]


def test_retries_after_a_short_fault_belong_to_it_and_do_not_lengthen_it() -> None:
    rows = frame(dict.fromkeys(range(300, 304), 19) | {310: 5, 311: 4, 312: 4, 313: 3})
    assert starts_and_ends(rows) == [(300, 304)]
    sentences = detect.find(rows)["evidence"][0].to_list()
    assert (
        "16 more failures until Sun 20 Sep 2026 02:00 UTC are retries of that fault: far fewer fail, most is delivered again"
        in sentences
    )


def test_a_second_fault_as_large_as_the_first_is_an_incident_of_its_own() -> None:
    rows = frame(dict.fromkeys((*range(300, 304), *range(316, 320)), 19))
    assert starts_and_ends(rows) == [(300, 304), (316, 320)]


def test_an_incident_that_runs_into_a_gap_and_out_of_it_is_one() -> None:
    rows = frame(dict.fromkeys(range(300, 360), 18))
    gap = rows.filter(~pl.col("ts").is_between(T0 + timedelta(hours=315), T0 + timedelta(hours=340)))
    assert starts_and_ends(gap) == [(300, 360)]


def test_less_traffic_with_the_same_rate_goes_on_being_the_incident() -> None:
    rows = frame(dict.fromkeys(range(300, 380), 16))
    less = rows.with_columns(
        pl.when(pl.col("ts") >= T0 + timedelta(hours=340)).then(pl.col(name) // 4).otherwise(pl.col(name)).alias(name)
        for name in ("attempts", "failures")
    )
    assert starts_and_ends(less) == [(300, 380)]


def test_what_fails_since_the_data_begins_and_then_works_has_an_end_and_says_that_it_may_be_older() -> None:
    rows = frame(dict.fromkeys(range(90), 19))
    assert starts_and_ends(rows) == [(0, 90)]
    assert "it may be older than the data" in detect.find(rows)["evidence"][0][0]


def test_four_retries_an_hour_for_a_day_are_no_incident_even_where_only_attempts_are_counted() -> None:
    rows = frame(dict.fromkeys(range(300, 324), 4))
    assert detect.find(rows).is_empty()
    assert any("as evenly as retries" in each for each in detect.why_not(rows, "s"))


def test_the_thresholds_of_a_user_decide() -> None:
    rows = frame(dict.fromkeys(range(300, 330), 19))
    assert detect.find(rows, Thresholds(least_failures=600)).is_empty()
    assert detect.find(rows, Thresholds(least_failures=500)).height == 1


def test_a_silence_that_begins_at_noon_is_found_within_a_week_of_history() -> None:
    rows = frame({}, hours=120).with_columns(
        pl.when(pl.col("ts").dt.hour().is_between(7, 18)).then(30).otherwise(1).alias("attempts")
    )
    silent = rows.with_columns(
        pl.when(pl.col("ts").is_between(T0 + timedelta(hours=60), T0 + timedelta(hours=86)))
        .then(0)
        .otherwise(pl.col("attempts"))
        .alias("attempts")
    )
    assert [(row["kind"], row["started_at"]) for row in detect.find(silent).to_dicts()] == [
        ("silence", T0 + timedelta(hours=60))
    ]

"""Laws of detection: what must not matter does not, and what is constant is no incident."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from mailtrend import contracts, detect
from mailtrend.errors import InputError

CASES = Path(__file__).parents[1] / "cases" / "detect"
T0 = datetime(2026, 9, 7)
WEEK = timedelta(days=7)


def all_cases() -> pl.DataFrame:
    return pl.concat([pl.read_csv(path, try_parse_dates=True) for path in sorted(CASES.glob("*/fires.csv"))])


def steady(series_id: str, hours: int, attempts: int, failures: int) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "series_id": [series_id] * hours,
            "ts": [T0 + timedelta(hours=hour) for hour in range(hours)],
            "attempts": [attempts] * hours,
            "failures": [failures] * hours,
        }
    )


@given(hours=st.integers(1, 1500), attempts=st.integers(0, 2000), share=st.floats(0, 0.85))
@settings(max_examples=60, deadline=None)
def test_a_constant_series_never_fires_unless_it_is_dead(hours: int, attempts: int, share: float) -> None:
    assert detect.find(steady("s", hours, attempts, int(attempts * share))).is_empty()


def test_a_series_that_never_works_is_said_to_fail_since_the_data_begins() -> None:
    found = detect.find(steady("s", 48, 3, 3)).to_dicts()
    assert [(row["kind"], row["started_at"], row["ended_at"]) for row in found] == [("sustained", T0, None)]
    assert "nothing stands before it" in found[0]["evidence"][0]


def test_a_shift_by_whole_weeks_shifts_every_finding_and_nothing_else() -> None:
    frame = all_cases()
    before = detect.find(frame)
    after = detect.find(frame.with_columns(pl.col("ts") + 5 * WEEK))
    assert_frame_equal(
        after.drop("evidence"),
        before.drop("evidence").with_columns(pl.col("started_at") + 5 * WEEK, pl.col("ended_at") + 5 * WEEK),
    )


def test_series_in_which_nothing_fails_change_nothing() -> None:
    frame = all_cases().select("series_id", "ts", "attempts", "failures")
    calm = pl.concat([steady(f"calm{number}", 672, 10 * number, 0) for number in range(1, 9)])
    assert_frame_equal(detect.find(pl.concat([frame, calm])), detect.find(frame))


def test_the_order_of_rows_does_not_matter() -> None:
    frame = all_cases()
    assert_frame_equal(detect.find(frame.sample(fraction=1.0, shuffle=True, seed=3)), detect.find(frame))


@pytest.mark.parametrize("name", ["burst", "sustained", "new_code"])
@pytest.mark.parametrize("times", [2, 5, 40])
def test_more_traffic_of_the_same_rates_gives_the_same_hours(name: str, times: int) -> None:
    frame = pl.read_csv(CASES / name / "fires.csv", try_parse_dates=True)
    more = frame.with_columns(pl.col("attempts", "failures", "messages", "recipients") * times)
    # When the last hours of a lasting incident are a lull, ten times as much of it may well be its end.
    hours = ("started_at", "kind") if name == "sustained" else ("started_at", "ended_at", "kind")
    assert_frame_equal(detect.find(more).select(hours), detect.find(frame).select(hours))


def test_splitting_an_hour_into_two_rows_changes_nothing() -> None:
    frame = pl.read_csv(CASES / "burst" / "fires.csv", try_parse_dates=True)
    first = frame.with_columns(pl.col("attempts", "failures", "messages", "recipients") // 2)
    names = ("attempts", "failures", "messages", "recipients")
    second = frame.with_columns(pl.col(name) - first[name] for name in names).with_columns(
        pl.col("ts") + timedelta(minutes=30)
    )
    assert_frame_equal(detect.find(pl.concat([first, second])), detect.find(frame))


def test_nothing_in_gives_nothing_out_in_the_contracts_shape() -> None:
    empty = detect.find(steady("s", 0, 0, 0))
    assert empty.is_empty()
    assert empty.to_arrow().schema.names == contracts.FINDINGS.names


def test_findings_have_the_types_of_the_contract() -> None:
    table = detect.find(all_cases()).to_arrow()
    for field in contracts.FINDINGS:
        assert table.schema.field(field.name).type in {field.type, _large(field.name)}


def _large(name: str) -> object:
    """What polars calls a string or a list of strings when it hands them over."""
    import pyarrow as pa

    return pa.large_list(pa.large_string()) if name == "evidence" else pa.large_string()


@pytest.mark.parametrize("column", ["attempts", "failures"])
def test_a_count_below_zero_is_refused(column: str) -> None:
    series = steady("s", 50, 10, 1).with_columns(
        pl.when(pl.int_range(50) == 7).then(-1).otherwise(column).alias(column)
    )
    with pytest.raises(InputError, match="below zero"):
        detect.find(series)

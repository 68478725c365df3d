"""Every detector fires on its own case, at the planted hours, and is silent on the case that only looks like it."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from mailtrend import contracts, detect

CASES = Path(__file__).parents[1] / "cases" / "detect"
PLANTED = {
    "burst": (datetime(2026, 9, 16, 10), datetime(2026, 9, 16, 14)),
    "sustained": (datetime(2026, 9, 23, 16), None),
    "new_code": (datetime(2026, 9, 19, 12), datetime(2026, 9, 22, 12)),
    "drift": (datetime(2026, 9, 19, 12), None),
    "flapping": (datetime(2026, 9, 20, 8), datetime(2026, 9, 21, 20)),
    "recurring": (datetime(2026, 9, 21, 3), datetime(2026, 9, 30, 4)),
    "silence": (datetime(2026, 9, 23, 16), datetime(2026, 9, 25, 8)),
}
"""First hour and first hour after of what each case holds; a climb begins too gently to be seen at once."""
SLACK = {"drift": timedelta(hours=48)}


def case(name: str, which: str) -> pl.DataFrame:
    return pl.read_csv(CASES / name / f"{which}.csv", try_parse_dates=True)


@pytest.mark.parametrize("name", sorted(PLANTED))
def test_it_fires_on_its_case_and_names_the_hours(name: str) -> None:
    found = detect.find(case(name, "fires")).to_dicts()
    assert [row["kind"] for row in found] == [name]
    start, end = PLANTED[name]
    assert abs(found[0]["started_at"] - start) <= SLACK.get(name, timedelta(0))
    assert found[0]["ended_at"] == end
    assert found[0]["state"] == ("ongoing" if end is None else "resolved")


@pytest.mark.parametrize("name", sorted(PLANTED))
def test_it_is_silent_on_what_only_looks_like_it(name: str) -> None:
    assert detect.find(case(name, "quiet")).is_empty()


def test_every_kind_of_the_contract_has_a_detector_and_both_cases() -> None:
    assert sorted(detector.name for detector in detect.DETECTORS) == sorted(contracts.KINDS)
    assert sorted(PLANTED) == sorted(contracts.KINDS)
    assert sorted(path.name for path in CASES.iterdir()) == sorted(contracts.KINDS)


@pytest.mark.parametrize("name", sorted(set(PLANTED) - {"silence"}))
def test_the_figures_are_those_of_the_rows_in_it(name: str) -> None:
    frame = case(name, "fires")
    found = detect.find(frame).to_dicts()[0]
    until = found["ended_at"] or datetime.max
    inside = frame.filter(pl.col("ts") >= found["started_at"], pl.col("ts") < until)
    if name == "recurring":
        inside = inside.filter(pl.col("ts").dt.hour() == 3)
    assert found["failures"] == inside["failures"].sum()
    assert found["ratio"] == pytest.approx(found["failures"] / found["expected"])
    assert 0 <= found["p_value"] < 1e-6
    assert f"{found['failures']:,} failures where" in found["evidence"][0]


def test_a_silence_has_no_failures_and_says_what_was_usual() -> None:
    found = detect.find(case("silence", "fires")).to_dicts()[0]
    assert (found["failures"], found["expected"]) == (0, 0.0)
    assert found["evidence"][0].startswith(
        "No attempt in 40 h covered by data, since Wed 23 Sep 2026 16:00 UTC, where "
    )


def test_a_new_code_that_stops_nearly_everything_is_an_outage_and_no_kind_of_its_own() -> None:
    fires = case("new_code", "fires")
    failing = pl.col("failures") > 0
    stopped = fires.with_columns(
        pl.when(failing).then("attempts").otherwise("failures").alias("failures"),
        pl.when(failing).then(pl.col("attempts").clip(2)).otherwise("messages").alias("messages"),
    )
    assert detect.find(stopped)["kind"].to_list() == ["sustained"]
    assert detect.find(fires.filter(pl.col("ts") >= datetime(2026, 9, 15)))["kind"].to_list() == ["sustained"]

"""Why a series was not flagged: the gate that held it is named with its figures."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from mailtrend import cli, detect
from mailtrend.cli.app import board
from mailtrend.errors import UsageError

CASES = Path(__file__).parents[1] / "cases" / "detect"
HELD = {
    "burst": "at most 1 within an hour, tried again and again while others are delivered to",
    "silence": "its own pauses last up to 52 h",
}


def case(name: str, which: str) -> pl.DataFrame:
    return pl.read_csv(CASES / name / f"{which}.csv", try_parse_dates=True)


@pytest.mark.parametrize("name", sorted(HELD))
def test_the_gate_that_held_a_stretch_is_named(name: str) -> None:
    sentences = detect.why_not(case(name, "quiet"), name)
    assert any(each.startswith("No incident: ") and HELD[name] in each for each in sentences[1:])


def test_of_a_flagged_series_it_says_that_it_is_flagged() -> None:
    sentences = detect.why_not(case("burst", "fires"), "burst")
    assert "An incident (burst): since Wed 16 Sep 2026 10:00 UTC, until Wed 16 Sep 2026 14:00 UTC" in sentences


def test_a_calm_series_has_no_stretch_at_all_and_too_few_failures_are_said_to_be_too_few() -> None:
    hours = [datetime(2026, 9, 7, hour) for hour in range(24)]
    calm = pl.DataFrame({"series_id": "s", "ts": hours, "attempts": 50, "failures": 1})
    few = calm.with_columns(pl.when(pl.col("ts") < hours[3]).then(1).otherwise(0).alias("failures"))
    assert detect.why_not(calm, "s")[-1] == "No stretch of it stands out from its own rate and hours of the day"
    assert detect.why_not(few, "s")[-1] == "Fewer than 5 failures: too few to look at"


def test_a_series_that_is_not_there_is_met_with_the_nearest_name() -> None:
    with pytest.raises(UsageError, match="no series 'brst'") as refused:
        detect.why_not(case("burst", "quiet"), "brst")
    assert "did you mean 'burst'?" in str(refused.value.mend)


def test_the_command_prints_the_sentences_and_refuses_unknown_names() -> None:
    table = str(CASES / "burst" / "quiet.csv")
    told = CliRunner().invoke(board(), ["detect", table, "--why-not", "burst"])
    assert told.stdout.splitlines() == detect.why_not(case("burst", "quiet"), "burst")
    assert cli.run_command(["detect", table, "--why-not", "brst"]) == cli.UNUSABLE

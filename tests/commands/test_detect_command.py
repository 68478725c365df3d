"""`mailtrend detect` keeps to the thresholds of mailtrend.toml, and spans of time that hold nothing are refused."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest

from support.cli import mailtrend

HOURS = 24 * 21
BAD = range(400, 410)


@pytest.fixture
def table(tmp_path):
    """Three calm weeks with ten bad hours: 60 failures."""
    start = datetime(2026, 10, 1)
    rows = [f"s,{start + timedelta(hours=hour)}Z,20,{6 if hour in BAD else 0}" for hour in range(HOURS)]
    path = tmp_path / "series.csv"
    path.write_text("series_id,ts,attempts,failures\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_a_threshold_of_the_settings_decides_what_is_found(table, tmp_path):
    found = mailtrend("detect", table, "--format", "json")
    assert [row["failures"] for row in json.loads(found.out)] == [60]

    strict = tmp_path / "strict.toml"
    strict.write_text("[thresholds]\nleast_failures = 61\n", encoding="utf-8")
    none = mailtrend("detect", table, "--config", strict, "--format", "json")
    assert (none.code, json.loads(none.out)) == (0, [])
    why = mailtrend("detect", table, "--config", strict, "--why-not", "s")
    assert "Fewer than 61 failures" in why.out


def test_a_threshold_out_of_range_is_named(table, tmp_path):
    wrong = tmp_path / "wrong.toml"
    wrong.write_text("[thresholds]\nmost_q = 2\n", encoding="utf-8")
    done = mailtrend("detect", table, "--config", wrong)
    assert done.code == 2
    assert "[thresholds] most_q" in done.err


@pytest.mark.parametrize("command", ["incidents", "report"])
@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--since", "2026-11-01", "--until", "2026-10-01"), "'2026-10-01' is not later than --since"),
        (("--timezone", "Mars/Olympus"), "no time zone 'Mars/Olympus'"),
        (("--timezone", "Mars/Olympus", "--since", "2026-11-01T00:00Z"), "no time zone 'Mars/Olympus'"),
    ],
)
def test_a_span_that_cannot_be_is_refused_before_the_lake_is_opened(tmp_path, command, given, said):
    done = mailtrend(command, *given, "--lake", tmp_path / "none")
    assert done.code == 2
    assert said in done.err

"""Whether a fix worked, from figures alone: what each verdict takes, and that more evidence never turns it round."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from mailtrend.diagnose.verification import Figures, Other, Tally, bounds, judge, most, needed, state, wait_until
from mailtrend.diagnose.verified import verify

T = datetime(2026, 11, 2, 12)
HOUR = timedelta(hours=1)
NEW = Other("4.4.317", None, Tally(20, 20, 0, T + 2 * HOUR, T + 6 * HOUR, 0.0))
WORKS = Figures(
    connector="To on-premises", code="4.4.316", since=T, judged_from=T + HOUR, until=T + 7 * HOUR,
    fault=Tally(20, 0, 20, before=1.0), delivered=20, attempts_before=48, failures_before=48, before_from=T - 24 * HOUR,
    covered_hours=6,
)  # fmt: skip


def failing(attempts: int, failures: int, since_last: int, before: float = 1.0) -> Tally:
    return Tally(attempts, failures, since_last, T + HOUR, T + 2 * HOUR, before)


SILENT = replace(WORKS, fault=Tally(0, 0, 0, before=1.0), delivered=0)
CASES = [
    ("all delivered", WORKS, "fixed", "gone"),
    ("five are enough where all failed", replace(WORKS, fault=Tally(5, 0, 5, before=1.0), delivered=5), "fixed", "gone"),
    ("four are not", replace(WORKS, fault=Tally(4, 0, 4, before=1.0), delivered=4), "too early", "few"),
    ("twenty are not where one in twenty failed", replace(WORKS, fault=Tally(20, 0, 20, before=0.05)), "too early", "few"),
    ("a hundred and nineteen are", replace(WORKS, fault=Tally(119, 0, 119, before=0.05)), "fixed", "gone"),
    ("nothing to compare with", replace(WORKS, fault=Tally(20, 0, 20), attempts_before=0), "fixed", "gone"),
    ("the data end before the hour is over", replace(WORKS, until=T + 0.5 * HOUR), "too early", "data"),
    ("there are no data", replace(WORKS, until=None), "too early", "data"),
    ("all fail", replace(WORKS, fault=failing(20, 20, 0), delivered=0), "not fixed", "still"),
    ("half fails", replace(WORKS, fault=failing(20, 10, 1), delivered=10), "not fixed", "still"),
    ("one failure of one", replace(WORKS, fault=failing(1, 1, 0), delivered=0), "too early", "few"),
    ("two of two", replace(WORKS, fault=failing(2, 2, 0), delivered=0), "not fixed", "still"),
    ("it failed on, and then a clear run", replace(WORKS, fault=failing(40, 10, 30), delivered=30), "fixed", "gone"),
    ("a run that half a fault may have", replace(WORKS, fault=failing(20, 8, 4), delivered=12), "not fixed", "still"),
    ("next to nothing is left", replace(WORKS, fault=failing(5000, 9, 3), delivered=4991), "fixed", "gone"),
    (
        "one destination of many",
        replace(WORKS, fault=failing(1000, 9, 5), delivered=991, places=(("b.example", failing(9, 9, 0)),)),
        "not fixed", "places",
    ),
    (
        "one destination that is over it",
        replace(WORKS, fault=failing(1000, 9, 900), delivered=991, places=(("b.example", failing(40, 9, 31)),)),
        "fixed", "gone",
    ),
    ("another code", replace(WORKS, delivered=0, others=(NEW,)), "replaced by another code", "replaced"),
    (
        "another code, after the first few of the old one",
        replace(WORKS, fault=failing(24, 4, 20), delivered=0, others=(replace(NEW, tally=failing(24, 20, 0, 0.0)),)),
        "replaced by another code", "replaced",
    ),
    (
        "another code that was as frequent before",
        replace(WORKS, delivered=16, others=(Other("4.7.1", None, failing(20, 4, 2, 0.2)),)), "fixed", "gone",
    ),
    (
        "two of another code are no replacement",
        replace(WORKS, delivered=18, others=(Other("4.4.317", None, failing(20, 2, 2, 0.0)),)), "fixed", "gone",
    ),
    (
        "another code that is over as well",
        replace(WORKS, fault=Tally(50, 0, 50, before=1.0), delivered=30,
                others=(replace(NEW, tally=failing(50, 20, 30, 0.0)),)),
        "fixed", "gone",
    ),
    ("both fail", replace(WORKS, fault=failing(40, 20, 0), delivered=0, others=(NEW,)), "not fixed", "still"),
    ("nothing tried where much came before", SILENT, "fixed", "silent"),
    ("nothing tried, but mail waits", replace(SILENT, queued_all=2, queued=2), "too early", "untried"),
    ("nothing tried in data that lose sight of mail", replace(SILENT, waiting=9, unaccounted=5), "too early", "untried"),
    ("nothing tried where little came before", replace(SILENT, attempts_before=4), "too early", "untried"),
    ("nothing tried in hours that no data cover", replace(SILENT, covered_hours=0), "too early", "untried"),
    ("nothing delivered", replace(WORKS, delivered=0), "too early", "undelivered"),
    ("a trace that shows as much pending", replace(WORKS, lent=True, pending=20), "too early", "pending"),
]  # fmt: skip


@pytest.mark.parametrize(("figures", "verdict", "why"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_verdict_follows_from_the_figures(figures: Figures, verdict: str, why: str) -> None:
    found = judge(figures)
    assert (found.verdict, found.why) == (verdict, why)


@pytest.mark.parametrize("figures", [case[1] for case in CASES], ids=[case[0] for case in CASES])
def test_every_verdict_is_a_paragraph_with_numbers_and_times(figures: Figures) -> None:
    told = verify(figures)
    assert told.reason.endswith(".")
    assert [word for word in ("None", "nan", "  ", "{") if word in told.reason] == []
    assert any(char.isdigit() for char in told.reason)
    assert (told.wait_until is None) == (told.verdict != "too early")
    assert told.to_dict()["verdict"] == told.verdict


@pytest.mark.parametrize("before", [1.0, 0.5, 0.2, 0.05, 0.01])
def test_so_many_attempts_as_are_needed_tell_and_one_less_does_not(before: float) -> None:
    enough = needed(before)
    assert state(Tally(enough, 0, enough, before=before)) == "gone"
    assert state(Tally(enough - 1, 0, enough - 1, before=before)) == "open"
    # Of a fault at half its strength, so many in a row are spared less than once in twenty times.
    assert (1 - before / 2) ** enough < 0.05 <= (1 - before / 2) ** (enough - 1)


def test_the_bound_without_failures_is_the_rule_of_three() -> None:
    assert most(300) == pytest.approx(3 / 300, rel=0.01)
    assert most(0) == 1.0


@pytest.mark.parametrize(("failures", "attempts"), [(0, 10), (1, 10), (5, 10), (10, 10), (3, 1000)])
def test_bounds_hold_the_share_and_close_in_on_it(failures: int, attempts: int) -> None:
    low, high = bounds(failures, attempts)
    nearer = bounds(failures * 100, attempts * 100)
    assert 0 <= low <= failures / attempts <= high <= 1
    assert nearer[1] - nearer[0] < high - low


@pytest.mark.parametrize("before", [1.0, 0.4, 0.1])
def test_more_successes_never_make_it_worse_and_more_failures_never_better(before: float) -> None:
    order = {"still": 0, "open": 1, "gone": 2}
    run = [order[state(failing(10 + more, 10, more, before))] for more in range(200)]
    assert run == sorted(run)
    assert (run[0], run[-1]) == (0, 2)
    ends = [order[state(failing(100 + more, more, 0, before))] for more in range(1, 200)]
    assert ends == sorted(ends, reverse=True)


def test_data_are_wanted_for_as_long_as_the_missing_attempts_take() -> None:
    slow = replace(WORKS, fault=Tally(1, 0, 1, before=1.0), attempts_before=24, until=T + 3 * HOUR)
    assert wait_until(slow) == T + 7 * HOUR
    assert wait_until(replace(slow, attempts_before=0)) == T + 4 * HOUR
    assert wait_until(replace(slow, until=T)) == T + 5 * HOUR
    assert wait_until(replace(slow, until=None)) == T + 5 * HOUR


def test_too_early_names_the_clock_of_what_still_waits() -> None:
    waits = replace(
        WORKS, fault=Tally(2, 0, 2, before=1.0), delivered=2, queued=7, queued_all=9, next_expiry=T + 9 * HOUR
    )
    reason = verify(waits).reason
    assert "2 attempts over To on-premises since Mon 2 Nov 2026 13:00 UTC are too few to tell: 5 without it" in reason
    assert "7 messages still in the queue on Mon 2 Nov 2026 19:00 UTC" in reason
    assert "the first is returned on Mon 2 Nov 2026 21:00 UTC unless it is delivered before" in reason


def test_a_replacement_names_the_latest_code_first_and_how_to_go_on() -> None:
    first = Other("4.4.317", None, Tally(30, 10, 20, T + 2 * HOUR, T + 3 * HOUR, 0.0))
    last = Other("4.7.320", None, Tally(30, 20, 0, T + 4 * HOUR, T + 7 * HOUR, 0.0))
    told = verify(replace(WORKS, fault=Tally(30, 0, 30, before=1.0), delivered=0, others=(first, last)))
    assert told.verdict == "replaced by another code"
    assert "4.7.320 (20 failures since Mon 2 Nov 2026 16:00 UTC) and 4.4.317 (10 failures since" in told.reason
    assert "`mailtrend explain 4.7.320`" in told.reason


def test_a_fault_that_went_on_for_long_was_not_mended_by_this_change() -> None:
    long = replace(WORKS, until=T + 90 * HOUR, fault=Tally(900, 400, 500, T + HOUR, T + 48 * HOUR, 1.0), delivered=500)
    assert "It went on for 2 days after this change" in verify(long).reason


def test_a_cause_without_a_code_is_named_in_words() -> None:
    told = verify(replace(WORKS, code=None, cause="connection_timed_out"))
    assert told.reason.startswith("connection timed out is gone")
    assert told.to_dict()["code"] is None

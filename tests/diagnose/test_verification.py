"""Whether a fix worked, from figures alone: what each verdict takes, and that more evidence never turns it round."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from math import comb

import pytest

from mailtrend.diagnose.chances import below, bounds, most, needed
from mailtrend.diagnose.figures import Backlog, Elsewhere, Figures, Other, Tally
from mailtrend.diagnose.traffic import Traffic
from mailtrend.diagnose.verification import judge, missing, state, wait_until
from mailtrend.diagnose.verified import verify

T = datetime(2026, 11, 2, 12)
HOUR = timedelta(hours=1)
NEW = Other("4.4.317", "starttls_not_offered", Tally(20, 20, 0, T + 2 * HOUR, T + 6 * HOUR, 0.0))


def hourly(messages: int, days: int = 1) -> Traffic:
    """So many messages in every hour of the days before the change."""
    return Traffic(tuple((T - at * HOUR, messages) for at in range(24 * days, 0, -1)))


WORKS = Figures(
    connector="To on-premises", code="4.4.316", cause="connection_refused", since=T, judged_from=T + HOUR,
    until=T + 7 * HOUR, fault=Tally(20, 0, 20, before=1.0), delivered=20, before=48, failures_before=48,
    before_from=T - 24 * HOUR, traffic=hourly(2), covered=tuple(T + at * HOUR for at in range(1, 7)),
)  # fmt: skip


def failing(attempts: int, failures: int, since_last: int, before: float = 1.0) -> Tally:
    return Tally(attempts, failures, since_last, T + HOUR, T + 2 * HOUR, before)


RARE = Traffic(tuple((T - at * HOUR, 4 if at == 1 else 0) for at in range(48, 0, -1)))
SILENT = replace(WORKS, fault=Tally(0, 0, 0, before=1.0), delivered=0)
CASES = [
    ("all delivered", WORKS, "fixed", "gone"),
    ("five are enough where all failed", replace(WORKS, fault=Tally(5, 0, 5, before=1.0), delivered=5), "fixed", "gone"),
    ("four are not", replace(WORKS, fault=Tally(4, 0, 4, before=1.0), delivered=4), "too early", "few"),
    ("twenty are not where one in twenty failed", replace(WORKS, fault=Tally(20, 0, 20, before=0.05)), "too early", "few"),
    ("a hundred and nineteen are", replace(WORKS, fault=Tally(119, 0, 119, before=0.05)), "fixed", "gone"),
    ("nothing to compare with", replace(WORKS, fault=Tally(20, 0, 20), before=0, failures_before=0, traffic=Traffic()), "fixed", "gone"),
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
    ("nothing tried, but mail waits", replace(SILENT, backlog=Backlog(queued_all=2, queued=2)), "too early", "untried"),
    ("nothing tried in data that lose sight of mail", replace(SILENT, backlog=Backlog(waiting=9, unaccounted=5)), "too early", "untried"),
    ("nothing tried where little came before", replace(SILENT, traffic=RARE), "too early", "untried"),
    ("nothing tried in hours that no data cover", replace(SILENT, covered=()), "too early", "untried"),
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


def test_data_are_wanted_for_as_long_as_the_missing_messages_take() -> None:
    slow = replace(WORKS, fault=Tally(1, 0, 1, before=1.0), traffic=hourly(1), until=T + 3 * HOUR)
    assert (missing(slow), wait_until(slow)) == (4, T + 7 * HOUR)
    assert wait_until(replace(slow, traffic=Traffic())) == T + 4 * HOUR
    assert wait_until(replace(slow, until=T)) == T + 5 * HOUR
    assert wait_until(replace(slow, until=None)) == T + 5 * HOUR


FRIDAY = datetime(2026, 10, 30, 18)
OFFICE = Traffic(tuple(
    (day + at * HOUR, 7 if day.weekday() < 5 and 8 <= at < 17 else 0)
    for day in (datetime(2026, 10, 5) + timedelta(days=number) for number in range(25)) for at in range(24)
))  # fmt: skip
"""Seven messages an hour in office hours, nothing at night and at weekends."""


def test_after_a_change_on_friday_evening_there_is_enough_to_tell_on_monday_morning() -> None:
    weekend = replace(
        WORKS, since=FRIDAY, judged_from=FRIDAY + HOUR, until=FRIDAY + 40 * HOUR, traffic=OFFICE, delivered=1,
        fault=Tally(1, 0, 1, before=0.4), covered=tuple(FRIDAY + at * HOUR for at in range(1, 41)),
    )  # fmt: skip
    told = verify(weekend)
    assert (told.verdict, missing(weekend)) == ("too early", 13)
    assert told.wait_until == datetime(2026, 11, 2, 10)
    assert (
        "1 message over To on-premises since Fri 30 Oct 2026 19:00 UTC is too few to tell (about 0 would be"
        in told.reason
    )
    assert "about 13 more without it would do" in told.reason
    assert "Ask again with data up to Mon 2 Nov 2026 10:00 UTC or later: at the usual traffic" in told.reason


def test_nothing_over_a_weekend_is_no_sign_that_a_connector_was_switched_off() -> None:
    quiet = replace(SILENT, since=FRIDAY, judged_from=FRIDAY + HOUR, until=FRIDAY + 60 * HOUR, traffic=OFFICE,
                    covered=tuple(FRIDAY + at * HOUR for at in range(1, 61)))  # fmt: skip
    assert judge(quiet).why == "untried"
    assert "where about 0 would be usual for these hours" in verify(quiet).reason
    monday = replace(quiet, until=FRIDAY + 66 * HOUR, covered=tuple(FRIDAY + at * HOUR for at in range(1, 67)))
    assert judge(monday).why == "silent"


def test_usual_traffic_is_that_of_the_hour_of_the_week_else_of_such_days_else_of_any() -> None:
    assert OFFICE.at(datetime(2026, 11, 4, 9, 59)) == 7
    assert OFFICE.at(datetime(2026, 11, 7, 9)) == 0
    assert OFFICE.between(datetime(2026, 11, 4, 7, 30), datetime(2026, 11, 4, 9, 30)) == 7 + 3.5
    assert hourly(2).at(datetime(2026, 11, 7, 9)) == 2
    assert Traffic(((T, 3), (T + HOUR, 1))).at(T + 5 * HOUR) == 2
    assert Traffic().at(T) == 0
    assert Traffic().enough_at(T, 1) is None
    assert hourly(2).enough_at(T + 0.5 * HOUR, 3) == T + 2 * HOUR


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


SURE = [case for case in CASES if case[2] != "too early"]


@pytest.mark.parametrize("figures", [case[1] for case in SURE], ids=[case[0] for case in SURE])
def test_a_verdict_says_how_sure_it_is_and_is_never_a_guess(figures: Figures) -> None:
    told = verify(figures)
    assert told.judgement.confidence is not None
    assert 0.9 <= told.to_dict()["confidence"] <= 0.999
    assert "sure" in told.reason


def test_more_messages_make_a_verdict_surer() -> None:
    sure = [judge(replace(WORKS, fault=Tally(number, 0, number, before=0.3))).confidence for number in (20, 25, 40)]
    assert sure == sorted(sure)
    still = [judge(replace(WORKS, fault=failing(number, number // 4, 1, 0.9))).confidence for number in (8, 12, 20)]
    assert still == sorted(still)
    assert sure[0] < sure[-1]
    assert still[0] < still[-1]


def test_new_mail_tells_of_the_fix_and_mail_that_waited_does_not_speak_against_it() -> None:
    both = Tally(29, 9, 0, T + HOUR, T + 6 * HOUR, 1.0, fresh=20, fresh_failures=0)
    assert state(both) == "gone"
    assert state(replace(both, fresh=2)) == "still"
    assert state(replace(both, fresh_failures=3)) == "still"


def test_what_waited_is_told_fate_by_fate_with_the_clock_of_the_rest() -> None:
    rest = Backlog(40, 21, 9, 7, 3, queued=7, queued_all=9, next_expiry=T + 9 * HOUR, next_expiry_all=T + 8 * HOUR)
    reason = verify(replace(WORKS, backlog=rest)).reason
    assert (
        "Of 40 messages that waited at the change, 21 got through since, 9 came back or were given up, 7 still wait and 3 "
        "left the queue without any data saying how."
    ) in reason
    assert "7 messages still in the queue on Mon 2 Nov 2026 19:00 UTC" in reason
    assert "the first is returned on Mon 2 Nov 2026 21:00 UTC unless it is delivered before" in reason
    assert "9 messages still in the queue" in verify(replace(WORKS, delivered=0, others=(NEW,), backlog=rest)).reason


def test_what_is_switched_off_is_told_with_where_its_mail_goes() -> None:
    ways = (Elsewhere("Branch office", 412, 3), Elsewhere(None, 5, 0))
    reason = verify(replace(SILENT, disabled=True, elsewhere=ways)).reason
    assert (
        "mail to the domains that failed goes over Branch office (412 delivered, 3 failed) and its way without"
        in reason
    )
    assert "look where it goes now" in verify(SILENT).reason


@pytest.mark.parametrize(
    ("cause", "said"),
    [
        ("starttls_not_offered", "That is progress: the connection opens and the service answers now"),
        ("certificate_expired", "the service answers and TLS is agreed upon now"),
        ("recipient_unknown", "TLS is agreed upon and the certificate passes now"),
        ("connection_timed_out", "Mail gets as far as before the change, no further"),
        ("dns_no_records", "That is a step back"),
    ],
)
def test_a_replacement_says_whether_it_is_progress(cause: str, said: str) -> None:
    told = verify(replace(WORKS, delivered=0, others=(replace(NEW, cause=cause),)))
    assert told.verdict == "replaced by another code"
    assert said in told.reason


def test_a_replacement_names_the_latest_code_first_and_how_to_go_on() -> None:
    first = Other("4.4.317", "starttls_not_offered", Tally(30, 10, 20, T + 2 * HOUR, T + 3 * HOUR, 0.0))
    last = Other("4.7.320", "certificate_expired", Tally(30, 20, 0, T + 4 * HOUR, T + 7 * HOUR, 0.0))
    told = verify(replace(WORKS, fault=Tally(30, 0, 30, before=1.0), delivered=0, others=(first, last)))
    assert told.verdict == "replaced by another code"
    assert "4.7.320 (20 messages since Mon 2 Nov 2026 16:00 UTC) and 4.4.317 (10 messages since" in told.reason
    assert "`mailtrend explain 4.7.320`" in told.reason


def test_a_fault_that_went_on_for_long_was_not_mended_by_this_change() -> None:
    long = replace(WORKS, until=T + 90 * HOUR, fault=Tally(900, 400, 500, T + HOUR, T + 48 * HOUR, 1.0), delivered=500)
    assert "It went on for 2 days after this change" in verify(long).reason


def test_a_cause_without_a_code_is_named_in_words() -> None:
    told = verify(replace(WORKS, code=None, cause="connection_timed_out"))
    assert told.reason.startswith("connection timed out is gone")
    assert told.to_dict()["code"] is None

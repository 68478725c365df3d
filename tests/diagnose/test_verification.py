"""Whether a fix worked, from figures alone: what each verdict takes, and that more evidence never turns it round."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailtrend.diagnose.chances import needed
from mailtrend.diagnose.figures import Backlog, Figures, Other, Tally
from mailtrend.diagnose.traffic import Traffic
from mailtrend.diagnose.verification import judge, state
from mailtrend.diagnose.verified import verify
from support.fixfigures import HOUR, NEW, RARE, SILENT, WORKS, T, failing

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


@pytest.mark.parametrize("before", [1.0, 0.4, 0.1])
def test_more_successes_never_make_it_worse_and_more_failures_never_better(before: float) -> None:
    order = {"still": 0, "open": 1, "gone": 2}
    run = [order[state(failing(10 + more, 10, more, before))] for more in range(200)]
    assert run == sorted(run)
    assert (run[0], run[-1]) == (0, 2)
    ends = [order[state(failing(100 + more, more, 0, before))] for more in range(1, 200)]
    assert ends == sorted(ends, reverse=True)


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

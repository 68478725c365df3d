"""What verify says in words: the backlog, where mail goes, the next fault, and when there will be enough to tell."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from mailtrend.diagnose.figures import Backlog, Elsewhere, Other, Tally
from mailtrend.diagnose.traffic import Traffic
from mailtrend.diagnose.verification import judge, missing, wait_until
from mailtrend.diagnose.verified import verify
from support.fixfigures import HOUR, NEW, SILENT, WORKS, T, hourly

FRIDAY = datetime(2026, 10, 30, 18)
OFFICE = Traffic(tuple(
    (day + at * HOUR, 7 if day.weekday() < 5 and 8 <= at < 17 else 0)
    for day in (datetime(2026, 10, 5) + timedelta(days=number) for number in range(25)) for at in range(24)
))  # fmt: skip
"""Seven messages an hour in office hours, nothing at night and at weekends."""


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


def test_nothing_over_a_weekend_is_no_sign_that_a_connector_was_switched_off() -> None:
    quiet = replace(SILENT, since=FRIDAY, judged_from=FRIDAY + HOUR, until=FRIDAY + 60 * HOUR, traffic=OFFICE,
                    covered=tuple(FRIDAY + at * HOUR for at in range(1, 61)))  # fmt: skip
    assert judge(quiet).why == "untried"
    assert "where about 0 would be usual for these hours" in verify(quiet).reason
    monday = replace(quiet, until=FRIDAY + 66 * HOUR, covered=tuple(FRIDAY + at * HOUR for at in range(1, 67)))
    assert judge(monday).why == "silent"


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


def test_usual_traffic_is_that_of_the_hour_of_the_week_else_of_such_days_else_of_any() -> None:
    assert OFFICE.at(datetime(2026, 11, 4, 9, 59)) == 7
    assert OFFICE.at(datetime(2026, 11, 7, 9)) == 0
    assert OFFICE.between(datetime(2026, 11, 4, 7, 30), datetime(2026, 11, 4, 9, 30)) == 7 + 3.5
    assert hourly(2).at(datetime(2026, 11, 7, 9)) == 2
    assert Traffic(((T, 3), (T + HOUR, 1))).at(T + 5 * HOUR) == 2
    assert Traffic().at(T) == 0
    assert Traffic().enough_at(T, 1) is None
    assert hourly(2).enough_at(T + 0.5 * HOUR, 3) == T + 2 * HOUR


def test_data_are_wanted_for_as_long_as_the_missing_messages_take() -> None:
    slow = replace(WORKS, fault=Tally(1, 0, 1, before=1.0), traffic=hourly(1), until=T + 3 * HOUR)
    assert (missing(slow), wait_until(slow)) == (4, T + 7 * HOUR)
    assert wait_until(replace(slow, traffic=Traffic())) == T + 4 * HOUR
    assert wait_until(replace(slow, until=T)) == T + 5 * HOUR
    assert wait_until(replace(slow, until=None)) == T + 5 * HOUR

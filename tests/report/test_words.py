"""Figures, times and verdicts in words."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtrend.report import saying, words
from mailtrend.report.model import Totals
from mailtrend.report.verdict import standing, verdict
from support.reportparts import AS_OF, incident


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (None, "–"),
        (0, "0 s"),
        (42, "42 s"),
        (59.6, "1 min"),
        (3599, "59 min"),
        (3600, "1 h 00 min"),
        (11_100, "3 h 05 min"),
        (86_400, "1 d 0 h"),
        (914_400, "10 d 14 h"),
        (-90, "−1 min"),
        (float("nan"), "–"),
    ],
)
def test_durations_show_their_two_largest_units(seconds, shown):
    assert words.duration(seconds) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0 %"),
        (1, "100 %"),
        (0.0004, "0.04 %"),
        (0.0131, "1.3 %"),
        (0.5, "50 %"),
        (0.9999, "100.0 %"),
        (0.996, "99.6 %"),
    ],
)
def test_few_is_not_none_and_most_is_not_all(value, shown):
    assert words.share(value) == shown


@pytest.mark.parametrize(
    ("since", "until", "shown"),
    [
        (datetime(2026, 10, 19), datetime(2026, 10, 26), "19 Oct 2026 – 25 Oct 2026 (ISO week 2026-W43)"),
        (datetime(2027, 1, 1), datetime(2027, 1, 2), "1 Jan 2027"),
        (datetime(2026, 12, 28), datetime(2027, 1, 4), "28 Dec 2026 – 3 Jan 2027 (ISO week 2026-W53)"),
        (datetime(2026, 10, 19, 6), datetime(2026, 10, 20), "19 Oct 2026 06:00 – 20 Oct 2026 00:00 UTC"),
    ],
)
def test_a_period_names_its_last_day(since, until, shown):
    assert words.period(since, until) == shown


@given(st.text(max_size=80))
def test_what_is_shown_on_one_line_can_be_seen(text):
    shown = words.one_line(text)
    assert shown.isprintable()
    assert words.ascii_only(shown).isascii()


def test_a_headline_leaves_out_what_is_not_known():
    found = incident(connector=None, title="")
    assert saying.headline(found) == "4.4.316 to mail.contoso.com"


def test_an_ended_incident_says_from_when_to_when():
    found = incident(ended_at=datetime(2026, 10, 23, 9))
    assert saying.lasting(found, AS_OF) == "Thu 22 Oct 2026 09:00 UTC to Fri 23 Oct 2026 09:00 UTC, 1 d 0 h"


def test_without_events_there_is_no_data_even_where_an_incident_still_lasts():
    state = standing(Totals(), [incident()], events=0)
    assert state == "no data"
    assert verdict(state, Totals(), [incident()], AS_OF).startswith("No data for this period")


def test_failures_without_an_incident_are_quiet():
    totals = Totals(attempts=1000, failures=4)
    state = standing(totals, [incident(severity="notice")], events=1000)
    assert state == "quiet"
    assert verdict(state, totals, [], AS_OF) == (
        "Nothing needs doing: no incident; 4 of 1,000 delivery attempts failed (0.4 %)."
    )
    assert verdict(state, totals, [incident(severity="notice")], AS_OF) == (
        "Nothing urgent: no incident above a notice; 4 of 1,000 delivery attempts failed (0.4 %)."
    )


def test_an_incident_that_only_delays_says_how_much_it_delays():
    slow = incident(severity="warning", lost=0, at_risk=0, delivered_late=56)
    said = verdict("warning", Totals(attempts=900, failures=134), [slow], AS_OF)
    assert "failing since Thu 22 Oct 2026 09:00 UTC: 56 delivered late." in said


def test_many_failures_are_never_called_nothing():
    totals = Totals(attempts=45, failures=38)
    assert verdict(standing(totals, [], events=45), totals, [], AS_OF) == (
        "No incident stands out, but 38 of 45 delivery attempts failed (84 %): see which codes and destinations below."
    )


def test_the_verdict_names_the_first_incident_and_counts_the_others():
    ended = incident(incident_id="b", severity="warning", ended_at=datetime(2026, 10, 23))
    going = [incident(), incident(incident_id="c", severity="warning"), ended]
    assert standing(Totals(attempts=9, failures=9), going, events=9) == "critical"
    assert verdict("critical", Totals(attempts=9, failures=9), going, AS_OF) == (
        "4.4.316 Connection refused on connector To on-premises to mail.contoso.com, failing since Thu 22 Oct 2026 "
        "09:00 UTC: 152 lost, 19 at risk. 1 other incident still going. 1 incident of this period is over. "
        "Your organization has to act first."
    )


def test_nobody_is_never_told_to_act():
    said = verdict("critical", Totals(attempts=9, failures=9), [incident(owner="undetermined")], AS_OF)
    assert "has to act" not in said


def test_silence_is_not_called_failing():
    found = incident(kind="silence", status_code=None, title="", lost=0, at_risk=0)
    said = verdict("critical", Totals(attempts=9), [found], AS_OF)
    assert said.startswith("No traffic on connector To on-premises to mail.contoso.com, silent since Thu 22 Oct 2026")

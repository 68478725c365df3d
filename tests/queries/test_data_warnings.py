"""What could be wrong with the data: each kind of warning in a lake made for it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from mailtrend import warehouse
from mailtrend.lake import Lake
from mailtrend.report import sources
from support.lakes import ingest
from support.smallweek import ask, told

TRACE, DETAIL, EXTENDED = "exo_message_trace", "exo_trace_detail", "exo_extended"
MONDAY = datetime(2026, 11, 2)


@pytest.fixture
def lake_of(tmp_path):
    """Makes a lake of files: events each, and what its ledger says."""
    lake = Lake.create(tmp_path / "lake")

    def make(*files):
        for number, (events, ledger) in enumerate(files):
            ingest(lake, f"f{number}", [{"line": at} | event for at, event in enumerate(events, 2)], **ledger)
        warehouse.publish(lake)
        return lake.root

    return make


def every_hour(start: datetime, hours: int, each: int, source: str = "postfix"):
    """So many deliveries in every hour."""
    return [
        told(
            f"{start + timedelta(hours=hour):%d %H}:00:{at:02d}", source, "delivered", f"{hour}-{at}", "bo@fabrikam.com"
        )
        for hour in range(hours)
        for at in range(each)
    ]


def warnings(root, columns="warning source count sentence", **params):
    with warehouse.connect(root) as con:
        return ask(con, "data-warnings", columns, **params)


def test_sound_data_have_no_warning(lake_of):
    assert warnings(lake_of((every_hour(MONDAY, 48, 5), {}))) == []


def test_hours_without_data_where_some_are_usual_are_a_gap(lake_of):
    before, after = every_hour(MONDAY, 34, 10), every_hour(MONDAY + timedelta(hours=40), 32, 10)
    [gap] = warnings(lake_of((before + after, {})), "warning source count first last")
    assert gap == ("gap", "postfix", 6, datetime(2026, 11, 3, 10), datetime(2026, 11, 3, 16))


def test_quiet_hours_of_a_small_source_are_no_gap(lake_of):
    assert warnings(lake_of((every_hour(MONDAY, 34, 1) + every_hour(MONDAY + timedelta(hours=40), 32, 1), {}))) == []


def test_a_status_that_was_still_moving_is_told_until_a_later_export_settles_it(lake_of):
    pending = told("02 09:00", TRACE, "pending", "m1", "bo@fabrikam.com")
    other = told("02 09:05", TRACE, "pending", "m2", "cy@fabrikam.com")
    settled = told("02 09:00", TRACE, "delivered", "m1", "bo@fabrikam.com", line=9)
    found = warnings(lake_of(([pending, other], {}), ([settled], {})))
    assert [(kind, source, count) for kind, source, count, _ in found] == [("moving_status", TRACE, 1)]


def test_failures_without_a_reason_are_counted_unless_another_source_tells_it(lake_of):
    unknown = told("02 09:00", TRACE, "failed", "m1", "bo@fabrikam.com", cause="unclassified")
    known = told("02 10:00", TRACE, "failed", "m2", "cy@fabrikam.com", cause="unclassified")
    reason = told(
        "02 10:00:03", DETAIL, "failed", "m2", "cy@fabrikam.com", response="550 5.1.10 x", status_code="5.1.10"
    )
    [(kind, source, count, sentence)] = warnings(lake_of(([unknown, known], {}), ([reason], {})))
    assert (kind, source, count) == ("no_error_text", TRACE, 1)
    assert sentence.startswith("1 of 1 failures told by exo_message_trace come without any error text")


def test_failures_that_name_nobody_are_counted_apart(lake_of):
    nameless = told(
        "02 09:00", "exchange_smtp_send", "deferred", None, None, response="refused", queue_id="S1", server="ex1"
    )
    [(kind, source, count, _)] = warnings(lake_of(([nameless], {})))
    assert (kind, source, count) == ("no_recipient", "exchange_smtp_send", 1)


def test_a_report_that_ends_before_its_kin_is_told_in_the_report(lake_of):
    trace = [told("03 20:00", TRACE, "delivered", "m1", "bo@fabrikam.com")]
    extended = [told("03 01:00", EXTENDED, "delivered", "m2", "bo@fabrikam.com")]
    with warehouse.connect(lake_of((trace, {"source": TRACE}), (extended, {"source": EXTENDED}))) as con:
        [sentence] = sources.warnings(con)
    assert sentence.startswith("exo_extended ends on 2026-11-03 01:00, exo_message_trace on 2026-11-03 20:00 (UTC)")

"""Stamps of a syslog when clocks go back or forward, when a year ends, and on leap days."""

from __future__ import annotations

from datetime import datetime

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailtrend.formats._syslog import frame_remarks
from mailtrend.formats.base import FileFacts, Options
from mailtrend.ingest import slices
from support.maillog import read, to

BERLIN = Options(timezone="Europe/Berlin", year=2026)


def log(*stamps: str) -> str:
    """A delivery at each of these times."""
    return "".join(to("sent (250 Ok)", at=stamp, queue=f"A17F8300{at:04X}") for at, stamp in enumerate(stamps))


def hours(*texts: str, options: Options = BERLIN) -> list[str]:
    """When the deliveries were, in UTC."""
    return [f"{event['event_time']:%d %H:%M}" for event in read(*texts, options=options)]


@pytest.mark.parametrize(
    ("zone", "stamps", "wanted"),
    [
        (
            "Europe/Berlin",
            ["Oct 25 01:50:00", "Oct 25 02:05:00", "Oct 25 02:55:00", "Oct 25 02:01:00", "Oct 25 02:59:00",
             "Oct 25 03:00:00"],
            ["24 23:50", "25 00:05", "25 00:55", "25 01:01", "25 01:59", "25 02:00"],
        ),
        (
            "America/New_York",
            ["Nov  1 00:59:00", "Nov  1 01:30:00", "Nov  1 01:59:59", "Nov  1 01:00:00", "Nov  1 02:00:00"],
            ["01 04:59", "01 05:30", "01 05:59", "01 06:00", "01 07:00"],
        ),
        (
            "America/New_York",
            ["2026-11-01T00:59:00", "2026-11-01T01:50:00", "2026-11-01T01:10:00.5", "2026-11-01T01:00:00"],
            ["01 04:59", "01 05:50", "01 06:10", "01 06:00"],
        ),
        (
            "Australia/Lord_Howe",
            ["Apr 05 01:20:00", "Apr 05 01:31:00", "Apr 05 01:58:00", "Apr 05 01:32:00", "Apr 05 02:00:00"],
            ["04 14:20", "04 14:31", "04 14:58", "04 15:02", "04 15:30"],
        ),
        (
            "America/Asuncion",
            ["Mar 22 23:10:00", "Mar 22 23:50:00", "Mar 22 23:05:00"],
            ["23 02:10", "23 02:50", "23 02:05"],
        ),
        (
            "Pacific/Auckland",
            ["Apr  5 02:10:00", "Apr  5 02:50:00", "Apr  5 02:05:00", "Apr  5 03:05:00"],
            ["04 13:10", "04 13:50", "04 14:05", "04 15:05"],
        ),
        (
            "UTC",
            ["Oct 25 02:50:00", "Oct 25 02:05:00"],
            ["25 02:50", "25 02:05"],
        ),
    ],
)  # fmt: skip
def test_the_repeated_hour_is_told_apart_by_the_order_of_lines(zone, stamps, wanted):
    assert hours(log(*stamps), options=Options(timezone=zone, year=2026)) == wanted


@pytest.mark.parametrize(
    ("stamps", "wanted"),
    [
        (["Oct 25 01:58:00", "Oct 25 02:05:00", "Oct 25 02:10:00", "Oct 25 03:30:00"], ["23:58", "00:05", "00:10", "02:30"]),
        (["Oct 25 00:30:00", "Oct 25 02:40:00", "Oct 25 02:50:00", "Oct 25 03:01:00"], ["22:30", "01:40", "01:50", "02:01"]),
        (["Oct 25 01:55:00", "Oct 25 02:05:00", "Oct 25 02:55:00", "Oct 25 03:01:00"], ["23:55", "00:05", "01:55", "02:01"]),
        (["Oct 25 02:05:00", "Oct 25 02:55:00"], ["01:05", "01:55"]),
        (["Oct 25 02:05:00", "Oct 25 02:55:00", "Oct 25 04:00:00"], ["01:05", "01:55", "03:00"]),
        (["Oct 25 01:59:00", "Oct 25 02:05:00", "Oct 25 02:10:00"], ["23:59", "00:05", "00:10"]),
        (["Oct 25 02:30:00"], ["01:30"]),
    ],
)  # fmt: skip
def test_without_a_jump_the_extra_hour_lies_where_the_log_is_silent_longest(stamps, wanted):
    assert [each[3:] for each in hours(log(*stamps))] == wanted


def test_a_few_seconds_out_of_order_are_no_jump():
    stamps = [
        "Oct 25 01:59:58",
        "Oct 25 02:00:03",
        "Oct 25 02:00:01",
        "Oct 25 02:40:00",
        "Oct 25 02:00:02",
        "Oct 25 02:00:00",
    ]
    assert [each[3:] for each in hours(log(*stamps))] == ["23:59", "00:00", "00:00", "00:40", "01:00", "01:00"]


def test_each_file_has_its_own_order_and_two_logs_in_one_file_have_theirs():
    stamps = ["Oct 25 01:50:00", "Oct 25 02:05:00", "Oct 25 02:55:00", "Oct 25 02:01:00", "Oct 25 03:00:00"]
    once = hours(log(*stamps))
    assert hours(log(*stamps), log(*stamps).replace("A17F", "B17F")) == once * 2
    assert hours(log(*stamps) + log(*stamps).replace("A17F", "B17F")) == once * 2


def test_a_log_in_two_slices_is_told_apart_like_one_in_a_single_slice(monkeypatch):
    before = ["Oct 25 01:50:00", "Oct 25 02:05:00", "Oct 25 02:30:00"]
    after = ["Oct 25 02:01:00", "Oct 25 02:50:00", "Oct 25 03:00:00"]
    deferral = to("deferred (connect to mx.fabrikam.com[192.0.2.69]:25: Connection timed out)", at="Oct 25 02:56:00")
    files = (log(*before) + deferral, log(*after).replace("A17F", "B17F"))
    whole = hours(*files)
    monkeypatch.setattr(slices, "SLICE", 1)
    assert (
        hours(*files) == whole == ["24 23:50", "25 00:05", "25 00:30", "25 00:56", "25 01:01", "25 01:50", "25 02:00"]
    )


def test_framed_lines_are_told_apart_as_well_and_those_with_an_offset_need_it_not():
    text = "".join(f"mail-1  | {line}\n" for line in log("Oct 25 02:50:00", "Oct 25 02:05:00").splitlines())
    text += "".join(f"Sun {line}\n" for line in log("2026-10-25 02:50:00 CEST", "2026-10-25 02:05:00 CET").splitlines())
    assert hours(text.replace("A17F83000", "B17F83000", 2)) == ["25 00:50", "25 01:05", "25 00:50", "25 01:05"]


@pytest.mark.parametrize(
    ("zone", "stamp", "wanted"),
    [
        ("Europe/Berlin", "Mar 29 02:30:00", "29 01:30"),
        ("America/New_York", "Mar  8 02:30:00", "08 07:30"),
        ("Australia/Lord_Howe", "Oct  4 02:15:00", "03 15:45"),
        ("Europe/Berlin", "2026-03-29T02:30:00", "29 01:30"),
    ],
)
def test_a_stamp_that_no_clock_showed_is_moved_forward(zone, stamp, wanted):
    assert hours(log(stamp), options=Options(timezone=zone, year=2026)) == [wanted]


@settings(max_examples=6, deadline=None)
@given(
    steps=st.lists(st.integers(1, 25), min_size=8, max_size=40),
    zone=st.sampled_from(["Europe/Berlin", "America/New_York"]),
)
def test_a_log_without_long_silence_is_read_in_the_order_it_was_written(steps, zone):
    from datetime import UTC, timedelta
    from zoneinfo import ZoneInfo

    at = (
        datetime(2026, 10, 24, 23, 30, tzinfo=UTC)
        if zone == "Europe/Berlin"
        else datetime(2026, 11, 1, 4, 30, tzinfo=UTC)
    )
    moments = [at := at + timedelta(minutes=step) for step in steps]
    text = log(*(f"{moment.astimezone(ZoneInfo(zone)):%b %d %H:%M:%S}" for moment in moments))
    shown = [event["event_time"] for event in read(text, options=Options(timezone=zone, year=2026))]
    assert shown == sorted(shown)
    outside = [
        (told, real)
        for told, real in zip(shown, moments, strict=True)
        if real.astimezone(ZoneInfo(zone)).hour not in (1, 2)
    ]
    assert all(told == real.replace(tzinfo=None) for told, real in outside)


def facts(year: int, month: int, said: int | None = None) -> FileFacts:
    return FileFacts("mail.log", year, month, Options(year=said))


@pytest.mark.parametrize(
    ("stamps", "known", "wanted"),
    [
        (["Feb 29 10:00:00"], facts(2026, 3), ["2024-02-29"]),
        (["Jan 31 10:00:00", "Feb 29 10:00:00", "Mar  1 10:00:00"], facts(2030, 6), ["2028-01-31", "2028-02-29", "2028-03-01"]),
        (["Dec 31 10:00:00", "Feb 29 10:00:00"], facts(2029, 2), ["2027-12-31", "2028-02-29"]),
        (["Feb 29 10:00:00"], facts(2028, 2), ["2028-02-29"]),
        (["Mar  1 10:00:00", "Dec 31 10:00:00", "Jan  1 10:00:00"], facts(2026, 5), ["2025-03-01", "2025-12-31", "2026-01-01"]),
        (["Mar  1 10:00:00", "Dec 31 10:00:00", "Feb  1 10:00:00"], facts(2026, 1), ["2024-03-01", "2024-12-31", "2025-02-01"]),
    ],
)  # fmt: skip
def test_the_months_and_leap_days_of_a_file_tell_its_years(stamps, known, wanted):
    import duckdb

    from mailtrend.formats._syslog import frame_sql

    with duckdb.connect() as con:
        con.execute(frame_sql(pa.chunked_array([log(*stamps).splitlines()]), known))
        found = [
            con.execute(f"SELECT CAST(classic_time('{each}') AS DATE)").fetchall()[0][0].isoformat() for each in stamps
        ]
    assert found == wanted


@pytest.mark.parametrize(
    ("stamps", "known", "words"),
    [
        (["Nov  1 10:00:00", "Jan  1 10:00:00", "Nov  2 10:00:00", "Jan  2 10:00:00"], facts(2026, 2), "more than once"),
        (["Feb 29 10:00:00"], facts(2026, 3), "taken to be of 2024, not of 2026"),
        (["Nov  1 10:00:00", "Jan  1 10:00:00"], facts(2026, 2), None),
        (["Feb 29 10:00:00"], facts(2026, 3, said=2024), None),
        (["2026-10-01T08:00:00Z"], facts(2026, 3), None),
    ],
)  # fmt: skip
def test_what_was_taken_for_granted_of_a_year_is_said(stamps, known, words):
    said = frame_remarks(pa.table({"text": log(*stamps).splitlines()}), known)
    assert len(said) == (words is not None)
    assert words is None or words in said[0]

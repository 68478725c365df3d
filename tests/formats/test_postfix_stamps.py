"""Postfix mail logs: stamps without a year or a zone become UTC."""

from __future__ import annotations

from datetime import datetime

import pyarrow as pa
import pytest

from mailtrend.errors import UsageError
from mailtrend.formats.base import FileFacts, Options
from mailtrend.formats.postfix import FORMAT
from support.maillog import one, read, to


@pytest.mark.parametrize(
    ("stamp", "zone", "wanted"),
    [
        ("Dec  7 13:28:02", "UTC", "2026-12-07T13:28:02"),
        ("Dec 07 13:28:02", "UTC", "2026-12-07T13:28:02"),
        ("Dec  7 13:28:02.250", "UTC", "2026-12-07T13:28:02.250"),
        ("Dec  7 13:28:02", "Europe/Berlin", "2026-12-07T12:28:02"),
        ("Sep 30 01:00:00", "America/New_York", "2026-09-30T05:00:00"),
        ("2026-08-26T01:33:38.572449+00:00", "Europe/Berlin", "2026-08-26T01:33:38.572449"),
        ("2026-08-26T01:33:38.572449-05:30", "UTC", "2026-08-26T07:03:38.572449"),
        ("2026-08-26T01:33:38+0200", "UTC", "2026-08-25T23:33:38"),
        ("2026-08-26T01:33:38Z", "Europe/Berlin", "2026-08-26T01:33:38"),
        ("2026-08-26T01:33:38", "Europe/Berlin", "2026-08-25T23:33:38"),
        ("<22>Dec  7 13:28:02", "UTC", "2026-12-07T13:28:02"),
        ("mail-1  | Dec  7 13:28:02", "UTC", "2026-12-07T13:28:02"),
    ],
)
def test_stamps_become_utc(stamp, zone, wanted):
    event = one(to("sent (250 Ok)", at=stamp), options=Options(timezone=zone, year=2026))
    assert event["event_time"] == datetime.fromisoformat(wanted)
    assert event["server"] == "mail"


def test_an_unknown_zone_is_refused():
    with pytest.raises(UsageError, match="Mars/Olympus"):
        read(to("sent (250 Ok)"), options=Options(timezone="Mars/Olympus"))


@pytest.mark.parametrize(
    ("months", "modified", "year", "wanted"),
    [
        (["Nov"], (2026, 11), None, [2026]),
        (["Nov", "Dec", "Jan"], (2027, 1), None, [2026, 2026, 2027]),
        (["Dec", "Jan"], (2027, 8), None, [2026, 2027]),
        (["Dec"], (2027, 1), None, [2026]),
        (["Mar", "Apr"], (2026, 4), None, [2026, 2026]),
        (["Dec", "Jan"], (2030, 1), 2026, [2026, 2027]),
        (["Jan", "Feb"], (2030, 1), 2026, [2026, 2026]),
    ],
)
def test_a_missing_year_comes_from_the_files_date_or_the_user(months, modified, year, wanted):
    text = "".join(to("sent (250 Ok)", at=f"{month}  2 10:00:00") for month in months)
    rows = pa.table({"text": text.splitlines()})
    words = FORMAT.prepare(rows, FileFacts("mail.log", *modified, Options(year=year)))
    found = [_year_of(words["frame"], month) for month in months]
    assert found == wanted


def _year_of(frame: str, month: str) -> int:
    import duckdb

    with duckdb.connect() as con:
        con.execute(frame)
        return int(con.execute(f"SELECT year(classic_time('{month}  2 10:00:00'))").fetchall()[0][0])


def test_rotated_files_of_one_log_are_read_together():
    facts = [FileFacts(f"mail.log.{month}", 2026, month, Options()) for month in (8, 9, 10)]
    words = [FORMAT.prepare(pa.table({"text": [to("sent", at=f"{month}  2 10:00:00")]}), each)
             for month, each in zip(("Jul", "Aug", "Oct"), facts, strict=True)]  # fmt: skip
    assert words[0] == words[1] == words[2]


def test_the_year_is_that_of_the_file_when_nobody_says():
    event = one(to("sent (250 Ok)", at="Jan  1 00:00:01"), options=Options())
    assert event["event_time"].year == datetime.now().year

"""Times in formats of the user's own: as they are said to be written, in their zone, and within bounds."""

from __future__ import annotations

from datetime import datetime

import pytest

from mailtrend.ingest.samples import sample_faults
from support.ownformats import LINES, TABLE, description, read, reasons, times


@pytest.mark.parametrize(
    ("said", "written", "hour"),
    [
        ('format = "epoch"', "1790841600", 8),
        ('format = "epoch"', "1790841600.000", 8),
        ('format = "epoch"', "1790841600000", 8),
        ('format = "epoch"', "1790841600000000", 8),
        ('format = "epoch"', "1790841600000000000", 8),
        ('format = "tai64n"', "@400000006abe130a00000000", 8),
        ('format = "%Y%m%d%H%M%S"', "20261001080000", 12),
        ('format = ["%d.%m.%Y-%H:%M", "%Y%m%d%H%M%S"]', "01.10.2026-08:00", 12),
        ('format = ["%d.%m.%Y-%H:%M", "%Y%m%d%H%M%S"]', "20261001080000", 12),
        ('format = "%d/%b/%Y:%H:%M:%S%z"', "01/Oct/2026:10:00:00+0200", 8),
        ('format = "%Y%m%d %H:%MZ"', "20261001 08:00Z", 8),
        ('timezone = "Europe/Berlin"', "2026-10-01T10:00:00", 8),
        ('timezone = "Europe/Berlin"', "2026-10-01T10:00:00Z", 10),
        ('format = "%Y%m%d%H%M%S"\ntimezone = "Europe/Berlin"', "20261001100000", 8),
        ("", "2026-10-01T04:00:00", 8),
        ("", "Thu, 01 Oct 2026 10:00:00 +0200", 8),
        ("", "01/Oct/2026:10:00:00 +0200", 8),
        ("", "2026-10-01 10:00:00.000 +02:00", 8),
        ("", "20261001T080000Z", 8),
        ("", "Thu Oct  1 04:00:00 2026", 8),
    ],
)
def test_times_are_read_as_they_are_said_to_be_written(said, written, hour):
    text = LINES.replace("[outcome]", f"[time]\n{said}\n[outcome]").replace(
        "\\S+) (?P<event>\\w+", ".+) (?P<event>sent"
    )
    assert times(read(text, f"{written} sent a@example.org\n", timezone="America/New_York")) == [
        datetime(2026, 10, 1, hour)
    ]


def test_a_day_in_a_column_of_its_own_stands_before_the_time():
    text = TABLE.replace('time = "When"', 'time = "Clock"\ndate = "Day"').replace("When,", "Day,Clock,")
    text = text.replace("2026-10-01 08:00:00,bo", "13/10/2026,08:00:00,bo").replace("2026-10-01T08", "2026-10-13T08")
    assert sample_faults(description(text)) == []
    trial = read(text, "Clock,To,What,Day\n9:30:00 PM,a@example.org,sent,10/13/2026\n,b@example.org,sent,\n")
    assert times(trial) == [datetime(2026, 10, 13, 21, 30)]
    assert reasons(trial) == ["no time"]


@pytest.mark.parametrize("form", ["any", "epoch", "tai64n", "%Y-%m-%d", "syslog"])
@pytest.mark.parametrize(
    "written", ["infinity", "-infinity", "nan", "1e400", "-1", "9" * 40, "0001-01-01", "9999-12-31", "@4000", "'", "@" + "f" * 24]
)  # fmt: skip
def test_a_time_that_cannot_be_meant_costs_its_row_and_nothing_else(form, written):
    text = LINES.replace("[outcome]", f'[time]\nformat = "{form}"\n[outcome]')
    trial = read(text, f"{written} sent a@example.org\n", year=2026)
    assert trial.counts["rejects"] == 1
    assert reasons(trial) == [f"unreadable time '{written}'"]


def test_stamps_of_a_syslog_get_their_year_and_both_passes_of_an_hour_that_comes_twice():
    text = LINES.replace("[outcome]", '[time]\nformat = "syslog"\n[outcome]').replace(
        "^(?P<time>\\S+) (?P<event>", "^(?P<time>\\w+ +\\d+ [\\d:]+) gw1 mailer: (?P<event>"
    )
    data = "".join(
        f"Oct 25 {clock} gw1 mailer: sent {name}@example.org\n"
        for clock, name in [
            ("01:50:00", "a"),
            ("02:10:00", "b"),
            ("02:50:00", "c"),
            ("02:05:00", "d"),
            ("03:00:00", "e"),
        ]
    )
    trial = read(text, data, timezone="Europe/Berlin", year=2026)
    assert [f"{when:%H:%M}" for when in times(trial)] == ["23:50", "00:10", "00:50", "01:05", "02:00"]
    wrapped = read(text, f"<22>{data.splitlines()[0]}\n", timezone="Europe/Berlin", year=2026)
    assert times(wrapped) == [datetime(2026, 10, 24, 23, 50)]

"""Day before month or month before day: decided on evidence, refused without."""

from __future__ import annotations

from datetime import datetime

import pyarrow as pa
import pytest

from mailtrend.errors import InputError
from mailtrend.formats.base import FileFacts, Options
from mailtrend.formats.culture import time_sql
from support.dates import evaluate, expression, read

WINDOW = ("start_date", "end_date")


@pytest.mark.parametrize(
    "texts", [["03/04/2026 08:00:00"], ["03/04/2026 08:00:00", "02/04/2026 08:00:00"], ["3-4-2026 8:00:00"],
              ["3/4/2026 8:00:00 AM"], ["03/04/26 08:00:00"]],
)  # fmt: skip
def test_two_readings_are_shown_and_refused(texts):
    with pytest.raises(InputError, match="3 April 2026 or 4 March 2026") as caught:
        expression(texts)
    assert caught.value.where == "export.csv"
    assert "--date-order dmy" in caught.value.mend
    assert "mdy" in caught.value.mend


def test_an_option_says_what_the_file_does_not():
    text = "03/04/2026 08:00:00"
    assert read(text, options=Options(date_order="dmy")) == [datetime(2026, 4, 3, 8)]
    assert read(text, options=Options(date_order="mdy")) == [datetime(2026, 3, 4, 8)]
    assert read("26/04/03 08:00:00", options=Options(date_order="ymd")) == [datetime(2026, 4, 3, 8)]


def test_a_day_over_twelve_stands_against_an_option_meant_for_other_files():
    assert read("9/13/2026 8:00:00", options=Options(date_order="dmy")) == [datetime(2026, 9, 13, 8)]


def test_years_of_two_digits_come_first_where_the_last_number_runs_through_the_month():
    assert read(*(f"26/10/{day:02d} 08:00:00" for day in (4, 3, 2))) == [
        datetime(2026, 10, day, 8) for day in (4, 3, 2)
    ]


def test_a_day_that_equals_its_month_leaves_nothing_to_decide():
    assert read("05/05/2026 08:00:00", "05/05/2026 07:00:00") == [datetime(2026, 5, 5, 8), datetime(2026, 5, 5, 7)]


def test_points_are_written_only_where_the_day_comes_first():
    assert read("03.04.2026 08:00:00") == [datetime(2026, 4, 3, 8)]


def test_a_month_with_and_a_day_without_a_zero_are_day_and_month():
    assert read("3/04/2026 8:00:00 am") == [datetime(2026, 4, 3, 8)]


def test_newest_first_decides_where_only_one_reading_falls():
    texts = ["01/06/2026 08:00:00", "10/05/2026 08:00:00", "09/05/2026 08:00:00"]
    assert read(*texts, newest_first=True) == [
        datetime(2026, 6, 1, 8), datetime(2026, 5, 10, 8), datetime(2026, 5, 9, 8),
    ]  # fmt: skip
    with pytest.raises(InputError):
        expression(texts)


def test_one_week_beats_half_a_year_of_which_each_month_has_one_day():
    days = [f"06/{day:02d}/2026 08:00:00" for day in range(8, 1, -1)]
    assert read(*days) == [datetime(2026, 6, day, 8) for day in range(8, 1, -1)]


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("10/06/2026 00:00:00", "14/06/2026 00:00:00", datetime(2026, 6, 11, 8)),
        ("11/01/2026 00:00:00", "11/08/2026 00:00:00", datetime(2026, 11, 6, 8)),
        ("08/06/2026 00:00:00", "12/06/2026 00:00:00", datetime(2026, 6, 11, 8)),
    ],
)
def test_the_query_window_decides(start, end, expected):
    rows = pa.table({"received": ["11/06/2026 08:00:00"], "start_date": [start], "end_date": [end]})
    sql = time_sql("received", rows, FileFacts("export.csv", 2026, 11, Options()), window=WINDOW)
    assert evaluate(sql, ["11/06/2026 08:00:00"]) == [expected]


def test_an_empty_window_decides_nothing():
    rows = pa.table({"received": ["11/06/2026 08:00:00"], "start_date": pa.nulls(1, pa.string()), "end_date": [""]})
    with pytest.raises(InputError):
        time_sql("received", rows, FileFacts("export.csv", 2026, 11, Options()), window=WINDOW)


def test_exports_of_two_machines_in_one_file_are_refused_unless_an_order_is_given():
    texts = ["25/12/2026 08:00:00", "12/26/2026 08:00:00"]
    with pytest.raises(InputError, match="mixes two ways"):
        expression(texts)
    assert read(*texts, options=Options(date_order="mdy")) == [None, datetime(2026, 12, 26, 8)]


def test_one_damaged_date_in_a_hundred_does_not_cost_the_file():
    good = [f"12/{13 + number % 18}/2026 {number // 60:02d}:{number % 60:02d}:00" for number in range(200)]
    assert read(*good, "25/11/2026 08:00:00", "1/2/2026 8:00:00 PM")[-2:] == [None, None]

"""Dates of any culture: what one program writes the other reads back, and what is no date is NULL."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailtrend.errors import InputError, UsageError
from mailtrend.formats._halfdays import KNOWN, PAIR_OF
from mailtrend.formats.base import Options
from support.dates import evaluate, expression, read


def twelve(first: str, second: str, *, before: bool = False) -> Callable[[datetime], str]:
    """A clock of twelve hours with these words, behind the time or before it."""

    def write(at: datetime) -> str:
        word, clock = first if at.hour < 12 else second, f"{at.hour % 12 or 12}:{at:%M:%S}"
        return f"{word} {clock}" if before else f"{clock} {word}"

    return write


def day(at: datetime, pattern: str) -> str:
    return pattern.format(d=at.day, m=at.month, y=at.year, dd=f"{at.day:02d}", mm=f"{at.month:02d}")


def culture(pattern: str, clock: str | Callable[[datetime], str], gap: str = " ") -> Callable[[datetime], str]:
    def write(at: datetime) -> str:
        return day(at, pattern) + gap + (at.strftime(clock) if isinstance(clock, str) else clock(at))

    return write


CULTURES = {
    "en-US": culture("{m}/{d}/{y}", twelve("AM", "PM")),
    "en-US, narrow blank": culture("{m}/{d}/{y}", lambda at: twelve("AM", "PM")(at).replace(" ", "\u202f")),
    "invariant": culture("{mm}/{dd}/{y}", "%H:%M:%S"),
    "en-GB": culture("{dd}/{mm}/{y}", "%H:%M:%S"),
    "en-AU": culture("{d}/{mm}/{y}", twelve("am", "pm")),
    "de-DE": culture("{dd}.{mm}.{y}", "%H:%M:%S"),
    "cs-CZ": culture("{d}. {m}. {y}", "%H:%M:%S"),
    "bg-BG": culture("{d}.{m}.{y} г.", "%H:%M:%S"),
    "nl-NL": culture("{d}-{m}-{y}", "%H:%M:%S"),
    "da-DK": culture("{dd}-{mm}-{y}", "%H:%M:%S"),
    "fi-FI": culture("{d}.{m}.{y}", "%H.%M.%S"),
    "it-IT": culture("{dd}/{mm}/{y}", "%H.%M.%S"),
    "es-ES": culture("{d}/{m}/{y}", "%H:%M:%S"),
    "es-MX": culture("{dd}/{mm}/{y}", twelve("a.\xa0m.", "p.\xa0m.")),
    "es-CO": culture("{d}/{mm}/{y}", twelve("a. m.", "p. m.")),
    "es-PE": culture("{d}/{mm}/{y}", twelve("a.m.", "p.m.")),
    "el-GR": culture("{d}/{m}/{y}", twelve("πμ", "μμ")),
    "vi-VN": culture("{d}/{m}/{y}", twelve("SA", "CH")),
    "zh-TW": culture("{y}/{m}/{d}", twelve("上午", "下午", before=True)),
    "ja-JP": culture("{y}/{mm}/{dd}", "%H:%M:%S"),
    "ko-KR": culture("{y}-{mm}-{dd}", twelve("오전", "오후", before=True)),
    "hu-HU": culture("{y}. {mm}. {dd}.", "%H:%M:%S"),
    "sv-SE": culture("{y}-{mm}-{dd}", "%H:%M:%S"),
    "th-TH": lambda at: culture("{d}/{m}/{y}", "%H:%M:%S")(at).replace(str(at.year), str(at.year + 543)),
    "ar-SA": lambda at: "\u200f" + culture("{d}/{m}/{y}", twelve("ص", "م"))(at),
    "month by name": lambda at: at.strftime("%d-%b-%y %H:%M:%S"),
    "ISO": lambda at: at.strftime("%Y-%m-%dT%H:%M:%S"),
    "ISO with seven decimals": lambda at: at.strftime("%Y-%m-%dT%H:%M:%S.0000000Z"),
    "ISO with an offset": lambda at: (at + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M:%S+02:00"),
    "OData": lambda at: f"/Date({int(at.replace(tzinfo=UTC).timestamp()) * 1000})/",
}
DECIDING = datetime(2026, 10, 31, 23, 59, 58)
"""Newer than all that the property draws, and on a day that no month can be."""
MOMENTS = st.datetimes(datetime(2021, 1, 1), datetime(2026, 10, 30)).map(lambda at: at.replace(microsecond=0))


@pytest.mark.parametrize("name", CULTURES)
@settings(max_examples=20, deadline=None)
@given(moments=st.lists(MOMENTS, min_size=1, max_size=20))
def test_any_time_reads_back_where_the_file_decides_the_order(name, moments):
    times = [DECIDING, *moments]
    assert read(*map(CULTURES[name], times)) == times


@pytest.mark.parametrize("pair", KNOWN)
def test_every_word_for_half_a_day_reads_back_before_and_behind_the_time(pair):
    times = [datetime(2026, 10, 31, hour, 5, 9) for hour in (0, 1, 11, 12, 13, 23)]
    for before in (False, True):
        write = culture("{y}/{m}/{d}", twelve(*pair, before=before))
        assert read(*map(write, times)) == times


def test_no_word_for_half_a_day_means_both():
    assert len(PAIR_OF) == 2 * len(KNOWN)
    assert not [pair for pair in KNOWN if pair[0] in pair[1] or pair[1] in pair[0]]


def test_the_usual_case_is_one_strptime_a_row_and_nothing_before_it():
    sql = expression(["9/13/2026 1:05:09 PM", "9/1/2026 1:05:09 AM"])
    assert "coalesce(try_strptime(received, '%m/%d/%Y %I:%M:%S %p'), utc_time(received))" in sql
    assert sql.count("try_strptime") == 2  # tested and given: the engine works out equal expressions once


def test_files_of_one_culture_are_read_by_the_same_words_whatever_their_dates():
    assert expression(["9/13/2026 1:05:09 PM"]) == expression(
        ["", None, "12/31/2025 11:05:09 AM", "1/1/2026 1:05:09 AM"]
    )


def test_forms_that_the_first_rows_show_are_all_read_and_iso_always():
    texts = ["9/13/2026 1:05:09 PM", "9/13/2026 1:05:09 PM.", "13.09.2026 14:00:00", "2026-09-13T15:00:00Z"]
    assert read(*texts) == [
        datetime(2026, 9, 13, 13, 5, 9), None, datetime(2026, 9, 13, 14), datetime(2026, 9, 13, 15),
    ]  # fmt: skip
    sql = expression(texts[:1])
    assert evaluate(sql, ["2026-09-13T15:00:00Z"]) == [datetime(2026, 9, 13, 15)]


@pytest.mark.parametrize("text", ["", "Received", "soon", "9/31/2026 1:05:09 PM", "13/13/2026 08:00:00", "infinity",
                                  "0001-01-01T00:00:00", "9999-12-31 23:59:59", "/Date(x)/"])  # fmt: skip
def test_what_is_no_date_is_null(text):
    assert read("9/13/2026 1:05:09 PM", text) == [datetime(2026, 9, 13, 13, 5, 9), None]


def test_a_year_of_two_digits_is_not_read_as_one_of_four():
    sql = expression(["13/09/2026 08:00:00"])
    assert evaluate(sql, ["13/09/26 08:00:00"]) == [None]


@pytest.mark.parametrize("texts", [[], [None], [""], ["nonsense"]])
def test_a_file_without_dates_is_read_as_iso(texts):
    assert evaluate(expression(texts), ["2026-09-13 15:00:00"]) == [datetime(2026, 9, 13, 15)]


def test_another_calendar_is_refused():
    with pytest.raises(InputError, match="another calendar"):
        expression(["1405/07/10 08:00:00"])


@settings(max_examples=20, deadline=None)
@given(moment=MOMENTS)
def test_a_zone_moves_what_names_none_and_leaves_the_rest(moment):
    options = Options(timezone="America/New_York")
    zone = ZoneInfo("America/New_York")
    local = moment.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None)
    if local.replace(tzinfo=zone).utcoffset() != local.replace(tzinfo=zone, fold=1).utcoffset():
        return  # the hour that comes twice is nobody's to decide
    naive, zoned = local.strftime("%Y-%m-%dT%H:%M:%S"), moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    german = local.strftime("%d.%m.%Y %H:%M:%S")
    assert read(naive, zoned, german, options=options) == [moment] * 3


@pytest.mark.parametrize("zone", ["Nowhere/Town", "x'); DROP TABLE raw; --", "../etc/passwd", ""])
def test_a_zone_that_does_not_exist_is_bad_usage(zone):
    with pytest.raises(UsageError, match="no time zone"):
        expression(["2026-09-13 15:00:00"], options=Options(timezone=zone))

"""What holds an incident back, and what must not."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import polars as pl
import pytest

from mailtrend import detect
from mailtrend.detect import hours as hourly
from mailtrend.detect.baseline import Baseline, with_straying
from mailtrend.detect.gates import tried_anew
from mailtrend.detect.hours import Hours
from mailtrend.detect.likelihood import gain, overdispersed_gain, two_sample_gain
from mailtrend.detect.multiplicity import q_values

T0 = datetime(2026, 9, 7)
HOURS = 4 * 168


def frame(
    failures: dict[int, int], *, attempts: int = 20, hours: int = HOURS, **columns: dict[int, int]
) -> pl.DataFrame:
    """Steady attempts, with failures in the given hours; other columns by hour too, else absent."""
    told = {name: [values.get(hour, 0) for hour in range(hours)] for name, values in columns.items()}
    return pl.DataFrame(
        {
            "series_id": ["s"] * hours,
            "ts": [T0 + timedelta(hours=hour) for hour in range(hours)],
            "attempts": [max(attempts, failures.get(hour, 0)) for hour in range(hours)],
            "failures": [failures.get(hour, 0) for hour in range(hours)],
            **told,
        }
    )


def test_an_outage_is_found_to_the_hour() -> None:
    found = detect.find(frame(dict.fromkeys(range(300, 330), 19))).to_dicts()
    assert len(found) == 1
    assert found[0]["started_at"] == T0 + timedelta(hours=300)
    assert found[0]["ended_at"] == T0 + timedelta(hours=330)
    assert found[0]["failures"] == 30 * 19


def test_four_failures_are_never_an_incident() -> None:
    assert detect.find(frame(dict.fromkeys(range(300, 304), 1))).is_empty()


def test_one_mailbox_tried_again_and_again_is_no_incident() -> None:
    hours = range(300, 324)
    one = dict.fromkeys(hours, 1)
    assert detect.find(frame(dict.fromkeys(hours, 4), messages=one, recipients=one)).is_empty()


def test_the_same_attempts_of_many_recipients_are_one() -> None:
    hours = range(300, 324)
    four = dict.fromkeys(hours, 4)
    found = detect.find(frame(four, messages=four, recipients=four))
    assert found["started_at"].to_list() == [T0 + timedelta(hours=300)]


def test_few_recipients_are_an_incident_where_deliveries_stop_altogether() -> None:
    """On a quiet route an hour has one or two recipients; what tells is that nobody is delivered to any more."""
    one_or_two = {hour: 1 + (hour % 3 == 0) for hour in range(300, 340)}
    rows = frame(one_or_two, attempts=1, messages=one_or_two, recipients=one_or_two)
    assert detect.find(rows)["started_at"].to_list() == [T0 + timedelta(hours=300)]


def test_one_full_mailbox_is_no_incident_even_where_hardly_anybody_else_is_written_to() -> None:
    tried = dict.fromkeys(range(300, 396), 4)
    one = dict.fromkeys(tried, 1)
    assert detect.find(frame(tried, attempts=1, messages=one, recipients=one)).is_empty()


def test_twice_the_traffic_with_the_same_rate_is_no_incident() -> None:
    rows = frame(dict.fromkeys(range(0, HOURS, 2), 1))
    busy = rows.with_columns(
        pl.when(pl.col("ts") >= T0 + timedelta(hours=400)).then(pl.col(name) * 8).otherwise(pl.col(name)).alias(name)
        for name in ("attempts", "failures")
    )
    assert detect.find(busy).is_empty()


def test_what_the_series_does_every_few_days_is_a_habit() -> None:
    weekly = {start + hour: 9 for start in range(40, HOURS, 75) for hour in range(3)}
    assert detect.find(frame(weekly)).is_empty()


def test_one_mad_hour_does_not_make_a_long_incident() -> None:
    mad = {300: 60} | dict.fromkeys(range(301, 340, 6), 1)
    found = detect.find(frame(mad)).to_dicts()
    assert all(row["ended_at"] - row["started_at"] <= timedelta(hours=2) for row in found)


def test_hours_without_data_are_not_silence() -> None:
    rows = frame(dict.fromkeys(range(0, HOURS, 50), 1))
    gap = rows.filter(~pl.col("ts").is_between(T0 + timedelta(hours=300), T0 + timedelta(hours=400)))
    assert detect.find(gap).is_empty()


def test_an_incident_goes_on_over_a_night_without_mail() -> None:
    rows = frame(dict.fromkeys(range(300, 372), 18)).with_columns(
        pl.when(pl.col("ts").dt.hour().is_between(7, 19)).then(pl.col(name)).otherwise(0).alias(name)
        for name in ("attempts", "failures")
    )
    found = detect.find(rows).to_dicts()
    assert len(found) == 1
    assert found[0]["ended_at"] == T0 + timedelta(hours=372)


def test_it_is_still_going_until_three_failures_were_missed() -> None:
    ends_now = detect.find(frame(dict.fromkeys(range(640, HOURS), 18))).to_dicts()[0]
    ended = detect.find(frame(dict.fromkeys(range(640, HOURS - 1), 18))).to_dicts()[0]
    assert (ends_now["ended_at"], ends_now["state"]) == (None, "ongoing")
    assert (ended["ended_at"], ended["state"]) == (T0 + timedelta(hours=HOURS - 1), "resolved")


def test_a_route_that_never_worked_since_it_began_is_a_new_code() -> None:
    rows = frame(dict.fromkeys(range(400, HOURS), 5), attempts=0)
    found = detect.find(rows).to_dicts()
    assert [(row["kind"], row["started_at"]) for row in found] == [("new_code", T0 + timedelta(hours=400))]


def test_a_zoned_time_and_one_as_text_mean_the_same_as_utc() -> None:
    rows = frame(dict.fromkeys(range(300, 330), 19))
    zoned = rows.with_columns(pl.col("ts").dt.replace_time_zone("UTC").dt.convert_time_zone("Asia/Tokyo"))
    text = rows.with_columns(pl.col("ts").dt.strftime("%Y-%m-%dT%H:%M:%SZ"))
    starts = [detect.find(each)["started_at"].to_list() for each in (rows, zoned, text)]
    assert starts == [[T0 + timedelta(hours=300)]] * 3


def test_gain_is_the_poisson_log_likelihood_ratio_upward_only() -> None:
    assert float(gain(10.0, 2.0)) == pytest.approx(10 * np.log(5) - 8)
    assert float(gain(2.0, 10.0)) == 0.0


def test_overdispersion_only_ever_takes_evidence_away() -> None:
    for alpha in (0.0, 0.1, 1.0, 10.0):
        assert overdispersed_gain(40, 4, alpha) <= overdispersed_gain(40, 4, 0.0)
    assert overdispersed_gain(40, 4, 1e-8) == pytest.approx(float(gain(40.0, 4.0)), rel=1e-3)


def test_a_baseline_of_few_hours_proves_less_than_one_of_many() -> None:
    assert two_sample_gain(40, 4, 1, 1) < two_sample_gain(40, 4, 100, 100) < float(gain(40.0, 4.0))


def test_q_values_are_those_of_benjamini_and_hochberg() -> None:
    # By hand: sorted p .01 .02 .04 of four tests give .04, .04, .0533.
    q = q_values(np.array([0.04, 0.01, 0.02]), tested=4)
    assert q.tolist() == pytest.approx([0.04 * 4 / 3, 0.04, 0.04])


def by_day(rates: list[float]) -> dict[int, int]:
    """Failures of whole days that fail at these rates, of 400 attempts an hour; every hour of a day alike."""
    return {24 * day + hour: round(400 * rate) for day, rate in enumerate(rates) for hour in range(24)}


def test_weeks_that_stray_from_day_to_day_stand_above_many_calm_days_and_not_above_a_few() -> None:
    calm, straying = [0.01, 0.012, 0.01, 0.01, 0.012], [0.02, 0.12, 0.03, 0.08, 0.02, 0.11]
    few = frame(by_day(calm[:4] + straying * 4), attempts=400)
    assert detect.find(few).is_empty()
    assert any("strays that far by itself" in sentence for sentence in detect.why_not(few, "s"))
    many = detect.find(frame(by_day(calm * 2 + straying * 3), attempts=400)).to_dicts()
    assert [(row["kind"], row["state"]) for row in many] == [("sustained", "ongoing")]


def hours_of(frame: pl.DataFrame) -> Hours:
    return next(hourly.each(frame))


def test_who_is_tried_again_and_again_is_no_exposure() -> None:
    told = dict.fromkeys(range(10), 8)
    hours = hours_of(frame(told, attempts=10, hours=10, messages=told, recipients=told))
    # 100 tries, 80 of them failing; where a quarter of these are somebody new, 20 + 20 of 100 are exposure.
    assert tried_anew(hours, slice(0, 10), 0.25) == pytest.approx(0.4)
    assert tried_anew(hours, slice(0, 10), 1.0) == pytest.approx(1.0)


def test_a_rate_is_never_taken_to_stray_without_bounds() -> None:
    hours = hours_of(frame({5: 9000}, attempts=10, hours=240))
    quiet = np.ones(240, dtype=np.bool_)
    # One wild hour among hours that hardly expect anything: unbounded, its day alone would make it a hundred and more.
    spoiled = Baseline(1e-5, np.full(240, 1e-3), 1.0, (0.0, 0.0, 0.0))
    assert with_straying(hours, spoiled, quiet).alpha == (8.0, 4.0, 2.0)


def test_two_outages_with_good_days_between_are_two_though_the_first_ends_slowly() -> None:
    first = dict(zip(range(104, 111), (1, 2, 4, 8, 11, 13, 5), strict=True))
    second = dict(zip(range(178, 184), (2, 6, 7, 8, 9, 7), strict=True))
    told = first | second
    mail = frame(told, attempts=2, hours=336, messages=told, recipients=told)
    late = pl.col("ts") == T0 + timedelta(hours=110)
    mail = mail.with_columns(pl.when(late).then(24).otherwise("attempts").alias("attempts"))
    found = detect.find(mail).to_dicts()
    assert [row["started_at"] for row in found] == [T0 + timedelta(hours=104), T0 + timedelta(hours=178)]
    # An hour in which most is delivered again is not of the outage any more.
    assert [row["ended_at"] for row in found] == [T0 + timedelta(hours=110), T0 + timedelta(hours=184)]


def test_an_outage_on_and_off_within_a_day_stays_one() -> None:
    stop = dict.fromkeys([*range(300, 306), *range(312, 318), *range(324, 330)], 20)
    assert detect.find(frame(stop)).height == 1

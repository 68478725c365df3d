"""The scorer of the bench, on incidents and flags whose figures were worked out by hand."""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl

from detect.score import score

MONDAY = datetime(2026, 3, 2)
KINDS = {"kind": pl.String, "also": pl.String, "care": pl.Boolean, "ongoing": pl.Boolean}
TIMES = {"onset": pl.Datetime("us"), "first_seen": pl.Datetime("us"), "end": pl.Datetime("us")}


def at(hour):
    return MONDAY + timedelta(hours=hour)


def incident(series, onset, end, kind="sustained", *, seen=None, care=True, ongoing=False, also=""):
    first_seen = at(onset if seen is None else seen)
    return {
        "series_id": series, "onset": at(onset), "first_seen": first_seen, "end": at(end),
        "kind": kind, "also": also, "care": care, "ongoing": ongoing,
    }  # fmt: skip


def flag(series, onset, end, kind="sustained"):
    return {"series_id": series, "onset": at(onset), "end": at(end), "kind": kind}


def scored(labels, flags, series="abcdefgh"):
    truth = pl.DataFrame(labels, schema={"series_id": pl.String} | TIMES | KINDS)
    told = pl.DataFrame(
        flags, schema={"series_id": pl.String, "onset": TIMES["onset"], "end": TIMES["end"], "kind": pl.String}
    )
    return score(pl.Series(list(series)), truth, told).score


def test_a_flag_at_the_right_time_is_true_and_its_errors_count_from_the_first_sign():
    found = scored(
        [incident("a", 100, 150, seen=104), incident("b", 100, 150, seen=104), incident("c", 100, 150)],
        [flag("a", 102, 149), flag("b", 107, 160)],
    )
    assert (found.true, found.missed, found.false, found.fragments) == (2, 1, 0, 0)
    # The first lies between onset and first sign; the second came three hours after the sign and ended ten too late.
    assert (found.onset_median, found.end_median) == (1.5, 5.5)
    assert (found.precision, round(found.recall, 3), found.f1) == (1.0, 0.667, 0.8)


def test_each_kind_has_a_tolerance_of_its_own():
    labels = [
        incident("a", 100, 104, "burst"), incident("b", 100, 104, "burst"),
        incident("c", 100, 200), incident("d", 100, 200),
        incident("e", 100, 200, ongoing=True), incident("f", 100, 200, ongoing=True),
        incident("g", 100, 300, "drift"), incident("h", 100, 300, "drift"),
    ]  # fmt: skip
    hours = {"a": 103, "b": 104, "c": 112, "d": 113, "e": 124, "f": 125, "g": 220, "h": 221}
    found = scored(labels, [flag(series, hour, hour + 20) for series, hour in hours.items()])
    assert (found.true, found.missed, found.false) == (4, 4, 4)


def test_a_second_flag_inside_a_found_incident_is_a_fragment_and_an_endless_one_matches_nothing():
    found = scored(
        [incident("a", 100, 150), incident("b", 100, 110)],
        [flag("a", 100, 120), flag("a", 130, 150), flag("b", 100, 189)],
    )
    assert (found.true, found.missed, found.false, found.fragments) == (1, 1, 1, 1)
    assert scored([incident("b", 100, 110)], [flag("b", 100, 188)]).true == 1


def test_what_nobody_could_see_is_neither_missed_nor_an_alarm_when_flagged():
    found = scored(
        [incident("a", 100, 150, care=False), incident("b", 100, 150, care=False)],
        [flag("a", 101, 150), flag("b", 140, 145)],
    )
    assert (found.incidents, found.true, found.missed, found.false, found.f1) == (0, 0, 0, 0, 0.0)


def test_alarms_count_on_series_without_any_label_only():
    found = scored([incident("a", 100, 150, care=False)], [flag("a", 1, 2), flag("b", 1, 2), flag("b", 5, 6)])
    assert (found.quiet, found.quiet_flags, found.false) == (7, 2, 3)
    assert found.alarms == 2000 / 7


def test_two_incidents_of_a_series_get_the_flag_that_is_nearest_to_each():
    found = scored(
        [incident("a", 100, 110), incident("a", 112, 140)],
        [flag("a", 111, 140), flag("a", 99, 110)],
    )
    assert (found.true, found.false, found.fragments, found.onset_median) == (2, 0, 0, 1.0)


def test_a_kind_is_right_by_any_of_its_names():
    found = scored(
        [
            incident("a", 100, 150, "step"),
            incident("b", 100, 150, also="burst new_code"),
            incident("c", 1, 50, "silent"),
        ],
        [flag("a", 100, 150), flag("b", 100, 150, "new_code"), flag("c", 1, 50, "drift")],
    )
    assert round(found.kind, 3) == 0.667
    assert found.recall_by_kind == {"silence": (1, 1), "sustained": (2, 2)}
    assert scored([incident("a", 100, 150)], [flag("a", 100, 150, "")]).kind is None

"""Incidents that come back, and those that outlive their data."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa

from mailtrend.diagnose.revisions import taken_back
from mailtrend.diagnose.standing import remembered
from support.onefact import BEGUN, DAY, GOING, HOUR, NEXT, NOW, OVER, WHOLE, one, run

AGAIN = replace(GOING, started_at=BEGUN + 3 * DAY)


def test_what_fails_again_within_a_week_of_a_told_end_is_reopened_and_each_time_has_its_own_row() -> None:
    first = run(OVER)
    second = run(OVER, AGAIN, before=first)
    was, back = second.to_pylist()
    assert was == one(first)
    assert (back["state"], back["started_at"], back["incident_id"] == was["incident_id"]) == (
        "reopened", AGAIN.started_at, False)  # fmt: skip
    assert back["evidence"][-1] == (
        "It has come back after 2 days: the same failed here from Thu 22 Oct 2026 09:00 UTC to Thu 22 Oct 2026 15:00 UTC "
        f"(incident {was['incident_id']}), and what ended it did not hold"
    )
    assert run(OVER, AGAIN, before=second)["state"].to_pylist() == ["resolved", "reopened"]
    over = replace(AGAIN, ended_at=NOW - DAY)
    assert run(OVER, over, before=second)["state"].to_pylist() == ["resolved", "resolved"]


def test_in_one_run_over_both_the_second_time_is_new_under_the_same_id_as_in_two_runs() -> None:
    at_once = run(OVER, AGAIN)
    assert at_once["state"].to_pylist() == ["resolved", "new"]
    assert at_once["incident_id"] == run(OVER, AGAIN, before=run(OVER))["incident_id"]
    assert at_once["evidence"][1].as_py()[-1].startswith("It has come back after 2 days")


def test_what_fails_again_later_than_a_week_is_new_and_names_the_earlier_time() -> None:
    later = replace(GOING, started_at=BEGUN + 9 * DAY)
    _, back = run(OVER, later, before=run(OVER)).to_pylist()
    assert back["state"] == "new"
    assert back["evidence"][-1].startswith("The same failed here 8 days before: from Thu 22 Oct 2026 09:00 UTC to")


def test_the_times_it_failed_before_are_counted_and_those_elsewhere_are_not() -> None:
    middle = replace(OVER, started_at=BEGUN + DAY, ended_at=BEGUN + DAY + HOUR)
    elsewhere = replace(OVER, destination="mx.example.net", started_at=BEGUN + 2 * DAY, ended_at=BEGUN + 2 * DAY + HOUR)
    back = run(OVER, middle, elsewhere, AGAIN).to_pylist()[-1]
    assert back["evidence"][-1].endswith("did not hold; 2 times since Thu 22 Oct 2026 09:00 UTC")
    assert "from Fri 23 Oct 2026 09:00 UTC" in back["evidence"][-1]


def test_an_incident_whose_data_were_taken_out_stays_as_it_was_told_but_is_over() -> None:
    first = run(OVER, AGAIN)
    kept, going = run(AGAIN, before=first, oldest=BEGUN + 2 * DAY).to_pylist()
    assert kept == first.to_pylist()[0] | {"revisions": kept["revisions"]}
    assert "no longer in the lake" in kept["revisions"][0]
    assert (going["state"], going["evidence"]) == ("ongoing", first.to_pylist()[1]["evidence"])
    again = run(AGAIN, before=pa.Table.from_pylist([kept, going], schema=first.schema), oldest=BEGUN + DAY)
    assert again.to_pylist()[0] == kept


def test_an_incident_that_outlived_its_data_is_found_again_when_they_come_back() -> None:
    kept = run(before=run(OVER), oldest=BEGUN + 2 * DAY)
    assert run(OVER, before=kept)["incident_id"] == kept["incident_id"]
    assert one(run(OVER, before=kept))["revisions"] == []


def test_an_incident_that_was_open_when_its_data_were_taken_out_is_over() -> None:
    kept = one(run(before=run(GOING), oldest=NOW - DAY))
    assert (kept["state"], kept["ended_at"], kept["at_risk"], kept["next_expiry"]) == ("resolved", NOW - DAY, 0, None)


def test_an_incident_whose_first_days_were_taken_out_keeps_its_id_and_says_when_it_began() -> None:
    first = run(GOING, now=BEGUN + DAY)
    rest = one(run(replace(GOING, started_at=NOW - 5 * DAY), before=first, oldest=NOW - 5 * DAY))
    assert rest["incident_id"] == one(first)["incident_id"]
    assert "It began on Thu 22 Oct 2026 09:00 UTC, as was told" in rest["revisions"][0]


def test_an_incident_that_one_run_did_not_find_has_its_id_back_when_the_next_one_does() -> None:
    first = run(GOING, now=NOW - 2 * DAY)
    missed = run(NEXT, before=first, now=NOW - DAY)
    known = remembered(first, missed)
    assert known.num_rows == 2
    later = run(NEXT, replace(GOING, status_code="5.4.315"), before=known)
    by_place = {row["destination"]: row for row in later.to_pylist()}
    again = by_place["mx.example.com"]
    assert (again["incident_id"], again["state"], again["found_at"]) == (
        one(first)["incident_id"], "ongoing", NOW - 2 * DAY)  # fmt: skip
    assert "The last run did not find it; with the data of now it stands out again" in again["revisions"]
    assert by_place["mx.example.net"]["state"] == "ongoing"


def test_what_was_taken_back_is_named_once_told_no_more_and_forgotten_after_a_month() -> None:
    first, empty = run(OVER, now=BEGUN + DAY), run()
    known = remembered(first, empty)
    assert len(taken_back(first.to_pylist(), [])) == 1
    assert taken_back(known.to_pylist(), []) == []
    assert run(before=known, oldest=NOW).num_rows == 0
    assert remembered(known, empty).num_rows == 1
    assert remembered(known, run(replace(NEXT, started_at=BEGUN + 50 * DAY), now=BEGUN + 51 * DAY)).num_rows == 1


def test_what_goes_on_in_another_incident_is_not_remembered_apart() -> None:
    both = run(GOING, NEXT)
    assert remembered(both, run(WHOLE, before=both)).num_rows == 1

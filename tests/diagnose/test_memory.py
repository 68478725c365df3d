"""Incidents are followed from run to run: one id, whatever later data change in it, and what they changed is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pyarrow as pa
import pytest

from mailtrend.diagnose import Facts
from mailtrend.diagnose.facts import Rung
from mailtrend.diagnose.revisions import taken_back
from support.onefact import BEGUN, DAY, GOING, HOUR, NEXT, NOW, OVER, WHOLE, one, run


def test_an_incident_is_new_then_ongoing_then_resolved_then_reopened_under_one_id() -> None:
    first = run(GOING)
    second = run(replace(GOING, failures=120), before=first)
    third = run(replace(GOING, ended_at=datetime(2026, 11, 1, 12)), before=second)
    fourth = run(GOING, before=third)
    fifth = run(GOING, before=fourth)
    tables = (first, second, third, fourth, fifth)
    assert [one(table)["state"] for table in tables] == ["new", "ongoing", "resolved", "reopened", "reopened"]
    assert len({one(table)["incident_id"] for table in tables}) == 1
    assert {one(table)["found_at"] for table in tables} == {NOW}


@pytest.mark.parametrize("hours", [-3, -1, 1, 3, 14, 30])
def test_the_id_stays_when_the_onset_moves(hours: int) -> None:
    first = run(GOING)
    moved = replace(GOING, started_at=GOING.started_at + timedelta(hours=hours))
    assert run(moved, before=first)["incident_id"] == first["incident_id"]


def test_the_id_needs_no_earlier_run_when_the_onset_moves_by_an_hour_over_midnight() -> None:
    evening = replace(GOING, started_at=datetime(2026, 10, 21, 23))
    night = replace(GOING, started_at=datetime(2026, 10, 22, 0))
    assert run(evening)["incident_id"] == run(night)["incident_id"]


def test_another_code_place_or_tenant_is_another_incident() -> None:
    others = [
        replace(GOING, status_code="4.4.317", codes=("4.4.317",)),
        replace(GOING, connector=None),
        replace(GOING, destination="mx.example.net"),
        replace(GOING, tenant="fabrikam"),
        replace(GOING, kind="silence", status_code=None, cause=None, codes=()),
        replace(GOING, started_at=datetime(2026, 8, 1), ended_at=datetime(2026, 8, 2)),
    ]
    table = run(GOING, *others, before=run(GOING))
    assert len(set(table["incident_id"].to_pylist())) == 7
    assert table["state"].to_pylist().count("ongoing") == 1


def test_two_incidents_at_one_place_on_one_day_do_not_share_an_id() -> None:
    morning = replace(OVER, ended_at=datetime(2026, 10, 22, 11))
    noon = replace(OVER, started_at=datetime(2026, 10, 22, 11, 30))
    first = run(morning, noon)
    again = run(noon, morning, before=first)
    assert len(set(first["incident_id"].to_pylist())) == 2
    assert again["incident_id"].to_pylist() == first["incident_id"].to_pylist()


LATER = {
    "begun earlier, as older data came": (replace(GOING, started_at=BEGUN - 2 * DAY), "It began 2 days earlier than told"),
    "begun later": (replace(GOING, started_at=BEGUN + 3 * HOUR), "It began 3 hours later than told"),
    "ended": (
        replace(GOING, ended_at=NOW - DAY),
        "told as going on; later data show that it ended on Sun 1 Nov 2026 00:00 UTC",
    ),
    "another kind": (replace(GOING, kind="new_code"), "It is of kind new code now (was told: sustained)"),
    "the next rung of the ladder": (
        replace(GOING, codes=("4.4.315", "5.4.315", "4.4.317"),
                rungs=(Rung("4.4.315", None, BEGUN, NOW - DAY, 80), Rung("4.4.317", None, NOW - DAY, None, 10))),
        "",
    ),
    "the next rung as its main code": (
        replace(GOING, status_code="4.4.317", codes=("4.4.317",), rungs=(Rung("4.4.315", None, BEGUN, NOW - DAY, 80),)),
        "It fails with 4.4.317 as well (was told: 4.4.315)",
    ),
    "its twin": (replace(GOING, status_code="5.4.315"), ""),
    "all of the connector": (WHOLE, "It is now over all destinations of connector A (was told: at mx.example.com over"),
    "one address": (replace(GOING, scope="remote_ip", remote_ip="192.0.2.7"), "It is now at the address 192.0.2.7 alone"),
    "all connectors": (replace(WHOLE, scope="all", connector=None), "It is now over all connectors"),
    "more failures": (
        replace(GOING, failures=131, messages=62, lost=8),
        "Data up to Mon 2 Nov 2026 00:00 UTC added 41 failures and 12 messages; 3 more messages lost",
    ),
    "fewer failures": (replace(GOING, failures=89), "it has 1 failure fewer than told"),
    "mail that was given up": (replace(GOING, lost=6), "tell what became of more of its mail; 1 more message lost"),
    "another cause": (
        replace(GOING, cause="connection_refused"),
        "Its main cause is connection refused now (was told: connection timed out)",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("found", "said"), LATER.values(), ids=LATER)
def test_what_later_data_change_in_it_is_told_and_the_id_stays(found: Facts, said: str) -> None:
    first = run(GOING)
    later = one(run(found, before=first))
    assert later["incident_id"] == one(first)["incident_id"]
    assert later["found_at"] == one(first)["found_at"]
    assert said in "\n".join(later["revisions"])
    assert [line for line in later["revisions"] if "None" in line] == []


def test_an_incident_that_shrinks_from_the_whole_connector_to_one_destination_is_the_same() -> None:
    first = run(WHOLE)
    later = one(run(GOING, before=first))
    assert later["incident_id"] == one(first)["incident_id"]
    assert "at mx.example.com over connector A alone (was told: over all destinations" in later["revisions"][0]


def test_nothing_new_is_no_revision() -> None:
    assert one(run(GOING, before=run(GOING)))["revisions"] == []
    assert one(run(GOING))["revisions"] == []


def test_an_end_that_was_told_is_taken_back() -> None:
    later = one(run(GOING, before=run(OVER)))
    assert later["state"] == "reopened"
    assert (
        "It was told as ended on Thu 22 Oct 2026 15:00 UTC; later data show it going on: what ended it did not hold"
        in later["revisions"]
    )


def test_two_that_become_one_go_on_under_the_older_id_and_the_other_is_named() -> None:
    first = run(GOING, now=NOW - 3 * DAY)
    both = run(GOING, replace(NEXT, started_at=BEGUN - HOUR), before=first)
    known = {row["destination"]: row["incident_id"] for row in both.to_pylist()}
    merged = one(run(WHOLE, before=both))
    assert merged["incident_id"] == known["mx.example.com"]
    told = f"1 incident that was told apart is part of it now: {known['mx.example.net']}"
    assert told in merged["revisions"]
    assert taken_back(both.to_pylist(), [merged]) == []


def test_one_that_splits_leaves_its_id_to_the_likest_part_and_is_named_by_the_other() -> None:
    first = run(WHOLE)
    parts = run(replace(GOING, started_at=BEGUN + 30 * HOUR), NEXT, before=first).to_pylist()
    by_place = {row["destination"]: row for row in parts}
    assert by_place["mx.example.net"]["incident_id"] == one(first)["incident_id"]
    other = by_place["mx.example.com"]
    assert (other["state"], other["found_at"]) == ("ongoing", NOW)
    assert f"told as a part of incident {one(first)['incident_id']}" in other["revisions"][0]


def test_a_destination_that_is_no_member_of_a_roll_up_is_not_part_of_it() -> None:
    third = run(replace(GOING, destination="mx.example.org"))
    assert one(run(WHOLE, before=third))["state"] == "new"


def test_an_incident_that_later_data_take_back_is_dropped_and_named() -> None:
    first = run(GOING, NEXT)
    later = run(NEXT, before=first)
    assert later.num_rows == 1
    [said] = taken_back(first.to_pylist(), later.to_pylist())
    assert said.startswith("4.4.315 over connector A to mx.example.com, told as begun on Thu 22 Oct 2026 09:00 UTC")


def test_incidents_of_a_version_that_knew_fewer_columns_go_on() -> None:
    first = one(run(GOING))
    fewer = dict.fromkeys(
        ("scope", "status_codes", "revisions", "found_at", "remote_ip", "lost", "owner", "messages", "failures")
    )
    before = pa.Table.from_pylist([first | fewer], schema=run().schema)
    later = one(run(replace(WHOLE, failures=99), before=before))
    assert (later["incident_id"], later["found_at"], later["state"]) == (first["incident_id"], NOW, "ongoing")


@pytest.mark.parametrize("change", [lambda facts: facts, lambda facts: replace(facts, failures=95)])
def test_the_same_run_again_gives_the_very_same(change: Callable[[Facts], Facts]) -> None:
    before = run(GOING, OVER, NEXT)
    found = [change(each) for each in (GOING, OVER, WHOLE, NEXT)]
    assert run(*found, before=before).equals(run(*reversed(found), before=before))

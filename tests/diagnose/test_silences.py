"""Silences as cases: of a place, of a whole connector, and none of their own where mail is failing already."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from mailtrend.diagnose import Case, merged

FRIDAY = datetime(2026, 10, 23, 18)


def at(hours: float) -> datetime:
    return FRIDAY + timedelta(hours=hours)


def key(name: str, destination: str | None, scope: str = "pair", **columns: Any) -> dict[str, Any]:
    """A series over connector A, to one destination or to all; its name stands for it."""
    base = {"series_id": name, "scope": scope, "tenant": "default", "status_code": "4.4.316", "cause": None}
    domains = [f"{destination}.example.com"] if destination else []
    return base | {"connector": "A", "destination": destination, "remote_ip": None, "domains": domains} | columns


def finding(name: str, first: float, last: float | None, kind: str = "silence") -> dict[str, Any]:
    counts = {"failures": 0 if kind == "silence" else 80, "expected": 0.0, "p_value": 1e-9, "evidence": ["seen"]}
    ended = None if last is None else at(last)
    return {"series_id": name, "started_at": at(first), "ended_at": ended, "kind": kind} | counts


KEYS = [
    key("x", "x"), key("y", "y"), key("z", "z"), key("x2", "x", status_code="4.7.320"), key("A", None, "connector"),
    key("A2", None, "connector", status_code="4.7.320"), key("to x", "x", "destination", connector=None),
    key("B", "x", connector="B"), key("all", None, "all", connector=None),
]  # fmt: skip


def told(*findings: dict[str, Any]) -> list[tuple[str, str | None, str]]:
    """Kind, destination and scope of the cases that come of them."""
    return [(case.kind, case.destination, case.scope) for case in merged(findings, KEYS)]


def test_all_destinations_that_fall_silent_with_their_connector_are_one_silence_of_it() -> None:
    findings = [finding(name, first, 60) for name, first in (("x", 0), ("y", -5), ("x2", 0), ("A", 0), ("A2", 0))]
    (case,) = merged(findings, KEYS)
    assert (case.scope, case.connector, case.destination, case.status_code) == ("connector", "A", None, None)
    assert (case.started_at, case.ended_at, case.members) == (at(0), at(60), 2)
    assert case.domains == {"x.example.com", "y.example.com"}


def test_a_connector_with_one_destination_of_weight_is_told_as_that_destination() -> None:
    assert told(finding("x", 0, 60), finding("A", 0, 60)) == [("silence", "x", "pair")]


def test_destinations_that_fall_silent_while_their_connector_does_not_are_told_apart() -> None:
    assert told(finding("x", 0, 60), finding("y", 0, 60)) == [("silence", "x", "pair"), ("silence", "y", "pair")]


def test_a_destination_that_was_silent_for_days_before_stays_a_silence_of_its_own() -> None:
    found = told(finding("z", -90, None), finding("x", 0, 60), finding("y", 1, 60), finding("A", 1, 60))
    assert found == [("silence", "z", "pair"), ("silence", None, "connector")]


def test_silences_over_a_destination_or_over_everything_are_not_told() -> None:
    assert told(finding("to x", 0, 60), finding("all", 0, 60)) == []


@pytest.mark.parametrize(
    ("name", "scope"), [("x", "pair"), ("A", "connector"), ("to x", "destination"), ("all", "all")]
)
def test_a_weekend_without_mail_at_a_place_whose_mail_fails_is_no_second_incident(name: str, scope: str) -> None:
    found = merged([finding(name, -100, None, "sustained"), finding("x", 0, 60)], KEYS)
    assert [(case.kind, case.scope) for case in found] == [("sustained", scope)]


def test_a_silent_connector_is_told_though_one_of_its_destinations_was_failing() -> None:
    found = told(finding("z", -100, None, "sustained"), *(finding(name, 0, 60) for name in ("x", "y", "z", "A")))
    assert found == [("sustained", "z", "pair"), ("silence", None, "connector")]


@pytest.mark.parametrize("other", [finding("x", -100, -50, "sustained"), finding("x", 20, 60, "sustained"),
                                   finding("y", -100, None, "sustained"), finding("B", -100, None, "sustained")])  # fmt: skip
def test_a_silence_stands_beside_what_was_over_what_came_later_and_what_is_elsewhere(other: dict[str, Any]) -> None:
    cases: list[Case] = merged([other, finding("x", 0, 60)], KEYS)
    assert sorted(case.kind for case in cases) == ["silence", "sustained"]

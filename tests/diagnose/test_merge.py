"""One outage is one incident, over however many places and codes its findings lie."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from mailtrend.diagnose import merged

T0 = datetime(2026, 10, 5, 8)


def key(series_id: str, scope: str = "pair", **columns: Any) -> dict[str, Any]:
    base = {"series_id": series_id, "scope": scope, "tenant": "default", "status_code": "4.4.316", "cause": None}
    return base | {"connector": "A", "destination": f"{series_id}.example.com", "domains": ["example.com"]} | columns


def finding(series_id: str, hour: float, failures: int = 100, **columns: Any) -> dict[str, Any]:
    base = {"series_id": series_id, "started_at": T0 + timedelta(hours=hour), "ended_at": None, "kind": "sustained"}
    return base | {"failures": failures, "expected": 0.1, "p_value": 1e-9, "evidence": ["seen"]} | columns


def whole() -> dict[str, Any]:
    return key("all", "connector", destination=None)


def names(findings: list[dict[str, Any]], keys: list[dict[str, Any]]) -> list[str]:
    return sorted(case.series_id for case in merged(findings, keys))


def test_several_destinations_of_one_connector_that_fail_together_are_one_incident() -> None:
    findings = [finding("d1", 0), finding("d2", 1), finding("d3", 2), finding("all", 0, 300)]
    (case,) = merged(findings, [key("d1"), key("d2"), key("d3"), whole()])
    assert (case.series_id, case.members, case.failures) == ("all", 3, 300)


def test_one_pair_that_holds_most_of_it_stands_for_itself() -> None:
    findings = [finding("d1", 0, 290), finding("d2", 0, 10), finding("all", 0, 300)]
    assert names(findings, [key("d1"), key("d2"), whole()]) == ["d1", "d2"]


def test_a_pair_that_starts_on_another_day_stays_an_incident_of_its_own() -> None:
    findings = [finding("d1", 0), finding("d2", 0), finding("d3", 30), finding("all", 0, 300)]
    assert names(findings, [key("d1"), key("d2"), key("d3"), whole()]) == ["all", "d3"]


def test_many_small_pairs_that_only_show_together_are_one_incident() -> None:
    assert names([finding("all", 0)], [whole()]) == ["all"]


def test_both_ways_of_adding_up_do_not_tell_it_twice() -> None:
    other = key("host", "destination", connector=None, destination="d1.example.com")
    assert names([finding("all", 0), finding("host", 1)], [whole(), other]) == ["all"]


def test_another_code_at_the_same_place_stays_apart() -> None:
    keys = [key("d1"), key("d2", status_code="4.7.320", destination="d1.example.com")]
    assert names([finding("d1", 0), finding("d2", 0)], keys) == ["d1", "d2"]


def test_mail_that_only_says_that_time_ran_out_belongs_to_what_failed_before() -> None:
    keys = [key("d1"), key("d2", status_code="4.4.7", destination="d1.example.com")]
    assert names([finding("d1", 0), finding("d2", 24)], keys) == ["d1"]


def test_failures_without_any_reason_belong_to_the_incident_of_the_same_domain() -> None:
    bare = key("d2", status_code=None, connector=None, destination="example.com")
    assert names([finding("d1", 0), finding("d2", 2)], [key("d1"), bare]) == ["d1"]


def test_failures_without_any_reason_stand_alone_where_nothing_else_failed() -> None:
    bare = key("d2", status_code=None, connector=None, destination="example.net", domains=["example.net"])
    assert names([finding("d1", 0), finding("d2", 2)], [key("d1"), bare]) == ["d1", "d2"]


def test_a_silent_place_is_told_once_whatever_codes_it_knows() -> None:
    place = {"destination": "mx.example.com"}
    keys = [key("d1", **place), key("d2", status_code="4.7.320", **place), whole()]
    found = merged([finding(name, 0, 0, kind="silence") for name in ("d1", "d2", "all")], keys)
    assert [(case.kind, case.status_code, case.connector) for case in found] == [("silence", None, "A")]

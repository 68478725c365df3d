"""At which level an outage is told, and what of one place is one fault: ladders, echoes, codes side by side."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from mailtrend.diagnose import Case, Sight, merged

T0 = datetime(2026, 10, 5, 8)


def at(hours: float) -> datetime:
    return T0 + timedelta(hours=hours)


def key(series_id: str, code: str = "4.4.316", scope: str = "pair", **columns: Any) -> dict[str, Any]:
    base = {"series_id": series_id, "scope": scope, "tenant": "default", "status_code": code, "cause": None}
    return base | {"connector": "A", "destination": "x", "remote_ip": None, "domains": ["example.com"]} | columns


def finding(series_id: str, first: float, last: float | None, failures: int = 100, **columns: Any) -> dict[str, Any]:
    ended = None if last is None else at(last)
    base = {"series_id": series_id, "started_at": at(first), "ended_at": ended, "kind": "sustained"}
    return base | {"failures": failures, "expected": 0.1, "p_value": 1e-9, "evidence": ["seen"]} | columns


def codes(case: Case) -> list[str | None]:
    return [fault.status_code for fault in case.faults]


def test_codes_one_after_another_at_one_place_are_the_rungs_of_one_case() -> None:
    findings = [finding("a", 0, 6), finding("b", 6, 11), finding("c", 10, 25)]
    (case,) = merged(findings, [key("a"), key("b", "4.4.317"), key("c", "4.7.320")])
    assert (case.started_at, case.ended_at, case.status_code, case.failures) == (at(0), at(25), "4.7.320", 300)
    assert [rung.status_code for rung in case.rungs] == ["4.4.316", "4.4.317", "4.7.320"]


def test_a_code_that_comes_a_day_later_or_elsewhere_is_no_rung() -> None:
    keys = [key("a"), key("b", "4.4.317"), key("c", "4.7.320", destination="y")]
    assert len(merged([finding("a", 0, 6), finding("b", 30, 40), finding("c", 6, 9)], keys)) == 3


def test_a_fault_that_falls_back_on_the_way_of_a_connection_is_another_one() -> None:
    keys = [key("a", "4.7.320"), key("b", "4.4.316")]
    assert len(merged([finding("a", 0, 6), finding("b", 6, 11)], keys)) == 2


def test_returned_mail_does_not_hide_that_the_next_rung_has_begun() -> None:
    sights = [Sight(waiting_until=at(6)), Sight(waiting_until=at(12))]
    findings = [finding("a", 0, 30), finding("b", 6, 12)]
    (case,) = merged(findings, [key("a"), key("b", "4.4.317")], sights)
    assert case.ended_at == at(12)


def test_time_outs_beside_refusals_at_one_place_are_one_fault_named_for_the_more_frequent() -> None:
    (case,) = merged([finding("a", 0, 9, 40), finding("b", 1, 10, 90)], [key("a", "4.4.315"), key("b", "4.4.316")])
    assert (case.status_code, codes(case), case.started_at, case.ended_at) == (
        "4.4.316", ["4.4.315", "4.4.316"], at(0), at(10))  # fmt: skip


def test_mail_returned_a_day_after_a_fault_belongs_to_it_and_does_not_lengthen_it() -> None:
    sights = [Sight(waiting_until=at(8)), Sight(only_returned=True)]
    findings = [finding("a", 0, 8), finding("a", 24, 30, 20)]
    (case,) = merged(findings, [key("a")], sights, {(1, 0): 1.0})
    assert (case.started_at, case.ended_at, case.failures) == (at(0), at(8), 120)


def test_retries_that_fail_on_show_that_a_fault_lasted_on() -> None:
    findings = [finding("a", 0, 2), finding("a", 5, 7, 20)]
    (case,) = merged(findings, [key("a")], (), {(1, 0): 0.9})
    assert case.ended_at == at(7)


def test_new_messages_that_fail_later_are_an_incident_of_their_own() -> None:
    assert len(merged([finding("a", 0, 2), finding("a", 5, 7, 20)], [key("a")], (), {(1, 0): 0.5})) == 2


def ip(series_id: str) -> dict[str, Any]:
    return key(series_id, scope="remote_ip", remote_ip="192.0.2.26", destination=None)


def test_one_address_that_fails_while_others_deliver_stands_for_its_place() -> None:
    (case,) = merged([finding("a", 0, 9, 100), finding("b", 0, 9, 96)], [key("a"), ip("b")])
    assert (case.scope, case.remote_ip) == ("remote_ip", "192.0.2.26")


def test_an_address_with_half_of_the_failures_or_without_a_working_sibling_is_not_told() -> None:
    (half,) = merged([finding("a", 0, 9, 100), finding("b", 0, 9, 50)], [key("a"), ip("b")])
    sights = [Sight(), Sight(others_deliver=False)]
    (alone,) = merged([finding("a", 0, 9, 100), finding("b", 0, 9, 96)], [key("a"), ip("b")], sights)
    assert (half.scope, alone.scope) == ("pair", "pair")


def whole(series_id: str, code: str = "4.4.316", scope: str = "all") -> dict[str, Any]:
    return key(series_id, code, scope, connector=None if scope == "all" else "A", destination=None)


def test_most_connectors_at_once_are_one_incident_over_all() -> None:
    keys = [key("a"), key("b", connector="B"), key("c", connector="C"), whole("all")]
    findings = [finding("a", 0, 3), finding("b", 1, 3), finding("c", 0, 3), finding("all", 0, 3, 300)]
    sights = [Sight(frozenset({n}), 1, 5) for n in (1, 2, 3)] + [Sight(frozenset({1, 2, 3}), 5, 5)]
    (case,) = merged(findings, keys, sights)
    assert (case.scope, case.members, case.connector) == ("all", 3, None)


def test_two_of_many_places_that_fail_at_once_stay_two_incidents() -> None:
    keys = [key("a"), key("b", connector="B"), whole("all")]
    findings = [finding("a", 0, 3), finding("b", 1, 3), finding("all", 0, 3, 200)]
    sights = [Sight(frozenset({1}), 1, 9), Sight(frozenset({2}), 1, 9), Sight(frozenset({1, 2}), 9, 9)]
    assert [case.scope for case in merged(findings, keys, sights)] == ["pair", "pair"]


@pytest.mark.parametrize("second", ["4.4.316", "4.4.317"])
def test_two_places_that_fail_beside_one_that_delivers_stay_two_incidents_in_a_small_tenant(second: str) -> None:
    keys = [key("a"), key("b", second, connector="B"), whole("all")]
    findings = [finding("a", 0, 3), finding("b", 1, 3), *([finding("all", 0, 3, 200)] if second == "4.4.316" else [])]
    sights = [Sight(frozenset({1}), 1, 3), Sight(frozenset({2}), 1, 3), Sight(frozenset({1, 2}), 3, 3)]
    assert [case.scope for case in merged(findings, keys, sights[: len(findings)])] == ["pair", "pair"]


def test_the_codes_of_one_network_fault_over_most_places_are_one_incident_over_all() -> None:
    keys = [key("a", "4.4.312"), key("b", "4.4.315", connector="B"), key("c", "4.4.318", connector="C")]
    findings = [finding("a", 0, 3), finding("b", 1, 4, 150), finding("c", 0, 3)]
    (case,) = merged(findings, keys, [Sight(frozenset({n}), 1, 4) for n in (1, 2, 3)])
    assert (case.scope, case.status_code, case.ended_at, case.failures) == ("all", "4.4.315", at(4), 350)
    assert codes(case) == ["4.4.312", "4.4.318", "4.4.315"]


def test_a_limit_on_the_tenant_is_of_all_mail_however_thin_it_shows() -> None:
    code = "5.7.705"
    keys = [key("a", code), whole("all", code)]
    sights = [Sight(frozenset({1}), 1, 90), Sight(frozenset({1, 2, 3}), 90, 90)]
    assert [case.scope for case in merged([finding("a", 0, 9), finding("all", 0, 9, 110)], keys, sights)] == ["all"]


def test_a_roll_up_that_lies_at_one_place_is_told_as_that_place() -> None:
    sight = Sight(frozenset({7}), 6, 6, worst=7, share_of_worst=0.99)
    (case,) = merged([finding("all", 0, 9)], [key("a", place=7), whole("all")], [sight])
    assert (case.scope, case.series_id, case.connector, case.destination) == ("pair", "a", "A", "x")


def test_returns_that_name_no_connector_belong_to_the_outage_their_mail_failed_in() -> None:
    keys = [key("a"), key("b", "5.0.350", connector=None, destination="example.com")]
    sights = [Sight(waiting_until=at(9)), Sight(only_returned=True)]
    assert len(merged([finding("a", 0, 9), finding("b", 24, 33, 30)], keys, sights, {(1, 0): 1.0})) == 1

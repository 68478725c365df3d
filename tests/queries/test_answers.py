"""What the queries about failures answer about the small week, counted by hand."""

from __future__ import annotations

import pytest

from support.smallweek import ask, at


def test_failures_by_code(week):
    columns = "status_code title class failures lost messages recipients share first_failure last_failure"
    assert ask(week, "failures-by-code", columns) == [
        ("4.4.316", "Connection refused", "transient", 3, 0, 2, 1, 0.3, at("02 10:00:10"), at("03 12:00")),
        (None, None, None, 2, 1, 1, 1, 0.2, at("05 07:00"), at("08 21:00")),
        ("4.4.312", "DNS query failed", "transient", 1, 0, 1, 1, 0.1, at("08 20:00:30"), at("08 20:00:30")),
        ("4.7.1", "Try later", "transient", 1, 0, 1, 1, 0.1, at("04 08:00"), at("04 08:00")),
        ("5.4.316", "Expired, refused", "permanent", 1, 1, 1, 1, 0.1, at("03 10:00:20"), at("03 10:00:20")),
        ("5.7.1", "Not allowed", "permanent", 1, 1, 1, 1, 0.1, at("04 09:00"), at("04 09:00")),
        ("5.7.610", "Banned address", "permanent", 1, 1, 1, 1, 0.1, at("08 06:00"), at("08 06:00")),
    ]


def test_a_period_takes_in_its_beginning_and_leaves_out_its_end(week):
    found = ask(
        week, "failures-by-code", "status_code failures share", since="2026-11-02 10:00:10", until="2026-11-03 12:00"
    )
    assert found == [("4.4.316", 2, pytest.approx(2 / 3)), ("5.4.316", 1, pytest.approx(1 / 3))]


def test_a_tenant_nobody_has_fails_nowhere(week):
    assert ask(week, "failures-by-code", "failures", tenant="fabrikam") == []


def test_the_share_is_of_all_failures_also_where_the_list_is_cut(week):
    assert ask(week, "failures-by-code", "status_code share", top="1") == [("4.4.316", 0.3)]


def test_failures_by_connector(week):
    columns = (
        "connector attempts delivered failures failure_rate lost messages recipients share main_code last_delivered"
    )
    assert ask(week, "failures-by-connector", columns) == [
        ("To Fabrikam", 6, 2, 4, pytest.approx(4 / 6), 1, 2, 1, 0.4, "4.4.316", at("03 12:30")),
        (None, 3, 0, 3, 1.0, 2, 3, 3, 0.3, "4.4.312", None),
        ("Branch", 3, 1, 2, pytest.approx(2 / 3), 1, 1, 1, 0.2, "5.7.610", at("05 07:30")),
        ("smtp", 2, 1, 1, 0.5, 0, 1, 1, 0.1, "4.7.1", at("04 08:20")),
    ]


def test_failures_by_destination(week):
    columns = "destination attempts delivered failures lost messages recipients main_code first_failure last_failure"
    assert ask(week, "failures-by-destination", columns) == [
        ("mail.fabrikam.com", 6, 2, 4, 1, 2, 1, "4.4.316", at("02 10:00:10"), at("03 12:00")),
        ("smtp.branch.contoso.com", 3, 1, 2, 1, 1, 1, "5.7.610", at("05 07:00"), at("08 06:00")),
        ("mx.northwindtraders.com", 2, 1, 1, 0, 1, 1, "4.7.1", at("04 08:00"), at("04 08:00")),
        ("contoso.com", 1, 0, 1, 1, 1, 1, "5.7.1", at("04 09:00"), at("04 09:00")),
        ("example.com", 1, 0, 1, 1, 1, 1, None, at("08 21:00"), at("08 21:00")),
        ("tailspintoys.com", 1, 0, 1, 0, 1, 1, "4.4.312", at("08 20:00:30"), at("08 20:00:30")),
    ]


def test_failures_over_time_by_day(week):
    columns = "start attempts delivered failures failure_rate lost messages recipients share"
    assert ask(week, "failures-over-time", columns) == [
        (at("02"), 3, 1, 2, pytest.approx(2 / 3), 0, 1, 1, 0.2),
        (at("03"), 3, 1, 2, pytest.approx(2 / 3), 1, 2, 1, 0.2),
        (at("04"), 3, 1, 2, pytest.approx(2 / 3), 1, 2, 2, 0.2),
        (at("05"), 2, 1, 1, 0.5, 0, 0, 0, 0.1),
        (at("08"), 3, 0, 3, 1.0, 2, 3, 3, 0.3),
    ]


def test_failures_over_time_by_hour_and_week_and_for_one_place(week):
    by_hour = ask(week, "failures-over-time", "start attempts failures", bucket="hour", connector="To Fabrikam")
    assert by_hour == [
        (at("02 09:00"), 1, 0),
        (at("02 10:00"), 1, 1),
        (at("02 11:00"), 1, 1),
        (at("03 10:00"), 1, 1),
        (at("03 12:00"), 2, 1),
    ]
    assert ask(week, "failures-over-time", "start attempts failures", bucket="week") == [(at("02"), 14, 10)]
    narrowed = {"bucket": "WEEK", "code": "4.4.316", "destination": "Mail.Fabrikam.com"}
    assert ask(week, "failures-over-time", "start attempts failures share", **narrowed) == [(at("02"), 6, 3, 1.0)]


def test_failures_cube(week):
    columns = "status_code connector destination cause failures lost messages recipients share"
    refused = ("To Fabrikam", "mail.fabrikam.com", "connection_refused")
    assert ask(week, "failures-cube", columns) == [
        ("4.4.316", *refused, 3, 0, 2, 1, 0.3),
        ("4.4.312", None, "tailspintoys.com", "dns_server_failure", 1, 0, 1, 1, 0.1),
        ("4.7.1", "smtp", "mx.northwindtraders.com", "greylisted", 1, 0, 1, 1, 0.1),
        ("5.4.316", *refused, 1, 1, 1, 1, 0.1),
        ("5.7.1", None, "contoso.com", "access_denied", 1, 1, 1, 1, 0.1),
        ("5.7.610", "Branch", "smtp.branch.contoso.com", "spam_or_reputation", 1, 1, 1, 1, 0.1),
        (None, "Branch", "smtp.branch.contoso.com", "connection_timed_out", 1, 0, 0, 0, 0.1),
        (None, None, "example.com", None, 1, 1, 1, 1, 0.1),
    ]
    assert ask(week, "failures-cube", "status_code failures share", connector="Branch") == [
        ("5.7.610", 1, 0.5),
        (None, 1, 0.5),
    ]


def test_connector_recipients_tells_who_still_gets_mail_there(week):
    columns = (
        "recipient attempts delivered failures messages last_delivered last_failure failures_since recipients share"
    )
    assert ask(week, "connector-recipients", columns, connector="To Fabrikam") == [
        ("cy@fabrikam.com", 5, 1, 4, 2, at("03 12:30"), at("03 12:00"), 0, 2, pytest.approx(5 / 6)),
        ("bo@fabrikam.com", 1, 1, 0, 1, at("02 09:00:05"), None, 0, 2, pytest.approx(1 / 6)),
    ]
    branch = ask(week, "connector-recipients", "recipient failures_since", destination="SMTP.branch.contoso.com")
    assert branch == [("hal@branch.contoso.com", 0), ("ida@branch.contoso.com", 1), (None, 1)]


def test_failing_recipients(week):
    columns = "recipient failures lost messages senders share main_code first_failure last_failure"
    assert ask(week, "failing-recipients", columns, top="3") == [
        ("cy@fabrikam.com", 4, 1, 2, 2, 0.4, "4.4.316", at("02 10:00:10"), at("03 12:00")),
        ("dan@tailspintoys.com", 1, 0, 1, 1, 0.1, "4.4.312", at("08 20:00:30"), at("08 20:00:30")),
        ("eve@example.com", 1, 1, 1, 1, 0.1, None, at("08 21:00"), at("08 21:00")),
    ]
    assert ask(week, "failing-recipients", "recipient messages")[-1] == (None, 0)


def test_failing_senders(week):
    columns = "sender failures lost messages recipients share main_code"
    assert ask(week, "failing-senders", columns) == [
        ("anna@contoso.com", 6, 3, 4, 4, 0.6, "4.4.316"),
        ("bea@contoso.com", 2, 0, 2, 2, 0.2, "4.4.312"),
        ("x@example.net", 1, 1, 1, 1, 0.1, "5.7.1"),
        (None, 1, 0, 0, 0, 0.1, None),
    ]

"""What the queries about queues, delays, weeks, messages and sources answer about the small week, counted by hand."""

from __future__ import annotations

import pytest

from mailtrend import warehouse
from support import smallweek
from support.lakes import event
from support.smallweek import DETAIL, EXTENDED, POSTFIX, SEND, TRACE, ask, at


def test_queued_now_counts_down_to_the_moment_exchange_online_gives_up(week):
    columns = (
        "recipient sender destination outcome status_code cause deferrals first_seen hours_queued expires_at hours_left"
    )
    assert ask(week, "queued-now", columns) == [
        ("dan@tailspintoys.com", "bea@contoso.com", "tailspintoys.com", "deferred", "4.4.312", "dns_server_failure", 1,
         at("08 20:00"), 1.0, at("09 20:00"), 23.0),
    ]  # fmt: skip
    assert ask(week, "queued-now", "hours_left", as_of="2026-11-09 19:30") == [(0.5,)]


@pytest.mark.parametrize("as_of", ["2026-11-09 20:00", "2026-11-08 19:59"])
def test_a_message_is_not_queued_after_its_expiry_nor_before_it_was_seen(week, as_of):
    assert ask(week, "queued-now", "recipient", as_of=as_of) == []


def test_mail_that_waits_at_the_client_is_not_in_a_queue_of_ours(tmp_path):
    refused = event(at("02 08:00"), source=POSTFIX, event="reject: RCPT", outcome="deferred", direction="inbound",
                    sender="x@example.com", recipient="erp@contoso.com", status_code="4.1.8")  # fmt: skip
    ours = event(at("02 08:00"), source=POSTFIX, event="status=deferred", outcome="deferred", direction="outbound",
                 sender="erp@contoso.com", recipient="x@example.com", status_code="4.4.1", queue_id="4X1")  # fmt: skip
    lake = smallweek.filled(tmp_path / "lake", [refused, ours])
    with warehouse.connect(lake.root) as con:
        assert ask(con, "queued-now", "recipient") == [("x@example.com",)]


def test_delivered_late(week):
    columns = (
        "connector destination delivered late late_share failures messages recipients share measured "
        "p50_seconds p95_seconds longest_seconds"
    )
    assert ask(week, "delivered-late", columns) == [
        ("To Fabrikam", "mail.fabrikam.com", 2, 1, 0.5, 1, 1, 1, 0.5, 2, 902.5, pytest.approx(1710.25), 1800.0),
        ("smtp", "mx.northwindtraders.com", 1, 1, 1.0, 1, 1, 1, 0.5, 1, 1202.0, 1202.0, 1202.0),
        ("Branch", "smtp.branch.contoso.com", 1, 0, 0.0, 0, 0, 0, 0.0, 1, 0.0, 0.0, 0.0),
    ]
    assert ask(week, "delivered-late", "late", minutes="0.05")[0] == (2,)


def test_tls_versions(week):
    columns = "connector tls_version attempts share failures messages recipients destinations first_seen last_seen"
    assert ask(week, "tls-versions", columns) == [
        ("Branch", "TLS1.2", 2, pytest.approx(2 / 3), 1, 2, 2, 1, at("05 07:30"), at("08 06:00")),
        ("Branch", None, 1, pytest.approx(1 / 3), 1, 0, 0, 1, at("05 07:00"), at("05 07:00")),
        ("smtp", "TLS1.3", 1, 0.5, 0, 1, 1, 1, at("04 08:20"), at("04 08:20")),
        ("smtp", None, 1, 0.5, 1, 1, 1, 1, at("04 08:00"), at("04 08:00")),
    ]


def test_week_against_week(week):
    columns = "status_code destination trend failures failures_before change ratio messages messages_before weeks_seen"
    found = ask(week, "week-against-week", columns, until="2026-11-10")
    refused = "mail.fabrikam.com"
    assert ("4.4.316", refused, "less", 1, 2, -1, 0.5, 1, 1, 2) in found
    assert ("5.4.316", refused, "new", 1, 0, 1, None, 1, 0, 1) in found
    later = ask(week, "week-against-week", columns, until="2026-11-13")
    assert ("4.4.316", refused, "gone", 0, 3, -3, 0.0, 0, 2, 1) in later
    assert [row for row in later if row[0] == "4.4.312"] == [
        ("4.4.312", "tailspintoys.com", "new", 1, 0, 1, None, 1, 0, 1)
    ]


def test_this_week_ends_with_the_newest_event_unless_told_otherwise(week):
    found = ask(week, "week-against-week", "failures failures_before share")
    assert sum(row[0] for row in found) == 10
    assert sum(row[1] for row in found) == 0
    assert sum(row[2] for row in found) == pytest.approx(1.0)


def test_unknown_codes(week):
    columns = "status_code reply_code covered_by cause failures messages recipients share sources example"
    assert ask(week, "unknown-codes", columns) == [
        ("5.7.610", 550, "5.7.606-649", "spam_or_reputation", 1, 1, 1, 0.1, [SEND], "550 5.7.610 banned"),
        (None, None, None, "connection_timed_out", 1, 0, 0, 0.1, [SEND], "Failed to connect. Error Code: 10060"),
        (None, None, None, None, 1, 1, 1, 0.1, [TRACE], None),
    ]


@pytest.mark.parametrize("message", ["<m2@contoso.com>", "M2@CONTOSO.COM", "m2"])
def test_message_history_follows_one_message_through_every_source(week, message):
    found = ask(week, "message-history", "event_time source outcome path", message=message)
    assert [row[1:3] for row in found] == [
        (TRACE, "failed"),
        (EXTENDED, "deferred"),
        (DETAIL, "deferred"),
        (DETAIL, "deferred"),
        (EXTENDED, "expired"),
    ]
    assert {row[3] for row in found} == {"f1.log"}


def test_message_history_of_a_queue_id_an_address_or_nothing(week):
    assert ask(week, "message-history", "outcome", message="a1") == [("deferred",), ("delivered",)]
    assert len(ask(week, "message-history", "outcome", recipient="CY@fabrikam.com")) == 7
    assert ask(week, "message-history", "outcome", recipient="cy@fabrikam.com", message="m3") == [
        ("deferred",),
        ("delivered",),
    ]
    assert ask(week, "message-history", "recipient", sender="x@example.net") == [("gil@contoso.com",)]
    assert ask(week, "message-history", "outcome") == []


def test_volume(week):
    columns = "day attempts delivered deferred failed rejected filtered failures messages recipients share"
    found = ask(week, "volume", columns)
    assert [(row[0].day, *row[1:-1]) for row in found] == [
        (2, 3, 1, 2, 0, 0, 0, 2, 2, 2),
        (3, 3, 1, 1, 1, 0, 0, 2, 2, 1),
        (4, 3, 1, 1, 0, 1, 0, 2, 2, 2),
        (5, 2, 1, 1, 0, 0, 0, 1, 1, 1),
        (8, 3, 0, 1, 2, 0, 0, 3, 3, 3),
    ]
    assert [row[-1] for row in found] == [pytest.approx(row[1] / 14) for row in found]
    assert [row[1] for row in ask(week, "volume", "day attempts", direction="inbound")] == [1]


def test_sources_overview(week):
    columns = "source files events failures messages recipients share first_event last_event"
    found = ask(week, "sources-overview", columns)
    assert found == [
        (EXTENDED, 0, 5, 2, 3, 2, 0.25, at("02 09:00"), at("03 12:30")),
        (TRACE, 0, 5, 2, 4, 4, 0.25, at("02 09:00"), at("08 21:00")),
        (DETAIL, 0, 4, 4, 3, 2, 0.2, at("02 10:00:10.4"), at("08 20:00:30")),
        (SEND, 0, 3, 2, 2, 2, 0.15, at("05 07:00"), at("08 06:00")),
        (POSTFIX, 1, 3, 2, 2, 2, 0.15, at("04 08:00"), at("04 09:00")),
    ]
    ledger = "rows used context duplicates rejects reject_share warnings"
    assert ask(week, "sources-overview", ledger)[-1] == (20, 20, 0, 0, 0, 0.0, 0)

"""`messages`: one row per message and recipient, from all its events."""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from support.smallweek import DETAIL, EVENTS, EXTENDED, FABRIKAM, POSTFIX, REFUSED, SEND, SUMMARY, TRACE, at, told

TO = "bo@fabrikam.com"


def only(con: DuckDBPyConnection) -> dict:
    (row,) = con.sql("SELECT * FROM messages").to_arrow_table().to_pylist()
    return row


def test_a_pending_row_is_replaced_by_its_later_failure(opened):
    con = opened(
        told("02 09:00:00", TRACE, "pending", "m", TO, line=9),
        told("02 09:00:00", TRACE, "failed", "m", TO, line=2),
    )
    row = only(con)
    assert (row["outcome"], row["attempts"], row["expires_at"]) == ("failed", 1, None)


def test_a_final_outcome_stands_even_where_a_deferral_is_told_later(opened):
    con = opened(
        told("02 09:00:00", TRACE, "delivered", "m", TO),
        told("02 09:30:00", DETAIL, "deferred", "m", TO, **REFUSED),
    )
    assert only(con)["outcome"] == "delivered"


def test_the_latest_final_outcome_counts(opened):
    con = opened(
        told("02 09:00:00", EXTENDED, "quarantined", "m", TO),
        told("02 15:00:00", EXTENDED, "delivered", "m", TO),
    )
    assert only(con)["outcome"] == "delivered"


def test_without_a_final_outcome_the_later_of_deferred_and_pending_counts_before_received(opened):
    con = opened(
        told("02 09:00:00", TRACE, "pending", "m", TO),
        told("02 09:00:30", DETAIL, "deferred", "m", TO, **REFUSED),
        told("02 09:00:40", EXTENDED, "received", "m", TO),
    )
    assert only(con)["outcome"] == "deferred"


def test_a_message_that_was_only_received_is_not_in_a_queue(opened):
    row = only(opened(told("02 09:00:00", EXTENDED, "received", "m", TO)))
    assert (row["outcome"], row["attempts"], row["expires_at"]) == ("received", 0, None)


def test_attempts_and_deferrals_count_once_however_many_sources_tell_them(opened):
    con = opened(
        told("02 10:00:00", TRACE, "failed", "m", TO),
        told("02 10:00:10", EXTENDED, "deferred", "m", TO),
        told("02 10:00:10.7", DETAIL, "deferred", "m", TO),
        told("02 11:00:10", DETAIL, "deferred", "m", "BO@fabrikam.com"),
        told("03 10:00:10", EXTENDED, "expired", "m", TO),
    )
    row = only(con)
    assert (row["attempts"], row["deferrals"]) == (3, 2)
    assert row["first_deferred"] == at("02 10:00:10")
    assert row["sources"] == [EXTENDED, DETAIL, TRACE]


def test_code_and_cause_come_from_the_last_failing_event_that_has_any_and_both_from_the_same(opened):
    con = opened(
        told("02 10:00:00", DETAIL, "deferred", "m", TO, status_code="4.4.312", cause="dns_server_failure"),
        told("02 11:00:00", DETAIL, "deferred", "m", TO, cause="connection_reset"),
        told("02 12:00:00", SUMMARY, "failed", "m", TO),
    )
    row = only(con)
    assert (row["outcome"], row["status_code"], row["cause"]) == ("failed", None, "connection_reset")


def test_a_trace_says_that_a_message_was_delivered_but_not_when(opened):
    row = only(opened(told("02 10:00:00", TRACE, "delivered", "m", TO)))
    assert (row["outcome"], row["delivered_at"], row["delay_seconds"]) == ("delivered", None, None)


def test_the_delay_runs_from_first_seen_to_delivery(opened):
    con = opened(
        told("02 10:00:00", TRACE, "delivered", "m", TO),
        told("02 10:02:00.5", EXTENDED, "delivered", "m", TO, **FABRIKAM),
    )
    row = only(con)
    assert (row["delivered_at"], row["delay_seconds"]) == (at("02 10:02:00.5"), 120.5)
    assert (row["connector"], row["destination"]) == ("To Fabrikam", "mail.fabrikam.com")


def test_the_delay_that_the_source_tells_counts_where_it_is_longer(opened):
    row = only(opened(told("04 08:20:00", POSTFIX, "delivered", "p", TO, queue_id="A1", delay_seconds=1202.0)))
    assert row["delay_seconds"] == 1202.0


def test_exchange_online_gives_up_24_hours_after_it_first_had_the_message(opened):
    con = opened(
        told("02 09:00:00", EXTENDED, "received", "m", TO),
        told("02 09:05:00", EXTENDED, "deferred", "m", TO, **REFUSED),
    )
    assert only(con)["expires_at"] == at("03 09:00:00")


def test_no_expiry_is_known_for_a_queue_of_another_server(opened):
    row = only(opened(told("02 09:00:00", POSTFIX, "deferred", "p", TO, queue_id="A1")))
    assert (row["outcome"], row["expires_at"]) == ("deferred", None)


def test_what_names_no_recipient_makes_no_message(opened):
    assert opened(told("05 07:00:00", SEND, "deferred", None, None)).sql("FROM messages").fetchall() == []


def test_a_row_without_any_id_is_a_message_of_its_own(opened):
    con = opened(*(told("04 09:00:00", POSTFIX, "rejected", None, TO, line=line) for line in (3, 4)))
    assert con.sql("SELECT count(*) FROM messages").fetchall() == [(2,)]


def test_the_queue_id_of_a_server_tells_messages_apart_where_there_is_no_message_id(opened):
    def rejected(server: str, queue: str) -> dict:
        return told("04 09:00:00", POSTFIX, "rejected", None, TO, server=server, queue_id=queue)

    con = opened(rejected("mx1", "A1"), rejected("mx1", "A1"), rejected("mx2", "A1"), rejected("mx1", "B2"))
    assert con.sql("SELECT attempts FROM messages ORDER BY attempts").fetchall() == [(1,), (1,), (2,)]


def test_the_small_week_has_nine_messages(opened):
    found = opened(*EVENTS).sql(
        "SELECT coalesce(message_id, '-'), outcome, attempts, deferrals FROM messages ORDER BY 1"
    )
    assert found.fetchall() == [
        ("-", "rejected", 1, 0),
        ("m1@contoso.com", "delivered", 1, 0),
        ("m2@contoso.com", "expired", 3, 2),
        ("m3@contoso.com", "delivered", 2, 1),
        ("m4@contoso.com", "deferred", 1, 1),
        ("m5@contoso.com", "failed", 1, 0),
        ("p1@contoso.com", "delivered", 2, 1),
        ("s2@contoso.com", "delivered", 1, 0),
        ("s3@contoso.com", "failed", 1, 0),
    ]


def test_attempts_of_messages_add_up_to_the_attempts_that_name_a_recipient(opened):
    con = opened(*EVENTS)
    (by_message,) = con.sql("SELECT sum(attempts)::BIGINT FROM messages").fetchall()
    (by_attempt,) = con.sql("SELECT count(*) FROM attempts WHERE recipient IS NOT NULL").fetchall()
    assert by_message == by_attempt == (13,)

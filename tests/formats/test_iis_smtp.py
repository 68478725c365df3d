"""Windows SMTP service logs: what became of the recipients of both sides' connections."""

from __future__ import annotations

from datetime import datetime

import pytest

from mailtrend.formats.iis_smtp import FORMAT
from mailtrend.ingest.trial import parse
from support.iis import body, client, dialogue, events, log, read, short, spoken, to_us


def test_an_outbound_delivery_tells_host_sender_recipient_and_what_was_answered():
    [event] = events(log(*dialogue(["bo@fabrikam.com"])))
    wanted = {
        "outcome": "delivered", "event": "DATA 250", "direction": "outbound", "server": "APP01",
        "connector": "SMTPSVC1", "sender": "erp@contoso.com", "recipient": "bo@fabrikam.com",
        "destination": "mail.fabrikam.com", "remote_host": "mail.fabrikam.com", "remote_ip": "203.0.113.25",
        "response": "250+2.6.0+<a1@app01.contoso.com>+Queued+mail", "message_id": "a1@app01.contoso.com",
        "event_time": datetime(2026, 10, 12, 8, 0, 9),
    }  # fmt: skip
    assert {name: event[name] for name in wanted} == wanted


def test_a_refused_recipient_fails_alone():
    people = ["a@fabrikam.com", "b@fabrikam.com", "c@fabrikam.com"]
    lines = dialogue(people, {"b": "550+5.1.1+No+such+user", "c": "451+4.7.1+Later"})
    assert sorted(short(events(log(*lines)))) == [
        ("a@fabrikam.com", "DATA 250", "delivered"), ("b@fabrikam.com", "RCPT 550", "failed"),
        ("c@fabrikam.com", "RCPT 451", "deferred"),
    ]  # fmt: skip


def test_a_refused_body_and_a_refused_sender_fail_all_recipients():
    people = ["a@fabrikam.com", "b@fabrikam.com"]
    assert short(events(log(*dialogue(people, end="554+5.7.1+Refused")))) == [
        ("a@fabrikam.com", "DATA 554", "failed"), ("b@fabrikam.com", "DATA 554", "failed"),
    ]  # fmt: skip
    alone = dialogue([], mail="452+4.3.1+No+space")
    assert short(events(log(*alone))) == [(None, "MAIL 452", "deferred")]


def test_a_greeting_that_refuses_is_a_failure_without_a_recipient():
    [event] = events(log("R 421+mx.fabrikam.com+Too+busy"))
    assert (event["recipient"], event["outcome"], event["destination"]) == (None, "deferred", "mx.fabrikam.com")
    [event] = events(log("R 554+5.7.1+Go+away"))
    assert (event["outcome"], event["destination"], event["remote_ip"]) == ("failed", "203.0.113.25", "203.0.113.25")


def test_replies_alone_tell_their_failures():
    found = events(log("R 220+mail.fabrikam.com+ESMTP", "R 250+OK", "R 550+5.1.1+Unknown", "R 221+Bye"))
    assert short(found) == [(None, "reply 550", "failed")]


def test_a_server_that_closes_defers_the_recipients_that_were_open():
    lines = [*dialogue(["a@fabrikam.com"])[:-5], "R 421+4.4.2+Timeout,+closing"]
    assert short(events(log(*lines))) == [("a@fabrikam.com", "reply 421", "deferred")]


def test_a_failing_reply_of_several_lines_is_one_text_and_one_failure():
    lines = dialogue(["a@fabrikam.com"])
    at = lines.index("C RCPT TO:<a@fabrikam.com>") + 1
    lines[at : at + 1] = ["R 550-5.7.1+Your+address", "R 550+5.7.1+is+listed"]
    [event] = events(log(*lines[: at + 2], "C QUIT -", "R 221+Bye"))
    assert event["response"] == "550-5.7.1+Your+address+550+5.7.1+is+listed"


@pytest.mark.parametrize("first", ["500+what?", "502+no"])
def test_a_second_greeting_that_is_accepted_heals_the_first(first):
    lines = dialogue(["a@fabrikam.com"])
    at = lines.index("C EHLO app01.contoso.com") + 1
    lines[at:at] = [f"R {first}", "C HELO app01.contoso.com"]
    assert short(events(log(*lines))) == [("a@fabrikam.com", "DATA 250", "delivered")]
    left = [
        "R 220+mail.fabrikam.com",
        "C EHLO app01",
        f"R {first}",
        "C HELO app01",
        "R 504+no",
        "C QUIT -",
        "R 221+Bye",
    ]
    assert short(events(log(*left))) == [(None, "HELO 504", "failed")]


def test_messages_of_overlapping_connections_stay_apart():
    one, two = (
        dialogue(["a@fabrikam.com"]),
        dialogue(["b@fabrikam.com"], sender="crm@contoso.com", end="552+5.3.4+Too+big"),
    )
    found = events(log(*(line for pair in zip(one, two, strict=True) for line in pair)))
    assert [(event["sender"], event["recipient"], event["event"]) for event in found] == [
        ("erp@contoso.com", "a@fabrikam.com", "DATA 250"), ("crm@contoso.com", "b@fabrikam.com", "DATA 552"),
    ]  # fmt: skip


@pytest.mark.parametrize("left", [-5, -4, -3])
@pytest.mark.parametrize("at", ["08:00:20", "08:30:00"])
def test_a_connection_that_broke_off_does_not_shift_the_replies_of_the_next(left, at):
    lost = dialogue(["lost@fabrikam.com"])[:left]
    text = log(*lost) + "".join(
        spoken(line, at=at) + "\r\n" for line in dialogue(["a@fabrikam.com"], end="550+5.7.1+No")
    )
    assert short(events(text)) == [("a@fabrikam.com", "DATA 550", "failed")]


def test_what_clients_send_is_received_or_rejected_by_the_status():
    found = events(log(*to_us(), client("RCPT", "+TO:+<x@example.net>", 550), client("RCPT", "+to:<y@contoso.com>", 452),
                       body(250), client("QUIT", "erp01", 240)))  # fmt: skip
    assert sorted(short(found)) == [
        ("bo@contoso.com", "DATA 250", "received"), ("x@example.net", "RCPT 550", "rejected"),
        ("y@contoso.com", "RCPT 452", "deferred"),
    ]  # fmt: skip
    got = next(event for event in found if event["outcome"] == "received")
    assert (got["message_id"], got["size_bytes"], got["direction"]) == ("m1@contoso.com", 1399, "inbound")
    assert next(event for event in found if event["outcome"] == "rejected")["reply_code"] == 550


def test_a_refused_body_rejects_what_a_client_sent():
    assert short(events(log(*to_us(), body(554)))) == [("bo@contoso.com", "DATA 554", "rejected")]


def test_a_verb_that_a_firewall_blanked_out_matters_only_if_nothing_followed():
    blanked = client("xxxx", "+erp01", 500)
    assert short(events(log(blanked, *to_us(), body(250)))) == [("bo@contoso.com", "DATA 250", "received")]
    assert short(events(log(blanked, client("QUIT", "-", 240)))) == [(None, "XXXX 500", "rejected")]


def test_equal_failures_of_one_second_are_counted_each_and_read_twice_add_nothing():
    text = log(*["R 421+mx.fabrikam.com+Too+busy"] * 3, at="08:00:00")
    once = read(text)
    assert [event["event_time"].microsecond for event in once.events.to_pylist()] == [0, 1, 2]
    assert parse(FORMAT, text.encode(), text.encode()).events.num_rows == 3


def test_addresses_keep_their_plus_signs_and_bounces_their_empty_sender():
    [event] = events(log(*dialogue(["bo+tag@fabrikam.com"], sender="")))
    assert (event["sender"], event["recipient"]) == ("", "bo+tag@fabrikam.com")

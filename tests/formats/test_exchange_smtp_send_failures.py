"""SMTP send protocol logs: connections, handshakes and sessions that came to nothing."""

from __future__ import annotations

import pytest

from support.dialogues import Session
from support.sendlog import MAIL, OK, greeted, short, told


def test_a_failed_connection_names_its_destination_and_no_code():
    session = Session(local="", remote="203.0.113.20:25")
    text = (
        "Failed to connect. Winsock error code: 10061, Win32 error code: 10061, Destination domain: fabrikam.com, "
        "Error Message: Es konnte keine Verbindung hergestellt werden, da der Zielcomputer die Verbindung "
        "verweigerte 203.0.113.20:25."
    )
    session.talk("* attempting to connect", f"* {text}")
    [event] = told(session)
    assert (event["event"], event["outcome"], event["recipient"]) == ("connect failed", "deferred", None)
    assert (event["destination"], event["remote_ip"], event["response"]) == ("fabrikam.com", "203.0.113.20", text)
    assert (event["direction"], event["queue_id"]) == ("outbound", session.id)


@pytest.mark.parametrize(
    ("connector", "remote", "domain"),
    [
        ("Inbound Proxy Internal Send Connector", "192.0.2.13:2525", "internalproxy"),
        ("Outbound to partner", "192.0.2.13:717", "fabrikam.com"),
        ("Intra-Organization SMTP Send Connector", "192.0.2.13:25", "contoso.com"),
    ],
)
def test_hops_inside_the_organisation_are_internal(connector, remote, domain):
    session = Session(connector=connector, local="", remote=remote)
    session.talk(f"* Failed to connect. Winsock error code: 10061, Destination domain: {domain}, Error Message: no")
    assert [event["direction"] for event in told(session)] == ["internal"]


def test_a_failed_tls_handshake_defers_without_a_recipient():
    session = greeted()
    session.talk("> STARTTLS", "< 220 2.0.0 Ready to start TLS")
    session.talk("* TLS negotiation failed with error UnknownCredentials", "- Remote")
    [event] = told(session)
    assert short([event]) == [("-", "TLS failed", "deferred")]
    assert event["response"] == "TLS negotiation failed with error UnknownCredentials"
    assert event["remote_host"] == "mx.fabrikam.com"


@pytest.mark.parametrize("how", ["Remote(ConnectionReset)", "Remote(SocketError)", "Remote"])
def test_a_lost_connection_defers_what_was_open(how):
    session = greeted()
    session.talk(MAIL, OK, "> RCPT TO:<a@fabrikam.com>", "< 250 Ok", "> RCPT TO:<b@fabrikam.com>", "< 550 No")
    session.talk("> BDAT 10 LAST", f"- {how}")
    events = told(session)
    assert short(events) == [
        ("a@fabrikam.com", "disconnected", "deferred"), ("b@fabrikam.com", "RCPT 550", "failed"),
    ]  # fmt: skip
    assert next(event for event in events if event["event"] == "disconnected")["response"] == how


def test_a_connection_lost_before_any_message_is_told_once():
    session = Session()
    session.say("+")
    session.talk("- Remote(ConnectionReset)")
    assert short(told(session)) == [("-", "disconnected", "deferred")]


def test_a_connection_that_ends_after_its_work_is_no_failure():
    done, left = greeted(), greeted(id="08DE00000000A002")
    done.talk(
        MAIL, OK, "> RCPT TO:<a@fabrikam.com>", "< 250 Ok", "> BDAT 1 LAST", "< 250 Ok", "- Remote(ConnectionReset)"
    )
    left.talk("> QUIT", "- Remote(ConnectionReset)")
    assert short(told(done, left)) == [("a@fabrikam.com", "BDAT 250", "delivered")]


def test_a_server_that_closes_unasked_answers_what_is_open():
    session = greeted()
    session.talk(MAIL, OK, "> RCPT TO:<a@fabrikam.com>", "< 250 Ok", "< 421 4.4.2 Timeout, closing", "- Remote")
    assert short(told(session)) == [("a@fabrikam.com", "closed 421", "deferred")]


def test_a_closing_reply_in_a_pipeline_answers_all_that_is_left():
    session = greeted()
    session.talk(MAIL, "> RCPT TO:<a@fabrikam.com>", "> RCPT TO:<b@fabrikam.com>", OK, "< 421 4.3.2 Shutting down")
    session.talk("- Remote")
    assert short(told(session)) == [
        ("a@fabrikam.com", "RCPT 421", "deferred"), ("b@fabrikam.com", "closed 421", "deferred"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        (["< 554 5.7.1 You are listed", "> QUIT", "< 221 Bye", "- Local"], ("-", "connect 554", "failed")),
        (["< 421 4.3.2 Too busy", "- Remote"], ("-", "connect 421", "deferred")),
        (["< 220 mx.fabrikam.com", "> EHLO mail.contoso.com", "< 550 5.7.1 Not you", "- Local"], ("-", "EHLO 550", "failed")),
        (
            ["< 220 mx.fabrikam.com", "> EHLO mail.contoso.com", "< 250  mx.fabrikam.com Hello", "> STARTTLS",
             "< 454 4.7.0 TLS not available", "> QUIT", "< 221 Bye", "- Local"],
            ("-", "STARTTLS 454", "deferred"),
        ),
    ],
)  # fmt: skip
def test_a_refusal_before_any_message_is_told_once(lines, wanted):
    session = Session()
    session.say("+")
    session.talk(*lines)
    assert short(told(session)) == [wanted]


def test_a_refused_ehlo_that_is_followed_by_helo_is_no_failure():
    session = Session()
    session.say("+")
    session.talk("< 220 mx.fabrikam.com", "> EHLO mail.contoso.com", "< 502 5.5.1 Unknown", "> HELO mail.contoso.com")
    session.talk("< 250 mx.fabrikam.com", "> QUIT", "< 221 Bye", "- Local")
    assert told(session) == []


def test_a_reply_of_several_rows_is_one_reply():
    session = Session()
    session.say("+")
    session.talk("< 220-mx.fabrikam.com", "< 220 ESMTP ready", "> EHLO mail.contoso.com", "< 250-mx.fabrikam.com Hello")
    session.talk("< 250-SIZE 1000", "< 250 PIPELINING", MAIL, "> RCPT TO:<a@fabrikam.com>", OK)
    session.talk(
        "< 550-5.7.1 Your address is listed.", "< 550-5.7.1 Please read", "< 550 5.7.1 https://example.net/why"
    )
    session.talk("> QUIT", "< 221 Bye", "- Local")
    [event] = told(session)
    assert (event["event"], event["outcome"]) == ("RCPT 550", "failed")
    assert event["response"] == (
        "550-5.7.1 Your address is listed. 550-5.7.1 Please read 550 5.7.1 https://example.net/why"
    )
    assert event["remote_host"] == "mx.fabrikam.com"

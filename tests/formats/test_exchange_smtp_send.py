"""SMTP send protocol logs: which reply decided over which recipient, and what sessions without a reply came to."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mailtrend.formats.base import Head
from mailtrend.formats.exchange_smtp_receive import FORMAT as RECEIVE
from mailtrend.formats.exchange_smtp_send import FORMAT as SEND
from mailtrend.ingest import slices
from mailtrend.ingest.trial import Trial, parse
from support.dialogues import START, Session, log, rows_of

MAIL = "> MAIL FROM:<ines@contoso.com> SIZE=18019"
OK = "< 250 2.1.0 Sender OK"


def told(*sessions: Session) -> list[dict]:
    return parse(SEND, log("Send", *sessions)).events.to_pylist()


def short(events: list[dict]) -> list[tuple]:
    return sorted((event["recipient"] or "-", event["event"], event["outcome"]) for event in events)


def greeted(**given) -> Session:
    session = Session(**given)
    session.greet()
    return session


def test_a_delivered_recipient_has_everything_the_session_told():
    session = Session()
    session.say("*", "SendRoutingHeaders", "Set Session Permissions")
    session.greet()
    session.talk("> STARTTLS", "< 220 2.0.0 Ready to start TLS")
    session.talk(
        "* TLS protocol SP_PROT_TLS1_2_CLIENT negotiation succeeded using bulk encryption algorithm CALG_AES_256 with "
        "strength 256 bits",
        "> EHLO mail.contoso.com", "< 250  mx.fabrikam.com Hello [192.0.2.10] SIZE 1000",
        "* sending message with RecordId 167503004549 and InternetMessageId <m1@contoso.com>", MAIL, OK,
        "> RCPT TO:<bo@fabrikam.com> NOTIFY=FAILURE ORCPT=rfc822;bo@fabrikam.com", "< 250 2.1.5 Recipient OK",
        "> BDAT 18019 LAST",
    )  # fmt: skip
    when = session.say("<", "250 2.6.0 <m1@contoso.com> Queued mail for delivery")
    session.talk("> QUIT", "< 221 2.0.0 Bye", "- Local")
    [event] = told(session)
    wanted = {
        "event_time": when, "event": "BDAT 250", "outcome": "delivered", "direction": "outbound",
        "connector": "Outbound to partner", "sender": "ines@contoso.com", "sender_domain": "contoso.com",
        "recipient": "bo@fabrikam.com", "destination": "mx.fabrikam.com", "remote_host": "mx.fabrikam.com",
        "remote_ip": "198.51.100.25", "response": None, "message_id": "m1@contoso.com",
        "queue_id": "08DE00000000A001", "size_bytes": 18019, "tls_version": "TLS1.2", "server": None,
    }  # fmt: skip
    assert {name: event[name] for name in wanted} == wanted


def test_pipelined_replies_answer_their_commands_in_order():
    session = greeted()
    session.talk(MAIL, "> RCPT TO:<a@fabrikam.com>", "> RCPT TO:<b@fabrikam.com>", "> RCPT TO:<c@fabrikam.com>")
    session.talk(OK, "< 250 2.1.5 Ok", "< 550 5.1.1 b is unknown", "< 451 4.7.1 Greylisted", "> DATA")
    session.talk("< 354 End data with <CR><LF>.<CR><LF>", "< 250 2.0.0 Ok", "> QUIT", "< 221 2.0.0 Bye", "- Local")
    events = told(session)
    assert short(events) == [
        ("a@fabrikam.com", "DATA 250", "delivered"),
        ("b@fabrikam.com", "RCPT 550", "failed"),
        ("c@fabrikam.com", "RCPT 451", "deferred"),
    ]
    assert {event["response"] for event in events} == {None, "550 5.1.1 b is unknown", "451 4.7.1 Greylisted"}


def test_a_refused_body_fails_every_accepted_recipient():
    session = greeted()
    session.talk(MAIL, OK, "> RCPT TO:<a@fabrikam.com>", "< 250 Ok", "> RCPT TO:<b@fabrikam.com>", "< 250 Ok", "> DATA")
    session.talk("< 354 Go on", "< 554 5.7.1 Refused by content filter", "> QUIT", "< 221 Bye", "- Local")
    assert short(told(session)) == [
        ("a@fabrikam.com", "DATA 554", "failed"), ("b@fabrikam.com", "DATA 554", "failed"),
    ]  # fmt: skip


def test_a_part_of_a_body_is_not_its_end():
    session = greeted()
    session.talk(MAIL, OK, "> RCPT TO:<a@fabrikam.com>", "< 250 Ok", "> BDAT 4096", "< 250 2.0.0 4096 bytes received")
    session.talk("> BDAT 100 LAST", "< 452 4.3.1 Out of space", "> QUIT", "< 221 Bye", "- Local")
    assert short(told(session)) == [("a@fabrikam.com", "BDAT 452", "deferred")]


def test_several_messages_of_a_session_stay_apart():
    session = greeted()
    for number, reply in ((1, "250 2.0.0 Ok"), (2, "451 4.3.0 Later")):
        session.talk(
            f"* sending message with RecordId {number} and InternetMessageId <m{number}@contoso.com>",
            f"> MAIL FROM:<s{number}@contoso.com> SIZE={number}", OK,
            f"> RCPT TO:<r{number}@fabrikam.com>", "< 250 Ok", "> BDAT 10 LAST", f"< {reply}", "> RSET", "< 250 Reset",
        )  # fmt: skip
    session.talk("> QUIT", "< 221 Bye", "- Local")
    found = [(e["message_id"], e["sender"], e["recipient"], e["size_bytes"], e["outcome"]) for e in told(session)]
    assert sorted(found) == [
        ("m1@contoso.com", "s1@contoso.com", "r1@fabrikam.com", 1, "delivered"),
        ("m2@contoso.com", "s2@contoso.com", "r2@fabrikam.com", 2, "deferred"),
    ]


def test_a_refused_sender_is_told_of_each_known_recipient_or_of_none():
    alone, piped = greeted(), greeted(id="08DE00000000A002")
    alone.talk("> MAIL FROM:<>", "< 550 5.7.1 Sender refused", "> QUIT", "< 221 Bye", "- Local")
    piped.talk(MAIL, "> RCPT TO:<a@fabrikam.com>", "> RCPT TO:<b@fabrikam.com>", "< 452 4.3.1 No space")
    piped.talk("< 503 5.5.2 Need MAIL first", "< 503 5.5.2 Need MAIL first", "> QUIT", "< 221 Bye", "- Local")
    events = told(alone, piped)
    assert short(events) == [
        ("-", "MAIL 550", "failed"),
        ("a@fabrikam.com", "MAIL 452", "deferred"),
        ("b@fabrikam.com", "MAIL 452", "deferred"),
    ]
    assert next(event for event in events if event["recipient"] is None)["sender"] == ""


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


def test_gaps_and_repeats_of_sequence_numbers_do_no_harm():
    session = greeted()
    session.say(">", "AUTH LOGIN", number=12)
    session.say("<", "334 VXNlcm5hbWU6", number=14)
    for data in ("<Binary Data>", "<Binary Data>"):
        session.say(">", data, number=15)
    session.say("<", "235 2.7.0 Authenticated", number=15)
    session.talk(MAIL, OK, "> RCPT TO:<a@fabrikam.com>", "< 550 5.1.1 Unknown", "> QUIT", "< 221 Bye", "- Local")
    assert short(told(session)) == [("a@fabrikam.com", "RCPT 550", "failed")]


def test_an_ipv6_endpoint_loses_its_port_and_brackets():
    session = greeted(remote="[2001:db8::25]:25")
    session.talk(MAIL, OK, "> RCPT TO:<a@fabrikam.com>", "< 550 5.1.1 Unknown")
    assert [event["remote_ip"] for event in told(session)] == ["2001:db8::25"]


def halves() -> tuple[Session, bytes, bytes]:
    session = greeted()
    session.talk("* sending message with RecordId 1 and InternetMessageId <m1@contoso.com>", MAIL, OK)
    session.talk("> RCPT TO:<a@fabrikam.com>", "< 250 Ok")
    cut = len(session.rows)
    session.talk("> BDAT 10 LAST", "< 451 4.3.0 Later", "> QUIT", "< 221 Bye", "- Local")
    return session, rows_of("Send", session.rows[:cut]), rows_of("Send", session.rows[cut:])


@pytest.mark.parametrize("slice_bytes", [48 << 20, 1])
def test_a_session_goes_on_in_the_next_file(monkeypatch, slice_bytes):
    monkeypatch.setattr(slices, "SLICE", slice_bytes)
    _, first, second = halves()
    trial = parse(SEND, first, second)
    assert short(trial.events.to_pylist()) == [("a@fabrikam.com", "BDAT 451", "deferred")]
    assert trial.events.to_pylist()[0]["message_id"] == "m1@contoso.com"
    assert trial.counts["rows"] == 14


def test_half_a_session_claims_nothing_that_it_does_not_know():
    _, first, second = halves()
    assert parse(SEND, first).events.num_rows == 0
    assert short(parse(SEND, second).events.to_pylist()) == [("-", "BDAT 451", "deferred")]


def test_a_recipient_is_known_without_its_sender():
    session = greeted()
    session.talk(MAIL)
    session.rows.clear()
    session.talk(OK, "> RCPT TO:<a@fabrikam.com>", "< 550 5.1.1 Unknown", "> RCPT TO:<b@fabrikam.com>", "< 250 Ok")
    session.talk("> BDAT 10 LAST", "< 250 2.0.0 Ok", "> QUIT", "< 221 Bye", "- Local")
    events = told(session)
    assert short(events) == [
        ("a@fabrikam.com", "RCPT 550", "failed"), ("b@fabrikam.com", "BDAT 250", "delivered"),
    ]  # fmt: skip
    assert {event["sender"] for event in events} == {None}


def test_the_same_session_numbers_on_two_connectors_are_two_sessions():
    one, two = greeted(), greeted(connector="Outbound to internet", at=START + timedelta(milliseconds=200))
    one.talk(MAIL, OK, "> RCPT TO:<a@fabrikam.com>", "< 550 5.1.1 Unknown")
    two.talk(MAIL, OK, "> RCPT TO:<b@adatum.com>", "< 250 Ok", "> BDAT 1 LAST", "< 250 Ok")
    assert short(told(one, two)) == [
        ("a@fabrikam.com", "RCPT 550", "failed"), ("b@adatum.com", "BDAT 250", "delivered"),
    ]  # fmt: skip


def test_every_row_is_accounted_for():
    session = greeted()
    session.talk(MAIL, OK, "> RCPT TO:<a@fabrikam.com>", "< 250 Ok", "> BDAT 1 LAST", "< 250 Ok", "> QUIT", "< 221 Bye")
    session.talk("- Local")
    broken = (
        b"2026-13-02T08:00:00.000Z,C,08DE00000000B001,0,,198.51.100.25:25,*,,attempting to connect\r\n"
        b"2026-11-02T08:00:00.000Z,C,,0,,198.51.100.25:25,*,,attempting to connect\r\n"
        b"2026-11-02T08:00:00.000Z,C,08DE00000000B001,x,,198.51.100.25:25,*,,attempting to connect\r\n"
        b"2026-11-02T08:00:00.000Z,C,08DE00000000B001,0,,198.51.100.25:25,!,,attempting to connect\r\n"
    )
    trial: Trial = parse(SEND, log("Send", session) + broken)
    assert [row["reason"] for row in trial.rejects.to_pylist()] == [
        "no such time", "no session id", "no sequence number", "unknown event: + - > < * are known",
    ]  # fmt: skip
    assert trial.counts == {"rows": 17, "used": 7, "context": 6, "duplicates": 0, "rejects": 4, "events": 1}


def test_reading_twice_gives_duplicates_and_no_new_event():
    session = greeted()
    session.talk(MAIL, OK, "> RCPT TO:<a@fabrikam.com>", "< 550 5.1.1 Unknown", "> QUIT", "< 221 Bye", "- Local")
    data = log("Send", session)
    trial = parse(SEND, data, data + b"#Software: copied\r\n")
    assert trial.events.num_rows == 1


@pytest.mark.parametrize("header", [True, False])
def test_each_side_claims_its_own_log(header):
    ours, theirs = greeted(), Session(connector="EX01\\Default Frontend EX01")
    ours.talk(MAIL, OK)
    theirs.greet("mail.contoso.com", we_send=False)
    for side, session, mine, other in (("Send", ours, SEND, RECEIVE), ("Receive", theirs, RECEIVE, SEND)):
        head = Head("x.log", log(side, session, header=header).decode())
        assert mine.claims(head)
        assert not other.claims(head)


@pytest.mark.parametrize(
    "text",
    [
        "date,connector\n2026-11-02,x\n",
        "#Log-type: Transport Connectivity Log\n2026-11-02T08:00:00.000Z,08DE00000000A001,SMTP,contoso.com,+,MX\n",
        "#Log-type: Message Tracking Log\n2026-11-02T08:00:00.000Z,,,,,,,SMTP,FAIL\n",
        "",
    ],
)
def test_neighbours_are_not_claimed(text):
    head = Head("SEND20261102-1.LOG", text)
    assert not SEND.claims(head)
    assert not RECEIVE.claims(head)

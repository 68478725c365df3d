"""SMTP send protocol logs: odd numbering, sessions over several files, the ledger, and whose log it is."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mailtrend.formats.base import Head
from mailtrend.formats.exchange_smtp_receive import FORMAT as RECEIVE
from mailtrend.formats.exchange_smtp_send import FORMAT as SEND
from mailtrend.ingest import slices
from mailtrend.ingest.trial import Trial, parse
from support.dialogues import START, Session, log, rows_of
from support.sendlog import MAIL, OK, greeted, short, told


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

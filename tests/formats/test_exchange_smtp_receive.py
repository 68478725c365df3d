"""SMTP receive protocol logs: what this server answered, to whom, and about which recipient."""

from __future__ import annotations

import pytest

from mailtrend.formats.exchange_smtp_receive import FORMAT as RECEIVE
from mailtrend.ingest import slices
from mailtrend.ingest.trial import parse
from support.dialogues import Session, log, rows_of

MAIL = "< MAIL FROM:<bo@fabrikam.com> SIZE=11511"
OK = "> 250 2.1.0 Sender OK"
QUEUED = (
    "> 250 2.6.0 <m1@fabrikam.com> [InternalId=237172389052427, Hostname=EX01.contoso.com] 11511 bytes in 0.102, "
    "109,173 KB/sec Queued mail for delivery"
)


def session(**given) -> Session:
    found = Session(**({
        "connector": "EX01\\Default Frontend EX01", "local": "192.0.2.10:25", "remote": "203.0.113.30:62136",
    } | given))  # fmt: skip
    found.say("+")
    found.say("*", "SMTPSubmit SMTPAcceptAnySender", "Set Session Permissions")
    found.talk("> 220 mail.contoso.com Microsoft ESMTP MAIL Service ready at Mon, 2 Nov 2026 08:00:00 +0000")
    found.talk("< EHLO out.fabrikam.com", "> 250  mail.contoso.com Hello [203.0.113.30] SIZE 37748736 PIPELINING")
    return found


def told(*sessions: Session) -> list[dict]:
    return parse(RECEIVE, log("Receive", *sessions)).events.to_pylist()


def short(events: list[dict]) -> list[tuple]:
    return sorted((event["recipient"] or "-", event["event"], event["outcome"]) for event in events)


def test_an_accepted_message_is_received_for_each_recipient():
    talk = session()
    talk.talk("* TLS protocol SP_PROT_TLS1_3_SERVER negotiation succeeded using bulk encryption algorithm CALG_AES_256")
    talk.talk(MAIL)
    talk.say("*", "08DE00000000A001;2026-11-02T08:00:06.000Z;1", "receiving message")
    talk.talk(OK, "< rcpt to:<ines@contoso.com>", "> 250 2.1.5 Recipient OK", "< RCPT TO:<jo@contoso.com> NOTIFY=NEVER")
    talk.talk("> 250 2.1.5 Recipient OK", "< BDAT 11511 LAST")
    when = talk.at
    talk.talk(QUEUED, "< QUIT", "> 221 2.0.0 Service closing transmission channel", "- Local")
    first, second = sorted(told(talk), key=lambda event: event["recipient"])
    wanted = {
        "event_time": when, "server": "EX01", "event": "BDAT 250", "outcome": "received", "direction": "inbound",
        "connector": "Default Frontend EX01", "sender": "bo@fabrikam.com", "recipient": "ines@contoso.com",
        "destination": "contoso.com", "remote_host": None, "remote_ip": "203.0.113.30", "response": None,
        "message_id": "m1@fabrikam.com", "queue_id": talk.id, "size_bytes": 11511, "tls_version": "TLS1.3",
    }  # fmt: skip
    assert {name: first[name] for name in wanted} == wanted
    assert second["recipient"] == "jo@contoso.com"


def test_our_refusals_are_rejected_or_deferred():
    talk = session()
    talk.talk(MAIL, OK, "< RCPT TO:<no@contoso.com>")
    talk.say("*", "Tarpit for '0.00:00:05'")
    talk.talk("> 550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found", "< RCPT TO:<ines@contoso.com>")
    talk.talk("> 452 4.3.1 Insufficient system resources", "< QUIT", "> 221 Bye", "- Local")
    assert short(told(talk)) == [
        ("ines@contoso.com", "RCPT 452", "deferred"), ("no@contoso.com", "RCPT 550", "rejected"),
    ]  # fmt: skip


def test_every_failed_logon_is_told_and_no_user_name_kept():
    talk = session()
    for _ in range(2):
        talk.talk("< AUTH LOGIN", "> 334 <authentication response>", "> 334 <authentication response>")
        talk.talk("* Inbound AUTH LOGIN failed because of LogonDenied", "* User Name: scanner")
        talk.say("*", "Tarpit for '0.00:00:05'")
        talk.talk("> 535 5.7.3 Authentication unsuccessful")
    talk.talk("- Remote")
    events = told(talk)
    assert short(events) == [("-", "AUTH 535", "rejected")] * 2
    assert {event["response"] for event in events} == {"535 5.7.3 Authentication unsuccessful"}
    assert "scanner" not in str(events)


def test_a_failed_logon_counts_beside_a_message_that_goes_through():
    talk = session()
    talk.talk("< AUTH LOGIN", "> 334 <authentication response>", "> 535 5.7.3 Authentication unsuccessful", MAIL, OK)
    talk.talk("< RCPT TO:<ines@contoso.com>", "> 250 Ok", "< DATA", "> 354 Start mail input", QUEUED)
    assert short(told(talk)) == [("-", "AUTH 535", "rejected"), ("ines@contoso.com", "DATA 250", "received")]


def test_a_client_that_hangs_up_is_no_failure_unless_a_recipient_was_accepted():
    idle, busy = session(), session(id="08DE00000000A002")
    idle.talk("- Remote(ConnectionReset)")
    busy.talk(MAIL, OK, "< RCPT TO:<ines@contoso.com>", "> 250 Ok", "< BDAT 99 LAST", "- Remote(SocketError)")
    assert short(told(idle, busy)) == [("ines@contoso.com", "disconnected", "deferred")]


def test_our_own_timeout_defers_what_was_open():
    talk = session()
    talk.talk(MAIL, OK, "< RCPT TO:<ines@contoso.com>", "> 250 Ok", "> 421 4.4.1 Connection timed out", "- Local")
    assert short(told(talk)) == [("ines@contoso.com", "closed 421", "deferred")]


def test_a_failed_tls_handshake_is_told():
    talk = session()
    talk.talk(
        "< STARTTLS", "> 220 2.0.0 SMTP server ready", "* TLS negotiation failed with error NoCredentials", "- Remote"
    )
    assert short(told(talk)) == [("-", "TLS failed", "deferred")]


def test_a_refused_greeting_is_told_once():
    talk = Session(connector="EX01\\Relay", local="192.0.2.10:25", remote="[2001:db8::7]:4000")
    talk.say("+")
    talk.talk("> 421 4.3.2 Service not available", "- Local")
    [event] = told(talk)
    assert short([event]) == [("-", "connect 421", "deferred")]
    assert (event["connector"], event["server"], event["remote_ip"]) == ("Relay", "EX01", "2001:db8::7")


@pytest.mark.parametrize(
    ("command", "recipient"),
    [
        ("RCPT TO:<ines@contoso.com>", "ines@contoso.com"),
        ("RCPT TO: <ines@contoso.com> ORCPT=rfc822;x@example.org", "ines@contoso.com"),
        ("Rcpt To:ines@contoso.com", "ines@contoso.com"),
        ('RCPT TO:<"a > b"@contoso.com>', '"a > b"@contoso.com'),
    ],
)
def test_paths_are_read_as_clients_write_them(command, recipient):
    talk = session()
    talk.talk(MAIL, OK, f"< {command}", "> 550 5.7.54 Unable to relay")
    assert [event["recipient"] for event in told(talk)] == [recipient]


@pytest.mark.parametrize("slice_bytes", [48 << 20, 1])
def test_a_session_goes_on_in_the_next_file(monkeypatch, slice_bytes):
    monkeypatch.setattr(slices, "SLICE", slice_bytes)
    talk = session()
    talk.talk(MAIL, OK, "< RCPT TO:<ines@contoso.com>")
    cut = len(talk.rows)
    talk.talk("> 250 2.1.5 Recipient OK", "< BDAT 11511 LAST", QUEUED, "< QUIT", "> 221 Bye", "- Local")
    trial = parse(RECEIVE, rows_of("Receive", talk.rows[:cut]), rows_of("Receive", talk.rows[cut:]))
    assert short(trial.events.to_pylist()) == [("ines@contoso.com", "BDAT 250", "received")]
    assert [tally.rows for tally in trial.tallies] == [8, 6]

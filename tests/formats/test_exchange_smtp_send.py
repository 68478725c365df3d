"""SMTP send protocol logs: which recipient of which message got which reply."""

from __future__ import annotations

from support.dialogues import Session
from support.sendlog import MAIL, OK, greeted, short, told


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

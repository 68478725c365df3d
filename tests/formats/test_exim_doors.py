"""Exim main logs: arrivals, and what was turned away at the door."""

from __future__ import annotations

import pytest

from support.eximlog import MAIL, line, one, read, some


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "<= erp@contoso.com H=erp01.contoso.com (erp) [192.0.2.30]:4000 I=[192.0.2.1]:25 P=esmtpsa "
            "X=TLS1.2:ECDHE-RSA-AES256-GCM-SHA384:256 CV=no A=login:erp K S=4321 id=m1@contoso.com "
            'T="a \\"b\\" S=7 id=x for \\303\\244\\n" from <erp@contoso.com> for bo@fabrikam.com al@fabrikam.com',
            {"event": "<=", "outcome": "received", "direction": "inbound", "sender": "erp@contoso.com", "size_bytes": 4321,
             "message_id": "m1@contoso.com", "remote_host": "erp01.contoso.com", "remote_ip": "192.0.2.30",
             "tls_version": "TLS1.2", "subject": 'a "b" S=7 id=x for ä ', "destination": "192.0.2.1", "recipient": None,
             "queue_id": MAIL},
        ),
        (
            "<= <> R=1vDbKa-0000aS-4w U=Debian-exim P=local S=1425",
            {"sender": "", "direction": "internal", "size_bytes": 1425, "destination": "this server", "message_id": None},
        ),
        (
            "<= a@example.org H=([192.168.2.33]) [198.51.100.9] P=smtp S=9",
            {"remote_host": None, "remote_ip": "198.51.100.9", "direction": "inbound"},
        ),
        ("<= a@example.org H=[2001:db8::9]:25 P=smtp S=9", {"remote_host": None, "remote_ip": "2001:db8::9"}),
        ('<= "a b"@example.org H=h.example.org [198.51.100.9] S=9', {"sender": '"a b"@example.org', "size_bytes": 9}),
        ("(= a@example.org H=h.example.org [198.51.100.9] P=esmtp S=9", {"event": "(=", "outcome": "received"}),
        (
            "<= a@contoso.com H=localhost [127.0.0.1] P=esmtp S=sss",
            {"direction": "internal", "size_bytes": None, "sender": "a@contoso.com"},
        ),
        ('<= a@contoso.com U=a P=local S=9 T="caf\\351 \\"', {"subject": 'caf\\351 \\"'}),
    ],
)  # fmt: skip
def test_an_arrival_tells_sender_client_and_message(text, wanted):
    assert some(one(line(text)), wanted) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "H=h.example.org (helo) [198.51.100.9]:4000 I=[192.0.2.1]:25 X=TLS1.3:x:256 CV=no F=<a@example.org> rejected RCPT "
            "<bo@contoso.com>: 550 5.7.1 no",
            {"event": "rejected RCPT", "outcome": "rejected", "direction": "inbound", "sender": "a@example.org",
             "recipient": "bo@contoso.com", "destination": "contoso.com", "remote_host": "h.example.org",
             "remote_ip": "198.51.100.9", "response": "550 5.7.1 no", "tls_version": "TLS1.3", "status_code": "5.7.1"},
        ),
        (
            "H=(yak) [198.51.100.9]:3755 F=a@example.org rejected RCPT bo@contoso.com: relay not permitted",
            {"sender": "a@example.org", "recipient": "bo@contoso.com", "response": "relay not permitted", "remote_host": None,
             "remote_ip": "198.51.100.9", "cause": "relay_denied"},
        ),
        ("H=[198.51.100.9] F=<> rejected RCPT <bo@contoso.com>", {"sender": "", "recipient": "bo@contoso.com"}),
        (
            "H=h.example.org [198.51.100.9] F=<a@example.org> temporarily rejected RCPT <bo@contoso.com>: greylisted",
            {"event": "temporarily rejected RCPT", "outcome": "deferred", "cause": "greylisted"},
        ),
        (
            "H=h.example.org [198.51.100.9] F=<a@example.org> rejected RCPT <bo@contoso.com>: 451 later",
            {"event": "rejected RCPT", "outcome": "deferred"},
        ),
        (
            "H=h.example.org [198.51.100.9] rejected MAIL <a@example.org>: unknown",
            {"event": "rejected MAIL", "sender": "a@example.org", "recipient": None, "destination": "this server"},
        ),
        ("H=[198.51.100.9] rejected EHLO or HELO x: bad", {"event": "rejected EHLO or HELO", "outcome": "rejected"}),
        ('H=[198.51.100.9] rejected connection in "connect" ACL', {"event": "rejected connection", "outcome": "rejected"}),
        (
            "SMTP protocol synchronization error (input sent without waiting for greeting): rejected connection from "
            'H=[198.51.100.9]:25936 I=[192.0.2.1]:25 input="GET / HTTP/1.1\\r\\n"',
            {"event": "synchronization error", "outcome": "rejected", "remote_ip": "198.51.100.9", "destination": "192.0.2.1"},
        ),
        (
            'SMTP call from h.example.org (x) [198.51.100.9] dropped: too many nonmail commands (last was "RSET")',
            {"event": "dropped", "outcome": "rejected", "remote_host": "h.example.org"},
        ),
        (
            "login authenticator failed for h.example.org ([192.168.2.33]) [198.51.100.9]: 535 Incorrect authentication data "
            "(set_id=bo)",
            {"event": "authenticator failed", "outcome": "rejected", "cause": "authentication_failed",
             "remote_host": "h.example.org", "remote_ip": "198.51.100.9", "reply_code": 535},
        ),
        (
            "login authenticator failed for (x) [198.51.100.9]: 435 Unable to authenticate at present",
            {"outcome": "deferred", "reply_code": 435},
        ),
        (
            "refused connection from H=h.example.org [198.51.100.9] (host_reject_connection)",
            {"event": "refused connection", "outcome": "rejected", "remote_ip": "198.51.100.9"},
        ),
        ("Connection from [198.51.100.9] refused: too many connections", {"outcome": "deferred", "remote_ip": "198.51.100.9"}),
        (
            "rejected from <a@example.org> H=h.example.org [198.51.100.9]: message too big: read=9 max=8",
            {"event": "rejected from", "outcome": "rejected", "remote_host": "h.example.org", "sender": "a@example.org"},
        ),
        (
            "TLS error on connection from h.example.org [198.51.100.9] (SSL_accept): error:1408A0C1: no shared cipher",
            {"event": "TLS error", "outcome": "info", "remote_ip": "198.51.100.9", "cause": None},
        ),
        (
            "H=h.example.org [198.51.100.9] F=<a@example.org> RCPT <bo@contoso.com>: discarded by RCPT ACL: trap",
            {"event": "discarded", "outcome": "dropped", "recipient": "bo@contoso.com"},
        ),
        (
            'H=h.example.org [198.51.100.9] F=<a@example.org> rejected RCPT <"b> c"@contoso.com>: no',
            {"recipient": '"b> c"@contoso.com', "response": "no"},
        ),
    ],
)  # fmt: skip
def test_what_is_turned_away_without_a_message_is_told_by_itself(text, wanted):
    assert some(one(line(text, mail=None)), {"queue_id": None, **wanted}) == {"queue_id": None, **wanted}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "H=h.example.org [198.51.100.9] F=<a@example.org> rejected after DATA: contains a virus (x)",
            {"event": "rejected after DATA", "outcome": "rejected", "cause": "malware", "sender": "a@example.org"},
        ),
        (
            "H=h.example.org [198.51.100.9] F=<a@example.org> rejected during MIME ACL checks: bad attachment",
            {"event": "rejected during MIME ACL", "response": "bad attachment"},
        ),
        (
            "F=a@example.org H=h.example.org (x) [198.51.100.9] I=[192.0.2.1]:25 P=esmtp temporarily rejected by local_scan(): "
            "Temporary local problem",
            {"event": "temporarily rejected by local_scan()", "outcome": "deferred", "sender": "a@example.org"},
        ),
        ("F=<a@contoso.com> rejected by non-SMTP ACL: no", {"event": "rejected by non-SMTP ACL", "response": "no"}),
    ],
)  # fmt: skip
def test_a_message_that_is_refused_keeps_its_id(text, wanted):
    assert some(one(line(text)), {"queue_id": MAIL, **wanted}) == {"queue_id": MAIL, **wanted}


@pytest.mark.parametrize(
    "text",
    [
        "H=h.example.org [198.51.100.9] sender verify fail for <a@example.org>: Unrouteable address",
        "H=h.example.org [198.51.100.9] Warning: would have rejected RCPT <bo@contoso.com>: listed",
        "no MAIL in SMTP connection from h.example.org [198.51.100.9] D=21s C=EHLO,STARTTLS",
        "SMTP connection from h.example.org [198.51.100.9] closed by DROP in ACL",
        'SMTP protocol error in "AUTH LOGIN" H=(x) [198.51.100.9] AUTH command used when not advertised',
        "no host name found for IP address 198.51.100.9",
        "Start queue run: pid=1",
        "unexpected disconnection while reading SMTP command from [198.51.100.9] D=1s",
        "cwd=/ 3 args: exim -bp rejected",
    ],
)
def test_what_decides_nothing_is_context(text):
    assert read(line(text, mail=None)) == []


def test_refusals_of_the_same_second_from_other_clients_are_not_taken_for_repeats():
    text = "".join(
        line(f"login authenticator failed for (x) [198.51.100.{last}]: 535 Incorrect authentication data", mail=None)
        for last in (1, 2, 3)
    )
    assert len(read(text)) == 3

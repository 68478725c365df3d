"""Postfix mail logs: attempts, their mails, and what became of each recipient."""

from __future__ import annotations

from datetime import datetime

import pytest

from support.maillog import QUEUE, arrival, line, one, read, to


def test_an_attempt_is_joined_with_the_arrival_of_its_mail():
    received, sent = sorted(
        read(arrival() + to("sent (250 2.0.0 Ok: queued as 4F2)", dsn="2.0.0")), key=lambda event: event["event_time"]
    )
    wanted = {
        "event_time": datetime(2026, 11, 2, 13, 28, 2), "server": "mail", "event": "status=sent",
        "outcome": "delivered", "direction": "outbound", "connector": "smtp", "sender": "erp@contoso.com",
        "recipient": "bo@fabrikam.com", "destination": "mx.fabrikam.com", "remote_host": "mx.fabrikam.com",
        "remote_ip": "192.0.2.69", "status_code": "2.0.0", "response": None, "message_id": f"{QUEUE}@contoso.com",
        "queue_id": QUEUE, "size_bytes": 4321, "delay_seconds": 0.75,
    }  # fmt: skip
    assert {name: sent[name] for name in wanted} == wanted
    wanted = {
        "event_time": datetime(2026, 11, 2, 13, 28), "outcome": "received", "direction": "inbound",
        "connector": "smtpd", "sender": "erp@contoso.com", "recipient": None, "remote_host": "erp01.contoso.com",
        "remote_ip": "203.0.113.5", "destination": "mail", "queue_id": QUEUE, "size_bytes": 4321,
    }  # fmt: skip
    assert {name: received[name] for name in wanted} == wanted


GREYLISTED = (
    "host mx.fabrikam.com[192.0.2.69] said: 451-You have been greylisted. This is part of our standard measures "
    "451-and your mail system should try again later. We will accept 451 this mail from you in 42 seconds "
    "(in reply to RCPT TO command)"
)


@pytest.mark.parametrize(
    ("status", "given", "wanted"),
    [
        (f"deferred ({GREYLISTED})", {}, {"outcome": "deferred", "response": GREYLISTED, "status_code": "4.0.0"}),
        (f"deferred ({GREYLISTED}", {}, {"outcome": "deferred", "response": GREYLISTED}),
        (f"deferred ({GREYLISTED[:-1]}", {}, {"outcome": "deferred", "response": GREYLISTED[:-1]}),
        ("SOFTBOUNCE (mail box full)", {}, {"outcome": "deferred", "response": "mail box full"}),
        (
            "bounced (Domain example.com does not accept mail (nullMX))",
            {"relay": "none", "dsn": "5.1.0", "recipient": "<r42@example.com>"},
            {"outcome": "failed", "response": "Domain example.com does not accept mail (nullMX)",
             "destination": "example.com", "remote_host": None},
        ),
        (
            "deferred (delivery temporarily suspended: connect to mail.adatum.com[198.51.100.1]:25: Connection timed out)",
            {"relay": "none", "dsn": "4.4.1", "recipient": "<a@adatum.com>"},
            {"outcome": "deferred", "remote_host": "mail.adatum.com", "remote_ip": "198.51.100.1",
             "destination": "mail.adatum.com", "status_code": "4.4.1"},
        ),
        (
            "deferred (lost connection with mx6.example.net[2001:db8::1b] while receiving the initial greeting)",
            {"relay": "none", "recipient": "<a@example.net>"},
            {"remote_host": "mx6.example.net", "remote_ip": "2001:db8::1b", "destination": "mx6.example.net"},
        ),
        (
            "deferred (host MX.Example.net[2001:db8::1b] refused to talk to me: 450 4.3.2 busy)",
            {"relay": "MX.Example.net[2001:db8::1b]:25", "recipient": "<a@example.net>"},
            {"remote_host": "MX.Example.net", "remote_ip": "2001:db8::1b", "destination": "mx.example.net"},
        ),
        (
            "sent (delivered to mailbox)", {"relay": "local", "recipient": "<root@mail>", "dsn": "2.0.0"},
            {"outcome": "delivered", "remote_host": None, "destination": "mail", "response": None},
        ),
        (
            "sent (250 2.0.0 <a@contoso.com> Saved)",
            {"relay": "mail.contoso.com[private/dovecot-lmtp]", "recipient": "<a@contoso.com>"},
            {"outcome": "delivered", "remote_host": None, "remote_ip": None, "destination": "contoso.com"},
        ),
        (
            "sent (250 2.0.0 from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok)", {"relay": "127.0.0.1[127.0.0.1]:10024"},
            {"outcome": "info", "direction": "internal", "destination": "fabrikam.com"},
        ),
        (
            "deferred (connect to 127.0.0.1[127.0.0.1]:10024: Connection refused)", {"relay": "none"},
            {"outcome": "deferred", "direction": "internal", "destination": "fabrikam.com"},
        ),
        (
            "sent (250 2.7.0 Ok, discarded, id=02279-04 - spam)", {"relay": "127.0.0.1[127.0.0.1]:10024", "dsn": "2.7.0"},
            {"outcome": "filtered", "direction": "internal", "destination": "fabrikam.com"},
        ),
        (
            "sent (250 2.1.5 bo@fabrikam.com Ok)", {"relay": "127.0.0.1[127.0.0.1]:2003", "tag": "postfix/lmtp[1]"},
            {"outcome": "delivered", "direction": "inbound", "destination": "fabrikam.com"},
        ),
        (
            "sent (250 2.0.0 Ok: queued as B17F830001CA)",
            {"relay": "127.0.0.1[127.0.0.1]:10024", "tag": "postfix/filter/lmtp[1]"},
            {"outcome": "info", "direction": "internal"},
        ),
        ("undeliverable (host mx.fabrikam.com[192.0.2.69] said: 550 no)", {}, {"outcome": "info"}),
        ("deliverable (250 Ok)", {}, {"outcome": "info"}),
        ("sent (250 Ok)", {"rest": "delay=8.6e-05, delays=0/0/0/0"}, {"delay_seconds": 8.6e-05}),
        ("sent (250 Ok)", {"rest": "conn_use=2, delay=425973, delays=1/2/3/4, tls=may"}, {"delay_seconds": 425973.0}),
        ("sent (250 Ok)", {"rest": "delays=0/0/0/0", "recipient": "root1234"}, {"delay_seconds": None}),
        ("sent (250 Ok)", {"relay": "mx.fabrikam.com[192.0.2"}, {"remote_host": "mx.fabrikam.com", "remote_ip": None}),
        ("sent (250 Ok)", {"recipient": "root@contoso.com"}, {"recipient": "root@contoso.com"}),
        ("sent (250 Ok)", {"recipient": '<"a, b"@x.example.org>'}, {"recipient": '"a, b"@x.example.org'}),
        (
            "sent (250 Ok)", {"recipient": "<a@contoso.com>, orig_to=<alias@contoso.com>"},
            {"recipient": "a@contoso.com", "remote_host": "mx.fabrikam.com"},
        ),
    ],
)  # fmt: skip
def test_each_status_line_says_what_became_of_its_recipient(status, given, wanted):
    event = one(to(status, **given))
    assert {name: event[name] for name in wanted} == wanted


@pytest.mark.parametrize(
    ("tag", "connector"),
    [
        ("postfix/smtp[1]", "smtp"), ("postfix/relay/smtp[1]", "relay/smtp"), ("postfix-out/smtp[1]", "postfix-out/smtp"),
        ("postfix-192.0.2.50/smtp[29711]", "postfix-192.0.2.50/smtp"), ("mta2/smtp[1]", "mta2/smtp"),
        ("mail.info: postfix/smtp[1]", "smtp"),
    ],
)  # fmt: skip
def test_the_connector_is_the_service_with_its_instance(tag, connector):
    assert one(to("sent (250 Ok)", tag=tag))["connector"] == connector


def test_the_tls_version_is_that_of_the_connection_before():
    def tls(peer: str, version: str, at: str) -> str:
        return line(f"Untrusted TLS connection established to {peer}: {version} with cipher AES (256/256 bits)", at=at)

    text = tls("mx.fabrikam.com[192.0.2.69]:25", "TLSv1.2", "Nov  2 10:00:00")
    text += to("sent (250 Ok)", at="Nov  2 10:00:01")
    text += tls("mx.fabrikam.com[192.0.2.69]:25", "TLSv1.3", "Nov  2 11:00:00")
    text += to("sent (250 Ok)", at="Nov  2 11:00:01")
    text += to("sent (250 Ok)", at="Nov  2 11:00:02", tag="postfix/smtp[4]")
    text += to("sent (250 Ok)", at="Nov  2 18:00:00")
    assert [event["tls_version"] for event in read(text)] == ["TLS1.2", "TLS1.3", None, None]

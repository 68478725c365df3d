"""Postfix mail logs: expiries, refusals, lines that state nothing, and whose log it is."""

from __future__ import annotations

from datetime import datetime

import pytest

from mailtrend.formats.base import Head
from mailtrend.formats.postfix import FORMAT
from mailtrend.ingest.trial import parse
from support.maillog import QUEUE, YEAR, arrival, line, one, read, to


def test_an_expiry_is_told_of_each_recipient_that_was_last_deferred():
    timed_out = "deferred (connect to mx.fabrikam.com[192.0.2.69]:25: Connection timed out)"
    text = arrival() + "".join(
        to(timed_out, at=f"Nov  2 {hour}:00:00", relay="none", dsn="4.4.1", recipient=f"<{name}@fabrikam.com>")
        for hour in (14, 15)
        for name in ("a", "b")
    )
    text += to("sent (250 Ok)", at="Nov  2 16:00:00", recipient="<b@fabrikam.com>")
    text += line(f"{QUEUE}: from=<erp@contoso.com>, status=expired, returned to sender", at="Nov  3 13:30:00",
                 tag="postfix/qmgr[1]")  # fmt: skip
    [expired] = [event for event in read(text) if event["outcome"] == "expired"]
    wanted = {
        "event_time": datetime(2026, 11, 3, 13, 30), "event": "status=expired", "recipient": "a@fabrikam.com",
        "sender": "erp@contoso.com", "connector": "smtp", "destination": "mx.fabrikam.com", "status_code": "4.4.1",
        "response": "connect to mx.fabrikam.com[192.0.2.69]:25: Connection timed out", "size_bytes": 4321,
    }  # fmt: skip
    assert {name: expired[name] for name in wanted} == wanted


def test_an_expiry_without_a_deferral_names_nobody():
    event = one(
        line(f"{QUEUE}: from=<erp@contoso.com>, status=force-expired, returned to sender", tag="postfix/qmgr[1]")
    )
    assert (event["event"], event["outcome"], event["recipient"]) == ("status=force-expired", "expired", None)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "NOQUEUE: reject: RCPT from unknown[203.0.113.9]: 554 5.7.1 <a@example.net>: Relay access denied; "
            "from=<x@example.com> to=<a@example.net> proto=ESMTP helo=<pc; from=<>>",
            {"event": "reject: RCPT", "outcome": "rejected", "status_code": "5.7.1", "sender": "x@example.com",
             "recipient": "a@example.net", "destination": "example.net", "queue_id": None, "remote_host": None,
             "remote_ip": "203.0.113.9", "response": "554 5.7.1 <a@example.net>: Relay access denied",
             "direction": "inbound", "connector": "smtpd"},
        ),
        (
            "NOQUEUE: reject: RCPT from h.example.org[2001:db8::9]: 450 4.1.8 <x@y.example.com>: Sender address rejected: "
            "Domain not found; from=<> to=<a@contoso.com> proto=ESMTP helo=<h>",
            {"outcome": "deferred", "status_code": "4.1.8", "sender": "", "remote_host": "h.example.org",
             "remote_ip": "2001:db8::9"},
        ),
        (
            "769FF2E0760: milter-reject: END-OF-MESSAGE from h.example.org[203.0.113.155]: 5.7.1 Spam message rejected; "
            "from=<x@example.org> to=<a@contoso.com> proto=ESMTP helo=<h>",
            {"event": "milter-reject: END-OF-MESSAGE", "outcome": "rejected", "status_code": "5.7.1",
             "queue_id": "769FF2E0760", "response": "5.7.1 Spam message rejected", "recipient": "a@contoso.com"},
        ),
        (
            "NOQUEUE: reject: RCPT from [203.0.113.7]:4711: 550 5.7.1 Service unavailable; client [203.0.113.7] blocked "
            "using dnsbl.example.net; from=<x@example.org>, to=<a@contoso.com>, proto=ESMTP, helo=<h>",
            {"response": "550 5.7.1 Service unavailable; client [203.0.113.7] blocked using dnsbl.example.net",
             "recipient": "a@contoso.com", "remote_ip": "203.0.113.7"},
        ),
        (
            "NOQUEUE: reject: CONNECT from unknown[203.0.113.7]: 521 5.7.1 no; proto=SMTP",
            {"outcome": "rejected", "recipient": None, "sender": None, "response": "521 5.7.1 no"},
        ),
        (
            "A8A0C2E0760: reject: header Subject: win a prize from h.example.org[203.0.113.9]; from=<x@example.org> "
            "to=<a@contoso.com> proto=ESMTP helo=<h>: 5.7.1 No prizes here",
            {"event": "reject: header", "outcome": "rejected", "response": "5.7.1 No prizes here",
             "recipient": "a@contoso.com", "status_code": "5.7.1"},
        ),
        (
            "A8A0C2E0760: reject: header To: <list@example.org> from h.example.org[203.0.113.9]; from=<x@example.org> "
            "to=<a@contoso.com> proto=ESMTP helo=<h>: not to this list",
            {"event": "reject: header", "outcome": "rejected", "response": "not to this list", "status_code": None},
        ),
        (
            "A8A0C2E0760: reject: body buy now from local; from=<web@contoso.com>: 5.7.1 No adverts",
            {"event": "reject: body", "sender": "web@contoso.com", "recipient": None, "response": "5.7.1 No adverts"},
        ),
        (
            "NOQUEUE: reject: VRFY from h.example.org[203.0.113.9]: 550 5.1.1 <bo@contoso.com>: Recipient address rejected: "
            "User unknown; to=<bo@contoso.com> proto=SMTP helo=<h>",
            {"event": "reject: VRFY", "sender": None, "recipient": "bo@contoso.com", "status_code": "5.1.1"},
        ),
        (
            "NOQUEUE: reject: RCPT from h.example.org[203.0.113.9]: 450 4.2.0 <a@contoso.com>: Greylisted; from=<x@exam",
            {"outcome": "deferred", "sender": None, "recipient": None},
        ),
    ],
)  # fmt: skip
def test_refusals_are_told_with_or_without_a_queue_id(text, wanted):
    event = one(line(text, tag="postfix/smtpd[1]"))
    assert {name: event[name] for name in wanted} == wanted


FROM = "from=<x@example.org> to=<a@contoso.com> proto=ESMTP helo=<h>"


@pytest.mark.parametrize(
    ("text", "event", "outcome", "response"),
    [
        (f"NOQUEUE: hold: RCPT from h.example.org[203.0.113.9]: <x@example.org>: Sender address triggers HOLD action; {FROM}",
         "hold: RCPT", "quarantined", "<x@example.org>: Sender address triggers HOLD action"),
        (f"{QUEUE}: milter-hold: END-OF-MESSAGE from h.example.org[203.0.113.9]: milter triggers HOLD action; {FROM}",
         "milter-hold: END-OF-MESSAGE", "quarantined", "milter triggers HOLD action"),
        (f"{QUEUE}: hold: header Subject: a > b from h.example.org[203.0.113.9]; {FROM}: look at this one",
         "hold: header", "quarantined", "look at this one"),
        (f"NOQUEUE: discard: RCPT from h.example.org[203.0.113.9]: <a@contoso.com>: Recipient address triggers DISCARD "
         f"action; {FROM}",
         "discard: RCPT", "dropped", "<a@contoso.com>: Recipient address triggers DISCARD action"),
        (f"{QUEUE}: milter-discard: END-OF-MESSAGE from h.example.org[203.0.113.9]: milter triggers DISCARD action; {FROM}",
         "milter-discard: END-OF-MESSAGE", "dropped", "milter triggers DISCARD action"),
        (f"{QUEUE}: discard: header X-Spam-Flag: YES from h.example.org[203.0.113.9]; {FROM}",
         "discard: header", "dropped", None),
        (f"{QUEUE}: hold: header Subject: wait from local; from=<x@example.org> to=<a@contoso.com>: read it first",
         "hold: header", "quarantined", "read it first"),
    ],
)  # fmt: skip
def test_mail_that_is_held_or_thrown_away_is_told(text, event, outcome, response):
    told = one(line(text, tag="postfix/cleanup[1]"))
    assert (told["event"], told["outcome"], told["response"]) == (event, outcome, response)
    assert (told["recipient"], told["sender"]) == ("a@contoso.com", "x@example.org")
    assert told["remote_ip"] == (None if " from local;" in text else "203.0.113.9")


def test_a_tag_without_its_colon_is_read_like_one_with_it():
    text = arrival() + to("bounced (host mx.fabrikam.com[192.0.2.69] said: 550 5.1.1 no)")
    bare = text.replace("]: " + QUEUE, "] " + QUEUE)
    assert bare.count("] " + QUEUE) == 4
    assert read(bare) == read(text)
    assert FORMAT.claims(Head("mail.log", bare))


def test_a_delivery_without_its_queue_id_is_rejected():
    found = parse(FORMAT, to("sent (250 Ok)").replace(f"{QUEUE}: ", "").encode(), options=YEAR)
    assert [row["reason"] for row in found.rejects.to_pylist()] == ["a delivery without its queue id"]


def test_lines_that_state_no_outcome_are_context_and_garbage_is_rejected():
    host = "host mx.fabrikam.com[192.0.2.69] said: 450 4.2.0 wait (in reply to RCPT TO command)"
    text = (
        line("connect from erp01.contoso.com[203.0.113.5]", tag="postfix/smtpd[1]")
        + line(f"{QUEUE}: {host}")
        + line(
            "NOQUEUE: reject_warning: RCPT from h[203.0.113.5]: 554 no; from=<> to=<a@contoso.com>",
            tag="postfix/smtpd[1]",
        )
        + line("warning: h[203.0.113.5]: SASL LOGIN authentication failed: x", tag="postfix/smtpd[1]")
        + line("message repeated 3 times: [ NOQUEUE: reject: RCPT from h[203.0.113.5]: 554 no]", tag="postfix/smtpd[1]")
        + line("imap-login: Login: user=<jo>, to=<jo>", tag="dovecot")
        + line("A17F830001CA: DKIM-Signature field added (s=x, d=contoso.com)", tag="opendkim[77]")
        + line(f"{QUEUE}: sender non-delivery notification: B17F830001CA", tag="postfix/bounce[1]")
        + "2026-11-02T00:5\n"
        + "garbage: to=<a@contoso.com>, status=sent (x)]: \n"
        + to("sent (250 Ok)", at="Feb 30 10:00:00")
    )
    found = parse(FORMAT, text.encode(), options=YEAR)
    assert found.events.num_rows == 0
    assert [row["reason"] for row in found.rejects.to_pylist()] == [
        "not a syslog line",
        "not a syslog line",
        "no such time",
    ]
    assert found.counts["context"] == 8


@pytest.mark.parametrize(
    ("text", "ours"),
    [
        (line("connect from x[203.0.113.5]", tag="postfix/smtpd[1]"), True),
        (line("daemon started", tag="dovecot[1]") + line("statistics: x", tag="mta2/qmgr[1]"), True),
        ("2026-08-26T01:33:38.572449+00:00 mail postfix/qmgr[1]: A17F830001CA: removed\n", True),
        ("<22>Nov  2 13:28:02 mail postfix/qmgr[1]: A17F830001CA: removed\n", True),
        (
            line("m5UNQtuJ001414: to=<kate@example.com>, delay=00:28:00, mailer=esmtp, stat=Sent", tag="sm-mta[5972]"),
            False,
        ),
        ("2026-02-13 14:39:22 1RookS-000Pg8-VO == user@example.com R=dnslookup T=remote_smtp defer (-44): x\n", False),
        ("date,postfix/smtp[1]: \n", False),
        ("", False),
    ],
)
def test_only_postfix_lines_are_claimed(text, ours):
    assert FORMAT.claims(Head("mail.log", text)) is ours

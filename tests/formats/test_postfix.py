"""Postfix mail logs: attempts, arrivals, refusals and expiries, joined by queue id."""

from __future__ import annotations

from datetime import datetime

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailtrend.errors import UsageError
from mailtrend.formats.base import FileFacts, Head, Options
from mailtrend.formats.postfix import FORMAT
from mailtrend.ingest import slices
from mailtrend.ingest.trial import parse

YEAR = Options(year=2026)
QUEUE = "A17F830001CA"


def line(text: str, *, at: str = "Nov  2 13:28:02", tag: str = "postfix/smtp[18832]", host: str = "mail") -> str:
    return f"{at} {host} {tag}: {text}\n"


def to(
    status: str, *, queue: str = QUEUE, recipient: str = "<bo@fabrikam.com>", relay: str = "mx.fabrikam.com[192.0.2.69]:25",
    rest: str = "delay=0.75, delays=0/0.03/0.66/0.06", dsn: str = "4.0.0", **where: str,
) -> str:  # fmt: skip
    return line(f"{queue}: to={recipient}, relay={relay}, {rest}, dsn={dsn}, status={status}", **where)


def arrival(queue: str = QUEUE, *, at: str = "Nov  2 13:28:00", sender: str = "erp@contoso.com", **where: str) -> str:
    def said(text: str, daemon: str) -> str:
        return line(f"{queue}: {text}", at=at, **({"tag": f"postfix/{daemon}[11]"} | where))

    return (
        said("client=erp01.contoso.com[203.0.113.5], sasl_method=LOGIN, sasl_username=erp", "smtpd")
        + said(f"message-id=<{queue}@contoso.com>", "cleanup")
        + said(f"from=<{sender}>, size=4321, nrcpt=1 (queue active)", "qmgr")
    )


def read(*texts: str, options: Options = YEAR) -> list[dict]:
    return parse(FORMAT, *(text.encode() for text in texts), options=options).events.to_pylist()


def one(text: str, options: Options = YEAR) -> dict:
    [event] = read(text, options=options)
    return event


def attempts(events: list[dict]) -> list[dict]:
    return [event for event in events if event["outcome"] != "received"]


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


@pytest.mark.parametrize(
    ("stamp", "zone", "wanted"),
    [
        ("Dec  7 13:28:02", "UTC", "2026-12-07T13:28:02"),
        ("Dec 07 13:28:02", "UTC", "2026-12-07T13:28:02"),
        ("Dec  7 13:28:02.250", "UTC", "2026-12-07T13:28:02.250"),
        ("Dec  7 13:28:02", "Europe/Berlin", "2026-12-07T12:28:02"),
        ("Sep 30 01:00:00", "America/New_York", "2026-09-30T05:00:00"),
        ("2026-08-26T01:33:38.572449+00:00", "Europe/Berlin", "2026-08-26T01:33:38.572449"),
        ("2026-08-26T01:33:38.572449-05:30", "UTC", "2026-08-26T07:03:38.572449"),
        ("2026-08-26T01:33:38+0200", "UTC", "2026-08-25T23:33:38"),
        ("2026-08-26T01:33:38Z", "Europe/Berlin", "2026-08-26T01:33:38"),
        ("2026-08-26T01:33:38", "Europe/Berlin", "2026-08-25T23:33:38"),
        ("<22>Dec  7 13:28:02", "UTC", "2026-12-07T13:28:02"),
        ("mail-1  | Dec  7 13:28:02", "UTC", "2026-12-07T13:28:02"),
    ],
)
def test_stamps_become_utc(stamp, zone, wanted):
    event = one(to("sent (250 Ok)", at=stamp), options=Options(timezone=zone, year=2026))
    assert event["event_time"] == datetime.fromisoformat(wanted)
    assert event["server"] == "mail"


def test_an_unknown_zone_is_refused():
    with pytest.raises(UsageError, match="Mars/Olympus"):
        read(to("sent (250 Ok)"), options=Options(timezone="Mars/Olympus"))


@pytest.mark.parametrize(
    ("months", "modified", "year", "wanted"),
    [
        (["Nov"], (2026, 11), None, [2026]),
        (["Nov", "Dec", "Jan"], (2027, 1), None, [2026, 2026, 2027]),
        (["Dec", "Jan"], (2027, 8), None, [2026, 2027]),
        (["Dec"], (2027, 1), None, [2026]),
        (["Mar", "Apr"], (2026, 4), None, [2026, 2026]),
        (["Dec", "Jan"], (2030, 1), 2026, [2026, 2027]),
        (["Jan", "Feb"], (2030, 1), 2026, [2026, 2026]),
    ],
)
def test_a_missing_year_comes_from_the_files_date_or_the_user(months, modified, year, wanted):
    text = "".join(to("sent (250 Ok)", at=f"{month}  2 10:00:00") for month in months)
    rows = pa.table({"text": text.splitlines()})
    words = FORMAT.prepare(rows, FileFacts("mail.log", *modified, Options(year=year)))
    found = [_year_of(words["year_of_stamp"], month) for month in months]
    assert found == wanted


def _year_of(sql: str, month: str) -> int:
    import duckdb

    with duckdb.connect() as con:
        return int(
            con.execute(f"SELECT {sql} FROM (SELECT $stamp AS stamp)", {"stamp": f"{month}  2"}).fetchall()[0][0]
        )


def test_rotated_files_of_one_log_are_read_together():
    facts = [FileFacts(f"mail.log.{month}", 2026, month, Options()) for month in (8, 9, 10)]
    words = [FORMAT.prepare(pa.table({"text": [to("sent", at=f"{month}  2 10:00:00")]}), each)
             for month, each in zip(("Jul", "Aug", "Oct"), facts, strict=True)]  # fmt: skip
    assert words[0] == words[1] == words[2]


def test_the_year_is_that_of_the_file_when_nobody_says():
    event = one(to("sent (250 Ok)", at="Jan  1 00:00:01"), options=Options())
    assert event["event_time"].year == datetime.now().year


def test_a_queue_id_that_is_used_again_is_another_mail():
    text = (
        arrival(at="Nov  2 10:00:00", sender="one@contoso.com")
        + to("sent (250 Ok)", at="Nov  2 10:00:05", dsn="2.0.0")
        + line(f"{QUEUE}: removed", at="Nov  2 10:00:06", tag="postfix/qmgr[1]")
        + arrival(at="Nov  3 10:00:00", sender="two@contoso.com")
        + to("deferred (no)", at="Nov  3 10:00:05")
    )
    found = [(event["sender"], event["outcome"]) for event in attempts(read(text))]
    assert found == [("one@contoso.com", "delivered"), ("two@contoso.com", "deferred")]
    assert len(read(text)) == 4


def test_the_same_queue_id_on_another_host_or_instance_is_another_mail():
    text = (
        arrival(sender="one@contoso.com") + arrival(sender="two@contoso.com", host="mail2")
        + arrival(sender="three@contoso.com", tag="postfix-out/x[1]")
        + to("deferred (no)") + to("deferred (no)", host="mail2") + to("deferred (no)", tag="postfix-out/smtp[1]", at="Nov  2 13:29:00")
    )  # fmt: skip
    assert sorted(event["sender"] for event in attempts(read(text))) == [
        "one@contoso.com", "three@contoso.com", "two@contoso.com",
    ]  # fmt: skip


def test_a_bounce_has_the_empty_sender():
    text = line("1310930001DB: message-id=<x@mail>", tag="postfix/cleanup[1]")
    text += line("1310930001DB: from=<>, size=2000, nrcpt=1 (queue active)", tag="postfix/qmgr[1]")
    text += to("sent (250 Ok)", queue="1310930001DB")
    assert [event["sender"] for event in read(text)] == ["", ""]


def test_long_queue_ids_and_local_submission_are_read():
    queue = "4Ydfwv5YPnz9rvKt"
    text = line(f"{queue}: uid=1000 from=<jo>", tag="postfix/pickup[1]")
    text += line(f"{queue}: from=<jo@mail>, size=300, nrcpt=1 (queue active)", tag="postfix/qmgr[1]")
    text += to("sent (250 Ok)", queue=queue)
    received, sent = sorted(read(text), key=lambda event: event["event"])
    assert (received["outcome"], received["connector"], received["remote_ip"]) == ("received", "pickup", None)
    assert (sent["queue_id"], sent["sender"]) == (queue, "jo@mail")


def test_a_mail_that_is_taken_up_again_arrives_once():
    again = line(f"{QUEUE}: from=<erp@contoso.com>, size=4321, nrcpt=1 (queue active)", at="Nov  2 14:00:00",
                 tag="postfix/qmgr[1]")  # fmt: skip
    text = arrival() + to("deferred (no)") + again + to("sent (250 Ok)", at="Nov  2 14:00:01")
    assert [event["outcome"] for event in read(text)] == ["received", "deferred", "delivered"]


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
    ],
)  # fmt: skip
def test_refusals_are_told_with_or_without_a_queue_id(text, wanted):
    event = one(line(text, tag="postfix/smtpd[1]"))
    assert {name: event[name] for name in wanted} == wanted


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


@pytest.mark.parametrize("slice_bytes", [48 << 20, 1])
def test_a_mail_goes_on_in_the_next_file(monkeypatch, slice_bytes):
    monkeypatch.setattr(slices, "SLICE", slice_bytes)
    lines = (arrival() + to("sent (250 Ok)")).splitlines(keepends=True)
    for cut in range(1, len(lines)):
        filler = "".join(line("connect from x[203.0.113.5]", tag="postfix/smtpd[1]") for _ in range(20))
        found = read(filler + "".join(lines[:cut]), "".join(lines[cut:]))
        [sent] = attempts(found)
        assert (sent["sender"], sent["message_id"], len(found)) == ("erp@contoso.com", f"{QUEUE}@contoso.com", 2)


def test_a_deferral_is_held_for_the_expiry_in_the_next_slice(monkeypatch):
    monkeypatch.setattr(slices, "SLICE", 1)
    filler = "".join(line("connect from x[203.0.113.5]", tag="postfix/smtpd[1]") for _ in range(20))
    first = arrival() + to("deferred (try one)") + to("deferred (try two)", at="Nov  2 15:00:00") + filler
    last = line(f"{QUEUE}: from=<erp@contoso.com>, status=expired, returned to sender", at="Nov  3 15:00:00",
                tag="postfix/qmgr[1]")  # fmt: skip
    found = attempts(read(first, filler, last))
    assert [(event["outcome"], event["recipient"], event["response"], event["sender"]) for event in found] == [
        ("deferred", "bo@fabrikam.com", "try one", "erp@contoso.com"),
        ("deferred", "bo@fabrikam.com", "try two", "erp@contoso.com"),
        ("expired", "bo@fabrikam.com", "try two", "erp@contoso.com"),
    ]


def test_an_older_rotated_file_that_is_read_later_still_names_the_sender():
    newer = to("sent (250 Ok)", at="Nov  2 15:00:00")
    older = arrival(at="Nov  2 14:59:00")
    assert [event["sender"] for event in attempts(read(newer, older))] == ["erp@contoso.com"]


def test_the_same_lines_in_two_logs_count_once():
    whole = arrival() + to("deferred (no)")
    found = parse(FORMAT, whole.encode(), (whole + to("sent (250 Ok)", at="Nov  2 14:00:00")).encode(), options=YEAR)
    assert sorted(found.events["outcome"].to_pylist()) == ["deferred", "delivered", "received"]


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


OUTCOMES = {"sent": "delivered", "deferred": "deferred", "bounced": "failed"}


@settings(max_examples=20, deadline=None)
@given(dice=st.randoms(use_true_random=False), share=st.floats(0, 1), one_slice=st.booleans())
def test_every_attempt_finds_its_mail_wherever_the_log_is_cut(dice, share, one_slice):
    """Few queue ids, used over and over by mails that overlap in time on two hosts."""
    rows, expected = [], []
    for host in ("mail", "mail2"):
        for queue in ("AAAAAAAAAA", "BBBBBBBBBB"):
            at = dice.randrange(50)
            for mail in range(dice.randrange(1, 4)):
                sender = f"{host}.{queue}.{mail}@contoso.com".lower()
                where = {"host": host}
                for text in arrival(queue, sender=sender, at="@", **where).splitlines(keepends=True):
                    rows.append((at, text))
                    at += dice.randrange(1, 4)
                for attempt in range(dice.randrange(1, 4)):
                    word = dice.choice(list(OUTCOMES))
                    recipient = f"r{attempt}@fabrikam.com"
                    rows.append((at, to(f"{word} (x)", queue=queue, recipient=f"<{recipient}>", at="@", **where)))
                    expected.append((host, queue, sender, recipient, OUTCOMES[word]))
                    at += dice.randrange(1, 9)
                rows.append((at, line(f"{queue}: removed", tag="postfix/qmgr[1]", at="@", **where)))
                at += dice.randrange(1, 30)
    rows.sort(key=lambda row: row[0])
    text = [row.replace("@", f"Nov  2 10:{at // 60:02d}:{at % 60:02d}", 1) for at, row in rows]
    cut = int(share * len(text))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(slices, "SLICE", 48 << 20 if one_slice else 1)
        found = attempts(read("".join(text[:cut]), "".join(text[cut:])))
    keys = ("server", "queue_id", "sender", "recipient", "outcome")
    assert sorted(tuple(event[key] for key in keys) for event in found) == sorted(expected)

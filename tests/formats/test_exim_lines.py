"""Exim main logs: stamps, frames, lines that syslog cut, mails over slices and files, and whose log it is."""

from __future__ import annotations

from datetime import datetime

import pyarrow as pa
import pytest

from mailtrend.formats.base import FileFacts, Head, Options
from mailtrend.formats.exim import FORMAT
from mailtrend.ingest import slices
from mailtrend.ingest.trial import parse
from support.eximlog import MAIL, line, one, read, sys

LONG = "1vDbKa-00000000aT5-0xYz"
SENT = "=> bo@fabrikam.com R=d T=smtp H=mx.fabrikam.com [203.0.113.25]"


@pytest.mark.parametrize(
    ("stamp", "zone", "wanted"),
    [
        ("2026-11-02 10:00:00", None, "2026-11-02T10:00:00"),
        ("2026-11-02 10:00:00", "Europe/Berlin", "2026-11-02T09:00:00"),
        ("2026-11-02 10:00:00.250", "Europe/Berlin", "2026-11-02T09:00:00.250"),
        ("2026-11-02 10:00:00 +0530", "Europe/Berlin", "2026-11-02T04:30:00"),
        ("2026-11-02 10:00:00.250 -0800 [123]", None, "2026-11-02T18:00:00.250"),
        ("2026-11-02 10:00:00 [123]", None, "2026-11-02T10:00:00"),
        ("Nov  2 10:00:00 mx exim[77]: 2026-11-02 11:00:00", None, "2026-11-02T11:00:00"),
        ("Nov  2 10:00:00 mx exim[77]: 2026-11-02 11:00:00 +0100 [77]", None, "2026-11-02T10:00:00"),
        ("Nov  2 10:00:00 mx exim[77]:", "Europe/Berlin", "2026-11-02T09:00:00"),
        ("<22>Nov  2 10:00:00 mx exim[77]:", None, "2026-11-02T10:00:00"),
        ("2026-11-02T10:00:00.5+01:00 mx exim4[77]:", None, "2026-11-02T09:00:00.500"),
        ("2026-11-02T10:00:00.5+01:00 mx exim4[77]: 2026-11-02 10:00:00", None, "2026-11-02T09:00:00.500"),
        ("2026-11-02T10:00:00 mx exim: 2026-11-02 10:00:00", "Europe/Berlin", "2026-11-02T09:00:00"),
        ("mail-1  | 2026-11-02 10:00:00", None, "2026-11-02T10:00:00"),
    ],
)
@pytest.mark.parametrize("mail", [MAIL, LONG])
def test_stamps_become_utc_and_ids_of_both_kinds_are_known(stamp, zone, wanted, mail):
    event = one(f"{stamp} {mail} {SENT}\n", Options(timezone=zone, year=2026))
    assert event["event_time"] == datetime.fromisoformat(wanted)
    assert event["queue_id"] == mail
    assert event["server"] == ("mx" if " mx " in stamp else None)


def test_times_without_a_zone_are_remarked_unless_the_user_named_one():
    def remarks(text, zone):
        rows = pa.table({"text": text.splitlines()})
        return FORMAT.remarks(rows, FileFacts("mainlog", 2026, 11, Options(timezone=zone)))

    plain, zoned = line(SENT), line(SENT, at="2026-11-02 10:00:00 +0100 [7]")
    assert "--timezone" in remarks(plain, None)[0]
    assert remarks(plain, "Europe/Berlin") == remarks(zoned, None) == []


def test_pieces_of_a_line_that_syslog_cut_are_one_line_again():
    text = (
        sys(f"[1/3] {MAIL} ** bo@fabrikam.com R=d T=smtp H=mx.fabrikam.com [203.0.113.25]: SMTP error: 550 5.7")
        + sys("dovecot: x", tag="dovecot[1]")
        + sys("[1/2] other: ", tag="exim[78]")
        + sys("[2\\3] .1 no")
        + sys("[2/2] line", tag="exim[78]")
        + sys("[3/3] more")
    )
    found = parse(FORMAT, text.encode(), options=Options(year=2026))
    [event] = found.events.to_pylist()
    assert (event["response"], event["line"], event["status_code"]) == ("SMTP error: 550 5.7.1 no\\nmore", 1, "5.7.1")
    assert (found.counts["used"], found.counts["context"], found.counts["rejects"]) == (3, 3, 0)


def test_a_piece_without_its_beginning_is_rejected():
    found = parse(FORMAT, sys("[2/3] rest of it").encode(), options=Options(year=2026))
    assert [row["reason"] for row in found.rejects.to_pylist()] == ["a part of a line whose beginning is missing"]


def test_lines_of_other_programs_are_context_and_what_is_no_log_line_is_rejected():
    text = (
        sys(
            f"A17F830001CA: to=<bo@fabrikam.com>, relay=none, status=deferred (rejected RCPT {MAIL})",
            tag="postfix/smtp[1]",
        )
        + sys("m5UNQtuJ001414: to=<kate@example.com>, stat=Deferred: rejected", tag="sm-mta[5972]")
        + sys("imap-login: Login rejected MAIL <x>: no", tag="dovecot")
        + line(SENT, at="2026-11-31 10:00:00")
        + "no log at all\n"
        + f"{MAIL} {SENT}\n"
    )
    found = parse(FORMAT, text.encode(), options=Options(year=2026))
    assert found.events.num_rows == 0
    assert found.counts["context"] == 3
    assert [row["reason"] for row in found.rejects.to_pylist()] == [
        "no such time",
        "not a line of an Exim log",
        "not a line of an Exim log",
    ]


def test_a_reject_log_beside_the_main_log_adds_nothing_and_its_headers_are_context():
    refusal = line("H=h.example.org [198.51.100.9] F=<a@example.org> rejected after DATA: spam")
    headers = "Envelope-from: <a@example.org>\nEnvelope-to: <bo@contoso.com>\nP Received: from h\n\tby mx; Mon\nF From: a\n  Subject: x\n"
    found = parse(FORMAT, refusal.encode(), (refusal + headers).encode(), options=Options(year=2026))
    assert found.events.num_rows == 1
    assert (found.counts["rows"], found.counts["context"], found.counts["rejects"]) == (8, 6, 0)


def test_binary_garbage_in_a_line_harms_only_itself():
    bad = (
        b'2026-11-02 10:00:00 SMTP protocol synchronization error (x): rejected "EHLO \x00\x01'
        + b'\xdf\xe9\xff" H=[198.51.100.9]\n'
    )
    events = read(bad + line(SENT).encode())
    assert [event["event"] for event in events] == ["synchronization error", "=>"]
    assert events[0]["remote_ip"] == "198.51.100.9"


def test_a_later_file_and_a_later_slice_know_the_sender_of_a_mail(monkeypatch):
    arrival = line("<= erp@contoso.com H=erp01.contoso.com [192.0.2.30] P=esmtp S=4321 id=m1@contoso.com")
    tried = line(
        "== bo@fabrikam.com R=d T=smtp defer (111) H=mx.fabrikam.com [203.0.113.25]: Connection refused",
        at="2026-11-02 10:01:00",
    )
    ended = line("** bo@fabrikam.com: retry timeout exceeded", at="2026-11-06 10:01:00")
    monkeypatch.setattr(slices, "SLICE", 1)
    other = line("Completed", mail=LONG)
    events = {event["outcome"]: event for event in read(arrival, tried + other, other + ended)}
    received, deferred, expired = events["received"], events["deferred"], events["expired"]
    for event in (deferred, expired):
        assert (event["sender"], event["message_id"], event["size_bytes"]) == (
            "erp@contoso.com",
            "m1@contoso.com",
            4321,
        )
    assert received["sender"] == "erp@contoso.com"
    assert expired["response"] == "Connection refused"


def test_a_line_cut_by_syslog_and_by_a_slice_is_put_together(monkeypatch):
    monkeypatch.setattr(slices, "SLICE", 1)
    first = sys(f"[1/2] {MAIL} ** bo@fabrikam.com R=d T=smtp: 550 5.")
    second = sys(f"{MAIL} Completed") + sys("[2/2] 7.1 no")
    found = parse(FORMAT, (first + second).encode(), options=Options(year=2026))
    assert found.events["response"].to_pylist() == ["550 5.7.1 no"]


@pytest.mark.parametrize(
    ("text", "ours"),
    [
        (line(SENT), True),
        (line(SENT, mail=LONG, at="2026-11-02 10:00:00.123 +0100 [77]"), True),
        (line("Start queue run: pid=1", mail=None), True),
        (line("H=[198.51.100.9] F=<> rejected RCPT <bo@contoso.com>: no", mail=None), True),
        (line("login authenticator failed for (x) [198.51.100.9]: 535 no", mail=None), True),
        (sys("anything", tag="dovecot[1]") + sys(f"{MAIL} Completed"), True),
        (sys(f"2026-11-02 10:00:00 {MAIL} {SENT}", tag="mailout[9]"), True),
        (sys("A17F830001CA: removed", tag="postfix/qmgr[1]"), False),
        (sys("m5UNQtuJ001414: to=<kate@example.com>, stat=Sent", tag="sm-mta[5972]"), False),
        (sys("imap-login: Login: user=<jo>", tag="dovecot"), False),
        ("2026-11-02 10:00:00 198.51.100.4 EHLO - 250\n", False),
        ("#Fields: date time c-ip\n2026-11-02 10:00:00 192.0.2.1 - SMTPSVC1\n", False),
        ("2026-11-02 10:00:00,123 INFO some other program\n", False),
        ("", False),
    ],
)
def test_only_exim_lines_are_claimed(text, ours):
    assert FORMAT.claims(Head("log", text)) is ours

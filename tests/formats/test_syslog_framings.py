"""A syslog is read whatever wrote it down: journal, RFC 5424, containers; its lines mean the same in all of them."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from mailtrend.formats._syslog import log_of
from mailtrend.formats.base import Head, Options
from mailtrend.formats.postfix import FORMAT
from mailtrend.ingest.trial import parse

MESSAGE = (
    "A17F830001CA: to=<bo@fabrikam.com>, relay=mx.fabrikam.com[192.0.2.69]:25, delay=0.7, delays=0/0/0.6/0.1, "
    "dsn=4.2.0, status=deferred (host mx.fabrikam.com[192.0.2.69] said: 450 4.2.0 wait | <22> (in reply to RCPT TO command))"
)
LINE = f"postfix/smtp[18]: {MESSAGE}"
JOURNAL = {
    "__REALTIME_TIMESTAMP": "1790841600123456",
    "_HOSTNAME": "mail",
    "SYSLOG_IDENTIFIER": "postfix/smtp",
    "SYSLOG_PID": "18",
    "_PID": "99",
    "MESSAGE": MESSAGE,
}
CLOCK = Options(timezone="Europe/Berlin", year=2026)
FRAMINGS = {
    "classic": f"Oct  1 10:00:00 mail {LINE}",
    "zero-padded": f"Oct 01 10:00:00 mail {LINE}",
    "journalctl -o short-precise": f"Oct 01 10:00:00.123456 mail {LINE}",
    "journalctl -o short-iso": f"2026-10-01T10:00:00+0200 mail {LINE}",
    "journalctl -o short-iso-precise": f"2026-10-01T10:00:00.123456+0200 mail {LINE}",
    "journalctl -o short-full": f"Thu 2026-10-01 10:00:00 CEST mail {LINE}",
    "short-full in another zone": f"Thu 2026-10-01 04:00:00 EDT mail {LINE}",
    "short-full with digits": f"Thu 2026-10-01 11:00:00 +03 mail {LINE}",
    "short-full in a zone unheard of": f"Thu 2026-10-01 10:00:00 XYZT mail {LINE}",
    "journalctl -o short-unix": f"1790841600.123456 mail {LINE}",
    "journalctl -o json": json.dumps(JOURNAL),
    "bytes in a journal": json.dumps(JOURNAL | {"MESSAGE": list(MESSAGE.encode())}),
    "a journal without SYSLOG_PID": json.dumps({key: value for key, value in JOURNAL.items() if key != "SYSLOG_PID"}),
    "PRI": f"<22>Oct  1 10:00:00 mail {LINE}",
    "PRI and an offset": f"<22>2026-10-01T08:00:00.5Z mail {LINE}",
    "RFC 5424": f"<22>1 2026-10-01T08:00:00.123Z mail postfix/smtp 18 - - {MESSAGE}",
    "RFC 5424 without PRI": f"1 2026-10-01T10:00:00+02:00 mail postfix/smtp 18 ID47 -  {MESSAGE}",
    "RFC 5424 with data": f'<22>1 2026-10-01T08:00:00Z mail postfix/smtp 18 - [a@1 b="c \\"]\\" d"][e@2] \ufeff{MESSAGE}',
    "RFC 5424 without a process": f"<22>1 2026-10-01T08:00:00Z mail postfix/smtp - - - {MESSAGE}",
    "docker compose": f"mail-1  | Oct  1 10:00:00 mail {LINE}",
    "docker compose with PRI": f"mail-1  | <22>Oct  1 10:00:00 mail {LINE}",
    "docker's file": json.dumps({"log": f"Oct  1 07:00:00 mail {LINE}\n", "stream": "stdout", "time": "2026-10-01T08:00:00.123456789Z"}),
    "docker's file of ISO stamps": json.dumps({"log": f"2026-10-01T08:00:00+00:00 mail {LINE}\n", "time": "2027-10-01T08:00:00Z"}),
    "a shipper": json.dumps({"@timestamp": "2027-01-01T00:00:00Z", "message": f"Oct  1 10:00:00 mail {LINE}"}),
    "containerd": f"2026-10-01T08:00:00.123456789Z stdout F Oct  1 07:00:00 mail {LINE}",
    "containerd with ISO stamps": f"2027-10-01T08:00:00Z stderr F 2026-10-01T08:00:00Z mail {LINE}",
    "docker logs -t": f"2026-10-01T08:00:00.5Z Oct  1 07:00:00 mail {LINE}",
}  # fmt: skip


@pytest.mark.parametrize("framing", FRAMINGS)
def test_a_line_is_claimed_and_read_in_every_framing(framing):
    text = FRAMINGS[framing] + "\r\n"
    assert FORMAT.claims(Head("x.log", text))
    trial = parse(FORMAT, b"\xef\xbb\xbf" + text.encode(), options=CLOCK)
    [event] = trial.events.to_pylist()
    assert event["event_time"].replace(microsecond=0) == datetime(2026, 10, 1, 8)
    wanted = {
        "server": "mail", "queue_id": "A17F830001CA", "recipient": "bo@fabrikam.com", "connector": "smtp",
        "outcome": "deferred", "remote_host": "mx.fabrikam.com", "status_code": "4.2.0",
        "response": "host mx.fabrikam.com[192.0.2.69] said: 450 4.2.0 wait | <22> (in reply to RCPT TO command)",
    }  # fmt: skip
    assert {name: event[name] for name in wanted} == wanted


@pytest.mark.parametrize(
    ("framing", "wanted"),
    [
        ("journalctl -o json", 123456),
        ("containerd", 123456),
        ("RFC 5424", 123000),
        ("journalctl -o short-unix", 123456),
    ],
)
def test_fractions_of_a_second_are_kept(framing, wanted):
    [event] = parse(FORMAT, FRAMINGS[framing].encode(), options=CLOCK).events.to_pylist()
    assert event["event_time"].microsecond == wanted


def test_framings_may_change_within_a_file():
    lines = [text.replace("A17F830001CA", f"A17F8300{at:04X}") for at, text in enumerate(FRAMINGS.values())]
    trial = parse(FORMAT, "\n".join(lines).encode(), options=CLOCK)
    assert trial.counts["used"] == len(FRAMINGS)
    assert {event["event_time"].replace(microsecond=0) for event in trial.events.to_pylist()} == {
        datetime(2026, 10, 1, 8)
    }


def test_text_of_a_journal_that_is_no_utf8_is_kept_letter_by_letter():
    said = list(MESSAGE.replace("wait", "gr\xfc\xdfe").encode("latin-1"))
    [event] = parse(FORMAT, json.dumps(JOURNAL | {"MESSAGE": said}).encode()).events.to_pylist()
    assert "450 4.2.0 gr\xfc\xdfe |" in event["response"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (json.dumps(JOURNAL | {"MESSAGE": None}), "context"),
        (json.dumps(JOURNAL | {"SYSLOG_IDENTIFIER": "dovecot", "MESSAGE": "one\ntwo"}), "context"),
        (json.dumps(JOURNAL)[:90], "rejects"),
        (json.dumps({"MESSAGE": MESSAGE}), "rejects"),
        (json.dumps([MESSAGE]), "rejects"),
        ('{"a": 1}', "rejects"),
        ("{", "rejects"),
        (json.dumps(JOURNAL | {"__REALTIME_TIMESTAMP": "soon"}), "rejects"),
        (json.dumps(JOURNAL | {"MESSAGE": [999, 70]}), "context"),
        (f"<22>1 - mail postfix/smtp 18 - - {MESSAGE}", "rejects"),
        ("Thu 2026-10-01 10:00:00", "rejects"),
        ("1790841600.123456 ", "rejects"),
        ("mail-1  | ", "rejects"),
        ("mail-1  | exited with code 0", "rejects"),
    ],
)  # fmt: skip
def test_what_is_no_line_of_a_log_is_rejected_and_takes_nothing_with_it(text, kind):
    trial = parse(FORMAT, f"{text}\n{FRAMINGS['classic']}\n".encode(), options=CLOCK)
    assert (trial.counts[kind], trial.counts["used"]) == (1, 1)


@pytest.mark.parametrize("framing", FRAMINGS)
def test_the_look_at_a_file_sees_what_syslog_would_have_written(framing):
    assert log_of(FRAMINGS[framing]).endswith(MESSAGE)
    assert " mail postfix/smtp[" in log_of(FRAMINGS[framing])

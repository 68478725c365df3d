"""Windows SMTP service logs: their three forms, headers that change, times, and which files are theirs."""

from __future__ import annotations

from datetime import datetime

import pytest

from mailtrend.formats import all_formats
from mailtrend.formats.base import Head, Options
from mailtrend.formats.iis_smtp import FORMAT
from mailtrend.ingest.blocks import Block
from mailtrend.ingest.cutters import cutter_of
from support.iis import FIELDS, accepted, dialogue, events, log, read, short, spoken

NCSA = '203.0.113.25 - {who} [12/Oct/2026:03:16:40 -0600] "{request} SMTP" {status} 46'


def test_a_header_in_the_middle_changes_the_fields():
    text = log(accepted()) + (
        "#Software: Microsoft Internet Information Services 10.0\r\n#Date: 2026-10-12 23:59:00\r\n"
        "#Fields: time cs-uri-query c-ip cs-method sc-status cs-username\r\n"
        "23:59:30 +FROM:<a@contoso.com> 192.0.2.41 MAIL 250 erp01\r\n00:00:10 +TO:<b@example.net> 192.0.2.41 RCPT 550 erp01\r\n"
    )
    trial = read(text)
    [event] = trial.events.to_pylist()
    assert (event["event_time"], event["sender"], event["recipient"]) == (
        datetime(2026, 10, 13, 0, 0, 10), "a@contoso.com", "b@example.net",
    )  # fmt: skip
    assert trial.counts["rows"] == 3
    assert trial.counts["rejects"] == 0


def test_headers_hold_from_block_to_block_until_the_next():
    cutter = cutter_of(FORMAT.shape, "x.log")
    blocks = ("#Date: 2026-10-12 08:00:00\n#FIELDS: a b\n1 2\n", "3 4\n\n#Fields: c\n5\n\ufeff#Date: later\n6\n", "7\n")
    cut = [cutter.cut(Block(text.encode("utf-8"), 1, 0, suspect=False)).table.to_pylist() for text in blocks]
    said = [(row["text"], row["fields"], row["dated"], row["line"]) for rows in cut for row in rows]
    assert said == [
        ("1 2", "a b", "2026-10-12 08:00:00", 3), ("3 4", "a b", "2026-10-12 08:00:00", 1),
        ("5", "c", "2026-10-12 08:00:00", 4), ("6", "c", "later", 6), ("7", "c", "later", 1),
    ]  # fmt: skip


def test_rows_without_date_and_time_take_those_of_the_header():
    text = "#Date: 2026-10-12 07:00:01\r\n#Fields: c-ip cs-username cs-method cs-uri-query sc-status cs-version\r\n" + (
        "198.51.100.4 OutboundConnectionResponse - 504+5.5.2+Helo+refused 0 SMTP\r\n"
    )
    assert [event["event_time"] for event in events(text)] == [datetime(2026, 10, 12, 7, 0, 1)]
    undated = read(text.partition("\r\n")[2])
    assert undated.rejects["reason"].to_pylist() == ["no such time"]


def test_rows_with_a_time_alone_count_the_midnights():
    times = ("08:00:00", "23:59:59", "00:00:01", "09:00:00", "00:30:00")
    text = "#Date: 2026-10-12 07:59:59\r\n#Fields: time c-ip cs-method cs-uri-query sc-status\r\n" + "".join(
        f"{time} 192.0.2.41 RCPT +TO:<a@contoso.com> 550\r\n" for time in times
    )
    trial = read(text)
    assert [event["event_time"].day for event in trial.events.to_pylist()] == [12, 12, 13, 13, 14]
    assert "no date" in trial.tallies[0].warnings[0]


def test_without_a_user_column_the_status_tells_the_sides():
    text = "#Date: 2026-10-12 07:00:01\r\n#Fields: time c-ip cs-method cs-uri-query sc-status\r\n" + "\r\n".join(
        f"08:00:00 203.0.113.25 {rest}" for rest in (
            "- 220+mail.fabrikam.com 0", "MAIL FROM:<a@contoso.com> 0", "- 250+OK 0", "RCPT TO:<b@fabrikam.com> 0",
            "- 550+5.1.1+Unknown 0", "MAIL +FROM:<c@example.net> 250", "RCPT +TO:<d@contoso.com> 550",
        )
    )  # fmt: skip
    assert short(events(text)) == [("b@fabrikam.com", "RCPT 550", "failed"), ("d@contoso.com", "RCPT 550", "rejected")]


def test_the_common_log_form_has_its_offset_in_the_stamp():
    text = "\n".join((
        NCSA.format(who="OutboundConnectionResponse", request="- -?220-mail.fabrikam.com+ESMTP", status=0),
        NCSA.format(who="OutboundConnectionCommand", request="MAIL -?FROM:<a@contoso.com>", status=0),
        NCSA.format(who="OutboundConnectionResponse", request='- -?250+"OK"', status=0),
        NCSA.format(who="OutboundConnectionCommand", request="RCPT -?TO:<b@fabrikam.com>", status=0),
        NCSA.format(who="OutboundConnectionResponse", request="- -?450+4.2.0+Later", status=0),
        NCSA.format(who="OutboundConnectionCommand", request="QUIT -", status=0),
    ))  # fmt: skip
    [event] = events(text)
    assert (event["recipient"], event["response"], event["event_time"]) == (
        "b@fabrikam.com", "450+4.2.0+Later", datetime(2026, 10, 12, 9, 16, 40),
    )  # fmt: skip


def test_the_iis_form_is_local_time_and_its_dates_follow_the_server():
    row = "192.0.2.41, erp01, {date}, 13:17:37, SMTPSVC1, APP01, 192.0.2.30, 90, 42, 0, {status}, 0, {verb}, -, {args},"
    first = row.format(date="10/12/26", status=250, verb="MAIL FROM", args="FROM:<a@contoso.com>")
    last = row.format(date="10/12/26", status=550, verb="RCPT TO", args="TO:<b@example.net>")
    [event] = events(f"{first}\n{last}\n", options=Options(timezone="Europe/Berlin"))
    assert (event["event_time"], event["sender"]) == (datetime(2026, 10, 12, 11, 17, 37), "a@contoso.com")
    trial = read(last.replace("10/12/26", "25.10.2026"))
    assert trial.events["event_time"].to_pylist() == [datetime(2026, 10, 25, 13, 17, 37)]
    assert "--timezone" in trial.tallies[0].warnings[0]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (accepted().rpartition(" ")[0], f"20 cells where #Fields: names {len(FIELDS.split())}"),
        (accepted().replace("2026-10-12", "2026-13-12"), "no such time"),
        (accepted().replace(" 250 ", " 25x "), "the status is no number"),
        (spoken("R hello+there"), "a reply that does not begin with a code"),
    ],
)
def test_a_row_that_cannot_be_read_says_why(row, reason):
    trial = read(log() + row + "\r\n")
    assert trial.rejects["reason"].to_pylist() == [reason]


def test_a_log_whose_head_is_missing_is_read_by_all_fields_there_are():
    assert len(events("\r\n".join(spoken(line) for line in dialogue(["a@fabrikam.com"])))) == 1
    assert read("08:00:00 192.0.2.41 MAIL").rejects["reason"].to_pylist() == [
        "no #Fields: line above says what the cells are"
    ]


WEB = (
    f"#Software: Microsoft Internet Information Services 10.0\n#Fields: {FIELDS}\n"
    "2026-10-12 08:00:00 192.0.2.41 - W3SVC1 WEB01 192.0.2.30 80 GET /mail/MAIL.aspx RCPT 200 0 1 2 3 HTTP/1.1 - - - -\n"
)


@pytest.mark.parametrize(
    "text",
    [
        WEB,
        WEB.replace("W3SVC1", "MSFTPSVC1").replace("HTTP/1.1", "FTP").replace("GET", "[1]USER"),
        "#Fields: date time c-ip cs-method cs-uri-stem sc-status\n2026-10-12 08:00:00 192.0.2.41 GET /DATA 200\n",
        '192.0.2.41 - - [12/Oct/2026:08:00:00 +0000] "GET /?q=SMTP HTTP/1.1" 200 12\n',
        "192.0.2.41, -, 10/12/26, 13:17:37, W3SVC1, WEB01, 192.0.2.30, 90, 42, 0, 200, 0, GET, /, -,\n",
        "#Software: Microsoft Exchange Server\n#Log-type: SMTP Send Protocol Log\n#Fields: date-time,connector-id\n",
        f"#Software: Microsoft Internet Information Services 10.0\n#Fields: {FIELDS}\n",
    ],
)
def test_logs_of_the_web_of_ftp_and_of_exchange_are_not_claimed(text):
    assert not FORMAT.claims(Head("ex261012.log", text))


def test_all_forms_are_claimed_by_this_format_alone():
    heads = (
        log(accepted()), accepted() + "\n",
        NCSA.format(who="erp01", request="MAIL -?+FROM:+<a@contoso.com>", status=250) + "\n",
        "192.0.2.41, erp01, 10/12/26, 13:17:37, SMTPSVC1, APP01, 192.0.2.30, 90, 42, 0, 250, 0, MAIL, -, FROM:<a@contoso.com>,\n",
    )  # fmt: skip
    for text in heads:
        assert [fmt.name for fmt in all_formats().values() if fmt.claims(Head("x.log", text))] == ["iis_smtp"]

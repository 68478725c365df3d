"""Windows SMTP service logs: forms, headers that change, times, and what each kind of line tells."""

from __future__ import annotations

from datetime import datetime

import pytest

from mailtrend.formats import all_formats
from mailtrend.formats.base import Head, Options
from mailtrend.formats.iis_smtp import FORMAT
from mailtrend.ingest.blocks import Block
from mailtrend.ingest.cutters import cutter_of
from mailtrend.ingest.trial import Trial, parse
from support.iis import FIELDS, WANTED, accepted, body, client, dialogue, log, short, to_us

NCSA = '203.0.113.25 - {who} [12/Oct/2026:03:16:40 -0600] "{request} SMTP" {status} 46'


def read(text: str, *, options: Options | None = None) -> Trial:
    return parse(FORMAT, text.encode("utf-8"), options=options)


def events(text: str, *, options: Options | None = None) -> list[dict]:
    return read(text, options=options).events.to_pylist()


def test_an_outbound_delivery_tells_host_sender_recipient_and_what_was_answered():
    [event] = events(log(*dialogue(["bo@fabrikam.com"])))
    wanted = {
        "outcome": "delivered", "event": "DATA 250", "direction": "outbound", "server": "APP01",
        "connector": "SMTPSVC1", "sender": "erp@contoso.com", "recipient": "bo@fabrikam.com",
        "destination": "mail.fabrikam.com", "remote_host": "mail.fabrikam.com", "remote_ip": "203.0.113.25",
        "response": "250+2.6.0+<a1@app01.contoso.com>+Queued+mail", "message_id": "a1@app01.contoso.com",
        "event_time": datetime(2026, 10, 12, 8, 0, 9),
    }  # fmt: skip
    assert {name: event[name] for name in wanted} == wanted


def test_a_refused_recipient_fails_alone():
    people = ["a@fabrikam.com", "b@fabrikam.com", "c@fabrikam.com"]
    lines = dialogue(people, {"b": "550+5.1.1+No+such+user", "c": "451+4.7.1+Later"})
    assert sorted(short(events(log(*lines)))) == [
        ("a@fabrikam.com", "DATA 250", "delivered"), ("b@fabrikam.com", "RCPT 550", "failed"),
        ("c@fabrikam.com", "RCPT 451", "deferred"),
    ]  # fmt: skip


def test_a_refused_body_and_a_refused_sender_fail_all_recipients():
    people = ["a@fabrikam.com", "b@fabrikam.com"]
    assert short(events(log(*dialogue(people, end="554+5.7.1+Refused")))) == [
        ("a@fabrikam.com", "DATA 554", "failed"), ("b@fabrikam.com", "DATA 554", "failed"),
    ]  # fmt: skip
    alone = dialogue([], mail="452+4.3.1+No+space")
    assert short(events(log(*alone))) == [(None, "MAIL 452", "deferred")]


def test_a_greeting_that_refuses_is_a_failure_without_a_recipient():
    [event] = events(log("R 421+mx.fabrikam.com+Too+busy"))
    assert (event["recipient"], event["outcome"], event["destination"]) == (None, "deferred", "mx.fabrikam.com")
    [event] = events(log("R 554+5.7.1+Go+away"))
    assert (event["outcome"], event["destination"], event["remote_ip"]) == ("failed", "203.0.113.25", "203.0.113.25")


def test_replies_alone_tell_their_failures():
    found = events(log("R 220+mail.fabrikam.com+ESMTP", "R 250+OK", "R 550+5.1.1+Unknown", "R 221+Bye"))
    assert short(found) == [(None, "reply 550", "failed")]


def test_a_server_that_closes_defers_the_recipients_that_were_open():
    lines = [*dialogue(["a@fabrikam.com"])[:-5], "R 421+4.4.2+Timeout,+closing"]
    assert short(events(log(*lines))) == [("a@fabrikam.com", "reply 421", "deferred")]


def test_a_failing_reply_of_several_lines_is_one_text_and_one_failure():
    lines = dialogue(["a@fabrikam.com"])
    at = lines.index("C RCPT TO:<a@fabrikam.com>") + 1
    lines[at : at + 1] = ["R 550-5.7.1+Your+address", "R 550+5.7.1+is+listed"]
    [event] = events(log(*lines[: at + 2], "C QUIT -", "R 221+Bye"))
    assert event["response"] == "550-5.7.1+Your+address+550+5.7.1+is+listed"


@pytest.mark.parametrize("first", ["500+what?", "502+no"])
def test_a_second_greeting_that_is_accepted_heals_the_first(first):
    lines = dialogue(["a@fabrikam.com"])
    at = lines.index("C EHLO app01.contoso.com") + 1
    lines[at:at] = [f"R {first}", "C HELO app01.contoso.com"]
    assert short(events(log(*lines))) == [("a@fabrikam.com", "DATA 250", "delivered")]
    left = [
        "R 220+mail.fabrikam.com",
        "C EHLO app01",
        f"R {first}",
        "C HELO app01",
        "R 504+no",
        "C QUIT -",
        "R 221+Bye",
    ]
    assert short(events(log(*left))) == [(None, "HELO 504", "failed")]


def test_messages_of_overlapping_connections_stay_apart():
    one, two = (
        dialogue(["a@fabrikam.com"]),
        dialogue(["b@fabrikam.com"], sender="crm@contoso.com", end="552+5.3.4+Too+big"),
    )
    found = events(log(*(line for pair in zip(one, two, strict=True) for line in pair)))
    assert [(event["sender"], event["recipient"], event["event"]) for event in found] == [
        ("erp@contoso.com", "a@fabrikam.com", "DATA 250"), ("crm@contoso.com", "b@fabrikam.com", "DATA 552"),
    ]  # fmt: skip


def test_a_connection_that_broke_off_does_not_shift_the_replies_of_the_next():
    lost = [*dialogue(["lost@fabrikam.com"])[:-5]]
    text = log(*lost) + "\r\n".join(WANTED(line, at="08:30:00") for line in dialogue(["a@fabrikam.com"])) + "\r\n"
    assert short(events(text)) == [("a@fabrikam.com", "DATA 250", "delivered")]


def test_what_clients_send_is_received_or_rejected_by_the_status():
    found = events(log(*to_us(), client("RCPT", "+TO:+<x@example.net>", 550), client("RCPT", "+to:<y@contoso.com>", 452),
                       body(250), client("QUIT", "erp01", 240)))  # fmt: skip
    assert sorted(short(found)) == [
        ("bo@contoso.com", "DATA 250", "received"), ("x@example.net", "RCPT 550", "rejected"),
        ("y@contoso.com", "RCPT 452", "deferred"),
    ]  # fmt: skip
    got = next(event for event in found if event["outcome"] == "received")
    assert (got["message_id"], got["size_bytes"], got["direction"]) == ("m1@contoso.com", 1399, "inbound")
    assert next(event for event in found if event["outcome"] == "rejected")["reply_code"] == 550


def test_a_refused_body_rejects_what_a_client_sent():
    assert short(events(log(*to_us(), body(554)))) == [("bo@contoso.com", "DATA 554", "rejected")]


def test_a_verb_that_a_firewall_blanked_out_matters_only_if_nothing_followed():
    blanked = client("xxxx", "+erp01", 500)
    assert short(events(log(blanked, *to_us(), body(250)))) == [("bo@contoso.com", "DATA 250", "received")]
    assert short(events(log(blanked, client("QUIT", "-", 240)))) == [(None, "XXXX 500", "rejected")]


def test_equal_failures_of_one_second_are_counted_each_and_read_twice_add_nothing():
    text = log(*["R 421+mx.fabrikam.com+Too+busy"] * 3, at="08:00:00")
    once = read(text)
    assert [event["event_time"].microsecond for event in once.events.to_pylist()] == [0, 1, 2]
    assert parse(FORMAT, text.encode(), text.encode()).events.num_rows == 3


def test_addresses_keep_their_plus_signs_and_bounces_their_empty_sender():
    [event] = events(log(*dialogue(["bo+tag@fabrikam.com"], sender="")))
    assert (event["sender"], event["recipient"]) == ("", "bo+tag@fabrikam.com")


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
        (WANTED("R hello+there"), "a reply that does not begin with a code"),
    ],
)
def test_a_row_that_cannot_be_read_says_why(row, reason):
    trial = read(log() + row + "\r\n")
    assert trial.rejects["reason"].to_pylist() == [reason]


def test_a_log_whose_head_is_missing_is_read_by_all_fields_there_are():
    assert len(events("\r\n".join(WANTED(line) for line in dialogue(["a@fabrikam.com"])))) == 1
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

"""Extended reports: which events count, and lists of recipients with a reply for each."""

from __future__ import annotations

from datetime import datetime

import pytest

from support.exports import HEADERS, claimed_by, column, events, read, table

NAME = "exo_extended"
COLUMNS = tuple(HEADERS[NAME].split(","))
ROW = {
    "date_time_utc": "2026-10-22T09:41:12.3450000Z", "client_hostname": "AM0PR04MB0001.eurprd04.prod.outlook.com",
    "source": "SMTP", "internal_message_id": "30000000000001", "message_id": "<one@contoso.com>",
    "network_message_id": "5d2b7a10-1111-4a4a-8b8b-0123456789ab", "recipient_address": "bo.beck@Fabrikam.com",
    "total_bytes": "48211", "recipient_count": "1", "message_subject": "Offer", "sender_address": "ann@contoso.com",
    "return_path": "ann@contoso.com", "directionality": "Originating",
}  # fmt: skip
SENT = {
    "event_id": "SENDEXTERNAL", "server_ip": "203.0.113.25", "server_hostname": "MAIL.fabrikam.com",
    "connector_id": "To Fabrikam", "recipient_status": "250 2.1.5 Recipient OK",
    "source_context": "08DE0001;250 2.6.0 <one@contoso.com> Queued mail for delivery",
    "custom_data": "S:E2ELatency=2.417;S:ExternalSendLatency=0.981;S:tlsversion=SP_PROT_TLS1_2_CLIENT",
}  # fmt: skip
FIRST = (
    '[{LED=450 4.4.317 Cannot connect; [Message="451; x"] i{a;b}};{MSG=};{FQDN=mx1.fabrikam.com};{IP=203.0.113.1};'
    "{LRT=10/22/2026 9:41:12 AM}]"
)
SECOND = "[{LRT=};{LED=550 5.7.1 RESOLVER.RST.AuthRequired; authentication required};{FQDN=};{IP=}]"


def rows(*changes: dict[str, str]) -> str:
    return table(COLUMNS, *({**ROW, **change} for change in changes))


def replies(addresses: str, status: str, event: str = "FAIL") -> list[tuple[str, str]]:
    trial = read(NAME, rows({"event_id": event, "recipient_address": addresses, "recipient_status": status}))
    return sorted(zip(column(trial, "recipient"), column(trial, "response"), strict=True))


def test_a_delivery_to_the_outside_gives_one_event_with_host_version_and_delay():
    assert events(read(NAME, rows(SENT))) == [{
        "event_time": datetime(2026, 10, 22, 9, 41, 12, 345000), "event": "SENDEXTERNAL", "outcome": "delivered",
        "server": "AM0PR04MB0001.eurprd04.prod.outlook.com", "direction": "outbound", "connector": "To Fabrikam",
        "sender": "ann@contoso.com", "recipient": "bo.beck@Fabrikam.com", "destination": "mail.fabrikam.com",
        "remote_host": "MAIL.fabrikam.com", "remote_ip": "203.0.113.25", "message_id": "one@contoso.com",
        "network_message_id": "5d2b7a10-1111-4a4a-8b8b-0123456789ab", "size_bytes": 48211, "subject": "Offer",
        "tls_version": "TLS1.2", "delay_seconds": 2.417, "line": 2,
    }]  # fmt: skip


def test_only_extended_reports_are_claimed():
    assert claimed_by(NAME) == {"exo_extended"}


def test_utf_16_is_read_with_and_without_a_mark():
    for mark in (b"\xff\xfe", b""):
        assert read(NAME, mark + rows(SENT).encode("utf-16-le")).counts["events"] == 1


OUTCOMES = {
    "RECEIVE": "received", "DELIVER": "delivered", "SENDEXTERNAL": "delivered", "SendExternal": "delivered",
    "SEND": "delivered", "FAIL": "failed", "DEFER": "deferred", "EXPAND": "expanded", "DROP": "dropped",
}  # fmt: skip
STEPS = ("RESOLVE", "TRANSFER", "AGENTINFO", "HARECEIVE", "HAREDIRECT", "NOTIFYMAPI", "SUBMIT", "PROCESS", "DSN")


def test_these_events_are_outcomes():
    text = rows(*({"event_id": event, "server_hostname": "mail.fabrikam.com"} for event in OUTCOMES))
    trial = read(NAME, text)
    assert column(trial, "outcome") == list(OUTCOMES.values())
    assert column(trial, "event") == list(OUTCOMES)


def test_steps_inside_the_service_are_context():
    counts = read(NAME, rows(*({"event_id": event} for event in STEPS))).counts
    assert counts["context"] == counts["rows"] == len(STEPS)


def test_a_hop_to_a_server_of_the_service_is_no_delivery():
    row = {"event_id": "SEND", "server_hostname": "AM0PR04MB0002.eurprd04.PROD.outlook.com"}
    assert read(NAME, rows(row)).counts["context"] == 1


def test_a_drop_that_was_handled_is_no_loss():
    row = {"event_id": "DROP", "recipient_status": "[{LED=250 2.1.5 RESOLVER.OOF.IntToExt; handled};{MSG=}]"}
    assert column(read(NAME, rows(row)), "outcome") == ["info"]


def test_each_recipient_gets_the_reply_in_its_place():
    assert replies("a@fabrikam.com;b@fabrikam.com", f"{FIRST};{SECOND}") == [
        ("a@fabrikam.com", FIRST), ("b@fabrikam.com", SECOND),
    ]  # fmt: skip


def test_plain_replies_are_paired_too():
    assert replies("a@fabrikam.com;b@fabrikam.com", "550 5.1.1 no a;550 5.1.1 no b", "DEFER") == [
        ("a@fabrikam.com", "550 5.1.1 no a"), ("b@fabrikam.com", "550 5.1.1 no b"),
    ]  # fmt: skip


@pytest.mark.parametrize("status", [FIRST, f"{FIRST};{SECOND};{SECOND}", "[{LED=450 4.4.315 Connection timed;out"])
def test_lists_of_unequal_length_give_the_whole_text_to_each(status):
    assert replies("a@fabrikam.com;b@fabrikam.com", status) == [
        ("a@fabrikam.com", status), ("b@fabrikam.com", status),
    ]  # fmt: skip


def test_a_single_recipient_keeps_a_reply_full_of_separators():
    assert replies("a@fabrikam.com", FIRST) == [("a@fabrikam.com", FIRST)]


def test_a_separator_in_a_quoted_address_is_part_of_it():
    status = "550 5.1.1 no;550 5.1.2 no"
    assert replies('"a;b"@fabrikam.com;c@fabrikam.com', status) == [
        ('"a;b"@fabrikam.com', "550 5.1.1 no"), ("c@fabrikam.com", "550 5.1.2 no"),
    ]  # fmt: skip


def test_internal_text_stands_as_it_is_and_an_empty_status_gives_way_to_the_context():
    internal = "[bo.beck@fabrikam.com]:UserMailbox.Forwardable.Resolver.CreateRecipientItems.40"
    assert replies("bo.beck@fabrikam.com", internal) == [("bo.beck@fabrikam.com", internal)]
    row = {"event_id": "FAIL", "recipient_status": "", "source_context": "550 5.7.1 refused"}
    assert column(read(NAME, rows(row)), "response") == ["550 5.7.1 refused"]


def test_rows_of_several_recipients_feed_as_many_events_and_count_once():
    row = {**SENT, "recipient_address": "a@fabrikam.com;b@fabrikam.com;", "recipient_status": "250 OK;250 OK"}
    trial = read(NAME, rows(row, row))
    assert trial.counts == {"rows": 2, "used": 1, "context": 0, "duplicates": 1, "rejects": 0, "events": 2}
    assert column(trial, "response") == [None, None]


def test_custom_data_with_quotes_pipes_and_line_ends_costs_no_row():
    custom = 'S:TRA=ETR|ruleId=|st=7/17/2017 12:31:25 AM;S:Cost={"AMA":"1, 2"}\r\nS:E2ELatency=9.5'
    assert column(read(NAME, rows({**SENT, "custom_data": custom}, {**SENT, "event_id": "DELIVER"})),
                  "delay_seconds") == [9.5, 2.417]  # fmt: skip


def test_a_row_without_time_event_or_recipient_is_a_reject_and_a_second_header_is_not():
    text = rows({**SENT, "date_time_utc": "yesterday"}, {"event_id": ""}, {**SENT, "recipient_address": ";"})
    trial = read(NAME, text + rows(SENT))
    assert trial.counts == {"rows": 4, "used": 1, "context": 0, "duplicates": 0, "rejects": 3, "events": 1}
    assert trial.rejects["reason"].to_pylist() == ["unreadable date 'yesterday'", "no event", "no recipient"]


def test_a_row_that_lost_its_second_half_is_a_reject():
    text = rows(SENT) + "2026-10-22T09:30:00.0000000Z,,,,,,,SMTP,FAIL,30000000000001\r\n"
    assert read(NAME, text).counts["rejects"] == 1

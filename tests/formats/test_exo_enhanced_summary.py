"""Enhanced summary reports: many recipients and their last states in one cell."""

from __future__ import annotations

from datetime import datetime

import pytest

from mailtrend.formats import all_formats
from mailtrend.formats.base import Head, Options
from support.exports import HEADERS, claimed_by, column, events, read, table

NAME = "exo_enhanced_summary"
COLUMNS = tuple(HEADERS[NAME].split(","))
ROW = {
    "origin_timestamp_utc": "2026-10-14T10:00:09.3284899Z", "sender_address": "ann@contoso.com",
    "recipient_status": "bo.beck@Fabrikam.com##Receive, Send", "message_subject": "Offer", "total_bytes": "48211",
    "message_id": "<one@contoso.com>", "network_message_id": "5d2b7a10-1111-4a4a-8b8b-0123456789ab",
    "original_client_ip": "192.0.2.7", "directionality": "Originating", "connector_id": "To Fabrikam",
    "delivery_priority": "Normal",
}  # fmt: skip


def rows(*changes: dict[str, str], columns: tuple[str, ...] = COLUMNS) -> str:
    return table(columns, *({**ROW, **change} for change in changes))


def states(cell: str) -> list[tuple[str, str, str]]:
    trial = read(NAME, rows({"recipient_status": cell}))
    return sorted(zip(column(trial, "recipient"), column(trial, "event"), column(trial, "outcome"), strict=True))


def test_one_recipient_gives_one_event():
    assert events(read(NAME, rows({}))) == [{
        "event_time": datetime(2026, 10, 14, 10, 0, 9, 328489), "event": "Send", "outcome": "delivered",
        "direction": "outbound", "connector": "To Fabrikam", "sender": "ann@contoso.com",
        "recipient": "bo.beck@Fabrikam.com", "destination": "fabrikam.com", "message_id": "one@contoso.com",
        "network_message_id": "5d2b7a10-1111-4a4a-8b8b-0123456789ab", "size_bytes": 48211, "subject": "Offer",
        "line": 2,
    }]  # fmt: skip


def test_only_summary_reports_are_claimed_under_both_spellings():
    assert claimed_by(NAME) == {"exo_enhanced_summary"}
    documented = HEADERS[NAME].replace("origin_timestamp_utc", "origin_timestamp").replace("recip", "Recip")
    assert all_formats()[NAME].claims(Head("x.csv", documented))
    row = {**ROW, "origin_timestamp": ROW["origin_timestamp_utc"], "Recipient_status": ROW["recipient_status"]}
    assert read(NAME, table(documented.split(","), row)).counts["events"] == 1


def test_utf_16_is_read_with_and_without_a_mark():
    for mark in (b"\xff\xfe", b""):
        assert read(NAME, mark + rows({}).encode("utf-16-le")).counts["events"] == 1


OUTCOMES = {
    "Receive, Deliver": "delivered", "Receive, Send": "delivered", "Receive, Fail": "failed",
    "Receive, Defer": "pending", "Receive": "pending", "Receive, Defer, Fail": "failed", "Receive, Drop": "dropped",
    "Receive, Expand": "expanded", "Receive, Quarantine": "quarantined", "Receive, FilteredAsSpam": "filtered",
    "Receive,Spam": "filtered", "Receive, Resolve": "info", "": "info",
}  # fmt: skip


def test_the_last_word_is_the_outcome():
    text = rows(*({"recipient_status": f"to{number}@fabrikam.com##{words}"} for number, words in enumerate(OUTCOMES)))
    assert column(read(NAME, text), "outcome") == list(OUTCOMES.values())


def test_the_direction_is_known_in_words_and_figures():
    words = ("Originating", "2", "Incoming", "1", "")
    text = rows(
        *({"directionality": word, "network_message_id": f"{number:036d}"} for number, word in enumerate(words))
    )
    assert column(read(NAME, text), "direction") == ["outbound", "outbound", "inbound", "inbound", "unknown"]


def test_a_failure_has_no_code():
    event = events(read(NAME, rows({"recipient_status": "bo@fabrikam.com##Receive, Fail"})))[0]
    assert not {"response", "reply_code", "status_code"} & set(event)


def test_each_recipient_of_a_list_has_its_own_state():
    assert states("a@fabrikam.com##Receive, Deliver;b@fabrikam.com##Receive, Fail;") == [
        ("a@fabrikam.com", "Deliver", "delivered"), ("b@fabrikam.com", "Fail", "failed"),
    ]  # fmt: skip


def test_a_quoted_local_part_may_hold_blanks_brackets_and_separators():
    assert states('a@fabrikam.com##Receive, Deliver;"Bo; Beck<bo"@fabrikam.com##Receive, Fail') == [
        ('"Bo; Beck<bo"@fabrikam.com', "Fail", "failed"), ("a@fabrikam.com", "Deliver", "delivered"),
    ]  # fmt: skip


def test_address_and_state_part_at_the_last_marks():
    assert states("a##1@fabrikam.com##Receive, Fail") == [("a##1@fabrikam.com", "Fail", "failed")]


def test_a_repeated_address_has_its_last_state():
    assert states("A@fabrikam.com##Receive, Fail;b@fabrikam.com##Receive;a@fabrikam.com##Receive, Deliver") == [
        ("a@fabrikam.com", "Deliver", "delivered"), ("b@fabrikam.com", "Receive", "pending"),
    ]  # fmt: skip


def test_an_id_of_32_digits_is_the_same_as_one_with_dashes():
    trial = read(NAME, rows({}, {"network_message_id": "5D2B7A1011114A4A8B8B0123456789AB"}))
    assert trial.counts["duplicates"] == 1


def test_the_time_is_utc_whatever_zone_is_given():
    trial = read(NAME, rows({}), options=Options(timezone="Europe/Berlin"))
    assert column(trial, "event_time") == [datetime(2026, 10, 14, 10, 0, 9, 328489)]


@pytest.mark.parametrize("cell", ["bo@fabrikam.com", "##Receive", "a@fabrikam.com##Send;bo@fabrikam.com", ";"])
def test_recipients_that_cannot_be_told_from_states_are_a_reject(cell):
    trial = read(NAME, rows({"recipient_status": cell}))
    assert trial.counts == {"rows": 1, "used": 0, "context": 0, "duplicates": 0, "rejects": 1, "events": 0}
    assert trial.rejects["reason"].to_pylist() == ["a recipient without ## and its status"]


def test_a_row_without_time_or_recipient_is_a_reject_and_a_second_header_is_not():
    text = rows({"origin_timestamp_utc": ""}, {"recipient_status": ""}, {"origin_timestamp_utc": "then"})
    trial = read(NAME, text + rows({}))
    assert trial.counts == {"rows": 4, "used": 1, "context": 0, "duplicates": 0, "rejects": 3, "events": 1}
    assert trial.rejects["reason"].to_pylist() == ["no date", "no recipient", "unreadable date 'then'"]

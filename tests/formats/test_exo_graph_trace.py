"""Message traces as JSON: wrappings, spellings, times, damage, and the law that no record vanishes."""

from __future__ import annotations

import json
import random
from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailtrend.formats import all_formats
from mailtrend.formats.base import Head
from support.exports import column, read

NAME = "exo_graph_trace"
FORMAT = all_formats()[NAME]


def record(number: int, **members: Any) -> dict[str, Any]:
    """One trace as Microsoft Graph gives it; the subject is as awkward as JSON allows."""
    return {
        "id": f"{number:08x}-3c5a-4d10-9b21-08de00000000", "senderAddress": "ada@contoso.com",
        "recipientAddress": f"r{number}@fabrikam.com", "messageId": f"<{number}@contoso.com>",
        "receivedDateTime": f"2026-10-12T07:03:{number % 60:02d}.4907658Z", "subject": 'a "quote" \\ },{ [x]: {',
        "size": 7, "fromIP": "", "toIP": "203.0.113.25", "status": "delivered",
    } | members  # fmt: skip


RECORDS = [record(number) for number in range(5)]
PAGE = {"@odata.context": "https://graph.microsoft.com/v1.0/$metadata#x", "value": RECORDS}
WRAPPINGS = {
    "lines": "\n".join(json.dumps(each) for each in RECORDS),
    "array on one line": json.dumps(RECORDS),
    "compact array": json.dumps(RECORDS, separators=(",", ":")),
    "array over many lines": json.dumps(RECORDS, indent=4),
    "page of Graph": json.dumps(PAGE, indent=2),
    "page of Graph on one line": json.dumps(PAGE),
    "page of the Reporting Service": json.dumps(
        {"d": {"results": [{"__metadata": {"uri": "x({1})"}} | r for r in RECORDS]}}
    ),
    "two pages": json.dumps({"value": RECORDS[:2]}, indent=1) + "\r\n" + json.dumps({"value": RECORDS[2:]}),
}


@pytest.mark.parametrize("wrapping", WRAPPINGS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_every_wrapping_gives_the_same_records(wrapping, encoding):
    text = WRAPPINGS[wrapping]
    trial = read(NAME, text.encode(encoding))
    assert trial.counts == {"rows": 5, "used": 5, "context": 0, "duplicates": 0, "rejects": 0, "events": 5}
    assert sorted(column(trial, "recipient")) == [f"r{number}@fabrikam.com" for number in range(5)]
    assert set(column(trial, "subject")) == {'a "quote" \\ },{ [x]: {'}
    assert FORMAT.claims(Head("x.json", text))


def test_a_record_alone_is_read_and_an_empty_page_is_no_error():
    assert read(NAME, json.dumps(RECORDS[0])).counts["events"] == 1
    assert read(NAME, '{"@odata.context":"x","value":[]}').counts["rejects"] == 0


def test_lines_are_those_where_the_objects_begin():
    assert column(read(NAME, json.dumps(RECORDS, indent=1)), "line") == [2, 14, 26, 38, 50]


@pytest.mark.parametrize(
    ("told", "wanted"),
    [
        ("2026-10-12T07:03:11.4907658Z", datetime(2026, 10, 12, 7, 3, 11, 490765)),
        ("2026-10-12T07:03:11.4907658", datetime(2026, 10, 12, 7, 3, 11, 490765)),
        ("2026-10-12T09:03:11+02:00", datetime(2026, 10, 12, 7, 3, 11)),
        ("/Date(1791788591125)/", datetime(2026, 10, 12, 7, 3, 11, 125000)),
        ("/Date(1791788591125+0200)/", datetime(2026, 10, 12, 7, 3, 11, 125000)),
        ({"value": "/Date(1791788591125)/", "DateTime": "Monday"}, datetime(2026, 10, 12, 7, 3, 11, 125000)),
        ("10/13/2026 7:03:11 AM", datetime(2026, 10, 13, 7, 3, 11)),
    ],
)
def test_times_of_every_kind_are_utc(told, wanted):
    trial = read(
        NAME, json.dumps([record(1, receivedDateTime=told), record(2, receivedDateTime="2026-10-14T00:00:00Z")])
    )
    assert column(trial, "event_time")[0] == wanted


def test_old_names_nulls_and_numbers_in_quotes_are_read_alike():
    old = {
        "Organization": "contoso.onmicrosoft.com", "MessageId": "\u003c1@contoso.com\u003e", "Received": "2026-10-12T07:03:11",
        "SenderAddress": "ada@contoso.com", "RecipientAddress": "bo@fabrikam.com", "Subject": None, "Status": "Failed",
        "ToIP": None, "FromIP": None, "Size": "12", "MessageTraceId": "1203CD7A-18d5-4a92-4343-08da85ce34c9", "Index": 5,
    }  # fmt: skip
    [event] = read(NAME, json.dumps(old)).events.to_pylist()
    wanted = {"message_id": "1@contoso.com", "subject": None, "outcome": "failed", "size_bytes": 12,
              "network_message_id": "1203cd7a-18d5-4a92-4343-08da85ce34c9", "remote_ip": None}  # fmt: skip
    assert {name: event[name] for name in wanted} == wanted


def test_a_message_event_says_why():
    event = {
        "id": "00000001-3c5a-4d10-9b21-08de00000000", "messageId": "<1@contoso.com>", "dateTime": "2026-10-12T07:03:15Z",
        "event": "Fail", "action": "", "description": "Reason: [{LED=550 5.1.1 no such user};{MSG=};{FQDN=mx.fabrikam.com};"
        "{IP=203.0.113.25};{LRT=}]", "data": "<root/>",
    }  # fmt: skip
    [found] = read(NAME, json.dumps({"value": [event]})).events.to_pylist()
    assert (found["outcome"], found["status_code"], found["cause"]) == ("failed", "5.1.1", "recipient_unknown")
    assert (found["network_message_id"], found["remote_host"]) == (event["id"], "mx.fabrikam.com")


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        (json.dumps(RECORDS, indent=1).replace('"size": 7,', '"size": 7', 1), ["not valid JSON"]),
        (json.dumps(RECORDS)[:-40], ["not valid JSON: the object does not end"]),
        ("\n".join(["so much for that", *map(json.dumps, RECORDS), "and the end"]), ["text that is no record"] * 2),
        (json.dumps([*RECORDS, {"name": "x"}]), ["neither a message trace nor a message event"]),
        (json.dumps([*RECORDS, record(6, recipientAddress=None), record(7, receivedDateTime="soon"),
                     record(8, receivedDateTime=None)]), ["no recipient", "unreadable date 'soon'", "neither a message trace nor a message event"]),
    ],
)  # fmt: skip
def test_damage_costs_the_damaged_record_only_and_is_told(text, reasons):
    trial = read(NAME, text)
    assert sorted(trial.rejects["reason"].to_pylist()) == sorted(reasons)
    assert trial.counts["used"] >= 4
    assert trial.counts["rows"] == trial.counts["used"] + len(reasons)


@pytest.mark.parametrize("wrapping", ["lines", "array on one line", "compact array", "page of Graph on one line"])
def test_a_quote_that_is_missing_costs_its_record_only(wrapping):
    trial = read(NAME, WRAPPINGS[wrapping].replace('"r2@', "r2@", 1))
    assert sorted(column(trial, "recipient")) == [f"r{number}@fabrikam.com" for number in (0, 1, 3, 4)]
    assert trial.counts["rejects"] >= 1


@pytest.mark.parametrize(
    ("pages", "more"),
    [
        ([PAGE | {"@odata.nextLink": "https://x"}], True),
        ([PAGE | {"@odata.nextLink": "https://x"}, PAGE], False),
        ([PAGE, {"d": {"results": RECORDS, "__next": "https://x"}}], False),
        ([PAGE], False),
    ],
)
def test_a_last_page_that_names_a_next_one_is_told(pages, more):
    trial = read(NAME, "\n".join(json.dumps(page) for page in pages))
    warned = [warning for tally in trial.tallies for warning in tally.warnings]
    assert any("nextLink" in warning for warning in warned) is more


def test_a_status_that_nobody_knows_is_kept_and_told():
    trial = read(NAME, json.dumps([record(1, status="Teleported")]))
    assert column(trial, "outcome") == ["info"]
    assert "'teleported'" in trial.tallies[0].warnings[0]


@pytest.mark.parametrize(
    "text",
    [
        '{"name": "mailtrend", "version": "1.0", "dependencies": {"a": "1"}}',
        '[{"createdDateTime": "2026-10-12T07:03:11Z", "userPrincipalName": "ada@contoso.com", "status": {"errorCode": 0}}]',
        '{"MESSAGE": "A17F: to=<a@b.example>, status=sent (250 ok)", "SYSLOG_IDENTIFIER": "postfix/smtp", "_PID": "1"}',
        '{"log": "Oct 1 relay postfix/smtp[1]: x\\n", "stream": "stdout", "time": "2026-10-12T07:03:11Z"}',
        '{"CreationTime": "2026-10-12T07:03:11", "Operation": "Send", "UserId": "ada@contoso.com", "Subject": "x"}',
    ],
)
def test_json_of_something_else_is_not_claimed(text):
    assert not FORMAT.claims(Head("x.json", text))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32 - 1), wrapping=st.sampled_from(sorted(WRAPPINGS)))
def test_records_next_to_a_damaged_one_stay_and_the_counts_add_up(seed, wrapping):
    dice = random.Random(seed)
    data = bytearray(WRAPPINGS[wrapping].encode())
    harmed = set()
    for _ in range(dice.randint(1, 3)):
        at = dice.randrange(len(data))
        if data[at] != ord("\n"):
            data[at] = dice.choice(b'x"{}[]:,\\ 0')
            harmed.add(at)
    trial = read(NAME, bytes(data))
    counts = trial.counts
    assert counts["rows"] == counts["used"] + counts["context"] + counts["duplicates"] + counts["rejects"]
    assert counts["rejects"] == trial.rejects.num_rows
    text = bytes(data).decode()
    marks = [text.find(f"<{number}@contoso.com>") for number in range(5)]
    sound = set(column(trial, "message_id"))
    # A blot may hit the record before or behind by taking their brace away: whoever stands two records off is safe.
    for number, mark in enumerate(marks):
        reach = [marks[number - 1] if number else 0, marks[number + 1] if number < 4 else len(data)]
        if mark > 0 and all(not (reach[0] <= at <= reach[1]) for at in harmed) and min(reach) >= 0:
            assert f"{number}@contoso.com" in sound


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(cut=st.floats(0.05, 1), wrapping=st.sampled_from(sorted(WRAPPINGS)))
def test_a_file_cut_anywhere_loses_one_record_at_most_and_twice_is_once(cut, wrapping):
    data = WRAPPINGS[wrapping].encode()
    part = data[: int(len(data) * cut)]
    once, twice = read(NAME, part), read(NAME, part, part)
    complete = [number for number in range(5) if f'"r{number + 1}@'.encode() in part]
    assert once.counts["used"] >= len(complete)
    assert once.counts["rejects"] <= 1
    assert twice.counts["events"] == once.counts["events"]
    assert twice.counts["rows"] == 2 * once.counts["rows"]


def test_a_reason_given_in_json_speaks_before_a_trace_in_csv_that_has_none():
    ranks = {name: all_formats()[name].rank for name in (NAME, "exo_message_trace", "exo_trace_detail")}
    assert ranks["exo_trace_detail"] < ranks[NAME] < ranks["exo_message_trace"]

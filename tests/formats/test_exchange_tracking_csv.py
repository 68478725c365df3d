"""Exports of Get-MessageTrackingLog: whose zone the times are of, and lists that were joined or lost."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailtrend.errors import InputError
from mailtrend.formats import all_formats
from mailtrend.formats.base import Head, Options
from support.exports import HEADERS, claimed_by, column, events, read, table

NAME = "exchange_tracking_csv"
COLUMNS = [
    "RunspaceId", "Timestamp", "ClientIp", "ClientHostname", "ServerIp", "ServerHostname", "SourceContext",
    "ConnectorId", "Source", "EventId", "InternalMessageId", "MessageId", "NetworkMessageId", "Recipients",
    "RecipientStatus", "TotalBytes", "RecipientCount", "RelatedRecipientAddress", "Reference", "MessageSubject",
    "Sender", "ReturnPath", "Directionality", "TenantId", "OriginalClientIp", "MessageInfo", "MessageLatency",
    "MessageLatencyType", "EventData", "TransportTrafficType", "SchemaVersion", "PSComputerName",
]  # fmt: skip
ROW = {
    "Timestamp": "20.10.2026 10:00:04", "ClientHostname": "EX01", "ServerIp": "203.0.113.25",
    "ServerHostname": "mail.fabrikam.com", "ConnectorId": "To Fabrikam", "Source": "SMTP", "EventId": "FAIL",
    "MessageId": "<one@contoso.com>", "NetworkMessageId": "4be7d210-6a5c-4c1e-0001-08de0f0fb002",
    "Recipients": "bo@fabrikam.com", "RecipientStatus": "550 5.1.1 unknown", "TotalBytes": "4000",
    "MessageSubject": "Offer", "Sender": "ann@contoso.com", "ReturnPath": "ann@contoso.com",
    "Directionality": "Originating", "EventData": "[E2ELatency, 3.140], [DeliveryPriority, Normal]",
}  # fmt: skip
ORIGIN = {"MessageInfo": "2026-10-20T08:00:00.870Z;LSRV=EX01"}
FIRST = "[{LED=451 4.7.1 Grey, {a, b}};{MSG=};{FQDN=mx1.fabrikam.com};{IP=203.0.113.1};{LRT=}]"
LOST = ("System.String[]", "System.Collections.ArrayList", "Microsoft.Exchange.Data.ProxyAddress[]",
        "Microsoft.Exchange.Data.MultiValuedProperty`1[System.String]")  # fmt: skip


def export(*changes: dict[str, str]) -> str:
    return table(COLUMNS, *({**ROW, **change} for change in changes))


def times(*changes: dict[str, str], options: Options | None = None) -> tuple[list[datetime], list[str]]:
    trial = read(NAME, export(*changes), options=options)
    return column(trial, "event_time"), trial.tallies[0].warnings


def test_an_export_says_what_the_log_says():
    row = {**ORIGIN, "EventId": "SENDEXTERNAL", "PSComputerName": "ex01.contoso.com"}
    assert events(read(NAME, export(row))) == [{
        "event_time": datetime(2026, 10, 20, 8, 0, 4), "event": "SENDEXTERNAL", "outcome": "delivered",
        "server": "EX01", "direction": "outbound", "connector": "To Fabrikam", "sender": "ann@contoso.com",
        "recipient": "bo@fabrikam.com", "destination": "mail.fabrikam.com", "remote_host": "mail.fabrikam.com",
        "remote_ip": "203.0.113.25", "message_id": "one@contoso.com", "size_bytes": 4000, "subject": "Offer",
        "network_message_id": "4be7d210-6a5c-4c1e-0001-08de0f0fb002", "delay_seconds": 3.14, "line": 2,
    }]  # fmt: skip


def test_only_such_exports_are_claimed():
    assert claimed_by(NAME) == set()
    claims = all_formats()[NAME].claims
    assert claims(Head("x.csv", ",".join(f'"{name}"' for name in COLUMNS)))
    assert claims(Head("x.csv", "TIMESTAMP;eventid;Sender;Recipients\r\n"))
    assert not claims(Head("x.csv", "Timestamp,EventId,Source,Message\r\n"))
    for header in HEADERS.values():
        assert not claims(Head("x.csv", header))


UTC_04 = datetime(2026, 10, 20, 8, 0, 4)


@pytest.mark.parametrize(
    "told",
    [
        ORIGIN,
        {**ORIGIN, "EventData": LOST[0], "MessageLatency": "00:00:03.1400000", "MessageLatencyType": "EndToEnd"},
        {"SourceContext": "08DE0F0FB0020001;2026-10-20T07:59:58.000Z;0"},
        {"RecipientStatus": "[{LED=451 4.7.1 x};{MSG=};{FQDN=};{IP=};{LRT=20.10.2026 08:00:04}]"},
    ],
)
def test_the_zone_is_told_by_the_cells_of_the_same_row_that_are_in_utc(told):
    found, warnings = times(told)
    assert found == [UTC_04]
    assert "UTC+02:00" in warnings[0]


def test_when_a_message_came_in_tells_the_zone_where_nothing_better_does():
    found, warnings = times({**ORIGIN, "EventData": "", "EventId": "DELIVER"})
    assert found == [UTC_04]
    assert "UTC+02:00" in warnings[0]


def test_a_zone_of_quarter_hours_and_one_west_of_greenwich_are_told_too():
    assert times({**ORIGIN, "Timestamp": "20.10.2026 13:45:04"})[0] == [UTC_04]
    assert times({**ORIGIN, "Timestamp": "19.10.2026 22:00:04"})[0] == [UTC_04]


def test_utc_itself_needs_no_remark():
    assert times({**ORIGIN, "Timestamp": "20.10.2026 08:00:04"}) == ([UTC_04], [])


@pytest.mark.parametrize("told", [{}, {"MessageInfo": "04I: "}, {"MessageInfo": "2026-10-19T01:07:00.000Z"}])
def test_where_nothing_tells_the_zone_utc_is_taken_and_a_warning_says_so(told):
    found, warnings = times(told)
    assert found == [datetime(2026, 10, 20, 10, 0, 4)]
    assert "--timezone" in warnings[0]
    assert "read as UTC" in warnings[0]


def test_rows_that_contradict_each_other_tell_no_zone():
    rows = [{**ORIGIN, "Timestamp": f"20.10.2026 {hour}:00:04"} for hour in ("09", "12", "17")]
    assert "read as UTC" in times(*rows)[1][0]


@pytest.mark.parametrize("zone", ["UTC", "America/New_York"])
def test_a_zone_that_was_said_holds_without_a_remark(zone):
    found, warnings = times(ORIGIN, options=Options(timezone=zone))
    assert found == [datetime(2026, 10, 20, {"UTC": 10, "America/New_York": 14}[zone], 0, 4)]
    assert warnings == []


def test_an_export_over_the_end_of_summer_time_is_read_by_its_rule():
    rows = [
        {"Timestamp": "24.10.2026 10:00:04", "MessageInfo": "2026-10-24T08:00:00.870Z"},
        {"Timestamp": "26.10.2026 10:00:04", "MessageInfo": "2026-10-26T09:00:00.870Z"},
        {"Timestamp": "26.10.2026 11:00:00"},
    ]
    found, warnings = times(*rows)
    assert found == [datetime(2026, 10, 24, 8, 0, 4), datetime(2026, 10, 26, 9, 0, 4), datetime(2026, 10, 26, 10)]
    assert "Europe/Berlin" in warnings[0]


def test_times_that_name_their_zone_need_none():
    assert times({**ORIGIN, "Timestamp": "2026-10-20T10:00:04+02:00"}) == ([UTC_04], [])


def test_day_and_month_are_told_apart_by_the_times_in_utc():
    found, _ = times({"Timestamp": "05/10/2026 10:00:04", "MessageInfo": "2026-10-05T08:00:00.870Z"})
    assert found == [datetime(2026, 10, 5, 8, 0, 4)]
    with pytest.raises(InputError):
        times({"Timestamp": "05/10/2026 10:00:04"})


@pytest.mark.parametrize("name", LOST)
def test_lost_recipients_leave_events_and_a_warning(name):
    trial = read(NAME, export({"Recipients": name}, {"Recipients": name, "EventId": "RECEIVE"}))
    assert column(trial, "recipient") == [None, None]
    assert column(trial, "outcome") == ["failed", "received"]
    assert [warning for warning in trial.tallies[0].warnings if "Recipients is lost" in warning and name in warning]


@pytest.mark.parametrize("name", LOST)
def test_a_lost_reply_is_no_text(name):
    trial = read(NAME, export({"RecipientStatus": name}))
    assert column(trial, "response") == [None]
    assert any("RecipientStatus is lost" in warning for warning in trial.tallies[0].warnings)


def test_columns_that_were_not_exported_are_missed():
    text = table(["Timestamp", "EventId", "Sender", "MessageSubject"], {**ROW, "EventId": "SEND"})
    trial = read(NAME, text, options=Options(timezone="UTC"))
    assert column(trial, "outcome") == ["delivered"]
    assert ["no column" in warning for warning in trial.tallies[0].warnings] == [True, True]


@pytest.mark.parametrize("parting", [";", ",", ", ", " | ", "|", " ", "\n"])
def test_lists_are_split_as_they_were_joined(parting):
    row = {"Recipients": f"a@fabrikam.com{parting}b@fabrikam.com", "RecipientStatus": f"{FIRST}{parting}550 5.1.1 no"}
    trial = read(NAME, export(row))
    found = sorted(zip(column(trial, "recipient"), column(trial, "response"), strict=True))
    assert [recipient for recipient, _ in found] == ["a@fabrikam.com", "b@fabrikam.com"]
    assert [response for _, response in found] == [FIRST, "550 5.1.1 no"]


def test_a_list_in_braces_is_a_list_and_a_blank_inside_an_address_no_separator():
    assert column(read(NAME, export({"Recipients": "{a@fabrikam.com, b@fabrikam.com}"})), "recipient") == [
        "a@fabrikam.com", "b@fabrikam.com",
    ]  # fmt: skip
    assert column(read(NAME, export({"Recipients": '"a b"@fabrikam.com'})), "recipient") == ['"a b"@fabrikam.com']


@pytest.mark.parametrize(
    ("latency", "kind", "seconds"),
    [("00:00:03.1400000", "EndToEnd", 3.14), ("1.02:00:00", "EndToEnd", 93600.0), ("00:00:09", "LocalServer", None)],
)
def test_a_latency_is_read_where_it_is_the_whole_way(latency, kind, seconds):
    row = {"EventId": "SEND", "EventData": LOST[0], "MessageLatency": latency, "MessageLatencyType": kind}
    assert column(read(NAME, export(row)), "delay_seconds") == [seconds]


CELLS = st.one_of(
    st.sampled_from((*LOST, "SEND", "FAIL", "DEFER", "EXPAND", "a@x.example, b@x.example", "{a@x.example}", FIRST,
                     "2026-10-20T08:00:00.870Z;x", "08DE0F0FB0020001;2026-10-20T08:00:00.870Z;0", "00:00:03.1400000",
                     "LRT=20.10.2026 10:00:04}", "[E2ELatency, 3.140]")),
    st.text(alphabet="ab@.;|<>[]{}=, \"'&\\\n%$0159é", max_size=12),
)  # fmt: skip
TIMES = st.sampled_from(("20.10.2026 10:00:04", "25.10.2026 02:30:00", "31.09.2026 10:00:00", "", "x"))


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    rows=st.lists(st.fixed_dictionaries({**dict.fromkeys(COLUMNS, CELLS), "Timestamp": TIMES}), min_size=1, max_size=8)
)
def test_no_row_vanishes_and_reading_an_export_twice_adds_nothing(rows):
    text = table(COLUMNS, *rows)
    once, twice = read(NAME, text), read(NAME, text, text)
    assert once.counts["rows"] == len(rows)
    assert twice.counts["rows"] == 2 * len(rows)
    assert twice.counts["events"] == once.counts["events"]

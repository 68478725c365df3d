"""Quirks of times: cultures, ISO with and without a zone, OData, local and UTC columns, logs without a year."""

from __future__ import annotations

from datetime import datetime

import pytest

from mailtrend.formats.base import Options
from support.exports import column, read, table
from support.maillog import read as read_postfix
from support.maillog import to

TRACE = ("Received", "SenderAddress", "RecipientAddress", "Status", "MessageId", "MessageTraceId")
ROW = {"SenderAddress": "ada@contoso.com", "RecipientAddress": "bo@fabrikam.com", "Status": "Failed",
       "MessageId": "<1@contoso.com>", "MessageTraceId": "1"}  # fmt: skip
WHEN = datetime(2026, 10, 22, 16, 41, 12)


@pytest.mark.parametrize(
    "text",
    [
        "22.10.2026 16:41:12",
        "10/22/2026 4:41:12 PM",
        "10/22/2026 16:41:12",
        "22/10/2026 16:41:12",
        "2026-10-22T16:41:12.0000000Z",
        "2026-10-22T16:41:12.0000000",
        "2026-10-22 16:41:12",
        "2026-10-22T18:41:12+02:00",
        "/Date(1792687272000)/",
        "2026/10/22 下午 04:41:12",
    ],
    ids=["de-DE", "en-US", "invariant", "en-GB", "ISO 7 digits Z", "ISO without Z", "ISO blank", "ISO offset", "OData", "zh-TW"],
)  # fmt: skip
def test_a_trace_is_in_utc_in_whatever_form_its_times_are_written(text):
    # A trace is in UTC by definition, whatever zone the logs beside it are in.
    trial = read("exo_message_trace", table(TRACE, ROW | {"Received": text}), options=Options(timezone="Asia/Tokyo"))
    assert column(trial, "event_time") == [WHEN]


def test_the_timestamp_of_a_tracking_export_is_local_and_that_of_the_log_file_is_utc():
    export = table(
        ("Timestamp", "EventId", "Source", "Recipients", "RecipientStatus", "Sender", "MessageId", "ServerHostname"),
        {"Timestamp": "22.10.2026 18:41:12", "EventId": "FAIL", "Source": "SMTP", "Recipients": "bo@fabrikam.com",
         "RecipientStatus": "550 5.1.1 No such user", "Sender": "ada@contoso.com", "MessageId": "<1@contoso.com>"},
    )  # fmt: skip
    log = (
        "#Log-type: Message Tracking Log\r\n#Fields: date-time,client-ip,client-hostname,server-ip,server-hostname,"
        "source-context,connector-id,source,event-id,internal-message-id,message-id,network-message-id,recipient-address,"
        "recipient-status,total-bytes,recipient-count,related-recipient-address,reference,message-subject,sender-address\r\n"
        "2026-10-22T16:41:12.000Z,,EX01,,,,Outbound,SMTP,FAIL,1,<1@contoso.com>,,bo@fabrikam.com,550 5.1.1 No such user,"
        "9,1,,,Hi,ada@contoso.com\r\n"
    )
    berlin = Options(timezone="Europe/Berlin")
    assert column(read("exchange_tracking_csv", export, options=berlin), "event_time") == [WHEN]
    assert column(read("exchange_tracking", log, options=berlin), "event_time") == [WHEN]


def test_a_log_without_a_year_goes_over_new_year():
    text = to("sent (250 Ok)", at="Dec 31 23:59:59") + to("sent (250 Ok)", at="Jan  1 00:00:01", queue="B17F830001CA")
    found = [event["event_time"] for event in read_postfix(text, options=Options(year=2026))]
    assert found == [datetime(2026, 12, 31, 23, 59, 59), datetime(2027, 1, 1, 0, 0, 1)]


@pytest.mark.parametrize(
    ("stamp", "wanted"),
    [
        ("2026-10-22T16:41:12.250000+00:00", datetime(2026, 10, 22, 16, 41, 12, 250000)),
        ("2026-10-22T18:41:12+02:00", WHEN),
        ("2026-10-22T11:41:12-0500", WHEN),
        ("2026-10-22T16:41:12Z", WHEN),
    ],
)
def test_a_stamp_of_rfc_3339_is_moved_by_its_own_offset(stamp, wanted):
    [event] = read_postfix(to("sent (250 Ok)", at=stamp), options=Options(timezone="Asia/Tokyo"))
    assert event["event_time"] == wanted


def test_the_time_of_the_last_retry_inside_a_reason_is_not_the_time_of_the_row():
    detail = table(
        ("Date", "Event", "Detail", "MessageTraceId", "RecipientAddress"),
        {"Date": "2026-10-22T16:41:12Z", "Event": "Defer", "MessageTraceId": "1", "RecipientAddress": "bo@fabrikam.com",
         "Detail": "Reason: [{LED=450 4.4.316 Connection refused};{MSG=};{FQDN=mx.fabrikam.com};{IP=203.0.113.25};"
                   "{LRT=10/22/2026 2:28:06 AM}]"},
    )  # fmt: skip
    trial = read("exo_trace_detail", detail)
    assert column(trial, "event_time") == [WHEN]
    assert column(trial, "status_code") == ["4.4.316"]

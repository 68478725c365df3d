"""Message traces: columns in any order, dates of any culture, and the law that no row vanishes."""

from __future__ import annotations

from datetime import datetime

import pytest

from mailtrend.errors import InputError
from mailtrend.formats import all_formats
from mailtrend.formats.base import Head, Options
from support.exports import HEADERS, claimed_by, column, events, read, table

NAME = "exo_message_trace"
V2 = ("MessageId", "Received", "SenderAddress", "RecipientAddress", "Subject", "Status", "ToIP", "FromIP", "Size",
      "MessageTraceId")  # fmt: skip
V1 = ("PSComputerName", "RunspaceId", "PSShowComputerName", "Organization", "MessageId", "Received", "SenderAddress",
      "RecipientAddress", "Subject", "Status", "ToIP", "FromIP", "Size", "MessageTraceId", "StartDate", "EndDate",
      "Index")  # fmt: skip
ROW = {
    "MessageId": "<one@contoso.com>", "Received": "10/22/2026 09:41:12", "SenderAddress": "ann.ames@Contoso.com",
    "RecipientAddress": "bo.beck@Fabrikam.com", "Subject": "Offer, second draft", "Status": "Delivered",
    "ToIP": "192.0.2.25", "FromIP": "", "Size": "48211", "MessageTraceId": "5D2B7A10-1111-4A4A-8B8B-0123456789AB",
    "StartDate": "10/15/2026 00:00:00", "EndDate": "10/23/2026 00:00:00", "Index": "7",
}  # fmt: skip
EVENT = {
    "event_time": datetime(2026, 10, 22, 9, 41, 12), "event": "Delivered", "outcome": "delivered",
    "direction": "outbound", "sender": "ann.ames@Contoso.com", "recipient": "bo.beck@Fabrikam.com",
    "destination": "fabrikam.com", "remote_ip": "192.0.2.25", "message_id": "one@contoso.com",
    "network_message_id": "5d2b7a10-1111-4a4a-8b8b-0123456789ab", "size_bytes": 48211,
    "subject": "Offer, second draft", "line": 2,
}  # fmt: skip


def rows(*changes: dict[str, str], columns: tuple[str, ...] = V2) -> str:
    return table(columns, *({**ROW, **change} for change in changes))


@pytest.mark.parametrize("columns", [V1, V1[3:], V2, tuple(reversed(V2))], ids=["17", "14", "10", "10 reversed"])
def test_every_column_set_gives_the_same_event(columns):
    assert events(read(NAME, rows({}, columns=columns))) == [EVENT]


def test_the_hand_picked_columns_with_upper_case_ids_are_known_by_name():
    picked = ("MessageTraceID", "Received", "SenderAddress", "RecipientAddress", "FromIP", "ToIP", "Subject", "Status",
              "Size", "MessageID")  # fmt: skip
    row = {**ROW, "MessageTraceID": ROW["MessageTraceId"], "MessageID": ROW["MessageId"]}
    text = table(picked, row)
    assert all_formats()[NAME].claims(Head("export.csv", text))
    assert events(read(NAME, text)) == [EVENT]


def test_a_local_copy_of_the_time_is_never_preferred():
    text = table((*V2[:1], "ReceivedLocal", *V2[1:]), {**ROW, "ReceivedLocal": "10/22/2026 11:41:12"})
    assert column(read(NAME, text), "event_time") == [EVENT["event_time"]]


def test_only_traces_are_claimed():
    assert claimed_by(NAME) == {"exo_message_trace", "exo_message_trace V1", "admin center"}


def test_a_type_line_a_mark_and_utf_16_are_read_over():
    text = "#TYPE Deserialized.Microsoft.Exchange.Data.MessageTrace\r\n" + rows({})
    for data in (b"\xef\xbb\xbf" + text.encode(), b"\xff\xfe" + text.encode("utf-16-le"), text.encode("utf-16-le")):
        assert events(read(NAME, data)) == [{**EVENT, "line": 3}]


def test_a_spreadsheet_may_have_saved_it_with_semicolons():
    text = table(V2, {**ROW, "Received": "22.10.2026 09:41"}, delimiter=";")
    assert all_formats()[NAME].claims(Head("export.csv", text))
    assert column(read(NAME, text), "event_time") == [datetime(2026, 10, 22, 9, 41)]


STATUSES = {
    "Delivered": "delivered", "Failed": "failed", "Pending": "pending", "GettingStatus": "pending",
    "FilteredAsSpam": "filtered", "Quarantined": "quarantined", "Expanded": "expanded", "None": "info",
    "SomethingNew": "info", "failed": "failed", "gettingStatus": "pending", "": "info",
}  # fmt: skip


def test_each_status_is_an_outcome_and_an_unknown_one_is_kept():
    trial = read(NAME, rows(*({"Status": status} for status in STATUSES)))
    assert column(trial, "outcome") == list(STATUSES.values())
    assert column(trial, "event") == [status or None for status in STATUSES]


def test_the_direction_is_told_by_the_address_that_is_there():
    addresses = (("192.0.2.1", ""), ("", "192.0.2.2"), ("192.0.2.1", "192.0.2.2"), ("", ""))
    trial = read(NAME, rows(*({"ToIP": to_ip, "FromIP": from_ip, "MessageTraceId": f"{number:036d}"}
                              for number, (to_ip, from_ip) in enumerate(addresses))))  # fmt: skip
    assert column(trial, "direction") == ["outbound", "inbound", "unknown", "unknown"]
    assert column(trial, "remote_ip") == ["192.0.2.1", None, "192.0.2.1", None]


def test_a_failed_row_has_neither_text_nor_code():
    failed = events(read(NAME, rows({"Status": "Failed"})))[0]
    assert failed["outcome"] == "failed"
    assert not {"response", "reply_code", "status_code", "connector"} & set(failed)


def test_empty_cells_are_empty_and_size_zero_is_a_size():
    event = events(read(NAME, rows({"Subject": "", "Size": "0", "SenderAddress": "<>", "ToIP": ""})))[0]
    assert "subject" not in event
    assert event["size_bytes"] == 0
    assert event["sender"] == ""


def test_quotes_commas_and_line_ends_in_a_subject_stay_in_it():
    subject = 'Re: "5,0 %",\nnext line; and <more>'
    trial = read(NAME, rows({"Subject": subject}, {"MessageTraceId": "5d2b7a10-1111-4a4a-8b8b-0123456789ac"}))
    assert column(trial, "subject") == [subject, ROW["Subject"]]
    assert column(trial, "line") == [2, 4]


def test_a_header_in_the_middle_of_an_appended_export_is_no_row():
    again = rows({"Status": "Failed"})
    for mark in ("", "\ufeff"):
        trial = read(NAME, rows({}) + mark + again)
        assert trial.counts == {"rows": 2, "used": 2, "context": 0, "duplicates": 0, "rejects": 0, "events": 2}


def test_pages_appended_twice_are_duplicates_whatever_their_index_and_window():
    page = rows({"Index": "0"}, {"Index": "1", "EndDate": "10/24/2026 00:00:00"}, columns=V1)
    trial = read(NAME, page)
    assert trial.counts == {"rows": 2, "used": 1, "context": 0, "duplicates": 1, "rejects": 0, "events": 1}


def test_a_later_status_is_a_second_event_and_no_duplicate():
    trial = read(NAME, rows({"Status": "Pending"}), rows({"Status": "Failed"}))
    assert column(trial, "outcome") == ["pending", "failed"]


def test_a_row_without_time_or_recipient_is_a_reject_that_says_so():
    trial = read(
        NAME,
        rows({"Received": ""}, {"RecipientAddress": ""}, {"Received": "9/31/2026 10:00:00"}, {"Received": "soon"}, {}),
    )
    assert trial.counts == {"rows": 5, "used": 1, "context": 0, "duplicates": 0, "rejects": 4, "events": 1}
    assert trial.rejects["reason"].to_pylist() == [
        "no date", "no recipient", "unreadable date '9/31/2026 10:00:00'", "unreadable date 'soon'",
    ]  # fmt: skip
    assert trial.rejects["line"].to_pylist() == [2, 3, 4, 5]


def test_a_last_line_cut_off_is_a_reject():
    text = rows({}) + '"<two@contoso.com>","10/22/2026 09:4'
    assert read(NAME, text).counts["rejects"] == 1


def test_the_query_window_decides_what_the_rows_alone_leave_open():
    window = {"StartDate": "10/06/2026 00:00:00", "EndDate": "14/06/2026 00:00:00"}
    trial = read(NAME, rows({"Received": "11/06/2026 08:00:00", **window}, columns=V1))
    assert column(trial, "event_time") == [datetime(2026, 6, 11, 8)]


def test_a_date_that_can_be_read_in_two_ways_refuses_the_file_and_an_option_opens_it():
    text = rows({"Received": "03/04/2026 08:00:00"})
    with pytest.raises(InputError, match="3 April 2026 or 4 March 2026") as caught:
        read(NAME, text)
    assert "--date-order dmy" in caught.value.mend
    for order, month, day in (("dmy", 4, 3), ("mdy", 3, 4)):
        trial = read(NAME, text, options=Options(date_order=order))
        assert column(trial, "event_time") == [datetime(2026, month, day, 8)]


def test_files_of_two_cultures_are_read_each_in_its_own():
    german, american = rows({"Received": "01.02.2026 10:00:00"}), rows({"Received": "2/13/2026 1:05:09 PM"})
    assert column(read(NAME, german, american), "event_time") == [
        datetime(2026, 2, 1, 10), datetime(2026, 2, 13, 13, 5, 9),
    ]  # fmt: skip


def test_times_are_utc_whatever_zone_is_given_for_other_logs_of_the_run():
    text = rows({})
    berlin = read(NAME, text, options=Options(timezone="Europe/Berlin"))
    assert column(berlin, "event_time") == [datetime(2026, 10, 22, 9, 41, 12)]


def test_the_two_forms_of_the_reporting_service_are_read_in_a_csv_too():
    trial = read(NAME, rows({"Received": "2026-10-22T09:41:12.4907658"}, {"Received": "/Date(1792662072170)/"}))
    assert column(trial, "event_time") == [
        datetime(2026, 10, 22, 9, 41, 12, 490765), datetime(2026, 10, 22, 9, 41, 12, 170000),
    ]  # fmt: skip


def test_an_export_of_a_full_page_is_probably_cut_off():
    now = datetime(2026, 11, 2)
    suspicions = all_formats()[NAME].suspicions
    assert suspicions(5_000, None, now)
    assert suspicions(1_000, None, now)
    assert not suspicions(4_999, None, now)


def test_all_headers_of_this_test_are_those_of_the_format():
    assert HEADERS[NAME] == ",".join(f'"{name}"' for name in V2)
    assert HEADERS[f"{NAME} V1"] == ",".join(f'"{name}"' for name in V1)


ADMIN_CENTER = {
    "en": ("Date,Sender,Recipient,Subject,Status", "2026-10-13 09:00:00", "Failed"),
    "de": ("Datum;Absender;Empfänger;Betreff;Status", "13.10.2026 09:00:00", "Fehlgeschlagen"),
    "fr": ("Date;Expéditeur;Destinataire;Objet;État", "13/10/2026 09:00:00", "Échec"),
    "es": ("Fecha;Remitente;Destinatario;Asunto;Estado", "13/10/2026 9:00:00", "Error"),
    "ja": ("日付,送信者,受信者,件名,状態", "2026/10/13 9:00:00", "失敗"),
    "pl": ("Data;Nadawca;Adresat;Temat;Status", "13.10.2026 09:00:00", "Niepowodzenie"),
}


@pytest.mark.parametrize("language", ADMIN_CENTER)
def test_an_export_of_the_admin_center_is_read_in_the_language_of_its_user(language):
    header, date, status = ADMIN_CENTER[language]
    delimiter = ";" if ";" in header else ","
    text = header + "\r\n" + delimiter.join((date, "ada@contoso.com", "bo@fabrikam.com", "Hi", status)) + "\r\n"
    assert all_formats()[NAME].claims(Head("x.csv", text))
    trial = read(NAME, text, options=Options(timezone="Europe/Berlin"))
    [event] = trial.events.to_pylist()
    assert (event["event_time"], event["outcome"]) == (datetime(2026, 10, 13, 7), "failed")
    assert trial.tallies[0].warnings == []


def test_times_of_the_admin_center_are_those_of_its_user_which_is_said_where_nobody_told_the_zone():
    trial = read(
        NAME,
        "Date,Sender,Recipient,Subject,Status\r\n2026-10-13 09:00:00,ada@contoso.com,bo@fabrikam.com,Hi,Failed\r\n",
    )
    assert column(trial, "event_time") == [datetime(2026, 10, 13, 9)]
    assert "--timezone" in trial.tallies[0].warnings[0]


def test_a_status_that_nobody_knows_is_kept_as_info_and_told():
    trial = read(NAME, rows({"Status": "Teleported"}))
    assert column(trial, "outcome") == ["info"]
    assert "'teleported'" in trial.tallies[0].warnings[0]


def test_an_export_of_graph_through_powershell_has_names_of_its_own():
    header = "Id,MessageId,ReceivedDateTime,RecipientAddress,SenderAddress,Size,Status,Subject,FromIP,ToIP,AdditionalProperties"
    text = (
        header
        + "\r\nabc,<1@contoso.com>,2026-10-13T09:00:00Z,bo@fabrikam.com,ada@contoso.com,7,delivered,Hi,,203.0.113.5,x\r\n"
    )
    [event] = read(NAME, text).events.to_pylist()
    wanted = {
        "network_message_id": "abc",
        "outcome": "delivered",
        "direction": "outbound",
        "message_id": "1@contoso.com",
    }
    assert {name: event[name] for name in wanted} == wanted

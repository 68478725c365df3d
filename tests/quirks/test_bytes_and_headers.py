"""Quirks of encodings and headers, as exports and logs bring them."""

from __future__ import annotations

import bz2
import gzip
import io
import zipfile

import pyarrow as pa
import pytest

from mailtrend.errors import InputError
from support.exports import HEADERS, column, read, table
from support.readings import Reading, counts

TRACE = ("Received", "SenderAddress", "RecipientAddress", "Subject", "Status", "MessageId", "MessageTraceId")
ROW = {
    "Received": "2026-10-01T08:00:00Z", "SenderAddress": "ada@contoso.com", "RecipientAddress": "jörg@fabrikam.com",
    "Subject": "Grüße", "Status": "Failed", "MessageId": "<1@contoso.com>", "MessageTraceId": "1",
}  # fmt: skip
TEXT = table(TRACE, ROW, ROW | {"RecipientAddress": "ann@fabrikam.com", "Subject": "Prüfung – März"})
SUBJECTS = ["Prüfung – März", "Grüße"]


@pytest.fixture
def reading(tmp_path):
    return Reading(tmp_path)


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xfe" + TEXT.encode("utf-16-le"), TEXT.encode("utf-16-le"), b"\xfe\xff" + TEXT.encode("utf-16-be"),
        b"\xef\xbb\xbf" + TEXT.encode(), TEXT.encode(), TEXT.encode("cp1252"),
    ],
    ids=["UTF-16LE with BOM", "UTF-16LE without BOM", "UTF-16BE with BOM", "UTF-8 BOM", "UTF-8", "cp1252"],
)  # fmt: skip
def test_an_export_is_the_same_in_every_encoding(reading, data):
    assert counts(reading.take({"trace.csv": data})) == {
        "rows": 2, "used": 2, "context": 0, "duplicates": 0, "rejects": 0, "events": 2,
    }  # fmt: skip
    assert reading.ask("SELECT subject FROM events ORDER BY recipient") == [(subject,) for subject in SUBJECTS]


def test_raw_binary_in_the_middle_of_a_log_costs_no_line(reading):
    lines = [
        b"2026-10-01T08:00:00Z relay postfix/smtpd[1]: NOQUEUE: reject: RCPT from x[203.0.113.9]: 554 5.7.1 <a@example.net>: "
        b"Relay access denied; from=<x@example.com> to=<a@example.net> proto=ESMTP helo=<\xff\xfe\x00\x81\x9d\r>",
        b"2026-10-01T08:00:01Z relay postfix/smtp[2]: A17F830001CA: to=<bo@fabrikam.com>, relay=none, delay=1, dsn=4.4.1, "
        b"status=deferred (connect to mx.fabrikam.com[192.0.2.9]:25: Connection refused)",
    ]
    result = counts(reading.take({"mail.log": b"\n".join([*lines, b""])}))
    assert (result["rows"], result["used"], result["rejects"]) == (2, 2, 0)
    assert reading.ask("SELECT outcome FROM events ORDER BY event_time") == [("rejected",), ("deferred",)]


@pytest.mark.parametrize(
    ("source", "header"),
    [
        ("exo_enhanced_summary", "Origin_Timestamp,Sender_Address,Recipient_status,Message_Subject,Total_Bytes,Message_ID,Network_Message_ID"),
        ("exo_message_trace", "MessageTraceID,Received,SenderAddress,RecipientAddress,FromIP,ToIP,Subject,Status,Size,MessageID"),
        ("exo_message_trace", "messagetraceid;RECEIVED;senderAddress;recipientaddress;subject;STATUS"),
    ],
)  # fmt: skip
def test_the_case_of_a_header_and_its_old_names_do_not_matter(source, header):
    from mailtrend.formats import all_formats
    from mailtrend.formats.base import Head

    claimed = [name for name, fmt in all_formats().items() if fmt.claims(Head("x.csv", header + "\r\n"))]
    assert claimed == [source]


def test_a_type_line_of_powershell_5_stands_above_the_header(reading):
    data = "#TYPE Selected.Microsoft.Exchange.Management.MessageTrace\r\n" + TEXT
    assert counts(reading.take({"trace.csv": data}))["events"] == 2


def test_a_byte_order_mark_glued_to_the_first_header_is_no_part_of_its_name(reading):
    assert counts(reading.take({"trace.csv": b"\xef\xbb\xbf\xef\xbb\xbf" + TEXT.encode()}))["events"] == 2


def test_an_export_without_its_header_is_refused_with_what_to_do(reading):
    result = reading.take({"trace.csv": TEXT.split("\r\n", 1)[1]})
    [refused] = result.refused
    assert isinstance(refused, InputError)
    assert "--source" in refused.mend


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress], ids=["gz", "bz2"])
def test_a_packed_export_is_read_as_it_is(reading, pack):
    assert counts(reading.take({"trace.csv": pack(TEXT.encode())}))["events"] == 2


def test_a_zipped_export_is_read_as_it_is_and_a_zip_within_is_refused(reading):
    inner, outer = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("trace.csv", TEXT)
    with zipfile.ZipFile(outer, "w") as archive:
        archive.writestr("inner.zip", inner.getvalue())
        archive.writestr("trace.csv", TEXT)
    result = reading.take({"both.zip": outer.getvalue()})
    assert counts(result)["events"] == 2
    [refused] = result.refused
    assert "zip inside a zip" in refused.what


def _zip(data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("trace.csv", data)
    return out.getvalue()


def _zstd(data: bytes) -> bytes:
    out = pa.BufferOutputStream()
    with pa.CompressedOutputStream(out, "zstd") as packed:
        packed.write(data)
    return bytes(out.getvalue())


def _cut(packed: bytes) -> bytes:
    return packed[: len(packed) // 2]


def _blotted(packed: bytes) -> bytes:
    middle = len(packed) // 2
    return packed[:middle] + b"\xa5" * 64 + packed[middle + 64 :]


@pytest.mark.parametrize(
    ("pack", "harm", "least"),
    [(gzip.compress, _cut, 100), (_zstd, _cut, 0), (gzip.compress, _blotted, 100), (_zip, _blotted, 100)],
    ids=["gz cut", "zstd cut", "gz blotted", "zip blotted"],
)
def test_what_is_packed_is_kept_up_to_the_break_and_the_break_is_said(reading, pack, harm, least):
    rows = [ROW | {"RecipientAddress": f"r{n}@fabrikam.com", "MessageId": f"<{n}@contoso.com>", "Subject": f"{n * 7919}"}
            for n in range(20000)]  # fmt: skip
    result = reading.take({"trace": harm(pack(table(TRACE, *rows).encode()))})
    assert least <= counts(result)["events"] < 20000
    assert [*result.refused] or any("breaks off early" in said for file in result.files for said in file.tally.warnings)


@pytest.mark.parametrize("source", [name for name in HEADERS if " " not in name and name.startswith("exo_")])
def test_a_header_alone_gives_no_row_and_no_error(source):
    assert read(source, HEADERS[source] + "\r\n").counts["rows"] == 0


def test_quotes_doubled_commas_and_line_ends_inside_a_subject_stay_in_it():
    subject = 'He said "yes, 1,5 times",\r\nand left; twice'
    trial = read("exo_message_trace", table(TRACE, ROW | {"Subject": subject}, ROW | {"MessageTraceId": "2"}))
    assert column(trial, "subject") == [subject, "Grüße"]
    assert column(trial, "line") == [2, 4]


def test_a_number_with_a_decimal_comma_in_quotes_does_not_split_a_protocol_row():
    from support.dialogues import Session, log

    session = Session(connector=r"EX01\Default Frontend EX01", local="192.0.2.10:25", remote="198.51.100.7:40000")
    session.greet(we_send=False)
    session.talk("< MAIL FROM:<ada@fabrikam.com>", "> 250 2.1.0 Sender OK", "< RCPT TO:<bo@contoso.com>", "> 250 2.1.5 Recipient OK",
                 "< DATA", "> 354 Start", "> 250 2.6.0 <x@fabrikam.com> [InternalId=1] 11511 bytes in 0.102, 109,173 KB/sec Queued mail for delivery",
                 "< QUIT", "- Local")  # fmt: skip
    trial = read("exchange_smtp_receive", log("Receive", session))
    assert trial.counts["rejects"] == 0
    assert [event["recipient"] for event in trial.events.to_pylist()] == ["bo@contoso.com"]


def test_a_last_line_that_is_cut_costs_itself_only():
    whole = table(TRACE, ROW, ROW | {"MessageTraceId": "2"})
    trial = read("exo_message_trace", whole[:-20])
    assert (trial.counts["used"], trial.counts["rejects"]) == (1, 1)


def test_trailing_empty_lines_are_no_rows():
    assert read("exo_message_trace", table(TRACE, ROW) + "\r\n\r\n\n").counts["rows"] == 1


@pytest.mark.parametrize("delimiter", [";", "\t"], ids=["semicolon", "tab"])
def test_a_spreadsheet_of_another_country_saves_it_with_another_delimiter(delimiter):
    trial = read("exo_message_trace", table(TRACE, ROW | {"Subject": "a,b;c\td"}, delimiter=delimiter))
    assert column(trial, "subject") == ["a,b;c\td"]

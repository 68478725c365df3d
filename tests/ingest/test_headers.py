"""Headers of exports: spelled anyhow, above other lines, repeated in the middle with other columns."""

from __future__ import annotations

import pytest

from mailtrend.formats import all_formats
from mailtrend.formats._headers import plain
from mailtrend.formats.base import Head
from mailtrend.ingest.trial import parse

TRACE = all_formats()["exo_message_trace"]
HEADER = '"Received","SenderAddress","RecipientAddress","Status","MessageId","MessageTraceId"'
OTHER = '"MessageTraceId","MessageId","Size","Status","RecipientAddress","SenderAddress","Received"'


def row(number: int) -> str:
    """A row below HEADER."""
    return f'"2026-10-01T08:00:{number:02d}Z","ada@contoso.com","bo{number}@fabrikam.com","Failed","<{number}@contoso.com>","{number}"'


def turned(number: int) -> str:
    """The same below OTHER."""
    return f'"{number}","<{number}@contoso.com>","9","Failed","bo{number}@fabrikam.com","ada@contoso.com","2026-10-01T08:00:{number:02d}Z"'


def read(*lines: str):
    return parse(TRACE, "\r\n".join([*lines, ""]).encode("utf-8"))


@pytest.mark.parametrize(
    "spelling",
    [
        "Recipient_Status",
        "recipient status",
        "RECIPIENT-STATUS",
        ' "RecipientStatus"',
        "\ufeffrecipientStatus",
        "Ｒecipient\xa0Status",
    ],
)
def test_case_blanks_quotes_and_marks_in_a_name_do_not_matter(spelling):
    assert plain(spelling) == "recipientstatus"


@pytest.mark.parametrize("above", ["#TYPE Selected.System.Object", "sep=,", "", '"sep=,"'])
def test_lines_above_the_header_are_passed_over(above):
    trial = read(above, HEADER, row(1))
    assert trial.counts["rows"] == trial.counts["used"] == 1
    assert trial.events["line"].to_pylist() == [3]
    assert TRACE.claims(Head("x.csv", f"{above}\r\n{HEADER}\r\n"))


def test_a_header_in_the_middle_holds_for_what_follows_it():
    trial = read(
        HEADER, row(1), row(2), "#TYPE Selected.System.Object", OTHER, turned(3), "", turned(4), HEADER, row(5)
    )
    assert trial.counts == {"rows": 5, "used": 5, "context": 0, "duplicates": 0, "rejects": 0, "events": 5}
    assert trial.events["line"].to_pylist() == [2, 3, 6, 8, 10]
    assert trial.events["recipient"].to_pylist() == [f"bo{number}@fabrikam.com" for number in (1, 2, 3, 4, 5)]
    assert trial.events["network_message_id"].to_pylist() == ["1", "2", "3", "4", "5"]


def test_a_header_inside_a_quoted_subject_is_none():
    subject = f'"2026-10-01T08:00:07Z","ada@contoso.com","bo@fabrikam.com","Failed","<7@contoso.com>","7\r\n{HEADER.replace(chr(34), "")}\r\n"'
    trial = read(HEADER, subject, row(8))
    assert trial.counts["rows"] == 2
    assert trial.events["recipient"].to_pylist() == ["bo@fabrikam.com", "bo8@fabrikam.com"]


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_a_spreadsheet_saves_it_again_with_another_delimiter(delimiter):
    lines = [line.replace(",", delimiter) for line in (HEADER, row(1), row(2), HEADER, row(3))]
    assert read(*lines).counts == {"rows": 3, "used": 3, "context": 0, "duplicates": 0, "rejects": 0, "events": 3}

"""Bytes of any encoding that exports come in become the same text."""

from __future__ import annotations

import io

import pytest

from mailtrend.errors import UsageError
from mailtrend.ingest.decoding import Decoded, encoding_of

TEXT = "Received,Subject\r\n2026-11-02,Grüße aus Köln – 日本\r\n"


def _read(data: bytes, size: int = 7) -> tuple[str, Decoded]:
    stream = Decoded(io.BytesIO(data))
    parts = []
    while part := stream.read(size):
        parts.append(part)
    return stream.mended(b"".join(parts)).decode("utf-8"), stream


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [("utf-8", b""), ("utf-8", b"\xef\xbb\xbf"), ("utf-16-le", b"\xff\xfe"), ("utf-16-le", b""), ("utf-16-be", b"\xfe\xff"),
     ("utf-16-be", b"")],
)  # fmt: skip
def test_text_comes_out_the_same_with_or_without_a_byte_order_mark(encoding, mark):
    text, stream = _read(mark + TEXT.encode(encoding))
    assert text == TEXT
    assert stream.encoding == encoding


def test_a_line_that_is_not_utf8_is_read_as_windows_1252_and_counted():
    text, stream = _read(b"gut\n" + "Grüße\n".encode("cp1252") + "Köln\n".encode())
    assert text == "gut\nGrüße\nKöln\n"
    assert stream.broken_lines == 1


def test_a_lone_carriage_return_and_a_zero_byte_do_not_split_rows():
    assert _read(b"a\rb\r\nc\0d\n")[0] == "a b\r\nc d\n"


def test_plain_ascii_with_a_few_zeros_is_not_taken_for_utf16():
    assert encoding_of(b"ab\0cdefgh" * 20) == "utf-8"


ROW = '"<{at}@contoso.com>","10/{day}/2026 9:41:12 AM","ada@contoso.com","{subject}","Delivered"\r\n'
SUBJECTS = {
    "cp1252": ("Grüße aus Köln", "Angebot für März", "Où est la réunion", "Año nuevo – mañana"),
    "cp850": ("Grüße aus Köln", "Angebot für März", "Änderung", "Prüfung"),
    "cp1250": ("Zażółć gęślą jaźń", "Faktura č. 12", "Příští týden"),
    "cp1251": ("Счёт на оплату", "Договор поставки", "Отчёт за октябрь"),
    "cp866": ("Счёт на оплату", "Договор поставки", "Отчёт за октябрь"),
    "cp1253": ("Τιμολόγιο Οκτωβρίου", "Συνάντηση αύριο", "Παραγγελία"),
    "cp932": ("会議の件", "請求書を送ります", "月次レポート"),
    "gbk": ("会议通知", "十月份报告", "请查收附件"),
}


@pytest.mark.parametrize("page", SUBJECTS)
def test_a_file_of_a_code_page_comes_out_as_it_was_written(page):
    subjects = SUBJECTS[page]
    text = "".join(ROW.format(at=at, day=at + 1, subject=subjects[at % len(subjects)]) for at in range(24))
    assert _read(text.encode(page))[0] == text


def test_one_odd_byte_among_sound_lines_does_not_turn_the_file_into_another_page():
    text, stream = _read("Köln\nZürich\nGenève\n".encode() + b"EHLO \xe9\x8a\n")
    assert text.startswith("Köln\nZürich\nGenève\nEHLO é")
    assert stream.remark == "1 line is not UTF-8 and was read as Windows-1252"


def test_an_encoding_that_the_user_names_is_taken():
    stream = Decoded(io.BytesIO("Prüfung\n".encode("cp037")), "cp037")
    assert stream.mended(stream.read(100)).decode() == "Prüfung\n"


def test_an_encoding_that_does_not_exist_is_refused():
    with pytest.raises(UsageError, match="no encoding 'klingon'"):
        Decoded(io.BytesIO(b"x"), "klingon")

"""Bytes of any encoding that exports come in become the same text."""

from __future__ import annotations

import io

import pytest

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

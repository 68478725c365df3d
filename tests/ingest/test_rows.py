"""Rows are cut out of blocks whole, with their line numbers, whatever stands in their fields."""

from __future__ import annotations

import csv
import io

from hypothesis import given, settings
from hypothesis import strategies as st

from mailtrend.ingest.blocks import Block, blocks
from mailtrend.ingest.decoding import Decoded
from mailtrend.ingest.rows import parse_csv, parse_lines

NAMES = ["a", "b", "c"]
FIELD = st.text(st.sampled_from('xyz09 ,;"\né日'), max_size=12)


def _cut(data: bytes, *, size: int = 1 << 20, quoted: bool = True) -> list[Block]:
    return list(blocks(Decoded(io.BytesIO(data)), quoted=quoted, size=size))


def _records(data: bytes, size: int = 1 << 20) -> tuple[list[tuple[str, ...]], list[int], list[tuple[int, str]]]:
    rows, lines, rejects = [], [], []
    for block in _cut(data, size=size):
        parsed = parse_csv(block, NAMES, NAMES, ",")
        rows += list(zip(*(parsed.table[name].to_pylist() for name in NAMES), strict=True))
        lines += parsed.table["line"].to_pylist()
        rejects += [(reject.line, reject.reason) for reject in parsed.rejects]
    return rows, lines, rejects


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(FIELD, FIELD, FIELD), min_size=1, max_size=12), st.integers(8, 200), st.booleans())
def test_every_record_comes_back_with_its_line_in_blocks_of_any_size(records, size, crlf):
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n" if crlf else "\n")
    starts = []
    for record in records:
        starts.append(out.getvalue().count("\n") + 1)
        writer.writerow(record)
    rows, lines, rejects = _records(out.getvalue().encode(), size)
    assert rejects == []
    assert rows == records
    assert lines == starts


def test_an_unclosed_quote_costs_its_own_row_and_no_other():
    rows, lines, rejects = _records(b'"1","2","3"\n"open,2,3\n"4","5","6"\n"7","8","9"\n')
    assert rows == [("1", "2", "3"), ("4", "5", "6"), ("7", "8", "9")]
    assert lines == [1, 3, 4]
    assert rejects == [(2, "a quote is opened and never closed")]


def test_a_row_too_short_or_too_long_is_a_reject_that_says_so():
    rows, lines, rejects = _records(b"1,2,3\n1,2\n\n1,2,3,4\n5,6,7\n")
    assert rows == [("1", "2", "3"), ("5", "6", "7")]
    assert lines == [1, 5]
    assert rejects == [(2, "2 columns where 3 were expected"), (4, "4 columns where 3 were expected")]


def test_a_last_line_cut_inside_a_quote_is_a_reject():
    rows, _, rejects = _records(b'"1","2","3"\n"4","5","6')
    assert rows == [("1", "2", "3")]
    assert rejects == [(2, "a quote is opened and never closed")]


def test_a_last_line_without_a_line_end_counts():
    rows, lines, _ = _records(b"1,2,3\n4,5,6")
    assert rows[-1] == ("4", "5", "6")
    assert lines == [1, 2]


def test_lines_are_numbered_past_blank_ones_and_keep_odd_bytes():
    text = b'a "b\r\n\r\n\x1fc\r\nlast'
    parsed = [parse_lines(block).table for block in _cut(text, quoted=False)]
    assert [row["text"] for table in parsed for row in table.to_pylist()] == ['a "b', " c", "last"]
    assert [row["line"] for table in parsed for row in table.to_pylist()] == [1, 3, 4]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(st.characters(exclude_characters="\r\n\x1f\0", exclude_categories=["Cs"]), min_size=1), min_size=1),
       st.integers(4, 64))  # fmt: skip
def test_lines_come_back_in_blocks_of_any_size(lines, size):
    data = "\n".join(lines).encode()
    found = [
        text for block in _cut(data, size=size, quoted=False) for text in parse_lines(block).table["text"].to_pylist()
    ]
    assert found == [line for line in lines if line]

"""A block becomes an Arrow table of rows with their line numbers; rows of the wrong shape become rejects."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as pacsv

from mailtrend.ingest.blocks import Block

TEXT_LIMIT = 2_000
"""Characters of a rejected row that are kept."""
LONGEST_RECORD = 200
"""Physical lines after which an unclosed quote is given up."""
NO_DELIMITER = "\x1f"


@dataclass(frozen=True)
class Ragged:
    """A row that could not be cut into the columns of its file."""

    line: int
    reason: str
    text: str


@dataclass(frozen=True)
class Parsed:
    """Rows of one block: `table` has the wanted columns and `line`."""

    table: pa.Table
    rejects: list[Ragged]


def parse_lines(block: Block) -> Parsed:
    """One row a line, in a single column `text`; blank lines are no rows."""
    data = block.data.replace(NO_DELIMITER.encode(), b" ") if NO_DELIMITER.encode() in block.data else block.data
    table, _ = _read(data, ["text"], ["text"], delimiter=NO_DELIMITER, quoted=False)
    if table.num_rows == block.lines:
        numbers = np.arange(table.num_rows, dtype=np.int64) + block.first_line
    else:
        numbers = _filled_lines(data) + block.first_line
    return Parsed(table.append_column("line", pa.array(numbers)), [])


def parse_csv(block: Block, names: Sequence[str], wanted: Sequence[str], delimiter: str) -> Parsed:
    """Rows of a delimited block. `names` are the file's columns in order, `wanted` those to keep."""
    if block.suspect:
        return _with_care(block, names, wanted, delimiter)
    try:
        table, bad = _read(block.data, names, wanted, delimiter=delimiter, quoted=True)
    except pa.ArrowInvalid:
        return _with_care(block, names, wanted, delimiter)
    rows = table.num_rows + len(bad)
    lines = block.lines
    filled = None if rows == lines else _filled_lines(block.data)
    if filled is not None and len(filled) != rows:
        spans = _breaks(table) + 1
        if bad or int(spans.sum()) != lines or _swallowed(table):
            return _with_care(block, names, wanted, delimiter)
        first = block.first_line + np.concatenate(([0], np.cumsum(spans)[:-1]))
        return Parsed(table.append_column("line", pa.array(first)), [])
    if any('"' in text for _, _, text in bad):
        return _with_care(block, names, wanted, delimiter)
    at = (np.arange(rows, dtype=np.int64) if filled is None else filled) + block.first_line
    skipped = np.array([number - 1 for number, _, _ in bad], dtype=np.int64)
    rejects = [
        Ragged(int(at[number - 1]), f"{found} columns where {len(names)} were expected", text[:TEXT_LIMIT])
        for number, found, text in bad
    ]
    return Parsed(table.append_column("line", pa.array(np.delete(at, skipped))), rejects)


def _read(
    data: bytes, names: Sequence[str], wanted: Sequence[str], *, delimiter: str, quoted: bool
) -> tuple[pa.Table, list[tuple[int, int, str]]]:
    bad: list[tuple[int, int, str]] = []

    def keep(row: pacsv.InvalidRow) -> str:
        bad.append((row.number, row.actual_columns, row.text))
        return "skip"

    table = pacsv.read_csv(
        pa.BufferReader(data),
        read_options=pacsv.ReadOptions(column_names=list(names), use_threads=False, block_size=len(data) + 1),
        parse_options=pacsv.ParseOptions(
            delimiter=delimiter,
            quote_char='"' if quoted else False,
            newlines_in_values=quoted,
            invalid_row_handler=keep,
        ),
        convert_options=pacsv.ConvertOptions(
            column_types=dict.fromkeys(wanted, pa.string()),
            strings_can_be_null=False,
            include_columns=list(wanted),
            check_utf8=False,  # a block is valid UTF-8 already
        ),
    )
    return table, bad


def _filled_lines(data: bytes) -> np.ndarray:
    """Numbers (from 0) of the physical lines of `data` that are not blank."""
    ends = np.flatnonzero(np.frombuffer(data, dtype=np.uint8) == ord("\n"))
    starts = np.concatenate(([0], ends + 1))
    if starts[-1] == len(data):
        starts = starts[:-1]
    stops = np.append(ends, len(data))[: len(starts)]
    content = np.frombuffer(data + b"\n", dtype=np.uint8)
    length = stops - starts
    blank = (length == 0) | ((length == 1) & (content[starts] == ord("\r")))
    return np.flatnonzero(~blank).astype(np.int64)


def _breaks(table: pa.Table) -> np.ndarray:
    """How many line ends each row holds inside its fields."""
    total = np.zeros(table.num_rows, dtype=np.int64)
    for column in table.columns:
        total += pc.count_substring(column, "\n").to_numpy().astype(np.int64)
    return total


def _swallowed(table: pa.Table) -> bool:
    """Does a field hold both a line end and a quote? Then an unclosed quote may have eaten the next row."""
    return any(
        pc.any(pc.and_(pc.match_substring(column, "\n"), pc.match_substring(column, '"'))).as_py() or False
        for column in table.columns
    )


def _strictly(block: Block, names: Sequence[str], wanted: Sequence[str], delimiter: str) -> Parsed | None:
    """The block by the letter of RFC 4180; None where it breaks it."""
    reader = csv.reader(io.StringIO(block.data.decode("utf-8"), newline=""), delimiter=delimiter, strict=True)
    good: list[tuple[int, list[str]]] = []
    line = block.first_line
    try:
        for cells in reader:
            if cells and len(cells) != len(names):
                return None
            if cells:
                good.append((line, cells))
            line = block.first_line + reader.line_num
    except csv.Error:
        return None
    return _assembled(good, names, wanted)


def _assembled(good: list[tuple[int, list[str]]], names: Sequence[str], wanted: Sequence[str]) -> Parsed:
    place = {name: at for at, name in enumerate(names)}
    columns = {name: pa.array([cells[place[name]] for _, cells in good], pa.string()) for name in wanted}
    return Parsed(pa.table({**columns, "line": pa.array([line for line, _ in good], pa.int64())}), [])


def _with_care(block: Block, names: Sequence[str], wanted: Sequence[str], delimiter: str) -> Parsed:
    """Where RFC 4180 is broken, records are put together line by line: an open quote ends where a line is whole."""
    if strict := _strictly(block, names, wanted, delimiter):
        return strict
    good: list[tuple[int, list[str]]] = []
    rejects: list[Ragged] = []
    pending: list[tuple[int, str]] = []
    width = len(names)

    def give_up() -> None:
        if pending:
            text = "\n".join(line for _, line in pending)
            rejects.append(Ragged(pending[0][0], "a quote is opened and never closed", text[:TEXT_LIMIT]))
            pending.clear()

    for number, line in enumerate(block.data.decode("utf-8").split("\n"), block.first_line):
        bare = line.removesuffix("\r")
        if pending and _whole(bare, delimiter, width):
            give_up()
        if not pending and not bare:
            continue
        pending.append((number, bare))
        text = "\n".join(part for _, part in pending)
        if text.count('"') % 2 == 0:
            cells = _cells(text, delimiter) or []
            if len(cells) == width:
                good.append((pending[0][0], cells))
            else:
                reason = f"{len(cells)} columns where {width} were expected"
                rejects.append(Ragged(pending[0][0], reason, text[:TEXT_LIMIT]))
            pending.clear()
        elif len(pending) > LONGEST_RECORD:
            give_up()
    give_up()
    return Parsed(_assembled(good, names, wanted).table, rejects)


def _whole(line: str, delimiter: str, width: int) -> bool:
    """Is this line a record by itself, by the letter?"""
    try:
        rows = list(csv.reader([line], delimiter=delimiter, strict=True))
    except csv.Error:
        return False
    return len(rows) == 1 and len(rows[0]) == width and line.count('"') % 2 == 0


def _cells(text: str, delimiter: str) -> list[str] | None:
    """The cells of one whole record; None if its quotes do not close."""
    if text.count('"') % 2:
        return None
    try:
        return next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=False), None)
    except csv.Error:
        return None

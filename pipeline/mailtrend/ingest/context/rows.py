"""A context file is cut into its rows: a CSV, JSON, or the list that Format-List prints."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from mailtrend.errors import InputError
from mailtrend.ingest.context.cells import plain

LIMIT: Final = 2_000
"""Characters of a row that a reject shows."""
_LISTED: Final = re.compile(r"([A-Za-z]\w*) *:(?: (.*))?")
_WRAPPER: Final = re.compile(
    r'\{\s*(?:"(?:@|odata)[^"\\]*"\s*:\s*"[^"\\]*"\s*,\s*)*"value"\s*:\s*(?=\[)|\{\s*"Count"\s*:\s*\d+\s*,\s*"value"\s*:\s*(?=\[)'
)
"""What Windows PowerShell and the service put around an array."""
_TAIL: Final = re.compile(r'"(?:Count|@[^"\\]*)"\s*:\s*(?:\d+|"[^"\\]*")\s*\}|\}')
_FILLER: Final = re.compile(r"[\s,\[\]]*")


class Row(NamedTuple):
    """One row: where it begins, its cells by plain name, its text, and why it cannot be used (empty if it can)."""

    line: int
    cells: dict[str, object]
    text: str
    fault: str = ""


def kind_of(text: str) -> str:
    """How the file is written: json, list or csv."""
    body = text.lstrip("\ufeff \t\r\n")
    if body.startswith(("{", "[")):
        return "json"
    first = next((line for line in body.splitlines() if line.strip()), "")
    return "list" if _LISTED.fullmatch(first.rstrip()) else "csv"


def type_line(text: str) -> str:
    """The line with which Export-Csv names the type of what it exported; empty if there is none."""
    first = text.lstrip("\ufeff").split("\n", 1)[0]
    return first.strip() if first.startswith("#TYPE") else ""


def names_of(text: str) -> set[str]:
    """Plain names of all columns, from the beginning of a file."""
    kind = kind_of(text)
    if kind == "json":
        return {plain(key) for key in re.findall(r'"(\w{2,40})"\s*:', text)}
    if kind == "list":
        return {plain(found[1]) for line in text.splitlines() if (found := _LISTED.fullmatch(line.rstrip()))}
    first = next((line for line in _body(text).splitlines() if line.strip()), "")
    return {plain(cell) for cell in next(csv.reader(io.StringIO(first), delimiter=_delimiter(first)), [])}


def rows_of(text: str, label: str, *, short: bool = False) -> Iterator[Row]:
    """Every row of the file. `short` says that a CSV may leave out cells at the end of a row."""
    kind = kind_of(text)
    if kind == "json":
        yield from _json_rows(text)
    elif kind == "list":
        yield from _list_rows(text)
    else:
        yield from _csv_rows(text, label, short=short)


def _body(text: str) -> str:
    return text.split("\n", 1)[1] if type_line(text) and "\n" in text else "" if type_line(text) else text


def _delimiter(line: str) -> str:
    return max(",;\t", key=line.count)


def _csv_rows(text: str, label: str, *, short: bool) -> Iterator[Row]:
    body = _body(text)
    shift = 1 if body is not text else 0
    first = body.lstrip("\r\n").split("\n", 1)[0]
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=_delimiter(first))
    header: list[str] = []
    while True:
        line = reader.line_num + 1 + shift
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise InputError(f"is a broken CSV ({error})", where=f"{label}:{line}") from error
        if cells is None:
            return
        if not any(cell.strip() for cell in cells):
            continue
        if not header:
            header = [plain(cell) for cell in cells]
            continue
        if [plain(cell) for cell in cells] == header or cells[0].startswith("#TYPE"):
            continue  # Two exports that were put together: the header comes again.
        text_of_row = ",".join(cells)[:LIMIT]
        if len(cells) > len(header) or (len(cells) < len(header) and not short):
            yield Row(line, {}, text_of_row, f"the row has {len(cells)} cells, the header {len(header)}")
        else:
            yield Row(line, dict(zip(header, cells, strict=False)), text_of_row)


def _json_rows(text: str) -> Iterator[Row]:
    """Objects that stand by themselves, one below the other, in arrays, or in a wrapper around an array."""
    decoder = json.JSONDecoder()
    at, line, seen = 0, 1, 0
    while True:
        at = _next(text, at)
        if at >= len(text):
            return
        line, seen = line + text.count("\n", seen, at), at
        try:
            found, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            end = _resume(text, at)
            yield Row(line, {}, text[at:end].strip()[:LIMIT], "not valid JSON")
        else:
            shown = text[at : min(end, at + LIMIT)]
            if isinstance(found, dict):
                yield Row(line, {plain(key): value for key, value in found.items()}, shown)
            else:
                yield Row(line, {}, shown, "not an object of JSON")
        at = end


def _next(text: str, at: int) -> int:
    """Where the next value begins, behind what belongs to arrays and wrappers."""
    while True:
        begun = at
        if found := _FILLER.match(text, at):
            at = found.end()
        for pattern in (_WRAPPER, _TAIL):
            if found := pattern.match(text, at):
                at = found.end()
        if at == begun:
            return at


def _resume(text: str, at: int) -> int:
    """Where to go on behind an object that is broken: at the next that begins like it, else at the end."""
    indent = text[text.rfind("\n", 0, at) + 1 : at]
    if indent.strip(" \t") == "" and (found := re.compile(rf"\n{indent}\{{").search(text, at)):
        return found.start()
    found = re.compile(r'\}\s*,\s*(?=\{\s*")').search(text, at)
    return found.end() if found else len(text)


def _list_rows(text: str) -> Iterator[Row]:
    """Blocks of `Name : value` with blank lines between; a value goes on in lines that are indented."""
    cells: dict[str, object] = {}
    lines: list[str] = []
    start, last = 0, ""
    for number, line in enumerate([*text.lstrip("\ufeff").splitlines(), ""], start=1):
        found = _LISTED.fullmatch(line.rstrip())
        if found and plain(found[1]) not in cells:
            start = start or number
            last = plain(found[1])
            cells[last] = (found[2] or "").strip()
            lines.append(line)
        elif line.strip() and line[0] in " \t" and last:
            cells[last] = (
                f"{cells[last]}{line.strip()}" if str(cells[last])[-1:] in ".-@_" else f"{cells[last]} {line.strip()}"
            )
            lines.append(line)
        elif line.strip() and not found:
            yield Row(number, {}, line[:LIMIT], "a line that is neither a name with its value nor goes on with one")
        else:
            if cells:
                yield Row(start, cells, "\n".join(lines)[:LIMIT])
            cells, lines, start, last = {}, [], 0, ""
            if found:
                start, last = number, plain(found[1])
                cells, lines = {last: (found[2] or "").strip()}, [line]

"""A table goes to stdout or a file as text table, JSON, CSV or Parquet."""

from __future__ import annotations

import csv
import io
import json
import math
import sys
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mailtrend.cli.options import Format
from mailtrend.errors import UsageError

if TYPE_CHECKING:
    import pyarrow as pa

ENDINGS = {".json": Format.JSON, ".csv": Format.CSV, ".parquet": Format.PARQUET, ".txt": Format.TABLE}
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would take for the beginning of a formula: such texts get an apostrophe in front, in CSV only."""
WIDEST = 60
"""Characters of a cell that a text table shows."""


def emit(table: pa.Table, wanted: Format | None, target: Path | None, *, whole: bool = False) -> None:
    """Print or write `table`; whole: without cutting long cells of a text table.

    Raises UsageError where format and file do not go together.
    """
    form = wanted or (ENDINGS.get(target.suffix.lower()) if target else Format.TABLE)
    if form is None:
        endings = ", ".join(ENDINGS)
        raise UsageError(f"unknown ending '{target.suffix if target else ''}'", where="-o", mend=f"one of {endings}")
    if form is Format.PARQUET:
        if target is None:
            raise UsageError("Parquet is not for the screen", where="--format", mend="give a file with -o FILE")
        import pyarrow.parquet as pq

        try:
            pq.write_table(table, target)
        except OSError as error:
            raise _unwritable(target, error) from error
        return
    if form is Format.TABLE:
        write(as_text(table, whole=whole), target)
        return
    text = {Format.JSON: as_json, Format.CSV: as_csv}[form](table)
    write(text, target)


def write(text: str, target: Path | None) -> None:
    """Text to stdout, or to a file as UTF-8."""
    if target is None:
        sys.stdout.write(text)
        sys.stdout.flush()
        return
    try:
        target.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise _unwritable(target, error) from error


def _unwritable(target: Path, error: OSError) -> UsageError:
    return UsageError(f"cannot be written ({error.strerror or error})", where=str(target), mend="check path and rights")


def plain(value: Any) -> Any:  # noqa: ANN401  # any cell of any table
    """A cell as JSON can hold it: times as ISO 8601 with Z, decimals as numbers, no NaN."""
    if isinstance(value, date):
        return _moment(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, Decimal):  # DuckDB's sums of whole numbers are such
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def _moment(value: date) -> str:
    if isinstance(value, datetime):
        return value.isoformat(timespec="microseconds" if value.microsecond else "seconds") + "Z"
    return value.isoformat()


def as_json(table: pa.Table) -> str:
    """A list of objects, one a row."""
    return json.dumps([plain(row) for row in table.to_pylist()], ensure_ascii=False, indent=1) + "\n"


def as_csv(table: pa.Table) -> str:
    """RFC 4180 with a header, save that lines end as the system's do; lists joined by '; '."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(table.column_names)
    writer.writerows([_guarded(value) for value in row.values()] for row in table.to_pylist())
    return out.getvalue()


def _guarded(value: Any) -> Any:  # noqa: ANN401  # any cell of any table
    cell = plain(value)
    if isinstance(cell, list):
        cell = "; ".join(str(item) for item in cell)
    if isinstance(cell, str) and cell.startswith(FORMULA):
        return "'" + cell
    return "" if cell is None else cell


def as_text(table: pa.Table, *, whole: bool = False) -> str:
    """Columns side by side, as wide as they need; on a terminal, as wide as it is."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    out = io.StringIO()
    wide = Console().width if sys.stdout.isatty() else 10_000
    shown = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for name, kind in zip(table.column_names, table.schema.types, strict=True):
        number = str(kind).startswith(("int", "uint", "double", "float", "decimal"))
        shown.add_column(name, justify="right" if number else "left", overflow="fold")
    for row in table.to_pylist():
        shown.add_row(*(Text(_cell(value, None if whole else WIDEST)) for value in row.values()))
    Console(file=out, width=wide, color_system=None, emoji=False, highlight=False).print(shown)
    lines = [line.rstrip() for line in out.getvalue().splitlines()]
    return "\n".join([*lines, f"({table.num_rows:,} rows)" if table.num_rows != 1 else "(1 row)"]) + "\n"


def _cell(value: Any, widest: int | None = WIDEST) -> str:  # noqa: ANN401  # any cell of any table
    if value is None:
        return ""
    value = plain(value) if isinstance(value, Decimal) else value
    if isinstance(value, float):
        return f"{value:,.3f}".rstrip("0").rstrip(".") if math.isfinite(value) else ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, list):
        return _cell("; ".join(str(item) for item in value), widest)
    text = str(plain(value))
    shown = printable(text)
    return shown if widest is None or len(shown) <= widest else shown[: widest - 1] + "…"


def printable(text: str) -> str:
    """Names come from logs: what does not print is no part of them, least of all what steers a terminal."""
    return "".join(char if char.isprintable() else "·" for char in text)

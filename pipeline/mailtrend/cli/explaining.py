"""mailtrend explain: a status code or a pasted error text, told in words, as JSON or as a table."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from mailtrend.cli import options
from mailtrend.cli.output import ENDINGS, emit, write
from mailtrend.errors import UsageError

if TYPE_CHECKING:
    from mailtrend.knowledge import Explanation

CODE_LIKE: Final = re.compile(r"#?\d+(?:[.-]\d+)*")
WORD: Final = re.compile(r"#?[\w.-]{1,40}")
MEND: Final = "give a code such as 4.4.316 or '450 4.4.316', or paste the whole error text in quotes"


def register(app: typer.Typer) -> None:
    """Put the command on the board."""
    app.command("explain")(explain)


def explain(
    text: Annotated[
        list[str] | None, typer.Argument(metavar="CODE_OR_TEXT", help="A status code or an error text.")
    ] = None,
    lines: Annotated[bool, typer.Option("--lines", help="stdin has one text, or JSON string, a line.")] = False,
    form: options.OutFormat = None,
    output: options.OutFile = None,
    lake: options.LakeDir = None,
    config: options.ConfigFile = None,
) -> None:
    """Explain a status code or a whole pasted error text.

    Cause, owner, meaning and what to do. Without an argument the text is read from stdin. No lake is needed.
    """
    from mailtrend import knowledge

    del lake, config
    if lines:
        if text:
            raise UsageError("--lines takes its texts from stdin", where="explain", mend="leave the argument out")
        write("".join(_as_line(found) for found in knowledge.explain(_lines(_stdin()))), output)
        return
    whole = " ".join(text) if text else _decoded(_stdin()).strip()
    if not whole.strip():
        raise UsageError("nothing to explain", where="explain", mend=MEND)
    found = knowledge.explain([whole])[0]
    if not found.understood and WORD.fullmatch(whole.strip()):
        raise UsageError(_why_not(whole.strip()), where="explain", mend=MEND)
    _print(found, form or (ENDINGS.get(output.suffix.lower()) if output else None), output)


def _print(found: Explanation, form: options.Format | None, output: Path | None) -> None:
    """One explanation in the format asked for; JSON is one object, not a list."""
    if form is options.Format.JSON:
        write(json.dumps(found.to_dict(), ensure_ascii=False, indent=1) + "\n", output)
    elif form in {options.Format.CSV, options.Format.PARQUET}:
        import pyarrow as pa

        emit(pa.Table.from_pylist([found.to_dict()]), form, output)
    else:
        from mailtrend.cli.telling import in_words

        write(in_words(found), output)


def _why_not(word: str) -> str:
    """Why one word explains nothing: a code that cannot be, or no code at all."""
    if CODE_LIKE.fullmatch(word):
        return f"'{word}' is no status code: those look like 4.4.316 and begin with 2, 4 or 5"
    return f"'{word}' is no status code, and no error text that is known"


def _as_line(found: Explanation) -> str:
    return json.dumps(found.to_dict(), ensure_ascii=False) + "\n"


def _stdin() -> bytes:
    """Everything on stdin. Raises UsageError where that would wait for somebody to type."""
    if sys.stdin is None or sys.stdin.isatty():
        raise UsageError("nothing to explain", where="explain", mend=MEND)
    raw = getattr(sys.stdin, "buffer", None)
    return raw.read() if raw is not None else sys.stdin.read().encode("utf-8", "replace")


def _lines(raw: bytes) -> list[str]:
    """One text a line, an empty line too; only line feeds end a line, whatever else a text may hold."""
    if not raw:
        return []
    texts = _decoded(raw).removesuffix("\n").split("\n")
    return [_text_of(line.removesuffix("\r")) for line in texts]


def _decoded(raw: bytes) -> str:
    """UTF-16 where a byte order mark says so, as PowerShell writes it; else UTF-8, else Windows-1252."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", "replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def _text_of(line: str) -> str:
    """A line that is a JSON string stands for what it says."""
    if line.startswith('"'):
        try:
            value = json.loads(line)
        except ValueError:
            return line
        return value if isinstance(value, str) else line
    return line

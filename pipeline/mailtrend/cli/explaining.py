"""mailtrend explain: a code, a range, or whatever was pasted, told in words, as JSON or as a table."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from mailtrend.cli import options
from mailtrend.cli.output import ENDINGS, emit, write
from mailtrend.errors import LakeError, UsageError

if TYPE_CHECKING:
    from mailtrend.knowledge import Place
    from mailtrend.knowledge.pasted import Pasted

CODE_LIKE: Final = re.compile(r"#?\d+(?:[.-]\d+)*")
WORD: Final = re.compile(r"#?[\w.*/()-]{1,40}")
RANGE: Final = re.compile(r"#?[\dxX*]+\.[\dxX*]+\.?\d*[-xX*][\d.xX*]*")
MEND: Final = (
    "give a code such as 4.4.316 or '450 4.4.316', a range such as 5.7.606-649 or 5.7.5xx, or paste the whole error "
    "text in quotes"
)


def register(app: typer.Typer) -> None:
    """Put the command on the board."""
    app.command("explain")(explain)


def explain(
    text: Annotated[
        list[str] | None,
        typer.Argument(metavar="CODE_OR_TEXT", help="A code, a range of codes, or a whole error text."),
    ] = None,
    lines: Annotated[bool, typer.Option("--lines", help="stdin has one text, or JSON string, a line.")] = False,
    connector: Annotated[
        str | None,
        typer.Option("--connector", help="Where it was logged; its export in the lake tells whose server it is."),
    ] = None,
    form: options.OutFormat = None,
    output: options.OutFile = None,
    lake: options.LakeDir = None,
    config: options.ConfigFile = None,
) -> None:
    """Explain a code, a range (5.7.606-649, 5.7.5xx, 4.4.*), or whatever is pasted: a reply, a report, a log line.

    Cause, owner, meaning and what to do. Without an argument the text is read from stdin. No lake is needed; exports of
    connectors and accepted domains in one tell whose server it is.
    """
    from mailtrend import owncodes
    from mailtrend.knowledge.pasted import read

    settings, root = options.settings_of(config, lake)
    book = owncodes.book_of(settings)
    if lines:
        if text:
            raise UsageError("--lines takes its texts from stdin", where="explain", mend="leave the argument out")
        write("".join(_as_line(told) for told in read(_lines(_stdin()), book)), output)
        return
    whole = " ".join(text) if text else _decoded(_stdin()).strip()
    if not whole.strip():
        raise UsageError("nothing to explain", where="explain", mend=MEND)
    told = read([whole], book)[0]
    if place := _place(root, told, connector):
        told = told.at(place, book)
    if not told.understood and WORD.fullmatch(whole.strip()):
        raise UsageError(_why_not(whole.strip()), where="explain", mend=MEND)
    _print(told, form or (ENDINGS.get(output.suffix.lower()) if output else None), output)


def _place(root: Path, told: Pasted, connector: str | None) -> Place | None:
    """Where the text comes from, by the lake's exports of connectors and domains, if there is such a lake."""
    if connector is None and not root.is_dir():
        return None  # the usual case, and no engine is imported for it
    from mailtrend import warehouse

    if not (root / warehouse.CATALOGUE).is_file():
        if connector is None:
            return None
        raise UsageError(
            f"no lake that knows connector '{connector}'", where=str(root), mend="ingest its export, or check --lake"
        )
    from mailtrend import runs

    domain = told.recipient.rpartition("@")[2].lower() if told.recipient else None
    try:
        return runs.whereabouts(root, connector, told.found.remote_host or told.found.remote_ip, domain)
    except LakeError:
        if connector is not None:
            raise
        return None  # nobody asked for the lake


def _print(told: Pasted, form: options.Format | None, output: Path | None) -> None:
    """One explanation in the format asked for; JSON is one object, not a list. A family is a table of its members."""
    if form is options.Format.JSON:
        write(json.dumps(told.to_dict(), ensure_ascii=False, indent=1) + "\n", output)
    elif form in {options.Format.CSV, options.Format.PARQUET}:
        import pyarrow as pa

        members = [member.to_dict() for member in told.entries]
        emit(pa.Table.from_pylist(members or [told.found.to_dict()]), form, output)
    else:
        from mailtrend.cli.telling import in_words

        write(in_words(told), output)


def _why_not(word: str) -> str:
    """Why one word explains nothing: a code or range that cannot be, or no code at all."""
    if RANGE.fullmatch(word):
        return f"'{word}' is no range of status codes: those look like 5.7.606-649, 5.7.5xx or 4.4.*"
    if CODE_LIKE.fullmatch(word):
        return f"'{word}' is no status code: those look like 4.4.316 and begin with 2, 4 or 5"
    return f"'{word}' is no status code, and no error text that is known"


def _as_line(told: Pasted) -> str:
    return json.dumps(told.to_dict(), ensure_ascii=False) + "\n"


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

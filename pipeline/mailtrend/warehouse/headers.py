"""The comment header of an SQL file, taken apart: the question, every parameter, every column."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from mailtrend.errors import UsageError

SECTIONS: Final = ("parameters", "columns")
ENTRY: Final = re.compile(r"^ {2}(?P<name>[a-z_][a-z0-9_]*)(?: \((?P<default>[^)]*)\))?: (?P<meaning>\S.*)$")
MORE: Final = re.compile(r"^ {4,}(?P<meaning>\S.*)$")


@dataclass(frozen=True)
class Parameter:
    """One parameter of a query."""

    name: str
    meaning: str
    default: str
    """As it stands in SQL: NULL, 20, 'day'."""

    def __str__(self) -> str:
        """For a list of options."""
        return self.meaning if self.default == "NULL" else f"{self.meaning} [default: {self.default.strip(chr(39))}]"


@dataclass(frozen=True)
class Header:
    """What the comment on top of an SQL file says."""

    caption: str
    """First paragraph: of a query the question, as one sentence."""
    notes: str
    """Paragraphs after it, up to the first section."""
    parameters: Mapping[str, Parameter]
    columns: Mapping[str, str]


def parse(sql: str, where: str) -> Header:
    """Read the header of an SQL file.

    `sql` is the whole text, `where` names the file in errors. The header is the block of `--` lines on top:

        -- Caption, one paragraph; more paragraphs may follow.
        --
        -- Parameters
        --   since (NULL): meaning, which may go on
        --     in lines that are indented further
        --
        -- Columns
        --   status_code: meaning

    Raises UsageError where there is none, or a line of a section is not of this form.
    """
    prose: list[str] = []
    entries: dict[str, dict[str, Parameter]] = {section: {} for section in SECTIONS}
    section = ""
    for number, text in enumerate(_comment(sql), start=1):
        if text.strip().lower() in SECTIONS:
            section = text.strip().lower()
        elif not section:
            prose.append(text.strip())
        elif text.strip():
            _add(entries[section], text, f"{where}:{number}")
    caption, _, notes = "\n".join(prose).strip().partition("\n\n")
    if not caption:
        raise UsageError(
            "has no header", where=where, mend="begin with `-- ` and the question that the query answers, as a sentence"
        )
    columns = {name: entry.meaning for name, entry in entries["columns"].items()}
    return Header(" ".join(caption.split()), notes.strip(), entries["parameters"], columns)


def _comment(sql: str) -> Iterator[str]:
    """The comment lines on top, without their dashes."""
    for line in sql.splitlines():
        if not line.startswith("--"):
            return
        yield line[2:].removeprefix(" ").rstrip()


def _add(entries: dict[str, Parameter], text: str, where: str) -> None:
    """Take one line of a section: a new entry, or more of the last one."""
    if match := ENTRY.match(text):
        name = match["name"]
        if name in entries:
            raise UsageError(f"'{name}' is explained twice", where=where, mend="leave one of the two")
        entries[name] = Parameter(name, match["meaning"], match["default"] or "NULL")
    elif (match := MORE.match(text)) and entries:
        name, last = entries.popitem()
        entries[name] = Parameter(name, f"{last.meaning} {match['meaning']}", last.default)
    else:
        raise UsageError(
            f"cannot be read: '{text.strip()}'", where=where, mend="write `--   name: meaning`, two spaces further in"
        )

"""Where the SQL stands, and what there is: views, and queries by name, shipped ones and the user's own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

from mailtrend.errors import UsageError
from mailtrend.warehouse import headers, sources
from mailtrend.warehouse.headers import Header, Parameter

VIEWS: Final = (
    "events", "files", "rejects", "accepted_domains", "remote_domains", "connectors", "changes", "incidents",
    "failing_places", "verdicts", "status_codes",
    "links", "repeats", "attempts", "messages", "failures", "owned_failures", "attempts_hourly", "failures_hourly",
    "coverage", "status_code_spans",
)  # fmt: skip
"""Every view and table of the catalogue, in the order they are made: each reads only what stands before it."""
STEM: Final = re.compile(r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")
STATEMENT: Final = re.compile(r"^CREATE\s+MACRO\s+(?P<macro>\w+)\s*\(", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True)
class Query:
    """One question: a DuckDB table macro and what its header says."""

    name: str
    """As `mailtrend ask` takes it: the file name without .sql."""
    macro: str
    """The same with `_` for `-`."""
    question: str
    notes: str
    parameters: Mapping[str, Parameter]
    columns: Mapping[str, str]
    sql: str
    """The whole file."""
    own: bool
    """Is it the user's own, and so not in the catalogue?"""


@dataclass(frozen=True)
class View:
    """One view or table of the catalogue."""

    name: str
    header: Header
    sql: str
    """With `$rows` where the rows of the lake go."""

    @property
    def body(self) -> str:
        """What it selects, without the statement around it."""
        return self.sql.split(f"CREATE VIEW {self.name} AS\n", 1)[1].rstrip().removesuffix(";")


def folder() -> Traversable:
    """The folder `queries`: in an installed wheel inside the package, in a source tree beside `pipeline`."""
    packaged = files("mailtrend") / "queries"
    if packaged.is_dir():
        return packaged
    return Path(__file__).resolve().parents[3] / "queries"


def macros(found: Iterable[str] = ()) -> str:
    """SQL of the small macros that views and queries share, for a lake with rows of the sources `found`."""
    from mailtrend.knowledge import certificate_macros
    from mailtrend.knowledge.normal import normal_macro

    written = (folder() / "views" / "macros.sql").read_text(encoding="utf-8")
    return "\n".join((written, sources.macros(found), certificate_macros(), normal_macro()))


@cache
def views() -> tuple[View, ...]:
    """All views, in the order they are to be made."""
    home = folder() / "views"
    texts = {name: (home / f"{name}.sql").read_text(encoding="utf-8") for name in VIEWS}
    return tuple(View(name, headers.parse(sql, f"{name}.sql"), sql) for name, sql in texts.items())


def queries(own: Path | None = None) -> dict[str, Query]:
    """Every query by name: the shipped ones, and those of the folder `own`.

    Raises UsageError where a file of the user's is not a query, or takes the name of a shipped one.
    """
    known = dict(_shipped())
    for query in _own(own) if own else ():
        if query.name in known:
            raise UsageError(
                f"'{query.name}' is the name of a shipped query",
                where=str(own),
                mend="rename the file and the macro in it",
            )
        known[query.name] = query
    return dict(sorted(known.items()))


@cache
def _shipped() -> Mapping[str, Query]:
    texts = {entry.name: entry for entry in folder().iterdir() if entry.name.endswith(".sql")}
    return {
        query.name: query
        for name in sorted(texts)
        for query in [read(name, texts[name].read_text(encoding="utf-8"), own=False)]
    }


def _own(home: Path) -> Iterator[Query]:
    if not home.is_dir():
        raise UsageError("no such folder", where=str(home), mend="make it, or take `queries` out of mailtrend.toml")
    for path in sorted(home.glob("*.sql")):
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"cannot be read ({error})", where=str(path), mend="save it as UTF-8") from error
        yield read(path.name, text, own=True, where=str(path))


def read(file_name: str, sql: str, *, own: bool, where: str = "") -> Query:
    """One query from its file. Raises UsageError unless it holds the macro that its name says, and a header."""
    name = file_name.removesuffix(".sql")
    place = where or file_name
    if not STEM.match(name):
        raise UsageError(
            f"'{name}' is no name for a query", where=place, mend="lower-case words with - between: my-question.sql"
        )
    header = headers.parse(sql, place)
    macro = name.replace("-", "_")
    found = [match["macro"].lower() for match in STATEMENT.finditer(sql)]
    if found != [macro]:
        raise UsageError(
            f"has to create the macro {macro} and nothing else",
            where=place,
            mend=f"write `CREATE MACRO {macro}(since := NULL) AS TABLE SELECT …`",
        )
    return Query(name, macro, header.caption, header.notes, header.parameters, header.columns, sql, own)

"""What a source format is: how to know it, how its rows are cut, and the SQL that turns rows into events."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Literal

import pyarrow as pa

from mailtrend.formats.doubts import cut_off, ends_early
from mailtrend.formats.neighbours import Neighbours


@dataclass(frozen=True)
class Head:
    """The beginning of a file, decoded: what a format looks at to know its own."""

    name: str
    """File name, a hint and never more."""
    text: str
    """At most the first 64 KiB, decoded, without a byte order mark, cut at the last whole line."""

    @property
    def lines(self) -> list[str]:
        """Its lines, without line ends and without a PowerShell `#TYPE` line."""
        found = self.text.splitlines()
        return found[1:] if found and found[0].startswith("#TYPE") else found


@dataclass(frozen=True)
class Table:
    """A CSV with a header. Columns are found by name, in any order and case, through `aliases`."""

    columns: tuple[str, ...]
    """Our names of the columns the SQL reads; one that the file lacks is NULL throughout."""
    aliases: Mapping[str, str]
    """Header as the file spells it (lower-cased, quotes off) → our name."""
    required: tuple[str, ...]
    """Our names without which the file is not this format."""
    delimiter: str | None = None
    """What parts the cells; None for whichever of comma, semicolon and tab the header has most of."""
    places: tuple[str, ...] = ()
    """Of a file without a header: our names of its first columns in order, empty for one that is not read."""


@dataclass(frozen=True)
class FieldsLog:
    """An Exchange log: comma separated, `#Fields:` names the columns, other `#` lines are headers."""

    columns: tuple[str, ...]
    """Our names of the columns the SQL reads, the time first; `-` in the file's names reads `_`. Without `widths` also
    the order of the columns in a file that lacks a `#Fields:` line."""
    widths: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    """Number of cells → all columns of a file that lacks a `#Fields:` line, for logs whose versions differ in it."""


@dataclass(frozen=True)
class Lines:
    """One row a line, free text: the SQL sees a single column `text`."""

    headers: bool = False
    """Are `#` lines headers, and no rows? Then the SQL also sees `fields` and `dated`: what the `#Fields:` and `#Date:`
    in force say, NULL where none came yet."""


@dataclass(frozen=True)
class Records:
    """JSON objects: one a line, in an array, or in pages with a wrapper around.

    The SQL sees `text`, the object, and `place`, the byte at which it begins: several may stand on one line.
    """


@dataclass(frozen=True)
class Options:
    """What the user said at ingest that a reader may need."""

    timezone: str | None = None
    """As the user said it; None if nothing was said. Readers of local times take `zone`."""
    year: int | None = None
    date_order: Literal["dmy", "mdy", "ymd"] | None = None
    encoding: str | None = None

    @property
    def zone(self) -> str:
        """The time zone that local times are read in."""
        return "UTC" if self.timezone is None else self.timezone


@dataclass(frozen=True)
class FileFacts:
    """What is known of one file when its SQL is put together."""

    name: str
    modified_year: int
    modified_month: int
    options: Options
    neighbours: Neighbours = field(default_factory=Neighbours)
    last_chance: bool = False
    """All other files of the folder were looked at: what they show may be taken for this one too."""


Prepare = Callable[[pa.Table, FileFacts], Mapping[str, str]]
Remarks = Callable[[pa.Table, FileFacts], list[str]]


def _nothing_to_prepare(_rows: pa.Table, _facts: FileFacts) -> Mapping[str, str]:
    return {}


def _nothing_to_remark(_rows: pa.Table, _facts: FileFacts) -> list[str]:
    return []


@dataclass(frozen=True)
class Format:
    """One source format. Its SQL stands beside it as NAME.sql.

    The SQL is one or more statements. It reads `raw(file_no INTEGER, line BIGINT, …columns VARCHAR)` (or `text`) and
    creates two temporary tables:

    * `parsed_events(file_no, line, unit UBIGINT, …)` with any columns of `contracts.EVENTS`, same names and types;
      what is left out is NULL. `tenant, source, file_id, sender_domain, recipient_domain, cause` are never given.
    * `parsed_rows(file_no, line, disposition, reason, unit)`. With grain `row` it lists only the rows that give no
      event (`context`, `reject`); with grain `unit` every row (`used` rows name the unit they feed).

    `$name` in the SQL is replaced by what `prepare` returned for the file: words from the format's own fixed
    vocabulary, never text from the file.
    """

    name: str
    title: str
    """One line for `mailtrend formats`."""
    reference: str
    """Where the format is documented."""
    shape: Table | FieldsLog | Lines | Records
    claims: Callable[[Head], bool]
    """Is this beginning of a file mine? Formats never claim a neighbour's."""
    grain: Literal["row", "unit"] = "row"
    hop: str = ""
    """Family of sources that see the same delivery attempt: `exo` (exports of Exchange Online), `exchange` (logs of
    Exchange Server). Empty where no other source sees it."""
    rank: int = 100
    """How much the source tells of an attempt that several of its hop saw: the smallest speaks for all. Equal ranks
    stand in the order of `contracts.SOURCES`, then by name."""
    tells_when: bool = True
    """Does an event's time say when that happened? A message trace dates every row by the arrival of the message."""
    prepare: Prepare = _nothing_to_prepare
    """Looks at the first rows of a file; raises InputError where the file cannot be read safely."""
    remarks: Remarks = _nothing_to_remark
    """Looks at the first rows of a file, once they could be prepared for, and says what could be wrong with it or was
    taken for granted, one sentence each: they become warnings of the file."""
    carry_sql: str = ""
    """For grain `unit`: statements that create TEMP TABLE held(file_no, line), the rows whose unit may go on in the
    next slice. They stand where the SQL says `$hold`, which makes an empty table in the last slice; what is held stays
    out of `parsed_events` and `parsed_rows`."""
    wants_earlier: bool = False
    """Should `earlier(server, queue_id, event_time, sender, size_bytes, message_id, remote_host, remote_ip)` hold what
    the lake already knows as `received` of the queue ids in this slice?"""
    page_limits: tuple[int, ...] = ()
    """Rows that one query gives at most. Pages are appended to one file, so a multiple is suspicious as well."""
    report_limits: tuple[int, ...] = ()
    """Rows that a report holds at most: one of exactly so many is probably not whole."""
    lag: timedelta | None = None
    """What happened so shortly before a report was made may be missing from it."""
    notes: tuple[str, ...] = ()
    """What this source can never tell, for the report's data section."""
    template: str = ""
    """The SQL, where it does not stand beside the format."""

    def suspicions(self, rows: int, last_event: datetime | None, made: datetime) -> list[str]:
        """What could be wrong with a file of `rows` rows that was written at `made` (UTC), one sentence each."""
        told = (cut_off(rows, self.page_limits, self.report_limits), ends_early(last_event, made, self.lag))
        return [sentence for sentence in told if sentence]

    @property
    def sql(self) -> str:
        """The SQL template: the format's own, or what stands beside it."""
        return self.template or files("mailtrend.formats").joinpath(f"{self.name}.sql").read_text(encoding="utf-8")

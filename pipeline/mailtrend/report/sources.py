"""What the report stands on: sources, coverage with gaps, files, rejects, warnings, and what a source cannot tell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from mailtrend.formats import all_formats
from mailtrend.formats.doubts import SHORTLY
from mailtrend.report import understood
from mailtrend.report.asking import SERIES_KEPT, Asked, Period, figure, select, table
from mailtrend.report.model import Cell, Column, Figure, Limit

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

IN_FIGURES: Final = frozenset({"rejected_rows", "no_recipient"})
"""Kinds of warning that the figures of this section show source by source."""
FILES_KEPT: Final = 500
CLASSIFIED: Final = Asked("classified", "How much of it is understood", ("messages", "recipients", "share"))
REPLIES: Final = Asked(
    "unknown-replies", "Replies that nobody knows yet", ("messages", "first_failure", "example", "paste"), kept=10
)
_ENDS: Final = "SELECT source, max(last_event) AS last FROM files GROUP BY source"
_COVERAGE: Final = """
    SELECT source, day, first, last, rows, gaps
    FROM coverage
    WHERE day >= CAST($since AS DATE)
      AND day < $until
    ORDER BY source, day
"""
_FILES: Final = """
    SELECT path, source, tenant, rows, used, context, duplicates, rejects, events, first_event, last_event
    FROM files
    ORDER BY path, file_id
"""
_REJECTS: Final = """
    SELECT f.path, r.line, r.byte_offset, r.source, r.reason
    FROM rejects AS r
    LEFT JOIN files AS f ON f.file_id = r.file_id
    ORDER BY f.path, r.line, r.reason
"""
_REASONS: Final = """
    SELECT source, reason, count(*) AS rejects
    FROM rejects
    GROUP BY source, reason
    ORDER BY rejects DESC, source, reason
"""


def data(con: DuckDBPyConnection, period: Period | None) -> tuple[Figure, ...]:
    """Every figure about the data itself."""
    law = "Of every file: rows = used + context + duplicates + rejects."
    text = "The first ones. Their text may hold subjects, so it is not shown; the view rejects has it."
    found = [figure(con, Asked("sources-overview", "Sources", ("reject_share", "share")), None)]
    if period is not None:
        found.append(coverage(con, period))
    return (
        *found,
        select(con, "files", "Files", law, _FILES, {}, kept=FILES_KEPT),
        select(con, "reject-reasons", "Rejected rows by reason", "", _REASONS, {}),
        select(con, "rejects", "Rejected rows", text, _REJECTS, {}),
    )


def comprehension(con: DuckDBPyConnection, period: Period) -> tuple[str, tuple[Figure, ...]]:
    """How many failures are understood, in words; and where not all are, by source, with the most frequent replies.

    Nothing where nothing failed.
    """
    classified = figure(con, CLASSIFIED, period)
    told = understood.sentences(classified)
    if understood.all_known(classified):
        return told, ()
    found = (_named(classified, "all"), _named(figure(con, REPLIES, period), "(no text)"))
    return told, tuple(each for each in found if each.rows)


def _named(found: Figure, nothing: str) -> Figure:
    """The same with a word in the first column where it holds nothing."""
    return replace(found, rows=tuple((nothing if row[0] is None else row[0], *row[1:]) for row in found.rows))


def coverage(con: DuckDBPyConnection, period: Period) -> Figure:
    """Events of each source on each day, with the hours in which it has none."""
    note = (
        "Events of each source on each UTC day. An hour without events may be quiet or missing: the source cannot tell."
    )
    meanings = {"rows": "events of the source on that day", "gaps": "hours of the day without any event"}
    found = select(con, "coverage", "Coverage", note, _COVERAGE, period.bounds, meanings, SERIES_KEPT)
    at = [column.name for column in found.columns].index("gaps")
    columns = [replace(column, kind="text") if column.name == "gaps" else column for column in found.columns]
    columns.insert(at, Column("hours_missing", "hours without", "count", "how many hours have no event"))
    rows = tuple((*row[:at], len(_hours(row[at])), spans(_hours(row[at])), *row[at + 1 :]) for row in found.rows)
    return replace(found, columns=tuple(columns), rows=rows)


def _hours(value: Cell) -> list[int]:
    return [each.hour for each in value if isinstance(each, datetime)] if isinstance(value, tuple) else []


def spans(hours: Iterable[int]) -> str:
    """Hours of a day as spans: 03:00–07:00, 22:00–24:00; empty where there are none."""
    runs: list[list[int]] = []
    for hour in sorted(set(hours)):
        if runs and runs[-1][1] == hour:
            runs[-1][1] = hour + 1
        else:
            runs.append([hour, hour + 1])
    return ", ".join(f"{first:02d}:00–{last:02d}:00" for first, last in runs)


def warnings(con: DuckDBPyConnection) -> tuple[str, ...]:
    """What could be wrong with the data read, one sentence each."""
    told = figure(con, Asked("data-warnings", "Warnings", kept=SERIES_KEPT), None)
    found = zip(told.values("warning"), told.values("sentence"), strict=True)
    return (*(str(sentence) for kind, sentence in found if kind not in IN_FIGURES), *_left_behind(con))


def _left_behind(con: DuckDBPyConnection) -> Iterator[str]:
    """Reports that lag behind and end shortly before the other exports of the same mail do."""
    known = all_formats()
    ends: dict[str, datetime] = {row["source"]: row["last"] for row in table(con, _ENDS).to_pylist() if row["last"]}
    for source, last in sorted(ends.items()):
        fmt = known.get(source)
        if fmt is None or fmt.lag is None:
            continue
        kin = [(end, other) for other, end in ends.items() if other in known and known[other].hop == fmt.hop]
        newest, other = max(kin)
        if timedelta(hours=1) <= newest - last <= SHORTLY:
            yield (
                f"{source} ends on {last:%Y-%m-%d %H:%M}, {other} on {newest:%Y-%m-%d %H:%M} (UTC): such reports lack "
                "up to the last day, so what failed in between may have no reason; order it again for that time"
            )


def limits(figures: Iterable[Figure], own: Mapping[str, tuple[str, ...]]) -> tuple[Limit, ...]:
    """What the sources in the lake cannot tell, each in its format's words; `own` are those of the user's formats."""
    notes = {**own, **{name: fmt.notes for name, fmt in all_formats().items()}}
    named = [str(name) for each in figures if each.key == "sources-overview" for name in each.values("source")]
    return tuple(Limit(name, note) for name in named for note in notes.get(name, ()))

"""A description becomes a Format: what it claims, and the SQL that turns its rows into events."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

import pyarrow as pa

from mailtrend import contracts
from mailtrend.formats._headers import columns_of
from mailtrend.formats._reading import zone_of
from mailtrend.formats._syslog import frame_sql
from mailtrend.formats.base import FileFacts, Format, Head, Lines, Table
from mailtrend.formats.culture import time_sql
from mailtrend.formats.own.description import TIME, Description

LOOK: Final = 50
"""Lines of a file's beginning that are looked at."""
SAMPLED: Final = 5_000
"""Rows whose times tell how dates are written."""
CLEANED: Final = {
    "sender": "sender_of({0})", "recipient": "bare({0})", "message_id": "bare({0})", "network_message_id": "guid({0})",
    "size_bytes": "whole_number({0})", "reply_code": "TRY_CAST({0} AS SMALLINT)",
    "delay_seconds": "TRY_CAST(replace({0}, ',', '.') AS DOUBLE)", "tls_version": "tls_name({0})",
}  # fmt: skip
"""How a cell becomes a column; the others are taken as they stand."""


def made(told: Description) -> Format:
    """The format that `told` describes."""
    if told.kind == "csv":
        aliases = {header: name for name, headers in told.columns.items() for header in _listed(headers)}
        required = tuple(name for name in told.columns if name not in told.optional)
        table = Table(tuple(told.columns), aliases, required)
        shape: Table | Lines = table
        claims: Callable[[Head], bool] = partial(_claims_table, told, table)
    else:
        shape, claims = Lines(), partial(_claims_lines, told)
    return Format(
        name=told.name,
        title=told.title,
        reference=told.reference or "a format of your own",
        shape=shape,
        claims=claims,
        prepare=partial(_prepare, told),
        notes=told.notes,
        template="$body",
    )


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def _claims_lines(told: Description, head: Head) -> bool:
    """One line that the user named, or most lines of the beginning."""
    lines = [line for line in head.lines[:LOOK] if line.strip()]
    if told.claims:
        return any(re.search(told.claims, line) for line in lines)
    wanted = [pattern.regex for pattern in told.pattern]
    fitting = [any(re.search(regex, line) for regex in wanted) for line in lines]
    known = [
        fits or any(re.search(regex, line) for regex in told.ignore) for fits, line in zip(fitting, lines, strict=True)
    ]
    return any(fitting) and 2 * sum(known) >= len(lines)


def _claims_table(told: Description, shape: Table, head: Head) -> bool:
    if told.claims and not any(re.search(told.claims, line) for line in head.lines[:LOOK]):
        return False
    return columns_of(head, shape).issuperset(shape.required)


def _prepare(told: Description, rows: pa.Table, facts: FileFacts) -> Mapping[str, str]:
    texts = _times(told, rows)
    frame = frame_sql(rows["text"], facts) if told.time.format == "syslog" and told.kind == "lines" else ""
    return {"body": "\n".join((frame, _read_sql(told), _told_sql(told, _time_sql(told, texts, facts))))}


def _times(told: Description, rows: pa.Table) -> pa.Table:
    """The times of the first rows, as a column."""
    if told.kind == "csv":
        return rows.slice(0, SAMPLED).select([TIME])
    compiled = [re.compile(pattern.regex) for pattern in told.pattern]
    found = []
    for text in rows["text"].slice(0, SAMPLED).to_pylist():
        match = next((hit for regex in compiled if (hit := regex.search(text))), None)
        found.append(match.group(TIME) if match else None)
    return pa.table({TIME: pa.array(found, pa.string())})


def _time_sql(told: Description, times: pa.Table, facts: FileFacts) -> str:
    """The SQL that reads the column `time`."""
    wanted = told.time.format
    if wanted == "any":
        return time_sql(TIME, times, facts, always_utc=told.time.utc)
    if wanted == "epoch":
        return f"make_timestamp(CAST(TRY_CAST({TIME} AS DOUBLE) * 1000000 AS BIGINT))"
    if wanted == "syslog":
        return f"CASE WHEN substr({TIME}, 4, 1) = ' ' THEN classic_time({TIME}) ELSE iso_time({TIME}) END"
    read = f"try_strptime({TIME}, {quoted(wanted)})"
    if "%z" in wanted or "%Z" in wanted:
        return f"CAST({read} AS TIMESTAMP)"
    zone = None if told.time.utc else zone_of(facts.options.zone)
    return read if zone is None else f"timezone('UTC', timezone({quoted(zone)}, {read}))"


def _read_sql(told: Description) -> str:
    """CREATE `cells`: every row with the columns that it gives, and by which pattern (nought for none)."""
    names = sorted({name for given in told.given for name in given})
    if told.kind == "csv":
        columns = ", ".join(f"nullif(trim({name}), '') AS {name}" for name in names)
        return f"CREATE TEMP TABLE cells AS SELECT file_no, line, 1 AS fit, {columns} FROM raw;"
    fits = " ".join(
        f"WHEN regexp_matches(text, {quoted(pattern.regex)}) THEN {number}"
        for number, pattern in enumerate(told.pattern, 1)
    )
    ignored = " OR ".join(f"regexp_matches(text, {quoted(regex)})" for regex in told.ignore) or "false"
    parts = [
        _pattern_sql(pattern.regex, pattern.groups, pattern.set, number)
        for number, pattern in enumerate(told.pattern, 1)
    ]
    rest = "SELECT file_no, line, fit, ignored FROM fitting WHERE fit = 0"
    return (
        f"CREATE TEMP TABLE fitting AS SELECT file_no, line, text, CASE {fits} ELSE 0 END AS fit, "
        f"fit = 0 AND ({ignored}) AS ignored FROM raw;\n"
        f"CREATE TEMP TABLE cells AS {' UNION ALL BY NAME '.join([*parts, rest])};"
    )


def _pattern_sql(regex: str, groups: tuple[str, ...], fixed: Mapping[str, str], number: int) -> str:
    listed = ", ".join(quoted(name) for name in groups)
    columns = [f"nullif(trim(g.{name}), '') AS {name}" for name in groups if name not in fixed]
    columns += [f"{quoted(value)} AS {name}" for name, value in fixed.items()]
    return (
        f"SELECT file_no, line, fit, ignored, {', '.join(columns)} FROM (SELECT file_no, line, fit, ignored, "
        f"regexp_extract(text, {quoted(regex)}, [{listed}]) AS g FROM fitting WHERE fit = {number})"
    )


def _told_sql(told: Description, time: str) -> str:
    """CREATE `parsed_events` and `parsed_rows` from `cells`."""
    names = {name for given in told.given for name in given} - {TIME}
    values = {name: _value(told, name, given=name in names) for name in contracts.EVENTS.names
              if name in names | set(told.set) | {"outcome", "direction"}}  # fmt: skip
    listed = ", ".join(f"{value} AS {name}" for name, value in values.items())
    header = f"lower({TIME}) = '{TIME}'" if told.kind == "csv" else "false"
    unmatched = "'context'" if told.unmatched == "context" else "'reject'"
    ignored = "false" if told.kind == "csv" else "ignored"
    return f"""
CREATE TEMP TABLE timed AS
SELECT *, {time} AS event_time
FROM cells;

CREATE TEMP TABLE parsed_events AS
SELECT file_no, line, event_time, {listed}
FROM timed
WHERE fit > 0 AND event_time IS NOT NULL;

CREATE TEMP TABLE parsed_rows AS
SELECT
    file_no,
    line,
    CASE WHEN {ignored} OR {header} THEN 'context' WHEN fit = 0 THEN {unmatched} ELSE 'reject' END AS disposition,
    CASE
        WHEN fit = 0 THEN 'fits no pattern'
        WHEN {TIME} IS NULL THEN 'no time'
        ELSE 'unreadable time ''' || {TIME}[:60] || ''''
    END AS reason,
    CAST(NULL AS UBIGINT) AS unit
FROM timed
WHERE fit = 0 OR event_time IS NULL;
"""


def _value(told: Description, name: str, *, given: bool) -> str:
    """The SQL of one column: the cell, cleaned; else the fixed value."""
    fixed = quoted(told.set[name]) if name in told.set else None
    if name == "outcome":
        return _outcome(told, given=given, fixed=fixed)
    if not given:
        return fixed or "'unknown'"
    cell = CLEANED.get(name, "{0}").format(name)
    if name == "direction":
        cell = f"CASE WHEN lower({name}) IN ('outbound', 'inbound', 'internal') THEN lower({name}) END"
        return f"coalesce({cell}, {fixed or quoted('unknown')})"
    return f"coalesce({cell}, {fixed})" if fixed else cell


def _outcome(told: Description, *, given: bool, fixed: str | None) -> str:
    names = {name for columns in told.given for name in columns}
    by = told.outcome.by if told.outcome.by in names else None
    words = " ".join(
        f"WHEN {quoted(word.lower())} THEN {quoted(outcome)}" for word, outcome in told.outcome.words.items()
    )
    default = fixed or quoted(told.outcome.default)
    mapped = f"CASE lower({by}) {words} ELSE {default} END" if by and words else default
    if not given:
        return mapped
    known = ", ".join(quoted(outcome) for outcome in contracts.OUTCOMES)
    return f"CASE WHEN lower(outcome) IN ({known}) THEN lower(outcome) ELSE {mapped} END"


def quoted(text: str) -> str:
    """A text as SQL spells it."""
    return "'" + text.replace("'", "''") + "'"

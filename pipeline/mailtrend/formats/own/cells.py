"""The SQL that takes rows of a user's own format apart: `cells`, one row each, with the columns that it gives."""

from __future__ import annotations

from typing import Final

from mailtrend.formats.own.description import Description
from mailtrend.formats.own.parts import DATE, TIME, Pattern
from mailtrend.formats.own.times import clock_sql, quoted

IGNORED, UNMATCHED, TABLE = -1, 0, 1
"""What `fit` says beside the number of a pattern."""
_FOLDED: Final = f"""
UPDATE cells SET {TIME} = split_part(f.text, ' ', 1)
FROM first_pass AS f
WHERE f.file_no = cells.file_no
  AND f.line = cells.line
  AND cells.fit > 0;
"""
"""Of an hour that clocks showed twice, the times of the first pass are those that the frame made out."""


def cells_sql(told: Description, frame: str) -> str:
    """CREATE `cells` from `raw`, after the statements of `frame`."""
    if told.kind == "csv":
        return _table_sql(told)
    folded = "raw_as_read" in frame
    return f"{frame}\n{_lines_sql(told, 'raw_as_read' if folded else 'raw')}{_FOLDED if folded else ''}"


def _table_sql(told: Description) -> str:
    names = told.given[0]
    columns = [f"nullif(trim({name}), '') AS {name}" for name in names if name not in (TIME, DATE)]
    listed = ", ".join(["file_no", "line", f"{TABLE} AS fit", f"{clock_sql(names)} AS {TIME}", *columns])
    return f"CREATE TEMP TABLE cells AS SELECT {listed} FROM raw;"


def _lines_sql(told: Description, source: str) -> str:
    text = "without_prefix(text)" if told.in_syslog else "text"
    numbered = list(enumerate(told.pattern, 1))
    fits = [f"WHEN regexp_matches(text, {quoted(regex)}) THEN {IGNORED}" for regex in told.ignore]
    fits += [f"WHEN regexp_matches(text, {quoted(pattern.regex)}) THEN {number}" for number, pattern in numbered]
    parts = [_pattern_sql(pattern, number) for number, pattern in numbered]
    parts.append(f"SELECT file_no, line, fit FROM fitting WHERE fit <= {UNMATCHED}")
    return (
        f"CREATE TEMP TABLE fitting AS SELECT file_no, line, text, CASE {' '.join(fits)} ELSE {UNMATCHED} END AS fit "
        f"FROM (SELECT file_no, line, {text} AS text FROM {source});\n"
        f"CREATE TEMP TABLE cells AS\n{' UNION ALL BY NAME '.join(parts)};"
    )


def _pattern_sql(pattern: Pattern, number: int) -> str:
    groups = pattern.groups
    listed = ", ".join(quoted(name) for name in groups)
    columns = [f"nullif(trim(g.{name}), '') AS {name}" for name in groups
               if name not in (TIME, DATE) and name not in pattern.set]  # fmt: skip
    columns += [f"{quoted(value)} AS {name}" for name, value in pattern.set.items()]
    listed_columns = ", ".join([f"{clock_sql(groups, 'g.')} AS {TIME}", *columns])
    return (
        f"SELECT file_no, line, fit, {listed_columns} "
        f"FROM (SELECT file_no, line, fit, regexp_extract(text, {quoted(pattern.regex)}, [{listed}]) AS g "
        f"FROM fitting WHERE fit = {number})"
    )

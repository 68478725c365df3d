"""The SQL that takes rows of a user's own format apart: `cells`, one row each, with the columns that it gives."""

from __future__ import annotations

from typing import Final

from mailtrend.formats.own.description import Description
from mailtrend.formats.own.expressions import groups_of
from mailtrend.formats.own.parts import DATE, TIME, Pattern
from mailtrend.sql import quoted

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
    clock = f"concat_ws(' ', {DATE}, {TIME})" if DATE in names else TIME
    columns = [f"nullif(trim({name}), '') AS {name}" for name in names if name not in (TIME, DATE)]
    listed = ", ".join(["file_no", "line", f"{TABLE} AS fit", f"nullif(trim({clock}), '') AS {TIME}", *columns])
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
    """The lines that fit one pattern; where several expressions name a column, the first that finds it counts."""
    taken: list[str] = []
    places: dict[str, list[str]] = {}
    for at, regex in enumerate(pattern.expressions):
        names = groups_of(regex)
        listed = ", ".join(quoted(name) for name in names)
        if names:
            taken.append(f"regexp_extract(text, {quoted(regex)}, [{listed}]) AS g{at}")
        for name in names:
            places.setdefault(name, []).append(f"nullif(trim(g{at}.{name}), '')")
    cells = {name: f"coalesce({', '.join(each)})" if len(each) > 1 else each[0] for name, each in places.items()}
    clock = f"concat_ws(' ', {cells[DATE]}, {cells[TIME]})" if DATE in cells else cells[TIME]
    columns = [f"nullif({clock}, '') AS {TIME}"]
    columns += [f"{cell} AS {name}" for name, cell in cells.items() if name not in (TIME, DATE, *pattern.set)]
    columns += [f"{quoted(value)} AS {name}" for name, value in pattern.set.items()]
    return (
        f"SELECT file_no, line, fit, {', '.join(columns)} "
        f"FROM (SELECT file_no, line, fit, {', '.join(taken)} FROM fitting WHERE fit = {number})"
    )

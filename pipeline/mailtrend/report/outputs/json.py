"""The report as JSON for other programs: stable keys, times in ISO 8601 with Z, null where there is no value.

Top level (schema 1): `schema`, `version`, `tenants`, `since`, `until`, `as_of`, `standing`, `verdict`, `totals`,
`incidents` (keys of the table `incidents`, and `title`, `meaning`, `timeline`; those with `set_aside` count in nothing
above), `rules` (of mailtrend.toml: `label`, `says`, `acted`: ids, `remark`), `changes`, `new_codes`, `gone_codes`,
`figures` and `data` (a list of `key`, `title`, `question`, `columns`, `rows`, `total`, `sql`), `meanings`
(of codes), `understood` (how much of what failed, in words), `owning` (what would settle who has to act), `warnings`,
`limits`.
Text stands as logged; all that is not ASCII is escaped. Keys are only ever added within one schema number.
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict, fields
from datetime import date, datetime
from typing import Any, Final

from mailtrend.report.model import Figure, Incident, Model

SCHEMA: Final = 1


def render(model: Model) -> str:
    """The whole report, ending in one line feed."""
    return json.dumps(_plain(document(model)), ensure_ascii=True, allow_nan=False, indent=1) + "\n"


def document(model: Model) -> dict[str, Any]:
    """The report as nested values, before they are made plain."""
    return {
        "schema": SCHEMA,
        "version": model.version,
        "tenants": model.tenants,
        "since": model.since,
        "until": model.until,
        "as_of": model.as_of,
        "standing": model.standing.replace(" ", "_"),
        "verdict": model.verdict,
        "totals": asdict(model.totals) | {"failure_rate": model.totals.failure_rate},
        "incidents": [_incident(found) for found in model.incidents],
        "rules": [asdict(rule) for rule in model.rules],
        "changes": [asdict(change) for change in model.changes],
        "new_codes": model.new_codes,
        "gone_codes": model.gone_codes,
        "figures": [_figure(figure) for figure in (*model.compared, *model.figures)],
        "data": [_figure(figure) for figure in model.data],
        "meanings": [asdict(each) for each in model.meanings],
        "understood": model.understood,
        "owning": model.owning,
        "warnings": model.warnings,
        "limits": [asdict(limit) for limit in model.limits],
    }


def _incident(found: Incident) -> dict[str, Any]:
    shown = {field.name: getattr(found, field.name) for field in fields(found)}
    return shown | {"timeline": [asdict(step) for step in found.timeline]}


def _figure(figure: Figure) -> dict[str, Any]:
    return {
        "key": figure.key,
        "title": figure.title,
        "question": figure.note,
        "columns": [{"name": column.name, "kind": column.kind, "meaning": column.meaning} for column in figure.columns],
        "rows": figure.records(),
        "total": figure.total,
        "sql": figure.sql,
    }


def _plain(value: Any) -> Any:  # noqa: ANN401  # any value of the document
    """What JSON can hold: times as text, tuples as lists, no NaN."""
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds") + "Z"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value

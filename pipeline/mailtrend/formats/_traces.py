"""What message traces and their events have in common, as CSV and as JSON: the SQL, and words that are not known."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from string import Template
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from mailtrend.formats._translations import outcomes
from mailtrend.sql import quoted

STATUSES: Final = frozenset({
    "delivered", "failed", "pending", "gettingstatus", "filteredasspam", "quarantined", "expanded", "none", "resolved",
    "status", "",
})  # fmt: skip
"""Statuses of a message trace in lower case; `status` is a header that stands among the rows."""


def statuses_sql(source: str, received: str, ids: str = "file_no, line") -> str:
    """CREATE `status_events` from a relation of message traces; `received` reads the time."""
    return Template(_text("statuses")).substitute(source=source, received=received, ids=ids, foreign=_foreign())


def details_sql(source: str, date: str, ids: str = "file_no, line") -> str:
    """CREATE `named` and `detail_events` from a relation of message events; `date` reads the time."""
    return Template(_text("details")).substitute(source=source, date=date, ids=ids)


def unknown_statuses(status: pa.ChunkedArray | pa.Array) -> list[str]:
    """A remark on statuses that no documentation names; nothing where there are none."""
    found = pc.unique(pc.utf8_lower(status.cast(pa.string()))).drop_null().to_pylist()
    odd = sorted(set(found) - STATUSES - set(outcomes()))
    if not odd:
        return []
    shown = ", ".join(f"'{word[:40]}'" for word in odd[:5])
    return [f"the status {shown} is not known: such rows are kept as info and count as no attempt"]


@cache
def _foreign() -> str:
    """The outcome of a status in another language; info for one that nobody knows."""
    known = " ".join(f"WHEN {quoted(status)} THEN '{outcome}'" for status, outcome in outcomes().items())
    return f"CASE lower(status) {known} ELSE 'info' END"


@cache
def _text(part: str) -> str:
    return files("mailtrend.formats").joinpath(f"_trace_{part}.sql").read_text(encoding="utf-8")

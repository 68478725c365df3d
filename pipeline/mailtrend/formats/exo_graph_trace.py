"""Message traces and their events as JSON: Microsoft Graph, the Reporting Web Service, and ConvertTo-Json."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

import pyarrow as pa

from mailtrend.formats._trace_names import members_sql
from mailtrend.formats._traces import details_sql, statuses_sql, unknown_statuses
from mailtrend.formats.base import FileFacts, Format, Head, Records
from mailtrend.formats.culture import time_sql

LOOK: Final = 16 << 10
"""Characters of the head that are looked at."""
SAMPLE: Final = 5_000
"""Records that the dates are judged by."""
_KEY: Final = re.compile(r'"(\w{2,30})"\s*:')
_TRACE: Final = ({"recipientaddress", "senderaddress", "status"}, {"receiveddatetime", "received"})
_DETAIL: Final = ({"event", "messageid"}, {"datetime", "date"}, {"description", "detail"}, {"data", "action"})
_UNITS: Final = "file_no, line, unit"


def _claims(head: Head) -> bool:
    if not head.text.lstrip().startswith(("{", "[")):
        return False
    keys = {key.lower() for key in _KEY.findall(head.text[:LOOK])}
    return any(
        keys.issuperset(needed) and all(not keys.isdisjoint(one_of) for one_of in others)
        for needed, *others in (_TRACE, _DETAIL)
    )


def _prepare(rows: pa.Table, facts: FileFacts) -> Mapping[str, str]:
    """How these records write their times: ISO or OData, as a rule. A time without a zone is UTC."""
    objects = _objects(rows)
    found = _sample(objects)
    received = time_sql("received", found, facts, window=("start_date", "end_date"), always_utc=True)
    date = time_sql("date", found, facts, always_utc=True)
    return {
        **members_sql(key for members in objects for key in members),
        "statuses": statuses_sql("traces", received, _UNITS),
        "details": details_sql("details", date, _UNITS),
        "received": received,
        "date": date,
    }


def _remarks(rows: pa.Table, _facts: FileFacts) -> list[str]:
    return unknown_statuses(_sample(_objects(rows))["status"])


def _objects(rows: pa.Table) -> list[dict[str, Any]]:
    """The first records, as far as they are sound."""
    return [_members(text) for text in rows["text"].slice(0, SAMPLE).to_pylist()]


def _sample(objects: list[dict[str, Any]]) -> pa.Table:
    """The times and statuses of some records, as columns."""
    known = [{key.lower(): value for key, value in members.items()} for members in objects]
    wanted = {
        "received": ("receiveddatetime", "received"), "date": ("datetime", "date"), "status": ("status",),
        "start_date": ("startdate",), "end_date": ("enddate",),
    }  # fmt: skip
    return pa.table({
        name: pa.array([_first(members, keys) for members in known], pa.string()) for name, keys in wanted.items()
    })  # fmt: skip


def _members(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _first(members: Mapping[str, Any], keys: tuple[str, ...]) -> str | None:
    value = next((members[key] for key in keys if members.get(key) is not None), None)
    if isinstance(value, dict):  # PowerShell 5 writes some dates as {"value": "/Date(…)/", "DateTime": "…"}
        value = value.get("value")
    return value if isinstance(value, str) else None


FORMAT: Final = Format(
    name="exo_graph_trace",
    title="Exchange Online message trace as JSON: Microsoft Graph, Reporting Web Service, ConvertTo-Json",
    reference="https://learn.microsoft.com/graph/api/resources/exchangemessagetrace",
    shape=Records(),
    claims=_claims,
    grain="unit",
    hop="exo",
    # Its events tell why, which a trace as CSV does not; its traces tell no less than that. A summary comes first.
    rank=2,
    tells_when=False,
    prepare=_prepare,
    remarks=_remarks,
    page_limits=(5_000, 1_000),
    notes=(
        "A message trace gives no error text and no connector: a Failed row says that, not why. Only its events do.",
        "Events that Microsoft Graph gives of a message (getDetailsByRecipient) do not name the recipient: they join "
        "the message, and no attempt of a certain recipient.",
    ),
)

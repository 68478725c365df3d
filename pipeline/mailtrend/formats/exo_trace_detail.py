"""What happened to one traced message: Get-MessageTraceDetail and its V2, piped into Export-Csv."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from mailtrend.formats._headers import columns_of
from mailtrend.formats._traces import details_sql
from mailtrend.formats.base import FileFacts, Format, Head, Table
from mailtrend.formats.culture import time_sql

_SHAPE = Table(
    columns=(
        "date", "event", "detail", "data", "sender", "recipient", "message_id", "trace_id", "start_date", "end_date",
    ),
    aliases={
        "date": "date", "event": "event", "detail": "detail", "data": "data", "senderaddress": "sender",
        "recipientaddress": "recipient", "messageid": "message_id", "messagetraceid": "trace_id",
        "startdate": "start_date", "enddate": "end_date", "datetime": "date", "description": "detail",
        "id": "trace_id",
    },
    required=("date", "event", "detail"),
)  # fmt: skip
_KIN = frozenset({"action", "data", "trace_id", "message_id"})
"""Columns of which at least one stands beside the three."""
_WINDOW = ("start_date", "end_date")
_NEIGHBOURS = frozenset({"received", "status", "event_id", "recipient_status"})


def _claims(head: Head) -> bool:
    names = columns_of(head, _SHAPE)
    # Many lists have an `Id`, a date and an event: it needs one of the others beside it.
    kin = _KIN - {"trace_id"} if "id" in names else _KIN
    return names.issuperset(_SHAPE.required) and not names.isdisjoint(kin) and names.isdisjoint(_NEIGHBOURS)


def _prepare(rows: pa.Table, facts: FileFacts) -> Mapping[str, str]:
    """How this file writes its dates."""
    return {"details": details_sql("raw", time_sql("date", rows, facts, window=_WINDOW, always_utc=True))}


FORMAT = Format(
    name="exo_trace_detail",
    title="Exchange Online message events: Get-MessageTraceDetail or its V2 | Export-Csv",
    reference="https://learn.microsoft.com/powershell/module/exchangepowershell/get-messagetracedetailv2",
    shape=_SHAPE,
    claims=_claims,
    hop="exo",
    rank=1,
    prepare=_prepare,
    notes=(
        "Reasons are cut at about 300 characters: host and address may be known from what follows the cut only.",
        "Exported without MessageTraceId and RecipientAddress, an event cannot be joined to its message.",
    ),
)

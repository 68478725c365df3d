"""Message traces of Exchange Online: Get-MessageTrace (V1) and Get-MessageTraceV2, piped into Export-Csv."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from mailtrend.formats._headers import columns_of
from mailtrend.formats._traces import statuses_sql, unknown_statuses
from mailtrend.formats._translations import headers
from mailtrend.formats.base import FileFacts, Format, Head, Table
from mailtrend.formats.culture import time_sql

_SHAPE = Table(
    columns=(
        "received", "sender", "recipient", "subject", "status", "to_ip", "from_ip", "size", "message_id", "trace_id",
        "start_date", "end_date",
    ),
    aliases={
        "received": "received", "senderaddress": "sender", "recipientaddress": "recipient", "subject": "subject",
        "status": "status", "toip": "to_ip", "fromip": "from_ip", "size": "size", "messageid": "message_id",
        "messagetraceid": "trace_id", "startdate": "start_date", "enddate": "end_date",
        "receiveddatetime": "received", "id": "trace_id", **headers(),
    },
    required=("received", "sender", "recipient", "status"),
)  # fmt: skip
_WINDOW = ("start_date", "end_date")
_NEIGHBOURS = frozenset(
    {"event", "event_id", "eventid", "detail", "description", "recipient_status", "recipientstatus"}
)
"""Columns of the other exports of Exchange Online."""


def _claims(head: Head) -> bool:
    names = columns_of(head, _SHAPE)
    tells_which = not names.isdisjoint({"trace_id", "message_id", "subject"})
    return tells_which and names.issuperset(_SHAPE.required) and names.isdisjoint(_NEIGHBOURS)


def _prepare(rows: pa.Table, facts: FileFacts) -> Mapping[str, str]:
    """How this file writes its dates. `StartDate` and `EndDate` are the query window, not a property of the message."""
    always_utc = not _is_of_admin_center(rows)
    received = time_sql("received", rows, facts, window=_WINDOW, newest_first=True, always_utc=always_utc)
    return {"received": received, "statuses": statuses_sql("raw", received)}


def _remarks(rows: pa.Table, facts: FileFacts) -> list[str]:
    remarks = unknown_statuses(rows["status"])
    if _is_of_admin_center(rows) and facts.options.timezone is None:
        remarks.append(
            "an export of the admin center has times in the zone of whoever made it: they were read as UTC; "
            "say --timezone if that is another one"
        )
    return remarks


def _is_of_admin_center(rows: pa.Table) -> bool:
    """PowerShell and Graph give ids, and times in UTC; what is shown on the page has neither."""
    return all(rows[name].null_count == rows.num_rows for name in ("trace_id", "message_id"))


FORMAT = Format(
    name="exo_message_trace",
    title="Exchange Online message trace: Get-MessageTrace(V2) | Export-Csv, or exported in the admin center",
    reference="https://learn.microsoft.com/powershell/module/exchangepowershell/get-messagetracev2",
    shape=_SHAPE,
    claims=_claims,
    hop="exo",
    rank=3,
    tells_when=False,
    prepare=_prepare,
    remarks=_remarks,
    page_limits=(5_000, 1_000),
    notes=(
        "A message trace gives no error text and no connector: a Failed row says that, not why.",
        "Failed also covers messages that were rejected as spam, for malware or by a mail flow rule.",
        "Times are whole seconds, and those of the receipt: when a delivery failed is not told.",
    ),
)

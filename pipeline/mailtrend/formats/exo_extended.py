"""Extended reports of Exchange Online (Start-HistoricalSearch -ReportType MessageTraceDetail; MTDetail)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pyarrow as pa

from mailtrend.formats._headers import columns_of
from mailtrend.formats._tracking import lists_sql
from mailtrend.formats.base import FileFacts, Format, Head, Table
from mailtrend.formats.culture import time_sql

_COLUMNS = (
    "date_time_utc", "client_hostname", "server_ip", "server_hostname", "source_context", "connector_id", "event_id",
    "message_id", "network_message_id", "recipient_address", "recipient_status", "total_bytes", "message_subject",
    "sender_address", "directionality", "custom_data",
)  # fmt: skip
"""Of the 27 columns those that an event is made of."""
_SHAPE = Table(
    columns=_COLUMNS,
    aliases={**{name: name for name in _COLUMNS}, "date_time": "date_time_utc"},
    required=("date_time_utc", "event_id", "recipient_address", "recipient_status"),
)


def _claims(head: Head) -> bool:
    return columns_of(head, _SHAPE).issuperset(_SHAPE.required)


def _prepare(rows: pa.Table, facts: FileFacts) -> Mapping[str, str]:
    """ISO as downloaded; a culture's dates after a spreadsheet has saved it again. The column's name says UTC."""
    return {"date_time": time_sql("date_time_utc", rows, facts, always_utc=True), "lists": lists_sql()}


FORMAT = Format(
    name="exo_extended",
    title="Exchange Online extended report (historical search with message events, MTDetail)",
    reference="https://learn.microsoft.com/exchange/monitoring/trace-an-email-message/message-trace-modern-eac",
    shape=_SHAPE,
    claims=_claims,
    hop="exo",
    rank=0,
    prepare=_prepare,
    report_limits=(100_000, 50_000, 1_000),
    lag=timedelta(hours=24),
    notes=(
        "Rows about the way through Exchange Online's own servers (SEND to one of them, AGENTINFO, RESOLVE …) are "
        "context, not delivery attempts.",
    ),
)

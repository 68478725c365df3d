"""Enhanced summary reports of Exchange Online (Start-HistoricalSearch -ReportType MessageTrace; MTSummary)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pyarrow as pa

from mailtrend.formats._headers import columns_of
from mailtrend.formats.base import FileFacts, Format, Head, Table
from mailtrend.formats.culture import time_sql

_SHAPE = Table(
    columns=(
        "origin_time", "sender", "recipient_status", "subject", "total_bytes", "message_id", "network_message_id",
        "directionality", "connector_id",
    ),
    aliases={
        "origin_timestamp_utc": "origin_time", "origin_timestamp": "origin_time", "sender_address": "sender",
        "recipient_status": "recipient_status", "message_subject": "subject", "total_bytes": "total_bytes",
        "message_id": "message_id", "network_message_id": "network_message_id", "directionality": "directionality",
        "connector_id": "connector_id",
    },
    required=("origin_time", "recipient_status"),
)  # fmt: skip
_NEIGHBOURS = frozenset({"event_id", "date_time_utc", "received"})


def _claims(head: Head) -> bool:
    names = columns_of(head, _SHAPE)
    return names.issuperset(_SHAPE.required) and names.isdisjoint(_NEIGHBOURS)


def _prepare(rows: pa.Table, facts: FileFacts) -> Mapping[str, str]:
    """ISO as downloaded; a culture's dates after a spreadsheet has saved it again. The column's name says UTC."""
    return {"origin_time": time_sql("origin_time", rows, facts, always_utc=True)}


FORMAT = Format(
    name="exo_enhanced_summary",
    title="Exchange Online enhanced summary report (historical search, MTSummary)",
    reference="https://learn.microsoft.com/exchange/monitoring/trace-an-email-message/message-trace-modern-eac",
    shape=_SHAPE,
    claims=_claims,
    hop="exo",
    rank=2,
    tells_when=False,
    prepare=_prepare,
    report_limits=(100_000, 50_000),
    lag=timedelta(hours=24),
    notes=(
        "A summary report says Fail without a code: the reason stands in the extended report or the message events.",
        "Its time is that of the message's origin, not of its delivery or failure.",
    ),
)

"""Exports of Get-MessageTrackingLog with Export-Csv: local times, and lists that may be lost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from mailtrend.formats._headers import columns_of
from mailtrend.formats._tracking import NOTES, events_sql
from mailtrend.formats._tracking_zone import reading_of
from mailtrend.formats.base import FileFacts, Format, Head, Table

_ALIASES: Final = {
    "Timestamp": "local_time", "ClientIp": "client_ip", "ClientHostname": "client_hostname", "ServerIp": "server_ip",
    "ServerHostname": "server_hostname", "SourceContext": "source_context", "ConnectorId": "connector_id",
    "Source": "source", "EventId": "event_id", "InternalMessageId": "internal_message_id", "MessageId": "message_id",
    "NetworkMessageId": "network_message_id", "Recipients": "recipient_address", "Recipient": "recipient_address",
    "RecipientStatus": "recipient_status", "TotalBytes": "total_bytes",
    "RelatedRecipientAddress": "related_recipient_address", "MessageSubject": "message_subject",
    "Subject": "message_subject", "Sender": "sender_address", "ReturnPath": "return_path",
    "Directionality": "directionality", "OriginalClientIp": "original_client_ip", "MessageInfo": "message_info",
    "MessageLatency": "message_latency", "MessageLatencyType": "message_latency_type", "EventData": "custom_data",
}  # fmt: skip
_SHAPE: Final = Table(
    columns=tuple(dict.fromkeys(_ALIASES.values())),
    aliases=_ALIASES,
    required=("local_time", "event_id"),
)
_TELLING: Final = frozenset(_SHAPE.columns) - frozenset(_SHAPE.required) - {"message_subject", "source"}
_TYPE_NAME: Final = r"^(System\.|Microsoft\.Exchange\.|Deserialized\.)[A-Za-z0-9_.+]+(`[0-9]+)?(\[.*)?$"
_LISTS: Final = {"recipient_address": "Recipients", "recipient_status": "RecipientStatus"}
_FOR_WANT: Final = {
    "Recipients": "its events name no recipient",
    "RecipientStatus": "its failures have neither text nor code",
}


def _claims(head: Head) -> bool:
    columns = columns_of(head, _SHAPE)
    return columns.issuperset(_SHAPE.required) and len(columns & _TELLING) > 1


def _prepare(rows: pa.Table, facts: FileFacts) -> Mapping[str, str]:
    reading = reading_of(rows, facts)
    return {
        "local_time": reading.sql,
        "unnamed": "true" if _lacks(rows, "recipient_address") else "false",
        "tracking": events_sql(lost="c.lost", zone_known=reading.known),
    }


def _remarks(rows: pa.Table, facts: FileFacts) -> list[str]:
    found = [remark] if (remark := reading_of(rows, facts).remark) else []
    for column, name in _LISTS.items():
        mend = f"export it again with @{{n='{name}';e={{$_.{name} -join ';'}}}}"
        lost = rows[column].filter(pc.match_substring_regex(rows[column].cast(pa.string()), _TYPE_NAME))
        if len(lost):
            found.append(f"{name} is lost in this export ('{lost[0].as_py()}'): {_FOR_WANT[name]}; {mend}")
        elif rows.num_rows and _lacks(rows, column):
            found.append(f"it has no column {name}: {_FOR_WANT[name]}; {mend}")
    return found


def _lacks(rows: pa.Table, column: str) -> bool:
    return bool(rows[column].null_count == rows.num_rows)


FORMAT: Final = Format(
    name="exchange_tracking_csv",
    title="Export of Get-MessageTrackingLog (Exchange Server)",
    reference="https://learn.microsoft.com/powershell/module/exchange/get-messagetrackinglog",
    shape=_SHAPE,
    claims=_claims,
    hop="exchange",
    rank=1,
    prepare=_prepare,
    remarks=_remarks,
    page_limits=(1_000,),
    notes=(
        *NOTES,
        "Times are local and name no zone: it is taken from --timezone, else from cells of the same rows that tell "
        "UTC, else UTC is assumed. Times in the hour that is repeated when summer time ends cannot be told apart.",
        "Export-Csv writes the name of a type in place of a list: recipients, replies and latencies are then lost.",
    ),
)

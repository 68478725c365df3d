"""Exports of Exchange Online as a test writes them: rows as dictionaries in, CSV bytes out, events back."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from mailtrend.formats import all_formats
from mailtrend.formats.base import Head, Options
from mailtrend.ingest.trial import Trial, parse

FILLED_BY_INGEST = frozenset({"tenant", "source", "file_id", "sender_domain", "recipient_domain"})
READ_FROM_REPLIES = frozenset({"reply_code", "status_code", "remote_reply_code", "remote_status_code", "cause"})
"""What the knowledge of replies adds to failures: tested there, not with the formats."""

HEADERS = {
    "exo_message_trace": '"MessageId","Received","SenderAddress","RecipientAddress","Subject","Status","ToIP","FromIP",'
    '"Size","MessageTraceId"',
    "exo_message_trace V1": '"PSComputerName","RunspaceId","PSShowComputerName","Organization","MessageId","Received",'
    '"SenderAddress","RecipientAddress","Subject","Status","ToIP","FromIP","Size","MessageTraceId","StartDate",'
    '"EndDate","Index"',
    "exo_trace_detail": '"Date","Event","Action","Detail","Data","SenderAddress","RecipientAddress","MessageId",'
    '"MessageTraceId"',
    "exo_trace_detail V1": '"Organization","MessageId","MessageTraceId","Date","Event","Action","Detail","Data",'
    '"StartDate","EndDate","Index"',
    "exo_extended": "date_time_utc,client_ip,client_hostname,server_ip,server_hostname,source_context,connector_id,"
    "source,event_id,internal_message_id,message_id,network_message_id,recipient_address,recipient_status,total_bytes,"
    "recipient_count,related_recipient_address,reference,message_subject,sender_address,return_path,message_info,"
    "directionality,tenant_id,original_client_ip,original_server_ip,custom_data",
    "exo_enhanced_summary": "origin_timestamp_utc,sender_address,recipient_status,message_subject,total_bytes,"
    "message_id,network_message_id,original_client_ip,directionality,connector_id,delivery_priority",
    "exchange_tracking": "#Fields: date-time,client-ip,client-hostname,server-ip,server-hostname,source-context,"
    "connector-id,source,event-id,internal-message-id,message-id,network-message-id,recipient-address,recipient-status",
    "connectors": '"Name","ConnectorType","Enabled","RecipientDomains","SmartHosts"',
    "changes": "time,kind,subject,note",
    "admin center": "Date,Sender,Recipient,Subject,Status",
    "something else": "Date,Name,Amount,Subject,Status",
}
"""Header lines of all exports that could be taken for one another, by what they are."""


def table(columns: Sequence[str], *rows: Mapping[str, object], delimiter: str = ",") -> str:
    """A CSV with a header, every cell in quotes as Export-Csv writes them; a column that a row lacks stays empty."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([row.get(column, "") for column in columns] for row in rows)
    return out.getvalue()


def read(source: str, *texts: str | bytes, options: Options | None = None) -> Trial:
    """What the format `source` makes of these files."""
    data = [text if isinstance(text, bytes) else text.encode("utf-8") for text in texts]
    return parse(all_formats()[source], *data, name="export.csv", options=options)


def events(trial: Trial) -> list[dict[str, Any]]:
    """The events, without what is empty and without what ingest fills in from the file or the addresses."""
    return [
        {
            name: value
            for name, value in event.items()
            if value is not None and name not in FILLED_BY_INGEST | READ_FROM_REPLIES
        }
        for event in trial.events.to_pylist()
    ]


def column(trial: Trial, name: str) -> list[Any]:
    """One column of all events, in the order of the file."""
    return list(trial.events[name].to_pylist())


def claimed_by(source: str) -> set[str]:
    """Which of HEADERS the format `source` takes for its own."""
    claims = all_formats()[source].claims
    return {what for what, header in HEADERS.items() if claims(Head("export.csv", header + "\r\n"))}

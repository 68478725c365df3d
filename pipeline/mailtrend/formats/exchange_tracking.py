"""Exchange message tracking log (MSGTRK*.LOG), with its header or a slice without one."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from itertools import islice
from typing import Final

import pyarrow as pa

from mailtrend.formats._tracking import EVENTS, NOTES, REFERENCE, events_sql
from mailtrend.formats.base import FieldsLog, FileFacts, Format, Head

_2007: Final = (
    "date_time", "client_ip", "client_hostname", "server_ip", "server_hostname", "source_context", "connector_id",
    "source", "event_id", "internal_message_id", "message_id", "recipient_address", "recipient_status", "total_bytes",
    "recipient_count", "related_recipient_address", "reference", "message_subject", "sender_address", "return_path",
    "message_info",
)  # fmt: skip
_2010: Final = (*_2007, "directionality", "tenant_id", "original_client_ip", "original_server_ip", "custom_data")
_2013: Final = (*_2010[:11], "network_message_id", *_2010[11:])
_2016: Final = (*_2013, "transport_traffic_type", "log_id", "schema_version")
_UNREAD: Final = frozenset({
    "recipient_count", "reference", "tenant_id", "original_server_ip", "transport_traffic_type", "log_id",
    "schema_version",
})  # fmt: skip
SHAPE: Final = FieldsLog(
    columns=tuple(name for name in _2016 if name not in _UNREAD),
    widths={len(names): names for names in (_2007, _2010, _2013, _2016)},
)
_TYPE: Final = re.compile(r"#Log-type:\s*(.*)", re.IGNORECASE)
_STAMP: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?Z")
"""Exchange Online's extended report has the same columns, but seven decimals."""
_NEEDED: Final = frozenset({"date_time", "event_id", "recipient_address"})
_LOOK: Final = 50


def _claims(head: Head) -> bool:
    lines = head.text.splitlines()
    for line in lines:
        bare = line.lstrip("\ufeff")
        if found := _TYPE.match(bare):
            return found[1].strip().lower() == "message tracking log"
        if bare.lower().startswith(("#fields:", "date-time,", '"date-time",')):
            names = bare.lower().removeprefix("#fields:").replace("-", "_").split(",")
            return {name.strip().strip('"') for name in names} >= _NEEDED
    return _claims_rows([line for line in lines if line and not line.startswith("#")])


def _claims_rows(lines: list[str]) -> bool:
    """Without a header: the time, as many cells as a version has, and an event where it belongs."""
    reader = csv.reader(io.StringIO("\n".join(lines[: 2 * _LOOK]), newline=""))
    try:
        return any(_is_row(cells) for cells in islice(reader, _LOOK))
    except csv.Error:
        return False


def _is_row(cells: list[str]) -> bool:
    event = _2016.index("event_id")
    return len(cells) in SHAPE.widths and bool(_STAMP.fullmatch(cells[0])) and cells[event].upper() in EVENTS


def _prepare(_rows: pa.Table, _facts: FileFacts) -> Mapping[str, str]:
    return {"tracking": events_sql()}


FORMAT: Final = Format(
    name="exchange_tracking",
    title="Exchange message tracking log (MSGTRK*.LOG)",
    reference=REFERENCE,
    shape=SHAPE,
    claims=_claims,
    hop="exchange",
    rank=0,
    prepare=_prepare,
    notes=(
        *NOTES,
        "The log is circular: the oldest files are deleted by age and by size, so that the first days may be missing.",
    ),
)

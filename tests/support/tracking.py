"""Message tracking as a test writes it: rows as dictionaries in, a log or an export out."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

FIELDS = [
    "date-time", "client-ip", "client-hostname", "server-ip", "server-hostname", "source-context", "connector-id",
    "source", "event-id", "internal-message-id", "message-id", "network-message-id", "recipient-address",
    "recipient-status", "total-bytes", "recipient-count", "related-recipient-address", "reference",
    "message-subject", "sender-address", "return-path", "message-info", "directionality", "tenant-id",
    "original-client-ip", "original-server-ip", "custom-data", "transport-traffic-type", "log-id", "schema-version",
]  # fmt: skip
VERSIONS = {
    30: FIELDS,
    27: FIELDS[:27],
    26: [name for name in FIELDS[:27] if name != "network-message-id"],
    21: [name for name in FIELDS[:22] if name != "network-message-id"],
}
ROW = {
    "date-time": "2026-10-01T08:00:04.390Z", "client-ip": "192.0.2.11", "client-hostname": "EX01",
    "server-ip": "203.0.113.25", "server-hostname": "MAIL.fabrikam.com", "connector-id": "To Fabrikam",
    "source": "SMTP", "event-id": "SEND", "internal-message-id": "71", "message-id": "<one@contoso.com>",
    "network-message-id": "9A41C3D0-52BE-4F0A-0001-08DE10B1A001", "recipient-address": "bo@fabrikam.com",
    "recipient-status": "250 2.1.5 Recipient OK", "total-bytes": "4000", "recipient-count": "1",
    "message-subject": "Offer", "sender-address": "ann@contoso.com", "return-path": "ann@contoso.com",
    "message-info": "2026-10-01T08:00:02.390Z;LSRV=EX01", "directionality": "Originating",
}  # fmt: skip


def lines(*changes: Mapping[str, str], width: int = 30) -> str:
    """Rows of one version, without a header."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows(
        [{**ROW, **change}.get(name, "") for name in VERSIONS[width]] for change in changes
    )
    return out.getvalue()


def header(names: Sequence[str] = FIELDS) -> str:
    """The lines above a log."""
    return (
        "#Software: Microsoft Exchange Server\r\n#Version: 15.01.2507.061\r\n#Log-type: Message Tracking Log\r\n"
        f"#Date: 2026-10-01T08:00:04.211Z\r\n#Fields: {','.join(names)}\r\n"
    )


def log(*changes: Mapping[str, str], width: int = 30) -> str:
    """A whole log."""
    return header(VERSIONS[width]) + lines(*changes, width=width)

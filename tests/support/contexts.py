"""Exports of connectors as a test writes them, and what context makes of a file."""

from __future__ import annotations

from mailtrend.formats.base import Head
from mailtrend.ingest.context import ContextRows, read_context, recognise_context

OUTBOUND_TEXTS = {
    "Name": "Fabrikam TLS", "Enabled": "True", "ConnectorType": "Partner", "UseMXRecord": "False",
    "RecipientDomains": "fabrikam.com,*.fabrikam.com", "SmartHosts": "mail.fabrikam.com [203.0.113.25]",
    "TlsSettings": "DomainValidation", "TlsDomain": "Mail.fabrikam.com",
}  # fmt: skip
OUTBOUND_OF_7 = OUTBOUND_TEXTS | {
    "Enabled": True, "UseMXRecord": False, "ConnectorType": 2, "TlsSettings": 3,
    "RecipientDomains": ["fabrikam.com", "*.fabrikam.com"], "SmartHosts": ["mail.fabrikam.com", "[203.0.113.25]"],
}  # fmt: skip
"""The same connector as text and as PowerShell 7 writes it in JSON."""


def read(text: str, name: str = "export.txt") -> tuple[str, ContextRows]:
    """What the file turns out to be, and its rows."""
    found = recognise_context(Head(name, text))
    assert found is not None
    return found, read_context(found, text, tenant="default", file_id="f1", label=name)


def listed(*records: dict[str, str]) -> str:
    """What Format-List prints."""
    return "\n" + "".join(
        "".join(f"{key:<24} : {value}\n" for key, value in record.items()) + "\n" for record in records
    )

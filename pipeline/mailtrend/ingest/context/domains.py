"""A row of Get-AcceptedDomain, of Get-RemoteDomain, or of changes.csv becomes a row of its table."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from mailtrend.ingest.context.cells import Cells

DOMAIN_TYPES: Final = {"0": "Authoritative", "1": "ExternalRelay", "2": "InternalRelay"}
OOF_TYPES: Final = {"0": "External", "1": "ExternalLegacy", "32": "None", "65": "InternalLegacy"}
REMOTE_MARKS: Final = (
    "allowedooftype", "autoreplyenabled", "autoforwardenabled", "deliveryreportenabled", "ndrenabled", "tnefenabled",
    "trustedmailoutboundenabled", "trustedmailinboundenabled",
)  # fmt: skip
"""Columns of which a remote domain has one beside its name."""


def accepted(cells: Cells, _hint: str) -> dict[str, object]:
    """A row of contracts.ACCEPTED_DOMAINS. Raises ValueError where it cannot be one."""
    return {
        "domain": _domain(cells, "accepted"),
        "domain_type": cells.choice("domaintype", DOMAIN_TYPES),
        "is_default": cells.flag("default"),
    }


def remote(cells: Cells, _hint: str) -> dict[str, object]:
    """A row of contracts.REMOTE_DOMAINS. Raises ValueError where it cannot be one."""
    domain = _domain(cells, "remote")
    return {
        "name": cells.text("name", "identity") or domain,
        "domain": domain,
        "allowed_oof": cells.choice("allowedooftype", OOF_TYPES),
        "auto_reply_enabled": cells.flag("autoreplyenabled"),
        "auto_forward_enabled": cells.flag("autoforwardenabled"),
        "delivery_report_enabled": cells.flag("deliveryreportenabled"),
        "ndr_enabled": cells.flag("ndrenabled"),
        "tnef_enabled": cells.flag("tnefenabled"),
        "trusted_mail_outbound": cells.flag("trustedmailoutboundenabled"),
        "trusted_mail_inbound": cells.flag("trustedmailinboundenabled"),
    }


def change(cells: Cells, _hint: str) -> dict[str, object]:
    """A row of contracts.CHANGES. Raises ValueError where it cannot be one."""
    told = cells.text("time")
    try:
        when = datetime.fromisoformat(told)
    except ValueError:
        raise ValueError(f"unreadable time '{told}': ISO 8601 is wanted, as 2026-11-02T14:00Z") from None
    return {
        "time": when.astimezone(UTC).replace(tzinfo=None) if when.tzinfo else when,
        "kind": cells.text("kind").lower() or "other",
        "subject": cells.text("subject") or None,
        "note": cells.text("note") or None,
    }


def _domain(cells: Cells, what: str) -> str:
    domain = cells.text("domainname").lower()
    if not domain:
        raise ValueError(f"the {what} domain has no name")
    return domain

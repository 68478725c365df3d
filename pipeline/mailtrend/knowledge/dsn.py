"""Delivery status notifications (RFC 3464) as pasted: fields of each recipient, folded or not, or all on one line."""

from __future__ import annotations

import re
from typing import Final

from mailtrend.knowledge.reports import Reported

NAMES: Final = (
    "Reporting-MTA|Received-From-MTA|Arrival-Date|DSN-Gateway|Original-Envelope-Id|Original-Recipient|Final-Recipient|Action|"
    "Status|Remote-MTA|Diagnostic-Code|Last-Attempt-Date|Final-Log-ID|Will-Retry-Until|X-[A-Za-z-]+|Content-[A-Za-z-]+"
)
FIELD: Final = re.compile(
    rf"(?:^|(?<=\s))({NAMES}): ?(.*?)(?=\n\s*(?:\n|\Z|--)|\s+(?:{NAMES}):|\Z)", re.DOTALL | re.IGNORECASE
)
WANTED: Final = frozenset({"final-recipient", "action", "status", "remote-mta", "diagnostic-code"})
OPENERS: Final = frozenset({"final-recipient", "status", "diagnostic-code"})
"""A second one of these begins the next recipient."""
PEER: Final = re.compile(
    r"^(?:[A-Za-z]+ ?; ?)?\[?([A-Za-z0-9_.:-]*)\]?\.?"
    r"(?:[^0-9A-Fa-f:]*?[(\[](?:TCP\|[^|]*\|[^|]*\|)?([0-9A-Fa-f.:]{3,})[^)\]]*[)\]])?"
)
ADDRESS: Final = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}|[0-9A-Fa-f]*:[0-9A-Fa-f:.]*")


def notified(text: str) -> list[Reported]:
    """What a notification says of each recipient who was not served; empty where the text is none."""
    if "iagnostic-" not in text and "inal-" not in text and "DIAGNOSTIC" not in text:
        return []
    blocks: list[dict[str, str]] = [{}]
    for found in FIELD.finditer(text):
        name, value = found[1].lower(), " ".join(found[2].split())
        if name not in WANTED:
            continue
        if name in OPENERS and name in blocks[-1]:
            blocks.append({})
        blocks[-1][name] = value
    told = [_reported(block) for block in blocks if "diagnostic-code" in block or "status" in block]
    return [one for one in told if not (one.status or "").startswith("2.")] or told


def _reported(block: dict[str, str]) -> Reported:
    host, address = peer(block.get("remote-mta", ""))
    kind, _, reply = block.get("diagnostic-code", "").partition(";")
    status = re.match(r"[245]\.\d{1,3}\.\d{1,3}", block.get("status", ""))
    return Reported(
        reply=reply.strip() or (kind.strip() if kind else ""),
        status=status[0] if status else None,
        host=host,
        address=address,
        recipient=block.get("final-recipient", "").rpartition(";")[2].strip(" <>") or None,
    )


def peer(told: str) -> tuple[str | None, str | None]:
    """Host and address of a Remote-MTA field."""
    found = PEER.match(told)
    if found is None:
        return None, None
    host, address = found[1].rstrip("."), found[2]
    if ADDRESS.fullmatch(host):
        return None, host
    return host or None, address if address and ADDRESS.fullmatch(address) else None

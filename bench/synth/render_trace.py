"""Message traces: Get-MessageTrace (V1) and Get-MessageTraceV2, piped into Export-Csv."""

from __future__ import annotations

from typing import Final

from synth import clock
from synth.exports import EXPORTS, Export
from synth.shape import LogFile, Row, Seen, quoted
from synth.traffic import Message
from synth.world import ORGANIZATION, SENDING_HOSTS

SOURCE: Final = "exo_message_trace"
V1: Final = (
    "Organization", "MessageId", "Received", "SenderAddress", "RecipientAddress", "Subject", "Status", "ToIP", "FromIP",
    "Size", "MessageTraceId", "StartDate", "EndDate", "Index",
)  # fmt: skip
V2: Final = (
    "MessageId", "Received", "SenderAddress", "RecipientAddress", "Subject", "Status", "ToIP", "FromIP", "Size",
    "MessageTraceId",
)  # fmt: skip
OUTCOMES: Final = {
    "Delivered": "delivered", "Failed": "failed", "Pending": "pending", "GettingStatus": "pending",
    "FilteredAsSpam": "filtered", "Quarantined": "quarantined", "Expanded": "expanded",
}  # fmt: skip
_PAGE: Final = 90
"""Rows that come twice because a page was fetched and appended once more."""


def _to_ip(message: Message, status: str) -> str:
    """The MX address; unknown while a DNS failure keeps the message from getting anywhere."""
    first = message.attempts[0].fault
    lost_in_dns = first is not None and first.shape == "dns" and status != "Delivered"
    return "" if message.inbound or lost_in_dns else message.route.ip


def _row(message: Message, export: Export, index: int) -> Row:
    status = message.status(export.end)
    values: dict[str, object] = {
        "Organization": ORGANIZATION, "MessageId": message.message_id, "Received": export.culture(message.received),
        "SenderAddress": message.sender, "RecipientAddress": message.recipient, "Subject": message.subject,
        "Status": status, "ToIP": _to_ip(message, status),
        "FromIP": SENDING_HOSTS[message.sender.partition("@")[2]] if message.inbound else "",
        "Size": message.size, "MessageTraceId": message.trace_id, "StartDate": export.culture(export.start),
        "EndDate": export.culture(export.end), "Index": index,
    }  # fmt: skip
    domain = message.recipient.partition("@")[2]
    at = message.received // clock.SECOND * clock.SECOND
    seen = Seen(SOURCE, at, OUTCOMES[status], message.trace_id, message.recipient, "", "", domain)
    text = quoted(values[name] for name in (V1 if export.version == 1 else V2))
    return Row(text, "used", (SOURCE, message.trace_id, message.recipient, status, at), (seen,))


def _broken(rows: list[Row], export: Export) -> list[Row]:
    """The damage of three of the exports: a date that does not exist, a missing column, a last line cut off."""
    if export.name == "2026-09-21":
        date = quoted([export.culture(clock.ms("2026-09-30T10:15"))]).replace("9/30", "9/31")
        whole = rows[400].text.split(",")
        bad = ",".join([whole[0], f"<{'7' * 16}@eurprd04.prod.outlook.com>", date, *whole[3:]])
        return [*rows[:400], Row(bad, "reject"), *rows[400:]]
    if export.name == "2026-10-16":
        short = ",".join(rows[250].text.split(",")[:3])
        return [*rows[:250], Row(short, "reject"), *rows[250:]]
    if export.name == "2026-11-01":
        return [*rows[:-1], Row(rows[-1].text[:150], "reject")]
    return rows


def report(export: Export, messages: list[Message]) -> LogFile:
    """One export of a tenant's `messages`, which are oldest first."""
    newest_first = [message for message in reversed(messages) if export.holds(message)]
    rows = [_row(message, export, index) for index, message in enumerate(newest_first)]
    if export.name == "2026-10-22":
        rows = [*rows[:700], *rows[700 - _PAGE :]]
    names = quoted(V1 if export.version == 1 else V2)
    kind = "#TYPE Deserialized.Microsoft.Exchange.Data.MessageTrace\r\n" if export.name == "2026-09-14" else ""
    return LogFile(
        f"{SOURCE}/MessageTrace_{export.name}.{export.trace}", SOURCE, tuple(_broken(rows, export)),
        f"{kind}{names}\r\n", bom=export.version == 1 or export.culture is clock.german,
        cut=export.name == "2026-11-01",
    )  # fmt: skip


def files(messages: list[Message]) -> list[LogFile]:
    """All message trace exports of the eight weeks."""
    return [report(export, messages) for export in EXPORTS]

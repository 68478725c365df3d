"""Enhanced summary reports (Start-HistoricalSearch -ReportType MessageTrace): UTF-16LE, all recipients in one cell."""

from __future__ import annotations

from itertools import groupby
from typing import Final, NamedTuple

from synth import clock, faults
from synth.shape import LogFile, Row, Seen, bare
from synth.traffic import Message
from synth.world import SENDING_HOSTS

SOURCE: Final = "exo_enhanced_summary"
COLUMNS: Final = (
    "origin_timestamp_utc", "sender_address", "recipient_status", "message_subject", "total_bytes", "message_id",
    "network_message_id", "original_client_ip", "directionality", "connector_id", "delivery_priority",
)  # fmt: skip
WORDS: Final = {
    "defer": "Defer", "fail": "Fail", "send": "Send", "deliver": "Deliver", "expand": "Expand",
    "spam": "FilteredAsSpam", "quarantine": "Quarantine",
}  # fmt: skip
OUTCOMES: Final = {
    "Receive": "pending", "Defer": "pending", "Fail": "failed", "Send": "delivered", "Deliver": "delivered",
    "Expand": "expanded", "FilteredAsSpam": "filtered", "Quarantine": "quarantined",
}  # fmt: skip


class Window(NamedTuple):
    """One report: messages received between two times, as they stood when it ran."""

    start: int
    end: int
    ran: int
    name: str
    bom: bool


WINDOWS: Final = (
    Window(
        clock.ms("2026-09-24T06:00"), clock.ms("2026-09-24T18:00"), clock.ms("2026-09-25T20:00"),
        "MTSummary_20260924.csv", bom=False,
    ),
    Window(
        clock.ms("2026-10-14T00:00"), clock.ms("2026-10-15T00:00"), clock.ms("2026-10-15T12:00"),
        "MTSummary_20261014.csv", bom=True,
    ),
)  # fmt: skip


def _connector(message: Message, ran: int) -> str:
    last = [each for each in message.attempts if each.at <= ran][-1:]
    fault = last[0].fault if last else None
    return faults.connector(fault, message.route) if fault else message.route.connector


def _row(group: list[Message], ran: int) -> Row:
    first = group[0]
    words = ["Receive"] + [WORDS[each.kind] for each in first.attempts if each.at <= ran]
    connector = _connector(first, ran)
    values = (
        clock.iso_seven(first.received), first.sender,
        ";".join(f"{each.recipient}##{', '.join(words)}" for each in group), first.subject, first.size,
        first.message_id, first.trace_id,
        SENDING_HOSTS[first.sender.partition("@")[2]] if first.inbound else "2001:db8:10::25",
        "Incoming" if first.inbound else "Originating", connector, "Normal",
    )  # fmt: skip
    told = tuple(
        Seen(
            SOURCE, first.received, OUTCOMES[words[-1]], first.trace_id, each.recipient, "", connector,
            each.recipient.partition("@")[2],
        )
        for each in group
    )  # fmt: skip
    return Row(bare(values), "used", None, told)


def _file(window: Window, messages: list[Message]) -> LogFile:
    inside = [each for each in messages if window.start <= each.received < window.end]
    rows = [_row(list(group), window.ran) for _, group in groupby(inside, key=lambda each: each.trace_id)]
    return LogFile(
        f"{SOURCE}/{window.name}", SOURCE, tuple(rows), ",".join(COLUMNS) + "\r\n", encoding="utf-16-le", bom=window.bom
    )


def files(messages: list[Message]) -> list[LogFile]:
    """Both summary reports."""
    return [_file(window, messages) for window in WINDOWS]

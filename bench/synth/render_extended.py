"""Extended reports (Start-HistoricalSearch -ReportType MessageTraceDetail): UTF-16LE, 27 columns, an event a row."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Final, NamedTuple

from synth import clock, faults
from synth.render_detail import reply, seen
from synth.shape import LogFile, Row, Seen, bare
from synth.traffic import Attempt, Message
from synth.world import MAILBOX_SERVERS, SENDING_HOSTS, TENANT_ID

SOURCE: Final = "exo_extended"
COLUMNS: Final = (
    "date_time_utc", "client_ip", "client_hostname", "server_ip", "server_hostname", "source_context", "connector_id",
    "source", "event_id", "internal_message_id", "message_id", "network_message_id", "recipient_address",
    "recipient_status", "total_bytes", "recipient_count", "related_recipient_address", "reference", "message_subject",
    "sender_address", "return_path", "message_info", "directionality", "tenant_id", "original_client_ip",
    "original_server_ip", "custom_data",
)  # fmt: skip
EVENTS: Final = {"defer": ("DEFER", "deferred"), "fail": ("FAIL", "failed"), "send": ("SENDEXTERNAL", "delivered"),
                 "deliver": ("DELIVER", "delivered")}  # fmt: skip
_PATIENCE: Final = 36 * clock.HOUR
"""The report runs this long after its window, when every message has met its end."""


class Window(NamedTuple):
    """One report: messages received between two times, with all that happened to them."""

    start: int
    end: int
    name: str
    damaged: bool = False
    ran: int = 0
    """When the report ran; 0: long enough after its window for every message to have met its end."""


WINDOWS: Final = (
    Window(clock.ms("2026-10-06T00:00"), clock.ms("2026-10-07T00:00"), "MTDetail_20261006.csv.gz"),
    Window(clock.ms("2026-10-22T08:45"), clock.ms("2026-10-22T11:15"), "MTDetail_20261022.csv", damaged=True),
)


def _row(group: list[Message], at: int, event: str, told: tuple[Seen, ...] = (), **own: object) -> Row:
    """One row: what all rows of a message share, and `own` columns of this event."""
    first = group[0]
    client = SENDING_HOSTS[first.sender.partition("@")[2]] if first.inbound else "2001:db8:10::25"
    values: dict[str, object] = {
        "date_time_utc": clock.iso_seven(at), "event_id": event,
        "internal_message_id": 30_000_000_000_000 + first.received % 1_000_000_000, "message_id": first.message_id,
        "network_message_id": first.trace_id, "recipient_address": ";".join(each.recipient for each in group),
        "total_bytes": first.size, "recipient_count": len(group), "message_subject": first.subject,
        "sender_address": first.sender, "return_path": first.sender,
        "message_info": clock.iso_seven(first.received), "tenant_id": TENANT_ID, "original_client_ip": client,
        "directionality": "Incoming" if first.inbound else "Originating",
    }  # fmt: skip
    values.update(own)
    return Row(bare(values.get(name, "") for name in COLUMNS), "used" if told else "context", None, told)


def _arrival(group: list[Message]) -> Iterator[Row]:
    first = group[0]
    server = MAILBOX_SERVERS[first.size % 3]
    told = tuple(
        Seen(SOURCE, first.received, "received", first.trace_id, each.recipient, "", "", "") for each in group
    )  # fmt: skip
    origin = {"source": "SMTP", "server_hostname": server} if first.inbound else {"source": "STOREDRIVER"}
    yield _row(group, first.received, "RECEIVE", told, recipient_status=";".join("To" for _ in group), **origin)
    agents = 'S:AMA=SUM|v=0|action=|error=|atch=0;S:TRA=ETR|ruleId=|st=9/2/2026 12:31:25 AM;S:CompCost={"AMA":"12, 4"}'
    yield _row(group, first.received + 240, "AGENTINFO", source="AGENT", custom_data=agents)
    if not first.inbound:
        yield _row(
            group, first.received + 610, "SEND", source="SMTP", server_hostname=server,
            recipient_status=";".join("250 2.1.5 Recipient OK" for _ in group),
            connector_id="Intra-Organization SMTP Send Connector",
        )  # fmt: skip


def _component(attempt: Attempt) -> str:
    if attempt.fault is None:
        return "STOREDRIVER" if attempt.kind == "deliver" else "SMTP"
    if attempt.expired:
        return "QUEUE"
    return {"dns": "DNS", "store": "STOREDRIVER"}.get(attempt.fault.shape, "SMTP")


def _attempt(group: list[Message], attempt: Attempt) -> Row:
    first, route, fault = group[0], attempt.route or group[0].route, attempt.fault
    event, outcome = EVENTS[attempt.kind]
    told = tuple(seen(SOURCE, each, attempt, outcome, attempt.at) for each in group)
    own: dict[str, object] = {"source": _component(attempt)}
    if fault is not None:
        blobs = (faults.led(reply(each, attempt), fault, route, attempt.at) for each in group)
        own |= {"recipient_status": ";".join(blobs), "connector_id": faults.connector(fault, route)}
    elif attempt.kind == "send":
        queued = f"250 2.6.0 {first.message_id} Queued mail for delivery"
        own |= {
            "server_ip": route.ip, "server_hostname": route.host, "connector_id": route.connector,
            "source_context": f"08DE{first.trace_id[-8:].upper()}0001;{queued}",
            "recipient_status": ";".join("250 2.1.5 Recipient OK" for _ in group),
            "custom_data": "S:E2ELatency=2.417;S:ExternalSendLatency=0.981;S:IsSmtpResponseFromExternalServer=True",
        }  # fmt: skip
    else:
        own |= {"server_hostname": MAILBOX_SERVERS[first.size % 3], "custom_data": "S:DeliveryPriority=Normal"}
    return _row(group, attempt.at, event, told, **own)


def _rows(group: list[Message], seen_at: int) -> Iterator[Row]:
    yield from _arrival(group)
    for attempt in group[0].attempts:
        if attempt.kind in EVENTS and attempt.at <= seen_at:
            yield _attempt(group, attempt)


def report(window: Window, messages: list[Message]) -> LogFile:
    """One report of what a tenant's `messages`, oldest first, show in it."""
    inside = [each for each in messages if window.start <= each.received < window.end]
    plain = [each for each in inside if each.attempts[-1].kind != "expand"]
    rows: list[Row] = []
    for _, group in groupby(plain, key=lambda each: each.trace_id):
        rows += _rows(list(group), window.ran or min(window.end + _PATIENCE, clock.END))
    if window.damaged:  # a row that lost its second half
        rows.insert(120, Row("2026-10-22T09:30:00.0000000Z,,,,,,,SMTP,FAIL,30000000000001", "reject"))
    return LogFile(
        f"{SOURCE}/{window.name}", SOURCE, tuple(rows), ",".join(COLUMNS) + "\r\n", encoding="utf-16-le", bom=True
    )


def files(messages: list[Message]) -> list[LogFile]:
    """Both extended reports."""
    return [report(window, messages) for window in WINDOWS]

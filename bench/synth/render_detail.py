"""Message events: Get-MessageTraceDetail and its V2, piped into Export-Csv, with the reason texts of failures."""

from __future__ import annotations

from typing import Final
from xml.sax.saxutils import quoteattr

from synth import clock, faults
from synth.dice import Dice
from synth.exports import EXPORTS, Export
from synth.shape import LogFile, Row, Seen, quoted
from synth.traffic import Attempt, Message
from synth.world import FRONTENDS, MAILBOX_SERVERS, SEED

SOURCE: Final = "exo_trace_detail"
COLUMNS: Final = (
    "Date", "Event", "Action", "Detail", "Data", "SenderAddress", "RecipientAddress", "MessageId", "MessageTraceId",
)  # fmt: skip
EVENTS: Final = {
    "defer": ("Defer", "deferred"), "fail": ("Fail", "failed"), "send": ("Send external", "delivered"),
    "deliver": ("Deliver", "delivered"), "expand": ("Expand DL", "expanded"), "spam": ("Spam", "filtered"),
    "quarantine": ("Spam", "filtered"),
}  # fmt: skip


def _xml(values: list[tuple[str, str, object]]) -> str:
    inner = "".join(f'<MEP Name="{name}" {kind}={quoteattr(str(value))}/>' for name, kind, value in values)
    return f"<root>{inner}</root>"


def _data(message: Message, attempt: Attempt, number: int) -> str:
    route, fault = attempt.route or message.route, attempt.fault
    values: list[tuple[str, str, object]] = []
    if not message.inbound and (fault is None or fault.shape != "dns"):
        values += [
            ("ConnectorId", "String", route.connector),
            ("OutboundProxyTargetIPAddress", "String", route.ip),
            ("OutboundProxyTargetHostName", "String", route.host),
        ]
    values += [("DeliveryPriority", "String", "Normal"), ("SequenceNumber", "Long", number)]
    return _xml(values)


def reply(message: Message, attempt: Attempt) -> str:
    """The reply text of a failing attempt, the same in every export that shows it."""
    fault = attempt.fault
    if fault is None:
        return ""
    dice = Dice(SEED, f"reply {message.trace_id} {attempt.at}")
    return (
        fault.twin
        if attempt.expired
        else faults.reply_text(fault, attempt.route or message.route, message.recipient, attempt.at, dice)
    )


def seen(source: str, message: Message, attempt: Attempt, outcome: str, at: int) -> Seen:
    """What a row about this attempt says, under the contract's definitions."""
    route, fault = attempt.route or message.route, attempt.fault
    if fault is not None:
        where = (faults.connector(fault, route), faults.destination(fault, route))
    else:
        where = (route.connector, route.host or message.recipient.partition("@")[2])
    outcome = "expired" if attempt.expired and outcome == "failed" else outcome
    return Seen(source, at, outcome, message.trace_id, message.recipient, attempt.code, *where)


def _detail(message: Message, attempt: Attempt) -> str:
    route = attempt.route or message.route
    if attempt.fault is not None:
        blob = faults.led(reply(message, attempt), attempt.fault, route, attempt.at)
        return faults.reason(blob, attempt.fault, route)
    return {
        "send": f"Message sent to {route.host} at {route.ip} using TLS1.2 with AES256",
        "deliver": "The message was successfully delivered.",
        "expand": "250 2.1.5 RESOLVER.GRP.Expanded; distribution list expanded",
    }.get(attempt.kind, "The message was identified as spam.")


def _line(message: Message, export: Export, at: int, what: tuple[str, str, str]) -> tuple[str, tuple[object, ...]]:
    event, detail, data = what
    text = quoted(
        [export.culture(at), event, "", detail, data, message.sender, message.recipient, message.message_id,
         message.trace_id]
    )  # fmt: skip
    second = at // clock.SECOND * clock.SECOND
    return text, (SOURCE, message.trace_id, message.recipient, second, event, detail)


def _arrival(message: Message, export: Export) -> list[Row]:
    """The Receive and Submit rows; only fetched along with messages that had trouble or were asked for one by one."""
    server = MAILBOX_SERVERS[message.size % len(MAILBOX_SERVERS)]
    if message.inbound:
        at, event = message.received, "Receive"
        detail = f"Message received by: {FRONTENDS[message.size % 3][:13]}.prod.outlook.com using TLS1.2 with AES256"
    else:
        at, event, detail = message.received, "Submit", "The message was submitted."
    data = _xml([("ServerHostName", "String", server), ("TotalLatency", "Integer", message.size % 5)])
    text, key = _line(message, export, at, (event, detail, data))
    second = at // clock.SECOND * clock.SECOND
    domain = message.recipient.partition("@")[2]
    told = Seen(SOURCE, second, "received", message.trace_id, message.recipient, "", "", domain)
    return [Row(text, "used", key, (told,))]


def _rows(message: Message, export: Export) -> list[Row]:
    found: list[Row] = []
    if message.inbound or message.size % 10 == 0:
        found += _arrival(message, export)
    for number, attempt in enumerate(message.attempts):
        if attempt.at > export.end:
            break
        event, outcome = EVENTS[attempt.kind]
        what = (event, _detail(message, attempt), _data(message, attempt, number))
        text, key = _line(message, export, attempt.at, what)
        second = attempt.at // clock.SECOND * clock.SECOND
        found.append(Row(text, "used", key, (seen(SOURCE, message, attempt, outcome, second),)))
    return found


def report(export: Export, messages: list[Message]) -> LogFile:
    """One export of the events of a tenant's `messages`, which are oldest first."""
    rows = [row for each in messages if each.detailed and export.holds(each) for row in _rows(each, export)]
    if export.name == "2026-10-13":  # its disk ran full: the quote of the last reason never closes
        rows.append(Row('"10/12/2026 23:59:58","Defer","","Reason: [{LED=450 4.4.315 Connection timed', "reject"))
    return LogFile(
        f"{SOURCE}/MessageTraceDetail_{export.name}.{export.detail}", SOURCE, tuple(rows), quoted(COLUMNS) + "\r\n",
        bom=export.version == 1,
    )  # fmt: skip


def files(messages: list[Message]) -> list[LogFile]:
    """All exports of message events."""
    return [report(export, messages) for export in EXPORTS]

"""Big Exchange Online exports for the benchmarks: message traces (V2) and extended reports."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from synth.big_kit import Kit, Stamps, slices
from synth.render_extended import COLUMNS
from synth.render_trace import V2
from synth.shape import quoted
from synth.world import MAILBOX_SERVERS, PEOPLE, ROUTES, SUBJECTS, TENANT_ID

STATUSES: Final = ("Delivered",) * 93 + ("Failed",) * 5 + ("FilteredAsSpam", "Pending")
_SUBJECTS: Final = tuple(text.replace('"', '""') for text in SUBJECTS)
_LED: Final = (
    "[{{LED=450 4.4.316 Connection refused [Message=Socket error code 10061] [LastAttemptedServerName={host}] "
    "[LastAttemptedIP={ip}:25] [SmtpSecurity=-2;-2]}};{{MSG=}};{{FQDN={host}}};{{IP={ip}}};"
    "{{LRT=10/28/2026 9:41:12 AM}}]",
    "[{{LED=550 5.1.1 User unknown}};{{MSG=}};{{FQDN={host}}};{{IP={ip}}};{{LRT=10/28/2026 9:41:12 AM}}]",
    "[{{LED=450 4.7.320 Certificate validation failed [Message=CertificateExpired] [LastAttemptedServerName={host}] "
    "[LastAttemptedIP={ip}:25]}};{{MSG=}};{{FQDN={host}}};{{IP={ip}}};{{LRT=10/28/2026 9:41:12 AM}}]",
)  # fmt: skip


def traces(rows: int, seed: int) -> Iterator[str]:
    """A Get-MessageTraceV2 export of 7 days, newest first."""
    kit, stamps = Kit(seed), Stamps("%m/%d/%Y %H:%M:")
    yield quoted(V2) + "\r\n"
    for count, first, last in slices(rows, newest_first=True):
        columns = zip(
            kit.hexes(count), kit.times(first, last, count)[::-1].tolist(), kit.pick(PEOPLE, count),
            kit.pick(PEOPLE, count), kit.pick(ROUTES, count), kit.pick(_SUBJECTS, count),
            kit.numbers(10_000, 99_999, count), kit.pick(STATUSES, count), kit.numbers(2_000, 900_000, count),
            kit.guids(count), strict=True,
        )  # fmt: skip
        yield "".join(
            f'"<{name}@eurprd04.prod.outlook.com>","{stamps.second(at)}","{sender}@contoso.com",'
            f'"{person}@{route.domain}","{subject.format(n=number, w=number % 52)}","{status}","{route.ip}","",'
            f'"{size}","{guid}"\r\n'
            for name, at, sender, person, route, subject, number, status, size, guid in columns
        )


def _message(at: int, kit_row: tuple[str, str, str, str, int, int, int], stamps: Stamps) -> Iterator[str]:
    """The four rows of one message, cut from the same cloth."""
    name, guid, sender, person, place, number, draw = kit_row
    route = ROUTES[place]
    server = MAILBOX_SERVERS[number % 3]
    start = f"{stamps.milli(at)}0000Z"
    middle = f"{number},<{name}@eurprd04.prod.outlook.com>,{guid},{person}@{route.domain}"
    subject = f"Order {number}"
    end = (
        f"{number % 90_000},1,,,{subject},{sender}@contoso.com,{sender}@contoso.com,{start},Originating,{TENANT_ID},"
        "2001:db8:10::25,"
    )
    yield f"{start},,,,,,,STOREDRIVER,RECEIVE,{middle},To,{end},\r\n"
    yield (
        f"{stamps.milli(at + 240)}0000Z,,,,,,,AGENT,AGENTINFO,{middle},,{end},"
        '"S:AMA=SUM|v=0|action=|error=|atch=0;S:CompCost={""AMA"":""12, 4""}"\r\n'
    )
    yield (
        f"{stamps.milli(at + 610)}0000Z,,,,{server},,Intra-Organization SMTP Send Connector,SMTP,SEND,{middle},"
        f"250 2.1.5 Recipient OK,{end},\r\n"
    )
    tail = f"{stamps.milli(at + 2_400)}0000Z,,,"
    if draw < 20:
        event = "FAIL" if draw % 3 == 1 else "DEFER"
        blob = _LED[draw % 3].format(host=route.host, ip=route.ip)
        yield f"{tail},,,{route.connector},SMTP,{event},{middle},{blob},{end},\r\n"
    else:
        yield (
            f"{tail}{route.ip},{route.host},08DE{name[:12]};250 2.6.0 Queued mail for delivery,{route.connector},SMTP,"
            f"SENDEXTERNAL,{middle},250 2.1.5 Recipient OK,{end},S:E2ELatency=2.417;S:ExternalSendLatency=0.981\r\n"
        )


def extended(rows: int, seed: int) -> Iterator[str]:
    """An extended report of 7 days, four rows a message; for UTF-16LE."""
    kit, stamps = Kit(seed), Stamps("%Y-%m-%dT%H:%M:")
    yield ",".join(COLUMNS) + "\r\n"
    left = rows
    for count, first, last in slices((rows + 3) // 4):
        columns = zip(
            kit.hexes(count), kit.guids(count), kit.pick(PEOPLE, count), kit.pick(PEOPLE, count),
            kit.numbers(0, len(ROUTES), count), kit.numbers(100_000_000, 999_999_999, count),
            kit.numbers(0, 100, count), strict=True,
        )  # fmt: skip
        times = kit.times(first, last, count).tolist()
        lines = [line for at, row in zip(times, columns, strict=True) for line in _message(at, row, stamps)][:left]
        left -= len(lines)
        yield "".join(lines)

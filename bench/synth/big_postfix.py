"""A big Postfix mail log for the benchmarks: classic syslog times without a year, queue ids interleaved."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from synth.big_kit import Kit, Stamps, slices
from synth.world import ROUTES

_CLIENTS: Final = (
    ("erp01.contoso.com", "192.0.2.101", "erp"), ("scan07.contoso.com", "192.0.2.117", "scanner"),
    ("monitor.contoso.com", "192.0.2.130", "alerts"), ("shop.contoso.com", "192.0.2.141", "shop"),
)  # fmt: skip


def _status(recipient: str, place: int, draw: int, number: int) -> str:
    route = ROUTES[place]
    where = f"{route.host}[{route.ip}]"
    timing = f"delay={draw % 9}.{draw:02d}, delays=0.02/0.01/0.6/0.28"
    to, said = f"to=<{recipient}@{route.domain}>", f"host {where} said:"
    start = f"{to}, relay={where}:25, {timing}"
    if draw < 2:
        why = f"connect to {where}:25: Connection timed out"
        return f"{to}, relay=none, {timing}, dsn=4.4.1, status=deferred ({why})"
    if draw < 4:
        return f"{start}, dsn=4.7.1, status=deferred ({said} 450 4.7.1 Greylisted (in reply to RCPT TO command))"
    if draw < 5:
        return f"{start}, dsn=5.1.1, status=bounced ({said} 550 5.1.1 User unknown (in reply to RCPT TO command))"
    return f"{start}, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as {number:010X})"


def _mail(at: int, draw: tuple[str, int, int, int, int], stamps: Stamps) -> Iterator[tuple[int, str]]:
    """The lines of one queue file."""
    name, client, place, number, chance = draw
    host, ip, person = _CLIENTS[client]
    queue, pid = name[:10], 2_000 + number % 30_000
    texts = [
        f"smtpd[{pid}]: connect from {host}[{ip}]",
        f"smtpd[{pid}]: {queue}: client={host}[{ip}]",
        f"cleanup[{pid + 1}]: {queue}: message-id=<{name}@{host}>",
        f"qmgr[1201]: {queue}: from=<{person}@contoso.com>, size={number % 90_000}, nrcpt=1 (queue active)",
        f"smtpd[{pid}]: disconnect from {host}[{ip}] ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5",
        f"smtp[{pid + 2}]: {queue}: {_status(f'contact{number % 60_000}', place, chance, number)}",
    ]
    if chance >= 4:  # what was deferred stays in the queue
        texts.append(f"qmgr[1201]: {queue}: removed")
    for step, text in enumerate(texts):
        when = at + step * 140
        yield when, f"{stamps.second(when)} relay01 postfix/{text}\n"


def log(rows: int, seed: int) -> Iterator[str]:
    """A mail.log of 7 days, seven lines a message, six while it is queued."""
    kit, stamps = Kit(seed), Stamps("%b %e %H:%M:")
    left = rows
    for count, first, last in slices(rows * 51 // 350 + 4):
        draws = zip(
            kit.hexes(count), kit.numbers(0, len(_CLIENTS), count), kit.numbers(3, len(ROUTES), count),
            kit.numbers(10**9, 10**11, count), kit.numbers(0, 100, count), strict=True,
        )  # fmt: skip
        times = kit.times(first, last, count).tolist()
        timed = [line for at, draw in zip(times, draws, strict=True) for line in _mail(at, draw, stamps)]
        timed.sort(key=lambda each: each[0])
        lines = [text for _, text in timed[:left]]
        left -= len(lines)
        yield "".join(lines)

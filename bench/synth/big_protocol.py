"""Big SMTP protocol logs for the benchmarks: interlaced sessions, about one in twenty with a failure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from synth import clock
from synth.big_kit import Kit, Stamps, slices
from synth.protocol import header
from synth.world import PEOPLE, ROUTES, SENDING_HOSTS

_TLS: Final = (
    '"TLS protocol SP_PROT_TLS1_2_CLIENT negotiation succeeded using bulk encryption algorithm CALG_AES_256 with '
    'strength 256 bits, MAC hash algorithm CALG_SHA_384 with strength 0 bits and key exchange algorithm CALG_ECDHE '
    'with strength 256 bits"'
)  # fmt: skip
_CLIENTS: Final = tuple(SENDING_HOSTS.items())
Script = list[tuple[str, str]]
"""Event, and `data,context` as they stand in the file."""
Draw = tuple[str, str, str, int, int]
"""Message id, two people, a big number and a number below 100."""


def _send(draw: Draw) -> tuple[str, str, str, Script]:
    name, sender, person, number, chance = draw
    route = ROUTES[number % len(ROUTES)]
    recipient = f"{person}@{route.domain}"
    ends = (f"203.0.113.25:{10_000 + number % 50_000}", f"{route.ip}:25")
    opening = [("*", "SendRoutingHeaders,Set Session Permissions"), ("*", ",attempting to connect")]
    if chance == 0:
        why = (
            ',"Failed to connect. Winsock error code: 10061, Win32 error code: 10061, Destination domain: '
            f"{route.domain}, Error Message: No connection could be made because the target machine actively refused "
            f'it {route.ip}:25."'
        )
        return "Internet via MX", *ends, [*opening, ("*", why)]
    answer = "550 5.1.1 User unknown," if chance < 3 else "451 4.7.1 Greylisted," if chance < 5 else "250 2.1.5 Ok,"
    body = [(">", f"BDAT {number % 90_000} LAST,"), ("<", f"250 2.0.0 Ok: queued as {name[:10]},")]
    script = [
        *opening, ("+", ","), ("<", f"220 {route.host} ESMTP ready,"), (">", "EHLO mail.contoso.com,"),
        ("<", f"250  {route.host} Hello [203.0.113.25] SIZE 37748736 STARTTLS 8BITMIME CHUNKING,"), (">", "STARTTLS,"),
        ("<", "220 2.0.0 Ready to start TLS,"), ("*", ",Sending certificate"), ("*", f",{_TLS}"),
        (">", "EHLO mail.contoso.com,"),
        ("<", f"250  {route.host} Hello [203.0.113.25] SIZE 37748736 8BITMIME CHUNKING,"),
        ("*", f",sending message with RecordId {number} and InternetMessageId <{name}@EX01.contoso.com>"),
        (">", f"MAIL FROM:<{sender}@contoso.com> SIZE={number % 90_000},"), ("<", "250 2.1.0 Ok,"),
        (">", f"RCPT TO:<{recipient}>,"), ("<", answer), *(body if chance >= 5 else []), (">", "QUIT,"),
        ("<", "221 2.0.0 Bye,"), ("-", ",Local"),
    ]  # fmt: skip
    return "Internet via MX", *ends, script


def _receive(draw: Draw) -> tuple[str, str, str, Script]:
    name, sender, person, number, chance = draw
    domain, ip = _CLIENTS[number % len(_CLIENTS)]
    ends = ("203.0.113.25:25", f"{ip}:{10_000 + number % 50_000}")
    size = number % 90_000
    queued = (
        f'"250 2.6.0 <{name}@{domain}> [InternalId={number}, Hostname=EX01.contoso.com] {size} bytes in 0.102, '
        f'{size // 100},{size % 1000:03d} KB/sec Queued mail for delivery",'
    )
    reject = [("*", "Tarpit for '0.00:00:05',"), (">", "550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found,")]
    accept = [(">", "250 2.1.5 Recipient OK,"), ("<", f"BDAT {size} LAST,"), (">", queued)]
    script = [
        ("+", ","), ("*", "SMTPSubmit SMTPAcceptAnySender,Set Session Permissions"),
        (">", '"220 mail.contoso.com Microsoft ESMTP MAIL Service ready at Wed, 21 Oct 2026 06:04:06 +0000",'),
        ("<", f"EHLO out.{domain},"),
        (">", f"250  mail.contoso.com Hello [{ip}] SIZE 37748736 PIPELINING STARTTLS 8BITMIME CHUNKING,"),
        ("<", f"MAIL FROM:<{sender}@{domain}> SIZE={size},"), ("*", f"08DE{name[:12]};1,receiving message"),
        (">", "250 2.1.0 Sender OK,"), ("<", f"RCPT TO:<{person}@contoso.com>,"), *(reject if chance < 5 else accept),
        ("<", "QUIT,"), (">", "221 2.0.0 Service closing transmission channel,"), ("-", ",Local"),
    ]  # fmt: skip
    return "EX01\\Default Frontend EX01", *ends, script


def _rows(
    at: int, draw: Draw, build: Callable[[Draw], tuple[str, str, str, Script]], stamps: Stamps
) -> Iterator[tuple[int, str]]:
    connector, local, remote, script = build(draw)
    session = f",{connector},08DE{draw[0][:12]},"
    ends = f",{local},{remote},"
    for number, (event, rest) in enumerate(script):
        when = at + number * 37 + draw[3] % 31
        yield when, f"{stamps.milli(when)}Z{session}{number}{ends}{event},{rest}\r\n"


def _log(
    rows: int, seed: int, kind: str, build: Callable[[Draw], tuple[str, str, str, Script]], per: int
) -> Iterator[str]:
    kit, stamps = Kit(seed), Stamps("%Y-%m-%dT%H:%M:")
    yield header(kind, clock.END - 7 * clock.DAY)
    left = rows
    for count, first, last in slices(rows // per * 11 // 10 + 4):
        draws = zip(
            kit.hexes(count), kit.pick(PEOPLE, count), kit.pick(PEOPLE, count), kit.numbers(10**11, 10**12, count),
            kit.numbers(0, 100, count), strict=True,
        )  # fmt: skip
        times = kit.times(first, last, count).tolist()
        timed = [row for at, draw in zip(times, draws, strict=True) for row in _rows(at, draw, build, stamps)]
        timed.sort(key=lambda each: each[0])
        lines = [text for _, text in timed[:left]]
        left -= len(lines)
        yield "".join(lines)


def send(rows: int, seed: int) -> Iterator[str]:
    """An SmtpSend log of 7 days."""
    return _log(rows, seed, "Send", _send, 21)


def receive(rows: int, seed: int) -> Iterator[str]:
    """An SmtpReceive log of 7 days."""
    return _log(rows, seed, "Receive", _receive, 14)

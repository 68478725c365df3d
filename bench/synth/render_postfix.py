"""Mail log of relay01, the Postfix host that applications and devices send through: eight weekly files."""

from __future__ import annotations

from typing import Final, NamedTuple

from synth import clock
from synth.dice import Dice
from synth.shape import LogFile, Row, Seen
from synth.traffic import arrivals
from synth.world import ROUTES, SEED, Route

SOURCE: Final = "postfix"
HOST: Final = "relay01"
CLIENTS: Final = (
    ("erp01.contoso.com", "192.0.2.101", "erp"), ("scan07.contoso.com", "192.0.2.117", "scanner"),
    ("monitor.contoso.com", "192.0.2.130", "alerts"), ("shop.contoso.com", "192.0.2.141", "shop"),
)  # fmt: skip
_PER_HOUR: Final = 3.2
_BACKOFF: Final = (300, 600, 1_200, 2_400, *(4_000,) * 20)
"""Seconds between tries; the queue lifetime of relay01 is one day."""
_LIFETIME: Final = clock.DAY
_SAID: Final = {
    "greylisted": ("4.7.1", "450 4.7.1 <{to}>: Recipient address rejected: Greylisted (in reply to RCPT TO command)"),
    "unknown": ("5.1.1", "550 5.1.1 <{to}>: Recipient address rejected: User unknown (in reply to RCPT TO command)"),
    "spam": ("5.7.1", "554 5.7.1 Message rejected as spam (in reply to end of DATA command)"),
}
_STUCK: Final = clock.ms("2026-09-30T09:12")
"""About this time one message begins to wait for a server that never answers; it expires a day later."""


class Line(NamedTuple):
    """One log line and when it was written."""

    at: int
    row: Row


def _line(at: int, daemon: str, pid: int, text: str, told: tuple[Seen, ...] = ()) -> Line:
    return Line(at, Row(f"{clock.central_europe(at)} {HOST} postfix/{daemon}[{pid}]: {text}", "session", None, told))


class _Mail:
    """One queue file of relay01: its lines from connect to removed."""

    def __init__(self, dice: Dice, route: Route, at: int) -> None:
        self.dice, self.route, self.start, self.at = dice, route, at, at
        self.queue = f"{dice.hex(10)}"
        self.client, self.ip, person = dice.pick(CLIENTS)
        self.sender = f"{person}@contoso.com"
        self.recipients = [f"contact{dice.between(10, 60)}@{route.domain}"]
        if dice.chance(0.08):
            self.recipients.append(f"sales{dice.between(10, 60)}@{route.domain}")
        self.lines: list[Line] = []

    def log(self, daemon: str, text: str, told: tuple[Seen, ...] = ()) -> None:
        self.lines.append(_line(self.at, daemon, 2_000 + self.start // 1_000 % 20_000, text, told))
        self.at += self.dice.between(4, 70)

    def arrive(self) -> None:
        client, size, count = f"{self.client}[{self.ip}]", self.dice.between(2_000, 80_000), len(self.recipients)
        self.log("smtpd", f"connect from {client}")
        self.log("smtpd", f"{self.queue}: client={client}")
        self.log("cleanup", f"{self.queue}: message-id=<{self.dice.hex(14)}@{self.client}>")
        self.log(
            "qmgr", f"{self.queue}: from=<{self.sender}>, size={size}, nrcpt={len(self.recipients)} (queue active)"
        )
        self.log("smtpd", f"disconnect from {client} ehlo=1 mail=1 rcpt={count} data=1 quit=1 commands={count + 4}")

    def tell(self, outcome: str, code: str, recipient: str) -> tuple[Seen, ...]:
        return (Seen(SOURCE, self.at, outcome, "", recipient, code, "smtp", self.route.host),)

    def attempt(self, story: str) -> None:
        """One delivery attempt: a status line for each recipient, all with the same fate."""
        self.at += self.dice.between(150, 2_400)
        self.at += 30_000 if story == "timeout" else 0
        for recipient in self.recipients:
            self.status(story, recipient)

    def status(self, story: str, recipient: str) -> None:
        """The status line of one recipient."""
        where = f"{self.route.host}[{self.route.ip}]"
        if story == "timeout":
            relay, code, status = "none", "4.4.1", f"deferred (connect to {where}:25: Connection timed out)"
        elif story in _SAID:
            code, text = _SAID[story]
            word = "deferred" if code.startswith("4") else "bounced"
            relay, status = f"{where}:25", f"{word} (host {where} said: {text.format(to=recipient)})"
        else:
            relay, code = f"{where}:25", "2.0.0"
            status = f"sent (250 2.0.0 Ok: queued as {self.dice.hex(10)})"
        delay = (self.at - self.start) / 1_000
        outcome = {"s": "delivered", "d": "deferred", "b": "failed"}[status[0]]
        self.log(
            "smtp",
            f"{self.queue}: to=<{recipient}>, relay={relay}, delay={delay:.2f}, "
            f"delays={max(delay - 0.9, 0):.2f}/0.02/0.6/0.28, dsn={code}, status={status}",
            self.tell(outcome, "" if outcome == "delivered" else code, recipient),
        )

    def remove(self) -> None:
        self.log("qmgr", f"{self.queue}: removed")


def _bounce(mail: _Mail) -> None:
    mail.log("bounce", f"{mail.queue}: sender non-delivery notification: {mail.dice.hex(10)}")
    mail.remove()


def _ordinary(dice: Dice, route: Route, at: int) -> list[Line]:
    mail = _Mail(dice, route, at)
    mail.arrive()
    draw = dice.below(1_000)
    if route.key == "litware" and draw < 350:
        mail.attempt("greylisted")
        mail.at += 320 * clock.SECOND
    elif draw > 992:
        mail.attempt("timeout")
        mail.at += 340 * clock.SECOND
    story = "unknown" if 500 <= draw < 515 else "spam" if 515 <= draw < 521 else "sent"
    mail.attempt(story)
    if story == "sent":
        mail.remove()
    else:
        _bounce(mail)
    return mail.lines


def _stuck(dice: Dice) -> list[Line]:
    mail = _Mail(dice, ROUTES[5], _STUCK)
    del mail.recipients[1:]
    mail.arrive()
    for wait in (0, *_BACKOFF):
        mail.at += wait * clock.SECOND
        if mail.at - mail.start > _LIFETIME:
            break
        mail.attempt("timeout")
    told = mail.tell("expired", "4.4.1", mail.recipients[0])
    mail.log("qmgr", f"{mail.queue}: from=<{mail.sender}>, status=expired, returned to sender", told)
    _bounce(mail)
    return mail.lines


def _stranger(dice: Dice, at: int) -> list[Line]:
    """A client that is turned away before it gets a queue id."""
    client, pid = f"unknown[203.0.113.{dice.between(200, 240)}]", dice.between(2_000, 30_000)
    if dice.chance(0.7):
        to, code, text = f"user{dice.below(90)}@example.net", "5.7.1", "554 5.7.1 <{to}>: Relay access denied"
    else:
        to, code, text = (
            "erp@contoso.com",
            "4.1.8",
            "450 4.1.8 <x@example.com>: Sender address rejected: Domain not found",
        )
    outcome = "rejected" if code.startswith("5") else "deferred"
    told = (Seen(SOURCE, at, outcome, "", to, code, "smtpd", to.partition("@")[2]),)
    envelope = f"from=<x@example.com> to=<{to}> proto=ESMTP helo=<pc>"
    reject = f"NOQUEUE: reject: RCPT from {client}: {text.format(to=to)}; {envelope}"
    return [
        _line(at, "smtpd", pid, f"connect from {client}"), _line(at + 210, "smtpd", pid, reject, told),
        _line(at + 260, "smtpd", pid, f"disconnect from {client} ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4"),
    ]  # fmt: skip


def _lines() -> list[Line]:
    dice = Dice(SEED, SOURCE)
    found = _stuck(dice)
    for at in arrivals(dice, _PER_HOUR):
        found += _ordinary(dice, dice.pick(ROUTES[4:]), int(at))
    for at in arrivals(dice, 0.08):
        found += _stranger(dice, int(at))
    return sorted(found, key=lambda line: (line.at, line.row.text))


def files() -> list[LogFile]:
    """mail.log and its seven rotated predecessors, one a week."""
    lines, found = _lines(), []
    for week in range(8):
        start = clock.START + week * 7 * clock.DAY
        rows = [
            each.row for each in lines if start <= each.at < min(start + 7 * clock.DAY, clock.END - 5 * clock.MINUTE)
        ]
        age = 7 - week
        if age == 0:  # copied while a line was being written
            rows.append(Row("2026-11-02T00:5", "reject"))
        name = f"mail.log.{age}.gz" if age else "mail.log"
        found.append(LogFile(f"{SOURCE}/{name}", SOURCE, tuple(rows), end="\n", cut=age == 0))
    return found

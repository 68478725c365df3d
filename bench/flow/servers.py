"""What the tenant's own server logs: SMTP receive logs of what Exchange Online and others hand to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from flow.mail import Letter
from flow.troubles import NO_TLS
from synth import clock, render_receive, world
from synth.dice import Dice
from synth.protocol import Session, header, interlaced
from synth.shape import LogFile

EXCHANGE_ONLINE: Final = ("mail-am7eur03on2041.outbound.protection.outlook.com", "192.0.2.129")
DAYS: Final = 6
"""The logs of so many days before the data ends are at hand."""
_OTHERS: Final = 20
"""Messages that others hand over in a day."""


def receive_logs(name: str, mail: Sequence[Letter], end: int) -> Iterator[LogFile]:
    """A file a day: a session for each message that reached the server, and those of partners and devices."""
    dice = Dice(world.SEED, f"flow {name} receive")
    first = end // clock.DAY * clock.DAY - (DAYS - 1) * clock.DAY
    for day in range(first, end, clock.DAY):
        until = min(day + clock.DAY, end)
        broken = _broken(dice, mail, day, until)
        sessions = [*_from_the_cloud(dice, mail, day, until), *_from_others(dice, day, until), *broken]
        rows = tuple(interlaced(sessions))
        path = f"RECV{clock.moment(day):%Y%m%d}-1.LOG.bz2"
        yield LogFile(path, render_receive.SOURCE, rows, header("Receive", min(each.rows[0].at for each in sessions)))


def _from_the_cloud(dice: Dice, mail: Sequence[Letter], start: int, end: int) -> Iterator[Session]:
    arrived = [each.message for each in mail if each.message.route.key == "onprem"]
    for _, group in groupby(arrived, key=lambda message: message.trace_id):
        copies = list(group)
        last = copies[0].attempts[-1]
        if last.kind == "send" and start <= last.at < end:
            people = [message.recipient for message in copies]
            yield render_receive.delivery(
                dice, last.at - 900, EXCHANGE_ONLINE, copies[0].sender, people, copies[0].message_id
            )


def _from_others(dice: Dice, start: int, end: int) -> Iterator[Session]:
    for _ in range(_OTHERS):
        at = start + 6 * clock.HOUR + dice.below(11 * clock.HOUR)
        domain = dice.pick(tuple(world.SENDING_HOSTS))
        client = (f"out.{domain}", world.SENDING_HOSTS[domain])
        sender, to = f"{dice.pick(world.PEOPLE)}@{domain}", f"{dice.pick(world.LEFT_BEHIND)}@contoso.com"
        message = f"<{dice.hex(12)}@{domain}>"
        if at < end:
            yield render_receive.delivery(dice, at, client, sender, [to], message)


def _broken(dice: Dice, mail: Sequence[Letter], start: int, end: int) -> Iterator[Session]:
    """Sessions of Exchange Online that came to the server and failed there at TLS."""
    for letter in mail:
        for attempt in letter.message.attempts:
            mine = letter.message.route.key == "onprem" and attempt.fault is NO_TLS and not attempt.expired
            if mine and start <= attempt.at < end:
                yield render_receive.tls_failure(dice, attempt.at - 400, EXCHANGE_ONLINE)

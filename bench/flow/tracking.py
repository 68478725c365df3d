"""Message tracking logs of the tenant's own server: mail that it puts into mailboxes that live there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from synth import clock, world
from synth.dice import Dice
from synth.shape import LogFile, Row, bare

SOURCE: Final = "exchange_tracking"
DAYS: Final = 6
_A_DAY: Final = 20
_FIELDS: Final = (
    "date-time,client-ip,client-hostname,server-ip,server-hostname,source-context,connector-id,source,event-id,"
    "internal-message-id,message-id,network-message-id,recipient-address,recipient-status,total-bytes,recipient-count,"
    "related-recipient-address,reference,message-subject,sender-address,return-path,message-info,directionality,"
    "tenant-id,original-client-ip,original-server-ip,custom-data,transport-traffic-type,log-id,schema-version"
)


def logs(name: str, end: int) -> Iterator[LogFile]:
    """A file a day for the last days: devices of the plant write to people whose mailboxes are on EX01."""
    dice = Dice(world.SEED, f"flow {name} tracking")
    first = end // clock.DAY * clock.DAY - (DAYS - 1) * clock.DAY
    for day in range(first, end, clock.DAY):
        times = sorted(day + 5 * clock.HOUR + dice.below(13 * clock.HOUR) for _ in range(_A_DAY))
        rows = tuple(row for at in times if at < end for row in _message(dice, at))
        head = (
            "#Software: Microsoft Exchange Server\r\n#Version: 15.01.2507.061\r\n#Log-type: Message Tracking Log\r\n"
            f"#Date: {clock.iso_z(day)}\r\n#Fields: {_FIELDS}\r\n"
        )
        if rows:
            yield LogFile(f"MSGTRK{clock.moment(day):%Y%m%d}-1.LOG.bz2", SOURCE, rows, head)


def _message(dice: Dice, at: int) -> Iterator[Row]:
    """Received from a device, and delivered into a mailbox."""
    message, internal = f"<{dice.hex(16)}@plant.contoso.com>", str(71_000_000_000_000 + dice.below(10_000_000))
    trace, log = dice.guid(), dice.guid()
    sender, to = "plc@contoso.com", f"{dice.pick(world.LEFT_BEHIND)}@contoso.com"
    size = str(dice.between(2_000, 60_000))
    tail = [size, "1", "", "", "Shift report", sender, sender, "", "Originating", "", "", "", "", "Email"]
    came = [clock.iso_z(at), "192.0.2.70", "plc.contoso.com", "192.0.2.11", "EX01", "", "EX01\\Default EX01", "SMTP",
            "RECEIVE", internal, message, trace, to, ""]  # fmt: skip
    put = [clock.iso_z(at + dice.between(200, 900)), "192.0.2.11", "EX01", "192.0.2.11", "EX01", "", "", "STOREDRIVER",
           "DELIVER", internal, message, trace, to, ""]  # fmt: skip
    for number, row in enumerate((came, put)):
        yield Row(bare((*row, *tail, f"{log[:-1]}{number}", "15.01.2507.061")))

"""Shared by both Exchange protocol logs: sessions whose rows are numbered, timed and then interlaced."""

from __future__ import annotations

from typing import Final, NamedTuple

from synth import clock
from synth.dice import Dice
from synth.shape import Row, Seen, bare

FIELDS: Final = "date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,context"


def header(kind: str, at: int) -> str:
    """The five header lines; #Date may be a little later than the first row."""
    return (
        "#Software: Microsoft Exchange Server\r\n#Version: 15.0.0.0\r\n"
        f"#Log-type: SMTP {kind} Protocol Log\r\n#Date: {clock.iso_z(at)}\r\n#Fields: {FIELDS}\r\n"
    )


class Timed(NamedTuple):
    """A row and when it was written."""

    at: int
    number: int
    row: Row


class Session:
    """One connection: rows are added one after the other and know their time and number."""

    def __init__(self, dice: Dice, connector: str, local: str, remote: str, at: int) -> None:
        """Open it at `at`, between two endpoints."""
        self.rows: list[Timed] = []
        self.at = at
        self.id = f"08DE{dice.hex(12)}"
        self.local, self.remote, self.connector = local, remote, connector
        self._dice = dice

    def say(
        self, event: str, data: str = "", context: str = "", told: tuple[Seen, ...] = (), local: bool = True
    ) -> None:
        """Add a row: `>` we send, `<` we receive, `*` a remark, `+` and `-` open and close."""
        number = len(self.rows)
        text = bare(
            (clock.iso_z(self.at), self.connector, self.id, number, self.local if local else "", self.remote, event,
             data, context)
        )  # fmt: skip
        self.rows.append(Timed(self.at, number, Row(text, "session", None, told)))
        self.at += self._dice.between(3, 90)

    def wait(self, milliseconds: int) -> None:
        """Let time pass before the next row."""
        self.at += milliseconds


def interlaced(sessions: list[Session]) -> list[Row]:
    """All rows of all sessions in the order in which they were written."""
    timed = [each for session in sessions for each in session.rows]
    return [each.row for each in sorted(timed, key=lambda each: (each.at, each.row.text))]


def openings(dice: Dice, day: int, count: int) -> list[int]:
    """Times at which sessions open, ascending: in office hours (UTC), every other one on the heels of the last."""
    found: list[int] = []
    for number in range(count):
        alone = day + 6 * clock.HOUR + dice.below(11 * clock.HOUR)
        found.append(found[-1] + dice.between(20, 700) if number % 2 else alone)
    return sorted(found)

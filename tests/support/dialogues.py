"""SMTP protocol logs for tests: sessions are written row by row, then laid into one file or several."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from datetime import datetime, timedelta

FIELDS = "date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,context"
START = datetime(2026, 11, 2, 8, 0, 0)


@dataclass
class Session:
    """One connection. `say` adds a row a second after the last one."""

    id: str = "08DE00000000A001"
    connector: str = "Outbound to partner"
    local: str = "192.0.2.10:30125"
    remote: str = "198.51.100.25:25"
    at: datetime = START
    number: int = 0
    rows: list[tuple[datetime, str]] = field(default_factory=list)

    def say(self, event: str, data: str = "", context: str = "", number: int | None = None) -> datetime:
        """Add a row; gives its time."""
        when = self.at
        number = self.number if number is None else number
        stamp = f"{when:%Y-%m-%dT%H:%M:%S}.{when.microsecond // 1000:03d}Z"
        out = io.StringIO()
        csv.writer(out, lineterminator="").writerow(
            [stamp, self.connector, self.id, number, self.local, self.remote, event, data, context]
        )
        self.rows.append((when, out.getvalue()))
        self.number = number + 1
        self.at += timedelta(seconds=1)
        return when

    def talk(self, *lines: str) -> None:
        """Add rows written as `> MAIL FROM:<a@example.org>` or `* context`."""
        for line in lines:
            event, _, rest = line.partition(" ")
            self.say(event, *(("", rest) if event in "*-" else (rest,)))

    def greet(self, host: str = "mx.fabrikam.com", *, we_send: bool = True) -> None:
        """Connect, banner, EHLO."""
        ours, theirs = (">", "<") if we_send else ("<", ">")
        self.say("+")
        self.talk(f"{theirs} 220 {host} ESMTP ready", f"{ours} EHLO mail.contoso.com")
        self.talk(f"{theirs} 250  {host} Hello [192.0.2.10] SIZE 1000 PIPELINING")


def log(side: str, *sessions: Session, header: bool = True) -> bytes:
    """The rows of all sessions, in the order of time, below the header of a `Send` or `Receive` log."""
    return rows_of(side, [row for session in sessions for row in session.rows], header=header)


def rows_of(side: str, rows: list[tuple[datetime, str]], *, header: bool = True) -> bytes:
    """These rows, in the order of time, as one file."""
    top = (
        f"#Software: Microsoft Exchange Server\r\n#Version: 15.0.0.0\r\n#Log-type: SMTP {side} Protocol Log\r\n"
        f"#Date: 2026-11-02T08:00:04.113Z\r\n#Fields: {FIELDS}\r\n"
    )
    ordered = sorted(rows, key=lambda row: row[0])
    return ((top if header else "") + "".join(f"{text}\r\n" for _, text in ordered)).encode()

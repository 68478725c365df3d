"""Sendmail logs as a test writes them, and the events that are read from them."""

from __future__ import annotations

from mailtrend.formats.base import Options
from mailtrend.formats.sendmail import FORMAT
from mailtrend.ingest.trial import parse

QUEUE = "6A2DS0aB018832"
AT = "Nov  2 13:28:02"


def line(text: str, *, at: str = AT, tag: str = "sm-mta[18832]", host: str = "gate", queue: str | None = QUEUE) -> str:
    """One line of a log."""
    return f"{at} {host} {tag}: {queue + ': ' if queue else ''}{text}\n"


def to(
    stat: str, *, recipient: str = "<bo@fabrikam.com>", mailer: str = "esmtp", dsn: str = "4.0.0",
    relay: str | None = "mx.fabrikam.com. [192.0.2.69]", delay: str = "00:00:01", **where: str,
) -> str:  # fmt: skip
    """A delivery line."""
    peer = f", relay={relay}" if relay else ""
    rest = f"delay={delay}, xdelay=00:00:01, mailer={mailer}, pri=121101{peer}, dsn={dsn}, stat={stat}"
    return line(f"to={recipient}, {rest}", **where)


def arrival(
    *, sender: str = "<erp@contoso.com>", relay: str = "erp01.contoso.com [203.0.113.5]", nrcpts: int = 1, **where: str
) -> str:
    """The line of a mail that comes in."""
    rest = f"nrcpts={nrcpts}, msgid=<m1@contoso.com>, proto=ESMTP, daemon=MTA, relay={relay}"
    return line(f"from={sender}, size=4321, class=0, {rest}", **where)


def read(*texts: str, options: Options | None = None) -> list[dict]:
    """Events of these files, read in turn."""
    files = [text.encode() for text in texts]
    return parse(FORMAT, *files, options=options or Options(year=2026)).events.to_pylist()


def one(text: str) -> dict:
    """The only event of a log."""
    [event] = read(text)
    return event


def some(event: dict, wanted: dict) -> dict:
    """Of an event, what `wanted` names."""
    return {name: event[name] for name in wanted}


def counts(text: str) -> dict[str, int]:
    """Rows of a log by what became of them."""
    return parse(FORMAT, text.encode(), options=Options(year=2026)).counts

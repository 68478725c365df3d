"""Postfix mail logs as a test writes them, and the events that are read from them."""

from __future__ import annotations

from mailtrend.formats.base import Options
from mailtrend.formats.postfix import FORMAT
from mailtrend.ingest.trial import parse

YEAR = Options(year=2026)
QUEUE = "A17F830001CA"


def line(text: str, *, at: str = "Nov  2 13:28:02", tag: str = "postfix/smtp[18832]", host: str = "mail") -> str:
    """One line of a log."""
    return f"{at} {host} {tag}: {text}\n"


def to(
    status: str, *, queue: str = QUEUE, recipient: str = "<bo@fabrikam.com>", relay: str = "mx.fabrikam.com[192.0.2.69]:25",
    rest: str = "delay=0.75, delays=0/0.03/0.66/0.06", dsn: str = "4.0.0", **where: str,
) -> str:  # fmt: skip
    """A delivery line."""
    return line(f"{queue}: to={recipient}, relay={relay}, {rest}, dsn={dsn}, status={status}", **where)


def arrival(queue: str = QUEUE, *, at: str = "Nov  2 13:28:00", sender: str = "erp@contoso.com", **where: str) -> str:
    """The three lines of a mail that comes in."""

    def said(text: str, daemon: str) -> str:
        return line(f"{queue}: {text}", at=at, **({"tag": f"postfix/{daemon}[11]"} | where))

    return (
        said("client=erp01.contoso.com[203.0.113.5], sasl_method=LOGIN, sasl_username=erp", "smtpd")
        + said(f"message-id=<{queue}@contoso.com>", "cleanup")
        + said(f"from=<{sender}>, size=4321, nrcpt=1 (queue active)", "qmgr")
    )


def read(*texts: str, options: Options = YEAR) -> list[dict]:
    """Events of these files, read in turn."""
    return parse(FORMAT, *(text.encode() for text in texts), options=options).events.to_pylist()


def one(text: str, options: Options = YEAR) -> dict:
    """The only event of a log."""
    [event] = read(text, options=options)
    return event


def attempts(events: list[dict]) -> list[dict]:
    """All but the arrivals."""
    return [event for event in events if event["outcome"] != "received"]

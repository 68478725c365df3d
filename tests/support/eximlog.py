"""Exim main logs as a test writes them, and the events that are read from them."""

from __future__ import annotations

from mailtrend.formats.base import Options
from mailtrend.formats.exim import FORMAT
from mailtrend.ingest.trial import parse

MAIL = "1vDbKa-0000aT-5x"
AT = "2026-11-02 10:00:00"


def line(text: str, *, at: str = AT, mail: str | None = MAIL) -> str:
    """One line of a log in Exim's own file."""
    return f"{at} {mail + ' ' if mail else ''}{text}\n"


def sys(text: str, *, at: str = "Nov  2 10:00:00", host: str = "mx", tag: str = "exim[77]") -> str:
    """One line of a syslog."""
    return f"{at} {host} {tag}: {text}\n"


def read(*texts: str | bytes, options: Options | None = None) -> list[dict]:
    """Events of these files, read in turn."""
    files = [text if isinstance(text, bytes) else text.encode() for text in texts]
    return parse(FORMAT, *files, options=options or Options(year=2026)).events.to_pylist()


def one(text: str | bytes, options: Options | None = None) -> dict:
    """The only event of a log."""
    [event] = read(text, options=options)
    return event


def some(event: dict, wanted: dict) -> dict:
    """Of an event, what `wanted` names."""
    return {name: event[name] for name in wanted}

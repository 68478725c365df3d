"""Exim main log (and reject log), in its own file or through syslog; one event per recipient attempt and refusal."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from string import Template
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from mailtrend.formats._syslog import frame_sql
from mailtrend.formats.base import FileFacts, Format, Head, Lines

PARTS: Final = ("cells", "doors", "ends", "lines", "mails", "deliveries", "refusals")
ID: Final = r"[0-9A-Za-z]{6}-(?:[0-9A-Za-z]{6}-[0-9A-Za-z]{2}|[0-9A-Za-z]{11}-[0-9A-Za-z]{4})(?= |$)"
STAMP: Final = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)? (?:[+-]\d{4} )?(?:\[\d+\] )?"
FLAG: Final = r"(?:<=|\(=|=>|->|>>|\*>|\*\*|==) "
SPEECH: Final = (
    r"(?:(?:Start|End) queue run: |exim \S+ daemon started: |SMTP (?:connection|call|protocol|syntax|command|data) "
    r"|no (?:MAIL in SMTP connection|host name found for IP address|IP address found for host) "
    r"|(?:Connection from|refused connection from) |TLS error on connection from |\S+ authenticator failed for "
    r"|(?:[HFU]=|\().*(?:rejected|sender verify|Warning:)|unexpected disconnection while reading SMTP "
    r"|Exim configuration error|cwd=|(?:temporarily )?rejected |\d+ args: )"
)
LOCAL: Final = re.compile(rf"^(?:\S+ *\| *)?{STAMP}(?:{ID}|{SPEECH})")
FRAMED: Final = re.compile(
    r"^(?:<\d{1,3}>|\S+ *\| *)?"
    r"(?:[A-Z][a-z]{2} [ 0-3]\d \d\d:\d\d:\d\d(?:\.\d+)?|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S*) +\S+ "
    rf"(?:exim[^ :\[]*(?:\[\d+\])?: |[^ :\[]+(?:\[\d+\])?: (?:\[1[/\\]\d+\] )?(?:{STAMP})?{ID} (?:{FLAG}|Completed))"
)
ZONELESS: Final = r"^(?:\S+ *\| *)?\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)? [^+-]"
LOOK: Final = 400
"""Lines of the head that are looked at: other programs may fill the first ones of a syslog."""


def _claims(head: Head) -> bool:
    return any(LOCAL.match(line) or FRAMED.match(line) for line in head.lines[:LOOK])


@cache
def _text(part: str) -> str:
    return files("mailtrend.formats").joinpath(f"_exim_{part}.sql").read_text(encoding="utf-8")


def _prepare(rows: pa.Table, facts: FileFacts) -> Mapping[str, str]:
    """How this log writes its stamps."""
    parts = {part: Template(_text(part)).substitute() for part in PARTS}
    return {"frame": frame_sql(rows["text"], facts), **parts}


def _remarks(rows: pa.Table, facts: FileFacts) -> list[str]:
    """Exim's own file says its zone only where it was asked to."""
    if facts.options.timezone is None and pc.any(pc.match_substring_regex(rows["text"], ZONELESS)).as_py():
        return ["its times name no time zone and were taken as UTC: say --timezone if the server runs on local time"]
    return []


FORMAT: Final = Format(
    name="exim",
    title="Exim main log and reject log (own file or syslog)",
    reference="https://www.exim.org/exim-html-current/doc/html/spec_html/ch-log_files.html",
    shape=Lines(),
    claims=_claims,
    grain="unit",
    prepare=_prepare,
    remarks=_remarks,
    carry_sql=_text("carry"),
    wants_earlier=True,
    notes=(
        "Exim writes local time unless log_timezone is set: the zone comes from --timezone, and the hour that is "
        "repeated when summer time ends cannot be told apart.",
        "A main log does not name the server that wrote it (a syslog does), so logs of several servers are told apart "
        "by their message ids alone.",
        "A message that is refused after DATA names no recipients, and a deferral whose retry time was not reached was "
        "no attempt: it is told as pending.",
        "Mail that passes a content filter and comes back appears under two ids.",
    ),
)

"""Sendmail log: syslog lines, joined by queue id; one event per recipient attempt, refusal and arrival."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from string import Template
from typing import Final

import pyarrow as pa

from mailtrend.formats._syslog import FRAME_NOTES, frame_remarks, frame_sql, log_of
from mailtrend.formats.base import FileFacts, Format, Head, Lines

PARTS: Final = ("cells", "doors", "lines", "mails", "refusals", "attempts", "ends")
FRAME: Final = r"^(?:[A-Z][a-z]{2} [ 0-3]\d \d\d:\d\d:\d\d(?:\.\d+)?|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S*) +"
ORIGIN: Final = r"(?:<[a-z0-7.]+> +)?\S+ (?:[a-z0-7]+:[a-z]+ +)?"
DAEMON: Final = r"(?:sm-[a-z-]+|sendmail(?:-[A-Za-z]+)*|MTA|MSP)"
ID: Final = r"(?:[0-9A-Za-z][0-9AB][1-9A-V][0-9A-N][0-9A-Za-x]{4}\d{5,10}|[A-Z]{2,3}\d{5,6})"
FACT: Final = (
    r"(?:from=.*, size=\d+, class=-?\d+|to=.*, (?:mailer|pri|xdelay)=.*, stat=|ruleset=\w+, arg1="
    r"|Milter: \S.*, reject=)"
)
FACTS: Final = re.compile(rf"{FRAME}{ORIGIN}[^ /\[]+(?:\[\d+\])?: (?:\[ID \d+ [a-z0-7.]+\] )?{ID}: {FACT}")
TAGGED: Final = re.compile(rf"{FRAME}{ORIGIN}{DAEMON}\[\d+\]: ")
OTHERS: Final = re.compile(rf"{FRAME}{ORIGIN}(?:\S*postfix\S*/|exim)")
"""Where these write too, a mere tag does not tell: both bring a program called sendmail."""
LOOK: Final = 400
"""Lines of the head that are looked at: other programs may fill the first ones of a syslog."""


def _claims(head: Head) -> bool:
    logs = [log_of(line) for line in head.lines[:LOOK]]
    if any(FACTS.match(log) for log in logs):
        return True
    return any(TAGGED.match(log) for log in logs) and not any(OTHERS.match(log) for log in logs)


@cache
def _text(part: str) -> str:
    return files("mailtrend.formats").joinpath(f"_sendmail_{part}.sql").read_text(encoding="utf-8")


def _prepare(rows: pa.Table, facts: FileFacts) -> Mapping[str, str]:
    """How this log writes its stamps."""
    parts = {part: Template(_text(part)).substitute() for part in PARTS}
    return {"frame": frame_sql(rows["text"], facts), **parts}


FORMAT: Final = Format(
    name="sendmail",
    title="Sendmail log (syslog)",
    reference="Sendmail Installation and Operation Guide, 2.1.1 (Log Levels), and sendmail/deliver.c of Sendmail",
    shape=Lines(),
    claims=_claims,
    grain="unit",
    prepare=_prepare,
    remarks=frame_remarks,
    carry_sql=_text("carry"),
    wants_earlier=True,
    notes=(
        *FRAME_NOTES,
        "When a remote server refuses a recipient for good, Sendmail logs its own words for it ('User unknown', "
        "'Service unavailable') and the status code, but not the server's reply.",
        "A log shows a queue id, not the message: mail that is handed from the submission queue to the server, or that "
        "passes a content filter, appears under two of them. The first hop is told as info, not as a delivery.",
        "Mail that is given up names no recipients: they are those whose last attempt in the log was a deferral.",
    ),
)

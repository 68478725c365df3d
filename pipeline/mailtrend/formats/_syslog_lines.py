"""A line of a log as syslog would have written it, whatever shipper wrapped it: for the look that claims a file."""

from __future__ import annotations

import json
import re
from typing import Final

PREFIX: Final = re.compile(r"^(?:[^ |<]+ *\| *)*(?:<\d{1,3}>)?")
RFC5424: Final = re.compile(
    r'^1 ([12]\d{3}-\d\d-\d\dT\S+) (\S+) (\S+) (\S+) \S+ (?:-|(?:\[(?:[^\]"]|"(?:[^"\\]|\\.)*")*\])+)(?: +|$)\ufeff? *'
)
FULL: Final = re.compile(r"^[FMSTW][a-z]{2} ([12]\d{3}-\d\d-\d\d) (\d\d:[0-9:.]+) \S+ ")
UNIX: Final = re.compile(r"^1\d{9}\.\d{6} ")
OUTER: Final = (
    r"^([12][0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9:.]+(?:Z|[+-][0-9:]{5,6})) (?:std(?:out|err) [FP] )?(?:<[0-9]{1,3}>)?"
)
WRAPPED: Final = (
    (rf"{OUTER}[A-Z][a-z]{{2}} [ 0-3][0-9] [0-9]{{2}}:[0-9:.]+ ", r"\1 "),
    (rf"{OUTER}([12][0-9]{{3}}-[0-9]{{2}}-[0-9]{{2}}T)", r"\2"),
)
"""What a container's log puts before a line, and what is left of it: the outer stamp where the inner lacks its year."""
LOCAL: Final = re.compile(r"^[A-Z][a-z]{2} [ 0-3]\d [0-9:.]+ ")
BYTES: Final = range(256)
WHEN: Final = "1970-01-01T00:00:00Z"
"""Stands for a moment that a look does not need."""


def log_of(line: str) -> str:
    """`STAMP HOST TAG[PID]: MESSAGE` of a line: of JSON, RFC 5424, with a PRI or the name of a container before it.

    A line that is nothing of the kind is given back as it is.
    """
    if line.startswith("{"):
        return _of_json(line)
    for wrapped, left in WRAPPED:
        if re.match(wrapped, line):
            return re.sub(wrapped, left, line)
    if FULL.match(line):
        return FULL.sub(r"\1T\2 ", line)
    if UNIX.match(line):
        return UNIX.sub(f"{WHEN} ", line)
    return RFC5424.sub(r"\1 \2 \3[\4]: ", PREFIX.sub("", line))


def _of_json(line: str) -> str:
    try:
        told = json.loads(line)
    except ValueError:
        return line
    if not isinstance(told, dict):
        return line
    if "__REALTIME_TIMESTAMP" in told:
        tag = told.get("SYSLOG_IDENTIFIER") or told.get("_COMM") or "-"
        process = told.get("SYSLOG_PID") or told.get("_PID") or "-"
        return f"{WHEN} {told.get('_HOSTNAME') or '-'} {tag}[{process}]: {_message(told.get('MESSAGE'))}"
    log = told.get("log", told.get("message"))
    if not isinstance(log, str):
        return line
    return LOCAL.sub(f"{WHEN} ", log.rstrip()) if "time" in told else log.rstrip()


def _message(told: object) -> str:
    """The text of a journal's field, which holds bytes where they are no UTF-8."""
    if isinstance(told, list):
        return bytes(each for each in told if each in BYTES).decode("utf-8", "replace")
    return str(told or "").replace("\n", " ")

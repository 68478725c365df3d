"""A whole line of a log, or a row of an export: the reply in it, with the code and the server that stand beside it."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable
from typing import Final

from mailtrend.knowledge.reports import Reported

RELAY: Final = (
    r"\brelay=(?:\[(?P<bare>[0-9A-Fa-f.:]+)\]|(?P<host>[^\s\[\],;()]+?)\.?"
    r"(?: ?\[(?P<ip>[0-9A-Fa-f.:]+)\])?)(?::\d+)?(?: \([^)]*\))?,"
)
DELIVERY: Final = re.compile(
    RELAY + r".*?(?:\bdsn=(?P<status>[245]\.\d{1,3}\.\d{1,3}), ?)?(?:\breply=(?P<said>.*?), )?"
    r"\b(?P<word>status|stat)=(?P<reply>.*)$"
)
UNSENT: Final = re.compile(r"\bdsn=(?P<status>[245]\.\d{1,3}\.\d{1,3}), ?(?P<word>status|stat)=(?P<reply>.*)$")
VERDICT: Final = re.compile(r"^[a-z]+ \((.*)\)?$")
REFUSED: Final = re.compile(
    r"\b(?:milter-)?reject: [^ :]+(?: from [^ \[]*\[[^\]]*\](?::\d+)?)?: (.*?)(?:; (?:from=<|to=<|proto=|helo=<).*)?$|"
    r"\breject=([245]\d\d .*)$"
)
EXIM: Final = re.compile(
    r"^.{0,60}?\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\S*(?: [+-]\d{4})?(?: \[\d+\])? "
    r"(?:[0-9A-Za-z]{6}-\S+ )?(?=\*\*|==|H=|\S+ [HRTS]=)(.*)$"
)
DEFER: Final = re.compile(r" defer \(-?\d+\)")
"""An error number of the system is no code."""
FRAME: Final = re.compile(r"\s*(?:<\d+>)?(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d |\d{4}-\d\d-\d\d[T ]\d\d:\d\d)")
"""How the lines of such logs begin."""
RECIPIENT: Final = re.compile(r"(?:\bto=<?|(?:\*\*|==) |\bRCPT TO:<)([^\s<>,;]+@[^\s<>,;:]+)")
NOBODY: Final = frozenset({"none", "local", "localhost", "virtual", "127.0.0.1", "::1"})
DATED: Final = re.compile(r"^\"?#?\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}[T ,\"]")
ENDPOINT: Final = re.compile(r"\[?([0-9A-Fa-f.:]*[0-9A-Fa-f])\]?:\d{1,5}")
COMMAS: Final = 4
ARROWS: Final = frozenset({"<", ">", "*", "+", "-"})
FAILED: Final = re.compile(r"^'?[45]\d\d[ -]|LED=[45]")
TELLING: Final = re.compile(
    r"LED=|^'?[245]\d\d[ -]#?[245]\.\d|[45]\d\d [45]\.\d{1,3}\.\d{1,3}|\b[45]\.\d{1,3}\.\d{1,3} "
)
KEYS: Final = (
    "lasterror", "lasterrordetails", "recipientstatus", "recipient_status", "recipient-status", "detail", "details",
    "reason", "error", "errormessage", "diagnostic", "diagnostic-code", "diagnostic_code", "response", "smtp_response",
    "custom_data", "customdata",
    "data", "message", "description", "text", "status",
)  # fmt: skip
"""Fields of exports that hold the error, the most telling first; case and blanks count for nothing."""


def logged(line: str) -> Reported | None:
    """What one line of a log of Postfix, Sendmail or Exim says; None for other lines."""
    if "stat" in line and (found := DELIVERY.search(line) or UNSENT.search(line)):
        return _delivery(line, found)
    if "reject" in line and (refused := REFUSED.search(line)):
        return Reported(refused[1] or refused[2], recipient=_recipient(line))
    if found := EXIM.match(line):
        return Reported(DEFER.sub("", found[1], count=1), recipient=_recipient(found[1]))
    return None


def lines_of(text: str) -> list[Reported]:
    """What several lines of a log say: those that failed, where any did. Empty where most lines are of no log."""
    lines = [line for line in text.splitlines() if line.strip()]
    framed = [line for line in lines if FRAME.match(line)]
    if len(framed) * 2 < len(lines):
        return []
    told = [one for line in framed if (one := logged(line))]
    return [one for one in told if not one.reply.startswith("2") and not (one.status or "").startswith("2")] or told


def _delivery(line: str, found: re.Match[str]) -> Reported:
    told = found.groupdict()
    reply = told["reply"].strip()
    if told["word"] == "status" and (inside := VERDICT.match(reply)):
        reply = inside[1].removesuffix(")")
    host = told.get("host")
    address = told.get("bare") or told.get("ip")
    if host and (host.lower() in NOBODY or address in NOBODY):
        host = address = None
    return Reported(
        told.get("said") or reply, told["status"], host if host and "." in host else None, address, _recipient(line)
    )


def _recipient(line: str) -> str | None:
    found = RECIPIENT.search(line)
    return found[1] if found else None


def row_of(text: str) -> list[Reported]:
    """The errors of rows pasted from an export (CSV) or of records (JSON); empty where the text is neither."""
    if text.startswith(("{", "[")) and (records := _records(text)):
        return [Reported(error) for record in records if (error := _told(record))]
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    if lines and (DATED.match(lines[0]) or DATED.match(lines[-1])) and lines[-1].count(",") >= COMMAS:
        try:
            rows = list(csv.reader(lines))
        except csv.Error:
            return []
        return _worst([one for row in rows if (one := _cells(row))])
    return []


def _records(text: str) -> list[dict[str, object]]:
    """The objects of a JSON document, or of one object a line."""
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        try:
            told = [json.loads(line) for line in text.splitlines() if line.strip()]
        except (ValueError, RecursionError):
            return []
    told = told.get("value", told) if isinstance(told, dict) else told
    return [one for one in (told if isinstance(told, list) else [told]) if isinstance(one, dict)]


def _told(record: dict[str, object]) -> str:
    """The field of a record that holds the error."""
    texts = {
        re.sub(r"\s", "", key).lower(): value
        for key, value in record.items()
        if isinstance(value, str) and value.strip()
    }
    named = [texts[key] for key in KEYS if key in texts]
    return next((text for text in (*named, *texts.values()) if TELLING.search(text)), named[0] if named else "")


def _cells(row: list[str]) -> Reported | None:
    """The reply of a row; in a protocol log it stands behind the arrow, and the far end before it."""
    for place, cell in enumerate(row[4:-1], 4):
        if cell in ARROWS:
            far = ENDPOINT.fullmatch(row[place - 1])
            return Reported(row[place + 1], address=far[1] if far else None)
    telling = [cell for cell in row if TELLING.search(cell)]
    return Reported(max(telling, key=_weight)) if telling else None


def _weight(cell: str) -> tuple[bool, bool, int]:
    return bool(FAILED.search(cell)), "LED=" in cell, len(cell)


def _worst(told: Iterable[Reported]) -> list[Reported]:
    """Those that failed, where any did."""
    known = list(told)
    return [one for one in known if FAILED.search(one.reply)] or known[:1]

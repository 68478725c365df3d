"""What the two Exchange SMTP protocol logs share: columns, the way to tell them apart, sessions, what to carry."""

from __future__ import annotations

import csv
import io
import re
from functools import cache
from importlib.resources import files
from string import Template
from typing import Final, Literal

from mailtrend.formats.base import FieldsLog, Head

SHAPE: Final = FieldsLog(
    columns=(
        "date_time", "connector_id", "session_id", "sequence_number", "local_endpoint", "remote_endpoint", "event",
        "data", "context",
    )
)  # fmt: skip
CARRY: Final = """
WITH sessions AS (
    SELECT hash(connector_id, session_id) AS session,
           max(file_no) AS file_no,
           max(date_time) AS last_seen,
           min(file_no::BIGINT << 40 | line) AS began,
           max(file_no::BIGINT << 40 | line) FILTER (starts_with(context, 'sending message with RecordId')) AS noted,
           max(file_no::BIGINT << 40 | line) FILTER (upper(data[1:10]) = 'MAIL FROM:') AS mailed,
           bool_or(event = '-' OR starts_with(context, 'Failed to connect')) AS closed
    FROM raw
    GROUP BY ALL
),
files AS (
    SELECT file_no,
           utc_time(max(date_time)) - INTERVAL 1 HOUR AS lately,
           file_no::BIGINT << 40 | (min(line) + max(line)) // 2 AS middle
    FROM raw
    GROUP BY file_no
),
open AS (
    SELECT s.session, if(s.began >= f.middle, s.began, coalesce(s.noted, s.mailed)) AS since
    FROM sessions AS s
    JOIN files AS f USING (file_no)
    WHERE NOT s.closed AND utc_time(s.last_seen) >= f.lately
)
SELECT r.file_no, r.line
FROM raw AS r
JOIN open AS o ON o.session = hash(r.connector_id, r.session_id)
WHERE r.file_no::BIGINT << 40 | r.line >= o.since
"""
"""Sessions without an end that were alive at the end of the slice: whole if they began in the second half of the last
file, else from their last message on. At most half a slice, and mostly a few rows."""
REFERENCE: Final = "https://learn.microsoft.com/exchange/mail-flow/connectors/protocol-logging"
LOG_TYPE: Final = re.compile(r"^#Log-type:\s*SMTP (Send|Receive) Protocol Log\s*$", re.IGNORECASE)
STAMP: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
VERB: Final = re.compile(
    r"(?:EHLO|HELO|MAIL FROM:|RCPT TO:|STARTTLS|X-ANONYMOUSTLS|AUTH |BDAT |QUIT|XPROXY)", re.IGNORECASE
)
Side = Literal["Send", "Receive"]


def side_of(head: Head) -> Side | None:
    """Which of the two logs this is: by its header, else by who speaks SMTP commands in its rows."""
    for line in head.lines:
        if found := LOG_TYPE.match(line):
            return "Send" if found.group(1).lower() == "send" else "Receive"
        if not line.startswith("#"):
            break
    return _side_by_rows(head)


def _side_by_rows(head: Head) -> Side | None:
    """`>` is what this server says: commands in a send log, replies in a receive log."""
    rows = [line for line in head.lines if not line.startswith("#") and STAMP.match(line)]
    for cells in csv.reader(io.StringIO("\n".join(rows))):
        if len(cells) != len(SHAPE.columns) or cells[6] not in ("+", "-", ">", "<", "*"):
            continue
        if (side := _side_by_cells(cells)) is not None:
            return side
    return None


def _side_by_cells(cells: list[str]) -> Side | None:
    event, data, context = cells[6], cells[7], cells[8]
    if event in "<>" and VERB.match(data):
        return "Send" if event == ">" else "Receive"
    if event in "<>" and re.match(r"[2-5]\d\d[ -]", data):
        return "Receive" if event == ">" else "Send"
    if context.startswith(("attempting to connect", "Failed to connect", "sending message with RecordId")):
        return "Send"
    return "Receive" if context.startswith("Inbound AUTH") else None


@cache
def sessions_sql(side: Side) -> str:
    """The SQL that puts sessions together, for the log of one side."""
    template = files("mailtrend.formats").joinpath("_smtp_sessions.sql").read_text(encoding="utf-8")
    command, reply = (">", "<") if side == "Send" else ("<", ">")
    return Template(template).substitute(command=command, reply=reply)

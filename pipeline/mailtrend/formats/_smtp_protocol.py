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
CREATE TEMP TABLE held AS
WITH closed AS (
    SELECT hash(connector_id, session_id) AS session
    FROM raw
    WHERE event = '-' OR starts_with(context, 'Failed to connect')
),
unclosed AS MATERIALIZED (
    SELECT file_no,
           line,
           file_no::BIGINT << 40 | line AS place,
           date_time,
           hash(connector_id, session_id) AS session,
           starts_with(context, 'sending message with RecordId') AS notes,
           upper(data[1:10]) = 'MAIL FROM:' AS mails
    FROM raw
    WHERE hash(connector_id, session_id) NOT IN (FROM closed)
),
sessions AS (
    SELECT session,
           max(file_no) AS file_no,
           max(date_time) AS last_seen,
           min(place) AS began,
           coalesce(max(place) FILTER (notes), max(place) FILTER (mails)) AS continued
    FROM unclosed
    GROUP BY session
),
files AS (
    SELECT file_no,
           utc_time(max(date_time)) - INTERVAL 1 HOUR AS lately,
           file_no::BIGINT << 40 | (min(line) + max(line)) // 2 AS middle
    FROM raw
    GROUP BY file_no
)
SELECT u.file_no, u.line
FROM unclosed AS u
JOIN sessions AS s USING (session)
JOIN files AS f ON f.file_no = s.file_no
WHERE utc_time(s.last_seen) >= f.lately AND u.place >= if(s.began >= f.middle, s.began, s.continued);
"""
"""Sessions without an end that were alive at the end of the slice: whole if they began in the second half of the last
file, else from their last message on. At most half a slice, and mostly a few rows."""
REFERENCE: Final = "https://learn.microsoft.com/exchange/mail-flow/connectors/protocol-logging"
LOG_TYPE: Final = re.compile(r"^#Log-type:\s*SMTP (Send|Receive) Protocol Log\s*$", re.IGNORECASE)
STAMP: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
VERB: Final = re.compile(
    r"(?:EHLO|HELO|MAIL FROM:|RCPT TO:|STARTTLS|X-ANONYMOUSTLS|AUTH |BDAT |QUIT|XPROXY)", re.IGNORECASE
)
SQL_PARTS: Final = ("_smtp_cells.sql", "_smtp_rows.sql", "_smtp_plain.sql", "_smtp_sessions.sql", "_smtp_fates.sql")
TELLING: Final = {
    "Send": (
        "(starts_with(data, '220') OR starts_with(data, '250')) "
        "AND substring(data, 5, 6) NOT IN ('2.0.0 ', '2.1.0 ', '2.1.5 ', '2.6.0 ')"
    ),
    "Receive": "contains(data, 'InternalId=')",
}
"""Replies whose text matters though nothing failed: where a remote server may give its name (an enhanced status code is
none), and where ours tells the message id."""
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
def sessions_sql(side: Side, *, shortcut: bool = True) -> str:
    """The SQL that puts the sessions of one side together; without `shortcut`, all of them the long way."""
    folder = files("mailtrend.formats")
    template = "\n".join(folder.joinpath(part).read_text(encoding="utf-8") for part in SQL_PARTS)
    command, reply = (">", "<") if side == "Send" else ("<", ">")
    return Template(template).substitute(
        command=command, reply=reply, telling=TELLING[side], shortcut=str(shortcut).lower()
    )

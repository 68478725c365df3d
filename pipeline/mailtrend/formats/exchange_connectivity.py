"""Exchange connectivity logs (CONNECTLOG*.LOG): one event for each session that reached nobody, or was sent away."""

from __future__ import annotations

import re
from typing import Final

from mailtrend.formats.base import FieldsLog, Format, Head

LOG_TYPE: Final = re.compile(r"^#Log-type:\s*Transport Connectivity Log\s*$", re.IGNORECASE | re.MULTILINE)
ROW: Final = re.compile(
    r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z,[0-9A-Fa-f]{16},(?:SMTP|Mapi\w+|\w+),[^,]*,[-+>],", re.MULTILINE
)
FIELDS: Final = re.compile(
    r"^#Fields:\s*date-time,session,source,destination,direction,description\s*$", re.IGNORECASE | re.MULTILINE
)
CARRY: Final = """
CREATE TEMP TABLE held AS
WITH unclosed AS MATERIALIZED (
    SELECT file_no, line, session, date_time, file_no::BIGINT << 40 | line AS place
    FROM raw
    WHERE session NOT IN (SELECT session FROM raw WHERE direction = '-' AND session IS NOT NULL)
),
sessions AS (
    SELECT session, max(file_no) AS file_no, max(date_time) AS last_seen, min(place) AS began
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
WHERE utc_time(s.last_seen) >= f.lately AND s.began >= f.middle;
"""
"""Sessions without an end that were alive at the end of the slice and began in the second half of it."""


def _claims(head: Head) -> bool:
    return bool(LOG_TYPE.search(head.text) or FIELDS.search(head.text) or ROW.search(head.text))


FORMAT: Final = Format(
    name="exchange_connectivity",
    title="Exchange connectivity log (CONNECTLOG*.LOG)",
    reference="https://learn.microsoft.com/exchange/mail-flow/transport-logs/connectivity-logging",
    shape=FieldsLog(columns=("date_time", "session", "source", "destination", "direction", "description")),
    claims=_claims,
    grain="unit",
    hop="exchange",
    rank=9,
    carry_sql=CARRY,
    notes=(
        "It tells of connections, not of messages: a session that failed names no recipient, no code and no connector.",
        "Sessions that delivered are left to the message tracking and protocol logs, which say what and to whom.",
    ),
)

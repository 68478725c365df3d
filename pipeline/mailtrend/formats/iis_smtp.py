"""Windows SMTP service (IIS, SMTPSVC): its W3C, NCSA and IIS logs, which tell both sides of its connections."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from itertools import islice
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from mailtrend.formats.base import FileFacts, Format, Head, Lines

PARTS: Final = ("cells", "rows", "dialogue", "fates")
LOOK: Final = 400
"""Lines of the head that are looked at."""
OUTBOUND: Final = ("OutboundConnectionCommand", "OutboundConnectionResponse")
VERBS: Final = frozenset({"HELO", "EHLO", "MAIL", "RCPT", "DATA", "BDAT", "RSET", "QUIT"})
FIELDS: Final = "#fields:"
NCSA: Final = re.compile(r'\S+ \S+ \S+ \[\d\d/[A-Za-z]{3}/\d{4}:[^\]]*\] "\S+ -(?:\?.*)? SMTP" \d+ \S+\s*')
NATIVE: Final = re.compile(r"[0-9A-Fa-f.:]+, [^,]*, [\d./-]+, [\d:]+, SMTPSVC\d*, ")
HEADLESS: Final = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \S+ \S+ SMTPSVC\d+ ")
ORDERS: Final = {"mdy": ("%m/%d/%y", "%m/%d/%Y"), "dmy": ("%d/%m/%y", "%d/%m/%Y"), "ymd": ("%y/%m/%d", "%Y/%m/%d")}
LAST_MONTH: Final = 12
LAST_DAY: Final = 31
NATIVE_DATE: Final = r"^[^,]*, [^,]*, (?P<a>\d+)[./-](?P<b>\d+)[./-]\d+, "
CARRY: Final = """
CREATE TEMP TABLE held AS
WITH bounds AS (
    SELECT file_no,
           max(moment) - INTERVAL 10 MINUTE AS lately,
           (min(line) + max(line)) // 2 AS middle
    FROM stretches
    WHERE file_no = (SELECT max(file_no) FROM stretches)
    GROUP BY file_no
),
lanes AS (
    SELECT lane, arg_max(session, line) AS session
    FROM stretches
    SEMI JOIN bounds USING (file_no)
    WHERE kind > 0
    GROUP BY lane
),
alive AS (
    SELECT s.session,
           min(s.line) AS began,
           max(s.line) FILTER (s.kind = 1) AS mailed,
           max(s.moment) AS last_seen,
           arg_max(s.closes, s.line) AS closed
    FROM stretches AS s
    SEMI JOIN lanes USING (session)
    WHERE s.kind > 0
    GROUP BY s.session
)
SELECT s.file_no, s.line
FROM stretches AS s
JOIN alive AS a USING (session)
JOIN bounds AS b USING (file_no)
WHERE NOT a.closed AND a.last_seen >= b.lately AND s.line >= if(a.began >= b.middle, a.began, a.mailed);
"""
"""Connections of the last ten minutes that were not closed: whole if they began in the second half of the slice, else
from their last message on."""


def _claims(head: Head) -> bool:
    """By the first row that tells SMTP from the web and from FTP: they share the forms of their logs."""
    names: list[str] = []
    for line in islice(head.lines, LOOK):
        if line.startswith("#"):
            if line.lower().startswith(FIELDS):
                names = line[len(FIELDS) :].lower().split()
        elif NCSA.fullmatch(line) or NATIVE.match(line) or HEADLESS.match(line):
            return True
        elif names and (told := _is_smtp(dict(zip(names, line.split(), strict=False)))) is not None:
            return told
    return False


def _is_smtp(row: Mapping[str, str]) -> bool | None:
    """None where a row tells neither."""
    site, version = row.get("s-sitename", "-"), row.get("cs-version", "-")
    if site != "-":
        return site.upper().startswith("SMTPSVC")
    if version != "-":
        return version.upper() == "SMTP"
    if row.get("cs-username") in OUTBOUND:
        return True
    return True if row.get("cs-method", "").upper() in VERBS else None


def _prepare(rows: pa.Table, facts: FileFacts) -> Mapping[str, str]:
    stamps = ", ".join(f"'{form} %H:%M:%S'" for form in ORDERS[_order(rows, facts)])
    zone = facts.options.zone.replace("'", "''")
    return {name: _part(name).replace("$stamps", stamps).replace("$zone", zone) for name in PARTS}


@cache
def _part(name: str) -> str:
    text = files("mailtrend.formats").joinpath(f"_iis_smtp_{name}.sql").read_text(encoding="utf-8")
    return text.replace("$$", "$")


def _order(rows: pa.Table, facts: FileFacts) -> str:
    """Order of day and month in the IIS form, which follows the culture of the server: as said, else as shown."""
    if facts.options.date_order:
        return facts.options.date_order
    found = pc.extract_regex(rows["text"], NATIVE_DATE).drop_null()
    if len(found) == 0:
        return "mdy"
    first, second = (pc.max(pc.cast(pc.struct_field(found, name), pa.int64())).as_py() for name in "ab")
    return "ymd" if first > LAST_DAY else "dmy" if first > LAST_MONTH >= second else "mdy"


def _remarks(rows: pa.Table, facts: FileFacts) -> list[str]:
    named = (rows["fields"][0].as_py() or "").lower().split() if rows.num_rows else []
    if named and "time" not in named:
        return ["its rows have no time: each is dated by the #Date above it"]
    if named and "date" not in named:
        return ["its rows have no date: days are counted from #Date, one more at each midnight"]
    if not pc.any(pc.match_substring_regex(rows["text"], NATIVE_DATE)).as_py():
        return []
    told = "" if facts.options.timezone else "; its times are local and were taken for UTC: say --timezone"
    return [f"a log in IIS form: its dates were read as {_order(rows, facts)}{told}"]


FORMAT: Final = Format(
    name="iis_smtp",
    title="Windows SMTP service log (IIS, SMTPSVC1: ex*.log, W3C, NCSA or IIS form)",
    reference="https://learn.microsoft.com/previous-versions/iis/6.0-sdk/ms525807(v=vs.90)",
    shape=Lines(headers=True),
    claims=_claims,
    grain="unit",
    prepare=_prepare,
    remarks=_remarks,
    carry_sql=CARRY,
    notes=(
        "The log has no session id: a connection is told by the address and the order of its lines; where several to "
        "one address overlap, replies are matched in the order of the commands.",
        "A connection that could not be made, or that broke off without a reply, leaves no line.",
        "Which fields are logged is up to the admin; without cs-uri-query there are no addresses and no reply texts.",
        "To clients only the reply code is logged, never its text or an enhanced status code.",
    ),
)

"""Postfix mail log: syslog lines, joined by queue id; one event per recipient attempt, refusal and arrival."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

from mailtrend.errors import UsageError
from mailtrend.formats._postfix_sql import carry_sql, parts_sql
from mailtrend.formats.base import FileFacts, Format, Head, Lines

MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
CLASSIC: Final = r"^(?:<\d{1,3}>|\S+ *\| *)?(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ 0-3]\d \d\d:"
DAEMONS: Final = (
    "anvil|bounce|cleanup|defer|discard|dnsblog|error|flush|lmtp|local|master|oqmgr|pickup|pipe|postdrop|postfix-script"
    "|postlogd|postscreen|postsuper|proxymap|qmgr|qmqpd|relay|scache|sendmail|showq|smtp|smtpd|spawn|tlsmgr|tlsproxy"
    "|trace|trivial-rewrite|verify|virtual"
)
OURS: Final = re.compile(
    r"^(?:<\d{1,3}>|\S+ *\| *)?"
    r"(?:[A-Z][a-z]{2} [ 0-3]\d \d\d:\d\d:\d\d(?:\.\d+)?|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S*) +\S+ "
    rf"(?:\S*postfix\S*/\S+|\S+/(?:{DAEMONS}))\[\d+\]: "
)
LOOK: Final = 400
"""Lines of the head that are looked at: other daemons may fill the first ones."""
YEAR_END: Final = 12
MID_YEAR: Final = 6


def _claims(head: Head) -> bool:
    return any(OURS.match(line) for line in head.lines[:LOOK])


def _prepare(rows: pa.Table, facts: FileFacts) -> Mapping[str, str]:
    """The SQL that gives a year-less stamp its year and turns local time into UTC.

    Rotated files of one log should get the same words, since only files with equal words are joined by queue id:
    the month of a single file is therefore rounded to half-years.
    """
    zone = _zone(facts.options.timezone)
    moved = "moment" if zone in ("UTC", "Etc/UTC", "Z") else f"CAST(timezone('{zone}', moment) AS TIMESTAMP)"
    year = _year_sql(*_last_year(_first_month(rows), facts))
    return {"year_of_stamp": year, **parts_sql(moved, year)}


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        raise UsageError(
            f"'{name}' is no time zone", where="--timezone", mend="use a name such as Europe/Berlin or UTC"
        ) from None
    return name


def _first_month(rows: pa.Table) -> int:
    """Month of the first year-less stamp; 0 if every stamp carries its year."""
    stamped = rows["text"].filter(pc.match_substring_regex(rows["text"], CLASSIC))
    if not len(stamped):
        return 0
    found = re.match(CLASSIC, stamped[0].as_py())
    return MONTHS.index(found.group(1)) + 1 if found else 0


def _last_year(first_month: int, facts: FileFacts) -> tuple[int, int]:
    """Year of the file's last lines, and the last month that may be of it: later months are of the year before."""
    if first_month == 0:
        return 2000, YEAR_END
    if facts.options.year is not None:
        rolls = first_month > MID_YEAR
        return (facts.options.year + 1, MID_YEAR) if rolls else (facts.options.year, YEAR_END)
    if first_month <= facts.modified_month:
        return facts.modified_year, YEAR_END
    between = facts.modified_month <= MID_YEAR < first_month
    return facts.modified_year, MID_YEAR if between else facts.modified_month


def _year_sql(year: int, last_month: int) -> str:
    if last_month == YEAR_END:
        return f"'{year}'"
    months = ", ".join(f"'{name}'" for name in MONTHS[:last_month])
    return f"CASE WHEN left(stamp, 3) IN ({months}) THEN '{year}' ELSE '{year - 1}' END"


FORMAT: Final = Format(
    name="postfix",
    title="Postfix mail log (syslog or RFC 3339 stamps)",
    reference="https://www.postfix.org/postconf.5.html and src/global/log_adhoc.c of Postfix",
    shape=Lines(),
    claims=_claims,
    grain="unit",
    prepare=_prepare,
    carry_sql=carry_sql(),
    wants_earlier=True,
    notes=(
        "Classic stamps carry no year and no zone: the year comes from the file's date or --year, the zone from "
        "--timezone, and the hour that is repeated when summer time ends cannot be told apart.",
        "A log shows a queue id, not the message: mail that passes a content filter appears under two of them.",
    ),
)

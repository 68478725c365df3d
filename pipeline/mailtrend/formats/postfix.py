"""Postfix mail log: syslog lines, joined by queue id; one event per recipient attempt, refusal and arrival."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

import pyarrow as pa

from mailtrend.formats._postfix_sql import carry_sql, parts_sql
from mailtrend.formats._syslog import FRAME_NOTES, frame_remarks, frame_sql, log_of
from mailtrend.formats.base import FileFacts, Format, Head, Lines

DAEMONS: Final = (
    "anvil|bounce|cleanup|defer|discard|dnsblog|error|flush|lmtp|local|master|oqmgr|pickup|pipe|postdrop|postfix-script"
    "|postlogd|postscreen|postsuper|proxymap|qmgr|qmqpd|relay|scache|sendmail|showq|smtp|smtpd|spawn|tlsmgr|tlsproxy"
    "|trace|trivial-rewrite|verify|virtual"
)
OURS: Final = re.compile(
    r"^(?:[A-Z][a-z]{2} [ 0-3]\d \d\d:\d\d:\d\d(?:\.\d+)?|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S*) +\S+ "
    rf"(?:\S*postfix\S*/\S+|\S+/(?:{DAEMONS}))\[[-\d]+\]:? "
)
LOOK: Final = 400
"""Lines of the head that are looked at: other daemons may fill the first ones."""


def _claims(head: Head) -> bool:
    return any(OURS.match(log_of(line)) for line in head.lines[:LOOK])


def _prepare(rows: pa.Table, facts: FileFacts) -> Mapping[str, str]:
    """How this log writes its stamps."""
    return {"frame": frame_sql(rows["text"], facts), **parts_sql()}


FORMAT: Final = Format(
    name="postfix",
    title="Postfix mail log (syslog, journal or container log)",
    reference="https://www.postfix.org/postconf.5.html and src/global/log_adhoc.c of Postfix",
    shape=Lines(),
    claims=_claims,
    grain="unit",
    prepare=_prepare,
    remarks=frame_remarks,
    carry_sql=carry_sql(),
    wants_earlier=True,
    notes=(
        *FRAME_NOTES,
        "A log shows a queue id, not the message: mail that passes a content filter appears under two of them.",
    ),
)

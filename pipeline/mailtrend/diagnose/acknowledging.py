"""Acknowledged incidents: quiet until a time, unless they get worse; then they are back, and stay so."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from mailtrend import contracts
from mailtrend.diagnose.phrases import count, joined, when
from mailtrend.settings import Acknowledge

Record = Mapping[str, Any]
"""A row of contracts.ACKNOWLEDGED."""


class Answer(NamedTuple):
    """Is the incident quiet, what is to be said of it, and what has to be remembered."""

    quiet: bool
    sentence: str
    record: dict[str, Any] | None


def answer(rule: Acknowledge, row: Mapping[str, Any], known: Mapping[str, Record], now: datetime) -> Answer | None:
    """What an acknowledgement that means this incident makes of it; None where it began after the time was over.

    known: how the incident stood when acknowledgements first acted on it, by their digest. `until` is held against
    `now`, up to when there is data: an incident that ended before stays acknowledged, one that goes on is back.
    """
    over = row["ended_at"] is None or row["ended_at"] > rule.until
    if now >= rule.until and over:
        if row["started_at"] >= rule.until:
            return None
        return Answer(False, f"no longer acknowledged: that was until {when(rule.until)}{_note(rule)}", None)
    record = dict(known.get(digest(rule)) or _record(rule, row, now))
    if record["worse"] is None and (worse := _worse(row, record)):
        record |= {"worse": worse, "worse_at": now}
    if record["worse"] is not None:
        since = f"since it was acknowledged, {record['worse']} (data up to {when(record['worse_at'])})"
        return Answer(False, f"back although acknowledged: {since}{_note(rule)}", record)
    return Answer(True, f"acknowledged until {when(rule.until)}{_note(rule)}", record)


def digest(rule: Acknowledge) -> str:
    """Changes with every change of the rule: one that is written anew acts anew."""
    return hashlib.sha256(rule.model_dump_json().encode("utf-8")).hexdigest()[:16]


def _record(rule: Acknowledge, row: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    return {
        "incident_id": row["incident_id"],
        "rule": digest(rule),
        "known_at": now,
        "severity": row["severity"],
        "lost": row["lost"] or 0,
        "status_codes": list(row["status_codes"] or ()),
        "worse": None,
        "worse_at": None,
    }


def _worse(row: Mapping[str, Any], was: Record) -> str | None:
    """What is worse than it was, as the end of a sentence."""
    told = []
    if _rank(row["severity"]) < _rank(was["severity"]):
        told.append(f"its severity rose from {was['severity']} to {row['severity']}")
    if fresh := _fresh(row["status_codes"] or (), was["status_codes"] or ()):
        told.append(f"it went on to {joined(fresh)}")
    if row["lost"] and not was["lost"]:
        told.append(f"mail is being lost ({count(row['lost'], 'message')})")
    return joined(told) or None


def _fresh(codes: Sequence[str], known: Sequence[str]) -> list[str]:
    return [code for code in codes if code not in known]


def _rank(severity: str) -> int:
    return contracts.SEVERITIES.index(severity)


def _note(rule: Acknowledge) -> str:
    return f": {rule.note}" if rule.note else ""

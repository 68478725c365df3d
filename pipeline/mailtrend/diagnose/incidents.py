"""Facts become incidents: severity, state, owner, words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa

from mailtrend import contracts
from mailtrend.diagnose import consequences, messages, reproduce, telling
from mailtrend.diagnose.facts import Facts
from mailtrend.diagnose.reading import read
from mailtrend.diagnose.returning import told_again
from mailtrend.diagnose.revisions import revisions
from mailtrend.diagnose.rules import Rules, apply
from mailtrend.diagnose.severity import severity
from mailtrend.diagnose.standing import Standing, standings
from mailtrend.diagnose.words import Book


def incidents(
    facts: Sequence[Facts], *, before: pa.Table | None = None, now: datetime, oldest: datetime | None = None,
    verdict: Book | None = None,
) -> pa.Table:  # fmt: skip
    """As `under_rules`, where nobody has set any."""
    return under_rules(facts, None, before=before, now=now, oldest=oldest, verdict=verdict)[0]


def under_rules(
    facts: Sequence[Facts], rules: Rules | None, *, before: pa.Table | None = None, now: datetime,
    oldest: datetime | None = None, verdict: Book | None = None,
) -> tuple[pa.Table, pa.Table]:  # fmt: skip
    """One row of contracts.INCIDENTS for each of `facts`, and for those that outlived their data; by start, then id.

    Gives with it what has to be kept of acknowledgements (contracts.ACKNOWLEDGED). Rules of mailtrend.toml act last:
    ids, states and revisions do not depend on them.

    before: the incidents as told at an earlier version of the data, from which ids and states go on. now: up to when
    data reach, where facts do not tell that of their tenant; oldest: from when on they do; both UTC without zone.
    verdict: what codes mean; knowledge.verdict unless given.
    """
    book = verdict or _book()
    earlier = before.to_pylist() if before is not None else []
    several = [each for each in facts if not _one_mailbox(each)]
    standing, kept = standings(several, earlier, now, oldest)
    rows = []
    for each, stands in zip(several, standing, strict=True):
        clock = each.as_of or now
        row = _row(each, stands, book, clock)
        rows.append(row | {"revisions": revisions(row, stands, clock, oldest)})
    told_again(rows, kept, earlier)
    everyone = sorted([*rows, *kept], key=lambda row: (row["started_at"], row["incident_id"]))
    known = {stands.incident_id: each for each, stands in zip(several, standing, strict=True)}
    acknowledged = apply(everyone, known, rules, now) if rules else contracts.ACKNOWLEDGED.empty_table()
    return pa.Table.from_pylist(everyone, schema=contracts.INCIDENTS), acknowledged


def _book() -> Book:
    from mailtrend.knowledge import verdict

    return verdict


def _one_mailbox(facts: Facts) -> bool:
    """One message, or one recipient, tried again and again is no incident, whatever the hours look like."""
    return facts.kind != "silence" and (facts.recipients == 1 or facts.messages == 1)


def _row(facts: Facts, standing: Standing, book: Book, now: datetime) -> dict[str, Any]:
    reading, matters = read(facts, book), severity(facts)
    return {
        "incident_id": standing.incident_id,
        "kind": facts.kind,
        "severity": matters,
        "state": standing.state,
        "tenant": facts.tenant,
        "status_code": facts.status_code,
        "connector": facts.connector,
        "destination": facts.destination,
        "cause": None if facts.kind == "silence" else facts.cause,
        "started_at": facts.started_at,
        "ended_at": facts.ended_at,
        "attempts": facts.attempts,
        "failures": facts.failures,
        "failure_rate": _share(facts.failures, facts.attempts),
        "baseline_rate": _share(facts.other_failures, facts.other_attempts),
        "messages": facts.messages,
        "recipients": facts.recipients,
        "delivered_late": facts.delivered_late,
        "lost": facts.lost,
        "at_risk": facts.at_risk,
        "next_expiry": facts.next_expiry,
        "owner": reading.owner,
        "diagnosis": reading.diagnosis,
        "confidence": reading.confidence,
        "evidence": telling.evidence(facts, reading.evidence, consequences.evidence(facts, reading.confidence)),
        "actions": telling.actions(facts, reading.actions, now),
        "partner_message": messages.partner_message(facts, reading.title, reading.ask, now),
        "query": reproduce.query(facts, now),
        "scope": facts.scope,
        "remote_ip": facts.remote_ip,
        "status_codes": list(facts.codes),
        "late_p50_seconds": facts.late_p50_seconds,
        "late_p90_seconds": facts.late_p90_seconds,
        "late_max_seconds": facts.late_max_seconds,
        "found_at": standing.found_at,
        "revisions": [],
        "would_bounce": consequences.would_bounce(facts),
        "vip_recipients": facts.ruled.vip_recipients,
        "set_aside": None,
        "rules": [],
        "severity_found": matters,
    }


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None

"""The rules of mailtrend.toml act on incidents: severity, VIP recipients, and what is set aside. The last step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

import pyarrow as pa

from mailtrend import contracts
from mailtrend.diagnose import acknowledging
from mailtrend.diagnose.aiming import Subject, fits, subject
from mailtrend.diagnose.facts import Facts
from mailtrend.diagnose.phrases import count, joined, when
from mailtrend.diagnose.ruled import SLACK, InWindows
from mailtrend.errors import SettingsError, nearest
from mailtrend.settings import Ignore, Maintenance, Settings, Severity
from mailtrend.settings.windows import windows

_RAISED: Final = {"notice": "warning", "warning": "critical", "critical": "critical"}


@dataclass(frozen=True)
class Rules:
    """What a user has set, and how incidents stood when they were acknowledged (contracts.ACKNOWLEDGED)."""

    settings: Settings
    acknowledged: pa.Table

    def __post_init__(self) -> None:
        """Refuse a cause that does not exist. Raises SettingsError with the nearest one."""
        for table in ("ignore", "acknowledge", "severity", "maintenance"):
            for number, rule in enumerate(getattr(self.settings, table), 1):
                for cause in rule.cause:
                    if cause not in contracts.CAUSES:
                        told = f"[[{table}]] {number} cause: '{cause}' is no cause"
                        mend = nearest(
                            cause, contracts.CAUSES, "`mailtrend ask failures-cube` names those of your failures"
                        )
                        raise SettingsError(told, where="mailtrend.toml", mend=mend)


class Acted(NamedTuple):
    """What the rules make of one incident."""

    severity: str
    set_aside: str | None
    sentences: list[str]
    records: list[dict[str, Any]]


def apply(rows: Sequence[dict[str, Any]], facts: Mapping[str, Facts], rules: Rules, now: datetime) -> pa.Table:
    """Let the rules act on rows of contracts.INCIDENTS, which are changed in place.

    facts: by incident_id; none for an incident that outlived its data. now: up to when there is data. Returns what has
    to be kept of acknowledgements, contracts.ACKNOWLEDGED.
    """
    known: dict[str, dict[str, acknowledging.Record]] = {}
    for record in rules.acknowledged.to_pylist():
        known.setdefault(record["incident_id"], {})[record["rule"]] = record
    kept = []
    for row in rows:
        name = row["incident_id"]
        # What outlived its data comes as it was told, under the rules of then.
        row["severity"] = row["severity_found"] = row["severity_found"] or row["severity"]
        fact = facts.get(name)
        clock = (fact and fact.as_of) or now
        acted = acted_on(row, fact, rules.settings, known.get(name, {}), clock)
        row |= {"severity": acted.severity, "set_aside": acted.set_aside, "rules": acted.sentences}
        kept += acted.records
    return pa.Table.from_pylist(kept, schema=contracts.ACKNOWLEDGED)


def acted_on(
    row: Mapping[str, Any], facts: Facts | None, settings: Settings, known: Mapping[str, acknowledging.Record],
    now: datetime,
) -> Acted:  # fmt: skip
    """What the rules make of one incident. Of several rules of one kind the first that fits acts.

    row: severity by its figures alone. known: rows of contracts.ACKNOWLEDGED for it, by rule.
    """
    found = subject(row, facts)
    severity, told = _severity(row["severity"], found, settings.severity)
    if row["vip_recipients"]:
        higher = _RAISED[severity]
        who = count(row["vip_recipients"], "VIP recipient")
        change = f"raised from {severity} to {higher}" if higher != severity else f"stays {severity}"
        told.append(f"severity {change}: {who} (vip)")
        severity = higher
    if ignoring := _ignored(found, settings.ignore):
        return Acted(severity, "ignored", [*told, ignoring], [])
    quiet, spoken, records = _acknowledged({**row, "severity": severity}, found, settings, known, now)
    if quiet:
        return Acted(severity, "acknowledged", [*told, *spoken], records)
    quiet, sentences = _maintained(row, facts, found, settings)
    return Acted(severity, "maintenance" if quiet else None, [*told, *spoken, *sentences], records)


def _acknowledged(
    row: Mapping[str, Any], found: Subject, settings: Settings, known: Mapping[str, acknowledging.Record],
    now: datetime,
) -> tuple[bool, list[str], list[dict[str, Any]]]:  # fmt: skip
    told, records = [], []
    for number, rule in enumerate(settings.acknowledge, 1):
        if rule.incident and row["incident_id"] not in rule.incident:
            continue
        said = acknowledging.answer(rule, row, known, now) if fits(rule, found) else None
        if said is None:
            continue
        told.append(_by(said.sentence, "acknowledge", number))
        records += [said.record] if said.record else []
        if said.quiet:
            return True, told[-1:], records
    return False, told, records


def _by(sentence: str, table: str, number: int) -> str:
    """The sentence with the rule that makes it true."""
    return f"{sentence} ([[{table}]] {number})"


def _severity(severity: str, found: Subject, rules: Sequence[Severity]) -> tuple[str, list[str]]:
    """A rule raises what it is for in part; it lowers only what it is wholly for."""
    order = contracts.SEVERITIES.index
    for number, rule in enumerate(rules, 1):
        if fits(rule, found, wholly=order(rule.severity) > order(severity)):
            note = f": {rule.note}" if rule.note else ""
            if rule.severity == severity:
                return severity, [_by(f"severity stays {severity}, as set{note}", "severity", number)]
            way = "raised" if order(rule.severity) < order(severity) else "lowered"
            told = f"severity {way} from {severity} to {rule.severity}, as set{note}"
            return rule.severity, [_by(told, "severity", number)]
    return severity, []


def _ignored(found: Subject, rules: Sequence[Ignore]) -> str | None:
    for number, rule in enumerate(rules, 1):
        if fits(rule, found):
            return _by(f"ignored{f': {rule.note}' if rule.note else ''}", "ignore", number)
    return None


def _maintained(
    row: Mapping[str, Any], facts: Facts | None, found: Subject, settings: Settings
) -> tuple[bool, list[str]]:
    """Is it wholly maintenance? The first rule that says yes is told, else what speaks against the others."""
    if facts is None:
        before = [sentence for sentence in row["rules"] or () if "([[maintenance]] " in sentence]
        return row["set_aside"] == "maintenance", before
    against = []
    for number, rule in enumerate(settings.maintenance, 1):
        if not fits(rule, found):
            continue
        if row["kind"] == "silence":
            quiet, sentence = _silent(row, rule, settings.timezone)
        else:
            lying = next((each for each in facts.ruled.maintenance if each.rule == number), None)
            quiet, sentence = _within(row, lying) if lying else (False, "")
        if sentence:
            told = _by(f"{sentence}{f': {rule.note}' if rule.note else ''}", "maintenance", number)
            if quiet:
                return True, [told]
            against.append(told)
    return False, against


def _within(row: Mapping[str, Any], lying: InWindows) -> tuple[bool, str]:
    """Only what began with maintenance is told of; it is set aside where nothing new failed outside and it is over."""
    if lying.before:
        return False, ""
    spoilers = []
    if lying.after:
        spoilers.append(f"{count(lying.after, 'message')} first failed after it")
    if lying.between:
        spoilers.append(f"{count(lying.between, 'message')} first failed between the windows")
    if lying.echoes and not lying.delivered and row["ended_at"] is None:
        spoilers.append("nothing was delivered there since")
    if spoilers:
        return False, f"goes on after the maintenance that ended on {when(lying.until)}: {joined(spoilers)}"
    every = f"all {count(lying.inside, 'message')}" if lying.inside > 1 else "its one message"
    if lying.windows > 1:
        return (
            True,
            f"maintenance: {every} first failed within {lying.windows} windows, the last until {when(lying.until)}",
        )
    return True, f"maintenance from {when(lying.begin)} to {when(lying.until)}: {every} first failed in it"


def _silent(row: Mapping[str, Any], rule: Maintenance, zone: str) -> tuple[bool, str]:
    """A silence has no messages: it is held against the window with its hours."""
    begun, ended = row["started_at"], row["ended_at"]
    around = windows(rule, begun - timedelta(hours=1), begun + timedelta(hours=1), zone)
    window = next((each for each in around if each.begin - SLACK <= begun), None)
    if window is None:
        return False, ""
    if ended is None or ended > window.until + SLACK:
        return False, f"goes on after the maintenance that ended on {when(window.until)}" if ended else ""
    return True, f"maintenance from {when(window.begin)} to {when(window.until)}: it was silent in it"

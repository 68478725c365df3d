"""The rules of mailtrend.toml as the report shows them: what each says, on what it acted, and what is odd about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from mailtrend.errors import nearest
from mailtrend.report import words
from mailtrend.report.asking import table
from mailtrend.report.incident import Incident, Rule
from mailtrend.settings import Acknowledge, Maintenance, Matchers, Settings, Severity
from mailtrend.settings.matchers import MATCHERS

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

NOTHING: Final = "matched nothing in this period"
OVER: Final = "its time is over: take it out, or give it another"
_NAMES: Final = """
    SELECT 'connector' AS side, connector AS name FROM attempts_hourly WHERE connector IS NOT NULL
    UNION
    SELECT 'connector' AS side, name FROM connectors
    UNION
    SELECT 'destination' AS side, destination AS name FROM failures_hourly WHERE destination IS NOT NULL
    ORDER BY side, name
"""


def rules(
    con: DuckDBPyConnection, settings: Settings, incidents: Sequence[Incident], as_of: datetime
) -> tuple[Rule, ...]:
    """Every rule that is set, in the order of the tables in docs/settings.md."""
    told = [_rule(label, rule, incidents, as_of) for label, rule in _each(settings)]
    if settings.vip:
        told.append(Rule("vip", _vips(settings.vip), _acted("vip", incidents)))
    if limits := settings.thresholds.given:
        said = ", ".join(f"{name} {words.number(value)}" for name, value in limits.items())
        told.append(Rule("[thresholds]", said, (), "acts on what is found at all"))
    idle = {each.label for each in told if not each.acted and not each.remark}
    names = _names(con) if any(label in idle and _literal(rule) for label, rule in _each(settings)) else {}
    strange = {label: _stranger(rule, names) for label, rule in _each(settings) if label in idle}
    return tuple(
        Rule(each.label, each.says, each.acted, strange.get(each.label) or NOTHING) if each.label in idle else each
        for each in told
    )


def idle(found: Sequence[Rule]) -> str:
    """Rules that did nothing, and those whose time is over, in one line; empty where there are none."""
    told = {f"Rules that {NOTHING}": NOTHING, "Rules whose time is over": OVER}
    lines = []
    for head, remark in told.items():
        labels = [each.label for each in found if each.remark.startswith(remark)]
        lines += [f"{head}: {', '.join(labels)}."] if labels else []
    return " ".join(lines)


def _each(settings: Settings) -> Iterator[tuple[str, Matchers]]:
    for name in ("ignore", "acknowledge", "severity", "maintenance"):
        for number, rule in enumerate(getattr(settings, name), 1):
            yield f"[[{name}]] {number}", rule


def _rule(label: str, rule: Matchers, incidents: Sequence[Incident], as_of: datetime) -> Rule:
    over = isinstance(rule, Acknowledge) and rule.until <= as_of
    remark = OVER if over else ""
    return Rule(label, says(rule), _acted(label, incidents), remark)


def _acted(label: str, incidents: Sequence[Incident]) -> tuple[str, ...]:
    """Those of which a sentence ends in the name of the rule."""
    return tuple(found.incident_id for found in incidents if any(said.endswith(f"({label})") for said in found.rules))


def says(rule: Matchers) -> str:
    """A rule in one line: what it is for, what it does, and its note."""
    told = [f"{name.replace('_', ' ')} {' or '.join(getattr(rule, name))}" for name in MATCHERS if getattr(rule, name)]
    if isinstance(rule, Acknowledge):
        told = [*(f"incident {name}" for name in rule.incident), *told, f"until {words.weekday_time(rule.until)}"]
    if isinstance(rule, Severity):
        told.append(f"severity {rule.severity}")
    if isinstance(rule, Maintenance):
        told = [*(told or ["everything"]), _window(rule)]
    note = f": {rule.note}" if rule.note else ""
    return words.one_line(", ".join(told) + note)


def _window(rule: Maintenance) -> str:
    zone = f" {rule.timezone}" if rule.timezone else ""
    if rule.days:
        days = ", ".join(day.capitalize() for day in rule.days)
        return f"{days} {rule.begin:%H:%M} to {rule.until:%H:%M}{zone}"
    return f"{rule.begin:%Y-%m-%d %H:%M} to {rule.until:%Y-%m-%d %H:%M}{zone}"


def _vips(named: Sequence[str]) -> str:
    """How many, not who: a report is passed on."""
    domains = sum(name.startswith("@") for name in named)
    parts = [(len(named) - domains, "address", "addresses"), (domains, "domain", "domains")]
    return " and ".join(f"{number} {one if number == 1 else many}" for number, one, many in parts if number)


def _literal(rule: Matchers) -> bool:
    return any("*" not in name for name in (*rule.connector, *rule.destination))


def _names(con: DuckDBPyConnection) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {"connector": [], "destination": []}
    for row in table(con, _NAMES).to_pylist():
        found[row["side"]].append(row["name"])
    return found


def _stranger(rule: Matchers, names: dict[str, list[str]]) -> str:
    """A name in a rule that did nothing, and that nothing in the lake has."""
    for side, known in names.items():
        there = {name.casefold() for name in known}
        for name in getattr(rule, side):
            if "*" not in name and name.casefold() not in there:
                which = "connector in the lake is" if side == "connector" else "destination in the lake has failed"
                called = f"called '{name}'" if side == "connector" else f"under the name '{name}'"
                mend = nearest(name, known, "")
                return f"{NOTHING}; no {which} {called}{f', {mend}' if mend else ''}"
    return ""

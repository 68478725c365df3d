"""The facts of each incident that the diagnosis needs: what it did to mail, who runs the place, what changed before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from mailtrend.diagnose import EVER, Case, Change, Facts, Scope, merged
from mailtrend.warehouse.behind import with_behind
from mailtrend.warehouse.casing import lay_out
from mailtrend.warehouse.fates import fates
from mailtrend.warehouse.figuring import figures
from mailtrend.warehouse.places import Place, Runner, who_runs_all
from mailtrend.warehouse.ruled import with_rules
from mailtrend.warehouse.series import Series
from mailtrend.warehouse.sights import sights
from mailtrend.warehouse.surroundings import with_surroundings
from mailtrend.warehouse.trailing import with_last_hours

if TYPE_CHECKING:
    import polars as pl
    from duckdb import DuckDBPyConnection

    from mailtrend.settings import Settings

CHANGES_WITHIN: Final = timedelta(days=7)
DOMAINS: Final = 50
"""So many recipient domains of an incident are looked at, the ones with the most failures."""

LISTS: Final = """
    WITH counted AS (
        SELECT t.number, t.cause, t.remote_ip, p.connector, p.destination, t.recipient_domain, count(*) AS failures
        FROM case_tries AS t
        INNER JOIN places AS p ON t.place = p.place
        WHERE t.during AND t.here
        GROUP BY ALL
    )
    SELECT number, kind, value, CAST(sum(failures) AS BIGINT) AS failures
    FROM counted
    UNPIVOT (value FOR kind IN (cause, remote_ip, connector, destination, recipient_domain))
    GROUP BY number, kind, value
    ORDER BY number, kind, failures DESC, value
"""

RUNGS: Final = """
    SELECT t.number, t.code, mode(t.cause ORDER BY t.cause) AS cause
    FROM case_tries AS t
    WHERE t.during AND t.here AND t.code IS NOT NULL AND t.cause IS NOT NULL
    GROUP BY t.number, t.code
"""


def incident_facts(
    con: DuckDBPyConnection, series: Series, findings: pl.DataFrame, as_of: datetime, settings: Settings | None = None,
    clocks: Mapping[str, datetime] | None = None,
) -> list[Facts]:  # fmt: skip
    """Findings put together where they are one outage, with their facts, oldest first.

    con: the connection on which `series` was made. findings: contracts.FINDINGS. as_of: UTC without zone; what is
    still going on lasts until then. settings: the rules of mailtrend.toml. clocks: by tenant, up to when its own data
    reach; `as_of` for one that is not among them.
    """
    rows = findings.to_dicts()
    seen, carried = sights(con, rows, [row["ended_at"] or EVER for row in rows])
    cases = merged(rows, series.keys.to_pylist(), seen, carried)
    if not cases:
        return []
    known = clocks or {}
    until = [known.get(case.tenant, as_of) for case in cases]
    lay_out(con, cases, until)
    cases = with_last_hours(con, cases)
    counted, ends = figures(con), fates(con)
    rungs = _rung_causes(con)
    lists: dict[int, dict[str, list[tuple[str, int]]]] = {}
    for row in con.sql(LISTS).to_arrow_table().to_pylist():
        lists.setdefault(row["number"], {}).setdefault(row["kind"], []).append((row["value"], row["failures"]))
    families = _families(con)
    context = {name: con.sql(f"SELECT * FROM {name}").to_arrow_table().to_pylist() for name in _CONTEXT}
    found = [
        _facts(
            _with_causes(case, rungs.get(at, {})),
            {**counted.get(at, {}), **ends.get(at, {}), "as_of": until[at]},
            lists.get(at, {}),
            families,
            context,
        )
        for at, case in enumerate(cases)
    ]
    found = with_behind(con, found, as_of)
    found = with_surroundings(con, found, cases, as_of)
    return with_rules(con, found, settings, as_of)


_CONTEXT: Final = ("connectors", "accepted_domains", "changes")


def _rung_causes(con: DuckDBPyConnection) -> dict[int, dict[str | None, str]]:
    """The most frequent cause behind each code, by number of the case."""
    found: dict[int, dict[str | None, str]] = {}
    for row in con.sql(RUNGS).to_arrow_table().to_pylist():
        found.setdefault(row["number"], {})[row["code"]] = row["cause"]
    return found


def _with_causes(case: Case, causes: Mapping[str | None, str]) -> Case:
    rungs = tuple(rung._replace(cause=causes.get(rung.status_code, rung.cause)) for rung in case.rungs)
    return replace(case, rungs=rungs)


def _families(con: DuckDBPyConnection) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for row in con.sql("SELECT status_code, family FROM code_family ORDER BY status_code").to_arrow_table().to_pylist():
        found.setdefault(row["family"], []).append(row["status_code"])
    return {family: (family, *twins) for family, twins in found.items()}


def _facts(
    case: Case, figures: Mapping[str, Any], lists: Mapping[str, list[tuple[str, int]]],
    families: Mapping[str, tuple[str, ...]], context: Mapping[str, list[dict[str, Any]]],
) -> Facts:  # fmt: skip
    ours = {name: [row for row in rows if row["tenant"] == case.tenant] for name, rows in context.items()}
    named = {
        kind: tuple(value for value, _ in lists.get(kind, ())) for kind in ("connector", "destination", "remote_ip")
    }
    domains = tuple(value for value, _ in lists.get("recipient_domain", ())) or tuple(sorted(case.domains))
    inbound = 2 * figures.get("inbound", 0) > figures.get("failures", 0)
    runner = _runner(case, domains, inbound, ours)
    connector = runner.connector
    begun = figures.get("first_failure") or case.started_at
    names = {case.connector, case.destination, *named["connector"], *named["destination"], *domains}
    return Facts(
        tenant=case.tenant, kind=case.kind, status_code=case.status_code, connector=case.connector,
        destination=case.destination, scope=_scope(case.scope), started_at=case.started_at, ended_at=case.ended_at,
        expected=case.expected, p_value=case.p_value, evidence=case.evidence,
        cause=_cause(case, lists), bare_causes=tuple(f.cause for f in case.faults if f.status_code is None),
        by_address=case.sight.by_address,
        codes=_codes(case, families), rungs=case.rungs, remote_ip=case.remote_ip,
        connectors=named["connector"], destinations=named["destination"], domains=domains,
        causes=tuple(lists.get("cause", ())), remote_ips=named["remote_ip"],
        owner_kind=runner.kind, partner=runner.partner,
        smart_hosts=tuple(connector["smart_hosts"] or ()) if connector else (),
        connector_enabled=connector["enabled"] if connector else None,
        accepted=tuple(
            (row["domain"], row["domain_type"] or "") for row in ours["accepted_domains"] if row["domain"] in domains
        ),
        changes=changes_before(begun, ours["changes"], {name for name in names if name}),
        **figures,
    )  # fmt: skip


def _cause(case: Case, lists: Mapping[str, list[tuple[str, int]]]) -> str | None:
    """That of the last rung, else the most frequent one."""
    last = case.rungs[-1].cause if case.rungs else None
    return last or next((cause for cause, _ in lists.get("cause", ())), case.cause)


def _scope(text: str) -> Scope:
    known: tuple[Scope, ...] = ("connector", "destination", "remote_ip", "all")
    return next((scope for scope in known if scope == text), "pair")


def _codes(case: Case, families: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Its codes with their twins, the oldest fault first; of one that is no ladder, the main one first."""
    told = [fault.status_code for fault in case.faults if fault.status_code]
    if not case.rungs:
        told.sort(key=lambda code: code != case.status_code)
    return tuple(dict.fromkeys(code for family in told for code in families.get(family, (family,))))


def _runner(case: Case, domains: Sequence[str], inbound: bool, ours: Mapping[str, list[dict[str, Any]]]) -> Runner:
    """Who runs the place, if that is the same for all domains that mail was for."""
    direction = "inbound" if inbound else "outbound"
    looked_at: Sequence[str | None] = domains[:DOMAINS] or (None,)
    places = [Place(case.connector, case.destination, direction, domain) for domain in looked_at]
    return who_runs_all(places, ours["connectors"], ours["accepted_domains"])


def changes_before(begun: datetime, changes: Sequence[Mapping[str, Any]], names: set[str]) -> tuple[Change, ...]:
    """Changes of the seven days before `begun` that name the place, and any migration; nearest first."""
    near = [row for row in changes if begun - CHANGES_WITHIN <= row["time"] <= begun]
    found = [
        Change(row["time"], row["kind"] or "other", row["subject"], row["note"], _names(row["subject"], names))
        for row in near
    ]
    wanted = [change for change in found if change.matches or change.kind == "migration"]
    return tuple(sorted(wanted, key=lambda change: (begun - change.time, change.subject or "")))


def _names(subject: str | None, names: set[str]) -> bool:
    """Does the subject name one of them: itself, a host under it, or within a longer text?"""
    told = (subject or "").strip().lower()
    lowered = {name.lower() for name in names}
    return bool(told) and (any(name in told for name in lowered) or any(name.endswith(f".{told}") for name in lowered))

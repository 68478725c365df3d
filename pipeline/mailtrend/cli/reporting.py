"""mailtrend report and incidents: findings in words."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailtrend import owners
from mailtrend.cli import DONE, FINDINGS, options
from mailtrend.cli.output import emit, printable, write
from mailtrend.errors import UsageError

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    import pyarrow as pa

Week = Annotated[str | None, typer.Option("--week", help="An ISO week, as 2026-W46.")]


class To(StrEnum):
    """Formats of the report."""

    HTML = "html"
    MD = "md"
    JSON = "json"


def register(app: typer.Typer) -> None:
    """Put the commands on the board."""
    app.command("incidents")(incidents)
    app.command("report")(report)


def incidents(
    since: options.Since = None,
    until: options.Until = None,
    timezone: options.Zone = None,
    lake: options.LakeDir = None,
    fail_on: options.FailOnOption = None,
    config: options.ConfigFile = None,
    form: options.OutFormat = None,
    output: options.OutFile = None,
) -> int:
    """List what broke: where, since when, and who has to act.

    What a rule of mailtrend.toml sets aside comes last, is marked, and does not count for --fail-on.
    """
    from mailtrend import runs

    settings, root = options.settings_of(config, lake)
    first, last = options.span_of(since, until, timezone or settings.timezone)
    found = runs.incidents(root, settings, first, last)
    wide = form in (None, options.Format.TABLE) and output is None
    emit(shown(found) if wide else found, form, output, whole=wide and _is_narrow())
    if first is not None:
        _beyond(first, runs.data_until(root))
    told_back(root)
    pairs = zip(found["severity"].to_pylist(), found["set_aside"].to_pylist(), strict=True)
    return FINDINGS if fail_on is not None and fail_on.met(pairs) else DONE


def _beyond(since: datetime, newest: datetime | None) -> None:
    """Say so where nothing is known of the time asked for: what is listed then only went on when the data ended."""
    if newest is not None and since > newest:
        told = f"the data end on {newest:%Y-%m-%d %H:%M} UTC, before --since: what is listed was still going on then"
        typer.echo(f"Note: {told}", err=True)


def told_back(root: Path) -> None:
    """Name incidents that were told before and that later data took back."""
    from mailtrend import runs

    for said in runs.taken_back(root):
        typer.echo(f"Note: {printable(said)}", err=True)


SHOWN = (
    "severity", "state", "kind", "status_code", "connector", "destination", "started_at", "ended_at", "failures",
    "messages", "lost", "at_risk", "owner", "diagnosis",
)  # fmt: skip
"""Columns of `incidents` that fit a wide screen; the other formats have them all."""
WIDE = 200
"""Columns of a terminal from which on it is wide."""
WHERE_THERE = ("set_aside", "remote_ip", "vip_recipients")
"""Columns that are shown where any incident has a value."""


def shown(found: pa.Table) -> pa.Table:
    """The columns of incidents that fit the screen; labels of tenants where any was given."""
    if _is_narrow():
        return narrow(found)
    known = [name for name in WHERE_THERE if any(found[name].to_pylist())]
    return found.select([*(["tenant"] if _is_of_tenants(found) else []), *known, *SHOWN])


def _is_of_tenants(found: pa.Table) -> bool:
    """Was any given the label of a tenant at ingest?"""
    return bool(set(found["tenant"].to_pylist()) - {"default"})


def _is_narrow() -> bool:
    return sys.stdout.isatty() and shutil.get_terminal_size().columns < WIDE


def narrow(found: pa.Table) -> pa.Table:
    """A row an incident in so few columns that a terminal need not cut its names to pieces."""
    import pyarrow as pa

    tenants = _is_of_tenants(found)
    rows = [
        {
            "how": f"{row['set_aside']} ({row['severity']})"
            if row["set_aside"]
            else f"{row['severity']}, {row['state']}",
            "what": f"[{row['tenant']}] {_what(row)}" if tenants else _what(row),
            "since": f"{row['started_at']:%Y-%m-%dT%H}Z",
            "lost": row["lost"],
            "at_risk": row["at_risk"],
            "owner": owners.short(row["owner"]),
        }
        for row in found.to_pylist()
    ]
    kinds = {"lost": pa.int64(), "at_risk": pa.int64()}
    names = ("how", "what", "since", "lost", "at_risk", "owner")
    return pa.Table.from_pylist(rows, schema=pa.schema([(name, kinds.get(name, pa.string())) for name in names]))


def _what(row: Mapping[str, Any]) -> str:
    fault = "silence" if row["kind"] == "silence" else row["status_code"] or row["cause"] or "failures"
    places = {"on": row["connector"], "to": row["destination"], "at": row["remote_ip"]}
    vips = f", {row['vip_recipients']} VIP" if row["vip_recipients"] else ""
    return " ".join([fault, *(f"{sign} {name}" for sign, name in places.items() if name)]) + vips


def report(
    week: Week = None,
    since: options.Since = None,
    until: options.Until = None,
    to: Annotated[
        To | None, typer.Option("--to", help="html, md or json [default: by the ending of -o, else html].")
    ] = None,
    output: options.OutFile = None,
    timezone: options.Zone = None,
    lake: options.LakeDir = None,
    config: options.ConfigFile = None,
) -> None:
    """Write the report on a week or a span of time.

    With neither, on the last full ISO week in the lake.
    """
    from mailtrend import runs

    settings, root = options.settings_of(config, lake)
    if week and (since or until):
        raise UsageError("--week goes without --since and --until", where="--week", mend="give one or the other")
    first, last = options.span_of(since, until, timezone or settings.timezone)
    if week:
        first, last = options.week_of(week)
    elif first is None and last is None:
        first, last = runs.last_full_week(root, settings)
    model = runs.report_model(root, settings, since=first, until=last)
    if output is None:
        write(runs.rendered(model, (to or To.HTML).value), None)
        return
    runs.write_report(model, output, to.value if to else None)
    typer.echo(f"Report: {output}", err=True)

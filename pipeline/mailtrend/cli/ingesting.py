"""mailtrend run and mailtrend ingest: files, folders, globs or stdin become a lake (and a report)."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mailtrend.cli import DONE, FINDINGS, REJECTED, UNUSABLE, options, print_error
from mailtrend.cli.ledger import ledger, totals
from mailtrend.cli.output import emit
from mailtrend.cli.reporting import told_back

if TYPE_CHECKING:
    from mailtrend.formats.base import Options
    from mailtrend.ingest import IngestResult, Request
    from mailtrend.settings import Settings

Paths = Annotated[list[str], typer.Argument(metavar="PATH...", help="Files, folders, globs, archives, or - for stdin.")]
Source = Annotated[str | None, typer.Option("--source", help="Read all files as this format, whatever they look like.")]
Year = Annotated[int | None, typer.Option("--year", help="Year of log lines that carry none.")]
Encoding = Annotated[str | None, typer.Option("--encoding", help="Encoding of the files, as cp850 [default: seen].")]
Tenant = Annotated[str | None, typer.Option("--tenant", help="Label for everything read here [default: default].")]
Strict = Annotated[bool, typer.Option("--strict", help="Exit with 4 if any row was rejected.")]


class DateOrder(StrEnum):
    """Order of day, month and year in dates that can be read in two ways."""

    DMY = "dmy"
    MDY = "mdy"
    YMD = "ymd"


Order = Annotated[DateOrder | None, typer.Option("--date-order", help="Order of dates that can be read in two ways.")]


def register(app: typer.Typer) -> None:
    """Put the commands on the board."""
    app.command("run")(run)
    app.command("ingest")(ingest)


def run(  # the options document themselves
    paths: Paths,
    report: Annotated[Path | None, typer.Option("--report", help="Where the report goes; .html, .md or .json.")] = None,
    source: Source = None,
    timezone: options.Zone = None,
    year: Year = None,
    tenant: Tenant = None,
    date_order: Order = None,
    encoding: Encoding = None,
    strict: Strict = False,
    fail_on: options.FailOnOption = None,
    lake: options.LakeDir = None,
    config: options.ConfigFile = None,
) -> int:
    """Read files, find what broke, write the report: the main job."""
    from mailtrend import runs
    from mailtrend.report import summary_text

    settings, root = options.settings_of(config, lake)
    wanted = _options(settings, timezone, year, date_order, encoding)
    asked = _request(paths, source, tenant or settings.tenant, wanted)
    result = _ingest(root, asked, settings)
    if not result.files:
        return UNUSABLE
    model = runs.report_model(root, settings, since=None, until=None)
    if report is not None:
        runs.write_report(model, report)
    sys.stdout.write(summary_text(model, encoding=sys.stdout.encoding))
    if report is not None:
        typer.echo(f"Report: {report}")
    told_back(root)
    met = fail_on is not None and fail_on.met((found.severity, found.set_aside) for found in model.incidents)
    return _exit_code(result, strict=strict, met=met)


def ingest(
    paths: Paths,
    source: Source = None,
    timezone: options.Zone = None,
    year: Year = None,
    tenant: Tenant = None,
    date_order: Order = None,
    encoding: Encoding = None,
    strict: Strict = False,
    lake: options.LakeDir = None,
    config: options.ConfigFile = None,
    form: options.OutFormat = None,
    output: options.OutFile = None,
) -> int:
    """Read files into the lake, without the report.

    What is there already is not added again. The result says of each file what became of its rows.
    """
    settings, root = options.settings_of(config, lake)
    wanted = _options(settings, timezone, year, date_order, encoding)
    asked = _request(paths, source, tenant or settings.tenant, wanted)
    result = _ingest(root, asked, settings)
    emit(ledger(result), form, output)
    return _exit_code(result, strict=strict)


def _options(
    settings: Settings, zone: str | None, year: int | None, order: DateOrder | None, encoding: str | None
) -> Options:
    from mailtrend.formats.base import Options
    from mailtrend.ingest.codepages import named

    zone = zone or settings.said_timezone
    if zone is not None:
        options.zone_of(zone)
    known = named(encoding) if encoding else None
    return Options(timezone=zone, year=year, date_order=order.value if order else settings.date_order, encoding=known)


def _request(paths: list[str], source: str | None, tenant: str, wanted: Options) -> Request:
    from mailtrend.ingest import Request

    return Request(tuple(paths), source, tenant, wanted)


def _ingest(root: Path, asked: Request, settings: Settings) -> IngestResult:
    """Read, and say on stderr what was refused and what may be wrong."""
    from mailtrend import runs
    from mailtrend.cli.progress import Bar

    with Bar() as bar:
        result = runs.ingest(root, asked, settings, datetime.now(UTC), bar)
    for note in result.recovered:
        typer.echo(f"note: {note}", err=True)
    for error in result.refused:
        print_error(error)
    for file in result.files:
        for warning in file.tally.warnings:
            typer.echo(f"warning: {file.label}: {warning}", err=True)
    typer.echo(totals(result), err=True)
    return result


def _exit_code(result: IngestResult, *, strict: bool, met: bool = False) -> int:
    if result.refused:
        return UNUSABLE
    if met:
        return FINDINGS
    return REJECTED if strict and result.rejects else DONE

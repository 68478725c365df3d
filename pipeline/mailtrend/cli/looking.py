"""mailtrend lake, formats and detect: what is there, what is known, and the detectors alone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mailtrend.cli import DONE, UNUSABLE, options
from mailtrend.cli.output import emit


def register(app: typer.Typer) -> None:
    """Put the commands on the board."""
    lake = typer.Typer(help="The lake: what is in it, is it whole.", no_args_is_help=True, rich_markup_mode=None)
    lake.command("status")(status)
    lake.command("check")(check)
    app.add_typer(lake, name="lake")
    app.command("formats")(formats)
    app.command("detect")(detect)


def status(
    lake: options.LakeDir = None,
    config: options.ConfigFile = None,
    form: options.OutFormat = None,
    output: options.OutFile = None,
) -> None:
    """What is in the lake: files, rows, events and times by source."""
    from mailtrend import runs

    settings, root = options.settings_of(config, lake)
    emit(runs.lake_status(root, settings), form, output)


def check(lake: options.LakeDir = None, config: options.ConfigFile = None) -> int:
    """Is the lake whole? Names every fault on stdout, and exits with 2 if there is one."""
    from mailtrend import runs

    _, root = options.settings_of(config, lake)
    faults = runs.lake_faults(root)
    for fault in faults:
        typer.echo(fault)
    if not faults:
        typer.echo("the lake is whole")
    return UNUSABLE if faults else DONE


def formats(form: options.OutFormat = None, output: options.OutFile = None) -> None:
    """The source formats that are read, from the program itself."""
    import pyarrow as pa

    from mailtrend.formats import all_formats

    rows = [{"format": fmt.name, "what": fmt.title, "reference": fmt.reference} for fmt in all_formats().values()]
    kinds = pa.schema([(name, pa.string()) for name in ("format", "what", "reference")])
    emit(pa.Table.from_pylist(rows, schema=kinds), form, output)


def detect(
    table: Annotated[
        Path, typer.Argument(metavar="TABLE", help="CSV or Parquet: series_id, ts, attempts, failures, …")
    ],
    form: options.OutFormat = None,
    output: options.OutFile = None,
) -> None:
    """The detectors alone, over any hourly series; a missing row means no data."""
    from mailtrend import runs

    emit(runs.detect_table(table), form, output)

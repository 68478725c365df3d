"""mailtrend lake and formats: what is there, and what is known."""

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


def status(
    lake: options.LakeDir = None,
    config: options.ConfigFile = None,
    form: options.OutFormat = None,
    output: options.OutFile = None,
) -> None:
    """Show what is in the lake, by source."""
    from mailtrend import runs

    settings, root = options.settings_of(config, lake)
    emit(runs.lake_status(root, settings), form, output)


def check(lake: options.LakeDir = None, config: options.ConfigFile = None) -> int:
    """Check that the lake is whole; exit with 2 if not."""
    from mailtrend import runs

    _, root = options.settings_of(config, lake)
    faults = runs.lake_faults(root)
    for fault in faults:
        typer.echo(fault)
    if not faults:
        typer.echo("the lake is whole")
    return UNUSABLE if faults else DONE


def formats(
    check: Annotated[Path | None, typer.Option("--check", metavar="FILE", help="Try a format of your own.")] = None,
    new: Annotated[str | None, typer.Option("--new", metavar="NAME", help="Print a format to begin with.")] = None,
    config: options.ConfigFile = None,
    form: options.OutFormat = None,
    output: options.OutFile = None,
) -> int:
    """List the source formats that are read, yours too; with --check, try whether one of yours reads its samples."""
    import pyarrow as pa

    from mailtrend import ownformats
    from mailtrend.formats import all_formats

    if new is not None:
        typer.echo(ownformats.starter_of(new), nl=False)
        return DONE
    if check is not None:
        faults, notes = ownformats.faults_of(check)
        typer.echo("\n".join(faults) or f"{check}: all samples are read as expected")
        for note in notes:
            typer.echo(f"note: {note}", err=True)
        return UNUSABLE if faults else DONE
    settings, _ = options.settings_of(config, None)
    rows = [{"format": fmt.name, "what": fmt.title, "reference": fmt.reference} for fmt in all_formats().values()]
    for file, told in ownformats.described(settings).items():
        rows.append({"format": told.name, "what": told.title, "reference": str(file)})
    kinds = pa.schema([(name, pa.string()) for name in ("format", "what", "reference")])
    emit(pa.Table.from_pylist(rows, schema=kinds), form, output)
    return DONE

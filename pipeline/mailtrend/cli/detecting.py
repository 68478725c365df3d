"""mailtrend detectors and detect: the kinds of incident, and the detectors alone over any table of series."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mailtrend.cli import options
from mailtrend.cli.output import emit


def register(app: typer.Typer) -> None:
    """Put the commands on the board."""
    app.command("detectors")(detectors)
    app.command("detect")(detect)


def detectors(form: options.OutFormat = None, output: options.OutFile = None) -> None:
    """List the kinds of incident that are looked for."""
    import pyarrow as pa

    from mailtrend.detect import DETECTORS

    columns = pa.schema([(name, pa.string()) for name in ("name", "what", "needs")])
    emit(pa.Table.from_pylist([found._asdict() for found in DETECTORS], schema=columns), form, output, whole=True)


def detect(
    table: Annotated[
        Path, typer.Argument(metavar="TABLE", help="CSV or Parquet: series_id, ts, attempts, failures, …")
    ],
    why_not: Annotated[
        str | None, typer.Option("--why-not", metavar="SERIES_ID", help="Say why a series was not flagged.")
    ] = None,
    config: options.ConfigFile = None,
    form: options.OutFormat = None,
    output: options.OutFile = None,
) -> None:
    """Run the detectors alone, over any hourly series.

    A missing row means no data; attempts 0 means covered and silent. Where they are known, give messages and
    recipients (distinct failing ones by hour) as well: one full mailbox is tried again up to a hundred times.
    The [thresholds] of mailtrend.toml hold here too.
    """
    from mailtrend import runs

    settings, _ = options.settings_of(config, None)
    if why_not is not None:
        typer.echo("\n".join(runs.why_not(table, why_not, settings)))
        return
    emit(runs.detect_table(table, settings), form, output)

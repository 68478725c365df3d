"""mailtrend ask, sql, queries and open: the lake answers in tables."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from mailtrend.cli import options
from mailtrend.cli.output import emit
from mailtrend.errors import LakeError, UsageError

if TYPE_CHECKING:
    import pyarrow as pa

    from mailtrend.warehouse import Query

TIMES = frozenset({"since", "until", "as_of"})
"""Macro parameters that are times: read as the rest of the command line reads times."""
ANY_PARAMETER = {"allow_extra_args": True, "ignore_unknown_options": True}


def register(app: typer.Typer) -> None:
    """Put the commands on the board."""
    app.command("ask", context_settings=ANY_PARAMETER, add_help_option=False)(ask)
    app.command("sql")(sql)
    app.command("queries")(queries)
    app.command("open")(open_shell)


def ask(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="A query, see `mailtrend queries`.")] = None,
    timezone: options.Zone = None,
    lake: options.LakeDir = None,
    config: options.ConfigFile = None,
    form: options.OutFormat = None,
    output: options.OutFile = None,
    show_help: Annotated[bool, typer.Option("--help", "-h", help="What the query asks, and its parameters.")] = False,
) -> None:
    """Answer one query by name; `ask NAME --help` explains it.

    Each parameter of the query is an option: --since T, --until T, --top N, …
    """
    from mailtrend import runs

    settings, root = options.settings_of(config, lake)
    known = runs.queries(settings)
    if name is None:
        if show_help:
            typer.echo(context.get_help())
        emit(_listed(known), form, output)
        return
    query = runs.query_named(known, name)
    if show_help:
        typer.echo(_explained(query))
        return
    given = _parameters(context.args, query, timezone or settings.timezone)
    emit(runs.ask(root, settings, query, given), form, output)


def sql(
    statement: Annotated[str, typer.Argument(metavar="SQL", help="One SELECT over the views; - reads it from stdin.")],
    lake: options.LakeDir = None,
    config: options.ConfigFile = None,
    form: options.OutFormat = None,
    output: options.OutFile = None,
) -> None:
    """Run ad-hoc SQL, read-only and locked to the lake.

    Views: events, attempts, messages, failures, failures_hourly, incidents, files, rejects, coverage, …
    """
    from mailtrend import runs

    settings, root = options.settings_of(config, lake)
    text = sys.stdin.read() if statement == "-" else statement
    emit(runs.adhoc(root, settings, text), form, output)


def queries(
    config: options.ConfigFile = None,
    form: options.OutFormat = None,
    output: options.OutFile = None,
) -> None:
    """List the queries that `ask` knows, with their questions."""
    from mailtrend import runs

    settings, _ = options.settings_of(config, None)
    emit(_listed(runs.queries(settings)), form, output)


def open_shell(
    lake: options.LakeDir = None,
    config: options.ConfigFile = None,
) -> None:
    """Open the lake in a SQL shell (duckdb or harlequin)."""
    from mailtrend import runs

    settings, root = options.settings_of(config, lake)
    catalogue = runs.catalogue(root, settings)
    shells = (["duckdb", "-readonly", str(catalogue)], ["harlequin", "--read-only", str(catalogue)])
    for shell in shells:
        if found := shutil.which(shell[0]):
            raise typer.Exit(subprocess.run([found, *shell[1:]], check=False).returncode)  # noqa: S603  # found by us
    mend = "install one: pip install duckdb-cli, or pip install harlequin; or use `mailtrend sql`"
    raise LakeError("no SQL shell is installed", where=str(catalogue), mend=mend)


def _listed(known: dict[str, Query]) -> pa.Table:
    import pyarrow as pa

    rows = [
        {"query": name, "question": query.question, "parameters": ", ".join(query.parameters)}
        for name, query in sorted(known.items())
    ]
    return pa.Table.from_pylist(
        rows, schema=pa.schema([(key, pa.string()) for key in ("query", "question", "parameters")])
    )


def _explained(query: Query) -> str:
    lines = [query.question, "", "Parameters:"]
    lines += [f"  --{name.replace('_', '-')}  {parameter}" for name, parameter in query.parameters.items()]
    lines += ["", "Columns:"]
    lines += [f"  {name}  {meaning}" for name, meaning in query.columns.items()]
    return "\n".join(lines)


def _parameters(arguments: list[str], query: Query, zone: str) -> dict[str, str]:
    """`--since T --top=5` as a mapping; whether the query has such parameters is its own business."""
    given: dict[str, str] = {}
    rest = list(arguments)
    while rest:
        word = rest.pop(0)
        if not word.startswith("--"):
            raise UsageError(
                f"unexpected '{word}'", where=f"ask {query.name}", mend="parameters are written --name value"
            )
        name, equals, value = word[2:].partition("=")
        if not equals:
            if not rest:
                raise UsageError(
                    f"--{name} has no value", where=f"ask {query.name}", mend="parameters are written --name value"
                )
            value = rest.pop(0)
        key = name.replace("-", "_")
        when = options.time_of(value, f"--{name}", zone) if key in TIMES else None
        given[key] = when.isoformat(sep=" ") if when else value
    return given

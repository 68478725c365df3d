"""mailtrend codes: the status codes that are known, yours too; and whether a file of your own holds together."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Annotated, Final

import typer

from mailtrend.cli import options
from mailtrend.cli.output import emit

COLUMNS: Final = ("status_code", "class", "title", "owner_own", "owner_partner", "owner_internet")


def register(app: typer.Typer) -> None:
    """Put the command on the board."""
    app.command("codes")(codes)


def codes(
    check: Annotated[Path | None, typer.Option("--check", metavar="FILE", help="Try a file of your own.")] = None,
    new: Annotated[bool, typer.Option("--new", help="Print a file to begin with.")] = False,
    config: options.ConfigFile = None,
    form: options.OutFormat = None,
    output: options.OutFile = None,
) -> None:
    """List the status codes that are known, yours too, and who has to act on each.

    With --check, say whether a file of codes, rules and replies of your own holds together.
    """
    if new:
        typer.echo(files("mailtrend.knowledge").joinpath("own_starter.txt").read_text(encoding="utf-8"), nl=False)
        return
    from mailtrend import owncodes

    if check is not None:
        entries, rules, replies = owncodes.check(check)
        typer.echo(f"{check}: holds together ({entries} entries, {rules} rules, {replies} replies)")
        return
    from mailtrend import knowledge

    settings, _ = options.settings_of(config, None)
    emit(knowledge.status_codes(owncodes.book_of(settings)).select(list(COLUMNS)), form, output)

"""All commands on one board, in the order of the contract."""

from __future__ import annotations

import typer

from mailtrend.cli import asking, codes, detecting, explaining, ingesting, looking, reporting, verifying


def board() -> typer.Typer:
    """The command line with all its commands."""
    app = typer.Typer(
        name="mailtrend",
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(about)
    for module in (ingesting, asking, reporting, explaining, verifying, codes, looking, detecting):
        module.register(app)
    return app


def _print_version(wanted: bool) -> None:
    if wanted:
        from mailtrend import __version__

        typer.echo(f"mailtrend {__version__}")
        raise typer.Exit


def about(
    version: bool = typer.Option(
        False, "--version", help="Print the version and stop.", callback=_print_version, is_eager=True
    ),
) -> None:
    """Message traces and SMTP logs in; out comes what broke, where, since when, and who has to act.

    Begin with:  mailtrend run FOLDER --report report.html
    """
    del version

"""The front door: parses, calls, prints; owns stdout, stderr and exit codes. Engines are imported inside commands."""

from __future__ import annotations

import os
import sys
import traceback

from mailtrend.errors import MailtrendError

DONE, BUG, UNUSABLE, FINDINGS, REJECTED = 0, 1, 2, 3, 4
"""Exit codes of the contract."""


def main() -> None:
    """Run the command line; every error ends here, printed once, with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    sys.exit(run_command(sys.argv[1:]))


def run_command(arguments: list[str]) -> int:
    """Run one command; gives its exit code."""
    from mailtrend.cli.app import board

    try:
        code = board()(args=arguments, prog_name="mailtrend", standalone_mode=False)
        return int(code or DONE)
    except MailtrendError as error:
        print_error(error)
        return UNUSABLE
    except (KeyboardInterrupt, EOFError):
        print("mailtrend: stopped; the lake is as it was before", file=sys.stderr)  # noqa: T201  # stderr is ours here
        return UNUSABLE
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except Exception as error:
        return _from_parser(error)


def print_error(error: MailtrendError) -> None:
    """Where, what and how to mend, on stderr."""
    where = f"{error.where}: " if error.where else ""
    print(f"mailtrend: {where}{error.what}", file=sys.stderr)  # noqa: T201  # stderr is ours here
    if error.mend:
        print(f"  mend: {error.mend}", file=sys.stderr)  # noqa: T201  # stderr is ours here


def _from_parser(error: Exception) -> int:
    """Usage errors of the option parser are the user's (2), all else is a bug (1)."""
    import typer

    if isinstance(error, typer.Exit):
        return error.exit_code
    if isinstance(error, typer.Abort):
        return UNUSABLE
    if show := getattr(error, "show", None):  # a usage error, of typer's own click or of the real one: it shows itself
        show(file=sys.stderr)
        return UNUSABLE
    traceback.print_exc()
    print("mailtrend: this is a bug; please report it with the lines above", file=sys.stderr)  # noqa: T201
    return BUG

"""mailtrend report, incidents and explain: findings in words."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from typing import Annotated, Any

import typer

from mailtrend.cli import options
from mailtrend.cli.output import emit, write
from mailtrend.errors import UsageError

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
    app.command("explain")(explain)


def incidents(
    since: options.Since = None,
    until: options.Until = None,
    timezone: options.Zone = None,
    lake: options.LakeDir = None,
    config: options.ConfigFile = None,
    form: options.OutFormat = None,
    output: options.OutFile = None,
) -> None:
    """List what broke: where, since when, and who has to act."""
    from mailtrend import runs

    settings, root = options.settings_of(config, lake)
    zone = timezone or settings.timezone
    found = runs.incidents(
        root, settings, options.time_of(since, "--since", zone), options.time_of(until, "--until", zone)
    )
    wide = form in (None, options.Format.TABLE) and output is None
    emit(found.select(SHOWN) if wide else found, form, output)


SHOWN = [
    "severity", "state", "kind", "status_code", "connector", "destination", "started_at", "ended_at", "failures",
    "messages", "lost", "at_risk", "owner", "diagnosis",
]  # fmt: skip
"""Columns of `incidents` that fit a screen; the other formats have them all."""


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
    zone = timezone or settings.timezone
    if week and (since or until):
        raise UsageError("--week goes without --since and --until", where="--week", mend="give one or the other")
    first, last = options.time_of(since, "--since", zone), options.time_of(until, "--until", zone)
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


def explain(
    text: Annotated[
        list[str] | None, typer.Argument(metavar="CODE_OR_TEXT", help="A status code or an error text.")
    ] = None,
    lines: Annotated[bool, typer.Option("--lines", help="stdin has one text, or JSON string, a line.")] = False,
    form: Annotated[options.Format | None, typer.Option("--format", help="table (default) or json.")] = None,
) -> None:
    """Explain a status code or a whole pasted error text.

    Cause, owner, meaning and what to do. Without an argument the text is read from stdin.
    """
    from mailtrend import knowledge

    if lines:
        texts = [_text_of(line) for line in sys.stdin.read().splitlines()]
        for found in knowledge.explain(texts):
            sys.stdout.write(json.dumps(found.to_dict(), ensure_ascii=False) + "\n")
        return
    whole = " ".join(text) if text else sys.stdin.read().strip()
    if not whole:
        raise UsageError(
            "nothing to explain", where="explain", mend="give a code such as 4.4.316, or paste an error text"
        )
    answer = knowledge.explain([whole])[0].to_dict()
    if form is options.Format.JSON:
        sys.stdout.write(json.dumps(answer, ensure_ascii=False, indent=1) + "\n")
        return
    sys.stdout.write(_in_words(answer))


def _text_of(line: str) -> str:
    if line.startswith('"'):
        try:
            value = json.loads(line)
        except json.JSONDecodeError:
            return line
        return value if isinstance(value, str) else line
    return line


def _in_words(answer: dict[str, Any]) -> str:
    code = " ".join(str(part) for part in (answer["reply_code"], answer["status_code"]) if part)
    out = [f"{code or 'no code'}: {answer['title']}", ""]
    facts = {
        "remote reply": " ".join(
            str(answer[key]) for key in ("remote_reply_code", "remote_status_code") if answer[key]
        ),
        "remote host": " ".join(str(answer[key]) for key in ("remote_host", "remote_ip") if answer[key]),
        "cause": answer["cause"],
        "class": answer["class"],
        "who has to act": str(answer["owner"]).replace("_", " "),
    }
    out += [f"{name + ':':16}{value}" for name, value in facts.items() if value]
    out += ["", str(answer["meaning"]), ""]
    out += [f"{number}. {step}" for number, step in enumerate(answer["steps"], 1)]
    return "\n".join(out) + "\n"

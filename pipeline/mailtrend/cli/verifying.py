"""mailtrend verify: did the fix work?"""

from __future__ import annotations

import json
import textwrap
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from mailtrend.cli import DONE, FINDINGS, options
from mailtrend.cli.output import ENDINGS, as_text, emit, plain, printable, write
from mailtrend.errors import UsageError

if TYPE_CHECKING:
    from mailtrend.diagnose.verified import Verification

WIDTH: Final = 100
NUMBERS: Final = (
    "judged_from", "until", "messages", "new_messages", "messages_usual", "delivered", "failures", "new_failures",
    "failure_rate", "failure_rate_before", "confidence", "returned_late", "queued_at_change", "queued_delivered_since",
    "queued_lost_since", "queued_still", "queued", "next_expiry",
)  # fmt: skip
"""What a text table shows below the reason."""
DAY: Final = 24 * 60


class FailOn(StrEnum):
    """Verdicts that a script may want to stop at."""

    UNFIXED = "unfixed"


Connector = Annotated[str, typer.Option("--connector", help="The connector, in whatever case.")]
Code = Annotated[
    str | None,
    typer.Option("--code", help="The code that was to go, as 4.4.316 [default: the most frequent one before]."),
]
Changed = Annotated[str, typer.Option("--since", metavar="T", help="When the change was made, ISO 8601.")]
Destination = Annotated[str | None, typer.Option("--destination", help="Only this destination of the connector.")]
Tenant = Annotated[str | None, typer.Option("--tenant", help="Only this tenant; wanted if several have the connector.")]
Propagation = Annotated[
    int, typer.Option("--propagation", metavar="MINUTES", min=0, max=DAY, help="Not judged: how long a change spreads.")
]
FailOnOption = Annotated[FailOn | None, typer.Option("--fail-on", help="Exit with 3 unless the verdict is fixed.")]


def register(app: typer.Typer) -> None:
    """Put the command on the board."""
    app.command("verify")(verify)


def verify(
    connector: Connector,
    since: Changed,
    code: Code = None,
    destination: Destination = None,
    propagation: Propagation = 60,
    tenant: Tenant = None,
    fail_on: FailOnOption = None,
    timezone: options.Zone = None,
    lake: options.LakeDir = None,
    config: options.ConfigFile = None,
    form: options.OutFormat = None,
    output: options.OutFile = None,
) -> int:
    """Did the fix work? One of: fixed, not fixed, too early, replaced by another code.

    Ingest a fresh export first. The first hour after the change is not judged, nor is mail that is returned for what
    happened before it. Messages are counted, not attempts. Exits with 0 whatever the verdict; with --fail-on unfixed,
    with 3 unless it is fixed; with 2 where connector, code or time are not in the lake.
    """
    from mailtrend import runs

    settings, root = options.settings_of(config, lake)
    when = options.time_of(since, "--since", timezone or settings.timezone)
    if when is None:
        raise UsageError("no time", where="--since", mend="the time of the change, as 2026-11-02T14:00Z")
    found = runs.verify(
        root, settings, connector, when, code, destination, tenant, propagation=timedelta(minutes=propagation)
    )
    _print(found, form or (ENDINGS.get(output.suffix.lower()) if output else None), output)
    return FINDINGS if fail_on and found.verdict != "fixed" else DONE


def _print(found: Verification, form: options.Format | None, output: Any) -> None:  # noqa: ANN401  # a path or None
    """One verdict in the format asked for; JSON is one object, not a list."""
    told = found.to_dict()
    if form is options.Format.JSON:
        write(json.dumps(plain(told), ensure_ascii=False, indent=1) + "\n", output)
    elif form in {options.Format.CSV, options.Format.PARQUET}:
        import pyarrow as pa

        codes = [f"{one['status_code'] or one['cause']} ({one['failures']})" for one in told["other_failures"]]
        ways = [f"{one['connector'] or 'no connector'} ({one['delivered']})" for one in told["elsewhere"]]
        emit(pa.Table.from_pylist([told | {"other_failures": codes, "elsewhere": ways}]), form, output)
    else:
        write(_in_words(told), output)


def _in_words(told: dict[str, Any]) -> str:
    import pyarrow as pa

    head = f"{told['verdict'].upper()}: {told['code'] or 'failures'} over {told['connector']}"
    told = told | {"messages_usual": round(told["messages_usual"])}
    rows = [{"figure": name.replace("_", " "), "value": _cell(told[name])} for name in NUMBERS]
    table = as_text(pa.Table.from_pylist(rows)).rsplit("(", 1)[0]
    reason = textwrap.fill(printable(told["reason"]), WIDTH, break_long_words=False, break_on_hyphens=False)
    return f"{printable(head)}\n\n{reason}\n\n{table}"


def _cell(value: Any) -> str:  # noqa: ANN401  # any figure
    if value is None:
        return "none"
    if isinstance(value, float):
        return f"{value:.1%}"
    return f"{value:,}" if isinstance(value, int) else f"{value:%Y-%m-%d %H:%M} UTC"

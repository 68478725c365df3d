"""The committed sample: eight weeks of contoso.com as files, and the truth about them."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

from synth import (
    clock,
    render_context,
    render_detail,
    render_exchange,
    render_extended,
    render_postfix,
    render_receive,
    render_send,
    render_summary,
    render_trace,
)
from synth.shape import LogFile
from synth.traffic import messages
from synth.truth import Failing, attempts, failures, ledger
from synth.truth import messages as message_figures
from synth.truth_incidents import incidents


def log_files() -> list[LogFile]:
    """Every file of the sample, in memory."""
    mail = messages()
    exports = (render_trace, render_detail, render_extended, render_summary)
    servers = (render_send, render_receive, render_postfix, render_context, render_exchange)
    found = [file for module in exports for file in module.files(mail)]
    return [*found, *(file for module in servers for file in module.files())]


def _json(value: object) -> bytes:
    return (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode("utf-8")


def _csv(columns: tuple[str, ...], rows: list[tuple[object, ...]]) -> bytes:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return buffer.getvalue().encode("utf-8")


def truth_files(files: list[LogFile]) -> dict[str, bytes]:
    """Name → bytes of each file of the truth."""
    read = list(ledger(files))
    told = [seen for _, seens in read for seen in seens]
    tried = attempts(told)
    counted = failures(tried)
    figures = {"as_of": clock.iso_z(clock.END), "attempts": len(tried), "messages": message_figures(told, tried)}
    return {
        "failures.csv": _csv((*Failing._fields, "failures"), [(*key, counted[key]) for key in sorted(counted)]),
        "files.json": _json([file._asdict() for file, _ in read]),
        "incidents.json": _json(incidents(tried)),
        "messages.json": _json(figures),
    }


def write(out: Path, truth: Path | None) -> int:
    """Write the sample below `out` and, where asked for, the truth into `truth`; gives the bytes of the sample."""
    files, total = log_files(), 0
    for file in files:
        path = out / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        total += path.write_bytes(file.data())
    if truth is not None:
        truth.mkdir(parents=True, exist_ok=True)
        for name, data in truth_files(files).items():
            (truth / name).write_bytes(data)
    return total

"""A scenario as files: its exports and context in real formats, and what has to come of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from flow import servers, tracking, truth
from flow.mail import Letter, letters
from flow.scenario import Expected, Scenario
from flow.truth import Sight
from synth import clock, render_context, render_detail, render_extended, render_trace
from synth.exports import Export
from synth.shape import LogFile


def files(scenario: Scenario) -> dict[str, bytes]:
    """Path below the scenario's folder → bytes."""
    mail = letters(scenario.name, scenario.start, scenario.ways, scenario.troubles, scenario.end)
    if truth.doubtful(mail, scenario.end):
        raise ValueError(f"{scenario.name}: a message is a day old just when the data ends; move its faults a little")
    found = {f"inputs/{file.path.rpartition('/')[2]}": file.data() for file in _inputs(scenario, mail)}
    return {**found, "scenario.toml": _told(scenario, mail).encode("utf-8")}


def write(scenario: Scenario, folder: Path) -> int:
    """Write a scenario into a folder of its name below `folder`; gives its size in bytes.

    Inputs of an earlier rendering that are no longer part of it are taken away.
    """
    total, made = 0, files(scenario)
    for path in (folder / scenario.name / "inputs").glob("*"):
        if f"inputs/{path.name}" not in made:
            path.unlink()
    for name, data in made.items():
        path = folder / scenario.name / name
        path.parent.mkdir(parents=True, exist_ok=True)
        total += path.write_bytes(data)
    return total


def _inputs(scenario: Scenario, mail: list[Letter]) -> Iterable[LogFile]:
    messages = [letter.message for letter in mail]
    for sight in scenario.reports:
        name = f"MTDetail_{_day(sight)}.csv.bz2"
        yield render_extended.report(render_extended.Window(sight.start, sight.end, name, ran=sight.ran), messages)
    for sight in scenario.exports:
        yield render_trace.report(_export(sight), messages)
    for sight in scenario.details:
        yield render_detail.report(_export(sight), messages)
    yield render_context.outbound_connectors(scenario.connectors)
    yield render_context.accepted_domains(scenario.domains)
    if scenario.changes:
        yield render_context.changes(scenario.changes)
    if scenario.receive_logs:
        yield from servers.receive_logs(scenario.name, mail, scenario.end)
    if scenario.tracking_logs:
        yield from tracking.logs(scenario.name, scenario.end)


def _day(sight: Sight) -> str:
    return clock.moment(sight.ran).strftime("%Y%m%d")


def _export(sight: Sight) -> Export:
    return Export(sight.start, sight.ran, clock.invariant, 2, "csv.bz2", "csv.bz2")


def _told(scenario: Scenario, mail: list[Letter]) -> str:
    lines = [
        f"# What happened in '{scenario.name}', and the incidents that have to come of it; written by bench/flow.",
        f"story = {_text(scenario.story)}",
        f"as_of = {_stamp(scenario.end)}",
    ]
    for each in scenario.expected:
        lines += ["", "[[incident]]", *(f"{key} = {_text(value)}" for key, value in _row(each, scenario, mail).items())]
    return "\n".join(lines) + "\n"


def _row(each: Expected, scenario: Scenario, mail: list[Letter]) -> Mapping[str, object]:
    told: dict[str, object] = {
        key: getattr(each, key)
        for key in ("status_code", "connector", "destination", "scope", "kind", "owner", "cause", "severity",
                    "first_action", "advised", "not_advised", "says", "status_codes", "remote_ip")
        if getattr(each, key)
    }  # fmt: skip
    if each.silent_since:
        return {**told, "started_at": _Time(each.silent_since), "start_within": each.start_within}
    seen = truth.figures(each.name, mail, [*scenario.reports, *scenario.details], scenario.exports, scenario.end)
    told |= {"started_at": _Time(truth.hour(seen.first)), "start_within": each.start_within}
    if each.over:
        told |= {"ended_at": _Time(each.ended or truth.hour(seen.last) + clock.HOUR), "end_within": each.end_within}
    counts = ("failures", "messages", "recipients", "delivered_late", "lost", "at_risk")
    told |= {key: getattr(seen, key) for key in counts}
    told |= dict(zip(("late_p50_seconds", "late_p90_seconds", "late_max_seconds"), seen.waits, strict=False))
    if seen.next_expiry:
        told["next_expiry"] = _Time(seen.next_expiry)
    return told | ({"slack": each.slack} if each.slack else {})


class _Time(int):
    """Milliseconds that are to be written as a time."""


def _stamp(at: int) -> str:
    return clock.moment(at).strftime("%Y-%m-%dT%H:%M:%SZ")


def _text(value: object) -> str:
    """A value as TOML has it."""
    if isinstance(value, _Time):
        return _stamp(value)
    return json.dumps(value, ensure_ascii=False)

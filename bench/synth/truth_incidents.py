"""The planted incidents with their exact figures."""

from __future__ import annotations

from collections.abc import Iterable

from synth import clock
from synth.incidents import INCIDENTS, Incident
from synth.shape import Seen
from synth.truth import FAILING


def _stamp(at: int | None) -> str | None:
    return None if at is None else clock.iso_z(at)


def _of(incident: Incident, attempts: Iterable[Seen]) -> list[Seen]:
    codes = (incident.fault.code, incident.twin)
    late = (incident.end or clock.END) + clock.DAY
    return [
        seen
        for seen in attempts
        if seen.code in codes and seen.connector == incident.connector and seen.destination == incident.destination
        and incident.start <= seen.at < late
    ]  # fmt: skip


def _figures(incident: Incident, attempts: list[Seen]) -> dict[str, object]:
    failing = [seen for seen in _of(incident, attempts) if seen.outcome in FAILING]
    people = {(seen.message, seen.recipient) for seen in failing}
    final = {(seen.message, seen.recipient): seen.outcome for seen in attempts if seen.outcome != "deferred"}
    ends = [final.get(each, "pending") for each in people]
    return {
        "first_failure": _stamp(min(seen.at for seen in failing)),
        "last_failure": _stamp(max(seen.at for seen in failing)),
        "failures": len(failing),
        "messages": len({message for message, _ in people}),
        "recipients": len({recipient for _, recipient in people}),
        "delivered_late": ends.count("delivered"),
        "lost": ends.count("failed") + ends.count("expired"),
        "at_risk": ends.count("pending"),
    }


def incidents(attempts: list[Seen]) -> list[dict[str, object]]:
    """Each incident: what was planted, and what of it the files show."""
    return [
        {
            "name": each.name,
            "status_code": each.fault.code,
            "expired_twin": each.twin,
            "connector": each.connector or None,
            "destination": each.destination,
            "cause": each.cause,
            "owner": each.owner,
            "fault_started_at": _stamp(each.start),
            "fault_ended_at": _stamp(each.end),
            "follows_change": each.change or None,
            **_figures(each, attempts),
        }
        for each in INCIDENTS
    ]

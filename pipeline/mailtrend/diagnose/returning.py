"""What failed before at the same place: an incident that comes back says so, and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from mailtrend.diagnose.identity import Mark, likeness, mark_of_row
from mailtrend.diagnose.pairing import Known
from mailtrend.diagnose.phrases import count, span, when

BACK: Final = timedelta(days=7)
"""What fails again within a week of its end has come back; what ended it did not hold. Later it is a new incident."""
_USUAL: Final = frozenset({"recurring", "flapping", "silence"})
"""Kinds that come and go by nature."""


def told_again(
    rows: Sequence[dict[str, Any]], kept: Sequence[Mapping[str, Any]], before: Sequence[Mapping[str, Any]]
) -> None:
    """Let every incident name the last one at the same place with the same fault; changes `rows` where they lie.

    rows: of contracts.INCIDENTS. kept: those that stay as they were told. Each time it failed stays an incident with a
    start, an end and an id of its own. One that lasts, and comes back within a week of one that was told as ended in
    `before`, is `reopened`.
    """
    ended = {row["incident_id"] for row in before if row["ended_at"] is not None}
    everyone = [*rows, *kept]
    marks = [mark_of_row(row) for row in everyone]
    known = Known(marks)
    for row, mark in zip(rows, marks, strict=False):
        past = sorted(
            (number for number in known.near(mark) if _precedes(marks[number], mark)),
            key=lambda number: (marks[number].until, marks[number].started_at, everyone[number]["incident_id"]),
        )
        if not past or row["kind"] in _USUAL:
            continue
        last = everyone[past[-1]]
        pause = row["started_at"] - last["ended_at"]
        row["evidence"] = [*row["evidence"], _sentence(last, pause, len(past), marks[past[0]].started_at)]
        if row["state"] == "new" and pause <= BACK and last["incident_id"] in ended:
            row["state"] = "reopened"


def _precedes(one: Mark, other: Mark) -> bool:
    return one.ended_at is not None and one.ended_at <= other.started_at and likeness(one, other) is not None


def _sentence(last: Mapping[str, Any], pause: timedelta, times: int, first: datetime) -> str:
    told = f"from {when(last['started_at'])} to {when(last['ended_at'])} (incident {last['incident_id']})"
    often = f"; {count(times, 'time')} since {when(first)}" if times > 1 else ""
    if pause <= BACK:
        return (
            f"It has come back after {span(pause)}: the same failed here {told}, and what ended it did not hold{often}"
        )
    return f"The same failed here {span(pause)} before: {told}{often}"

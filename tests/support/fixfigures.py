"""Figures of a change that worked, of one that did not, and of one after which nothing is tried."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from mailtrend.diagnose.figures import Figures, Other, Tally
from mailtrend.diagnose.traffic import Traffic

T = datetime(2026, 11, 2, 12)
HOUR = timedelta(hours=1)
NEW = Other("4.4.317", "starttls_not_offered", Tally(20, 20, 0, T + 2 * HOUR, T + 6 * HOUR, 0.0))


def hourly(messages: int, days: int = 1) -> Traffic:
    """So many messages in every hour of the days before the change."""
    return Traffic(tuple((T - at * HOUR, messages) for at in range(24 * days, 0, -1)))


WORKS = Figures(
    connector="To on-premises", code="4.4.316", cause="connection_refused", since=T, judged_from=T + HOUR,
    until=T + 7 * HOUR, fault=Tally(20, 0, 20, before=1.0), delivered=20, before=48, failures_before=48,
    before_from=T - 24 * HOUR, traffic=hourly(2), covered=tuple(T + at * HOUR for at in range(1, 7)),
)  # fmt: skip


def failing(attempts: int, failures: int, since_last: int, before: float = 1.0) -> Tally:
    return Tally(attempts, failures, since_last, T + HOUR, T + 2 * HOUR, before)


RARE = Traffic(tuple((T - at * HOUR, 4 if at == 1 else 0) for at in range(48, 0, -1)))
SILENT = replace(WORKS, fault=Tally(0, 0, 0, before=1.0), delivered=0)

"""The attempts that come of mail: each failure brings the next attempt, until it is delivered, refused or given up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.random import Generator

from detect.faults import Fault
from detect.mailing import Mail, Trouble
from detect.retries import Schedule
from detect.volume import DAY, Flags, Floats, Ints


class Events(NamedTuple):
    """One row for each attempt: when (hours since the span began), which row of the mail, how it went, and why.

    by_fault: it failed for a fault's sake. The report at the end of a queue's patience is a row too.
    """

    at: Floats
    row: Ints
    failed: Flags
    by_fault: Flags

    def kept(self, keep: Flags) -> Events:
        """The rows that are marked."""
        return Events(self.at[keep], self.row[keep], self.failed[keep], self.by_fault[keep])


def attempts_of(
    rng: Generator, mail: Mail, trouble: Trouble, schedule: Schedule, planned: Sequence[Fault], hours: int
) -> Events:
    """All attempts within so many hours, in rounds: one of every row that is still in the queue at a time."""
    faulty, lasting = _chances(rng, planned, hours)
    row = np.arange(len(mail.at))
    at, tries = mail.at.copy(), np.ones(len(row), dtype=np.int64)
    rounds = [_nothing()]
    while len(row):
        hour = at.astype(np.int64)
        hit = rng.random(len(row)) < faulty[hour]
        own, final = _own(rng, mail, trouble, row, at, tries)
        final = final | (hit & ~lasting[hour])
        rounds.append(Events(at, row, hit | own, hit))
        queued = (hit | own) & ~final
        row, at, tries, hit = row[queued], at[queued], tries[queued], hit[queued]
        following = at + schedule.wait(rng, tries)
        over = following > mail.at[row] + schedule.expiry
        end = mail.at[row] + schedule.expiry
        # A report is no attempt at the other side, but the logs have it as one more failure.
        told = over & (end < hours)
        rounds.append(Events(end[told], row[told], np.ones(int(told.sum()), dtype=np.bool_), hit[told]))
        left = ~over & (following < hours)
        row, at, tries = row[left], following[left], tries[left] + 1
    return Events(*(np.concatenate(parts) for parts in zip(*rounds, strict=True)))


def _own(rng: Generator, mail: Mail, trouble: Trouble, row: Ints, at: Floats, tries: Ints) -> tuple[Flags, Flags]:
    """Fails for a reason that is no fault of the place; and for good."""
    who = mail.recipient[row]
    dead = trouble.dead[who]
    failed = dead | (trouble.grey[who] & (tries == 1)) | (rng.random(len(row)) < trouble.busy[at.astype(np.int64)])
    for one, since, until in trouble.full:
        failed |= (who == one) & (at >= since) & (at < until)
    return failed, dead


def _chances(rng: Generator, planned: Sequence[Fault], hours: int) -> tuple[Floats, Flags]:
    """The chance by hour that a fault hits, and whether what it hits is tried again; a policy refuses for good.

    After a fault of some hours the whole queue comes at once, and some of it is put off again: the echo.
    """
    chance, again = np.zeros(hours), np.ones(hours, dtype=np.bool_)
    for fault in planned:
        if fault.sort == "silence":
            continue
        chance = np.maximum(chance, fault.chance)
        if rng.random() < 0.35:
            again[fault.first : fault.last] = False
        elif fault.sort != "recurring" and rng.random() < 0.5:
            tail = 0.4 * np.exp(-np.arange(DAY // 3) / 2.0)[: max(0, hours - fault.last)]
            chance[fault.last : fault.last + len(tail)] = np.maximum(chance[fault.last : fault.last + len(tail)], tail)
    return chance, again


def _nothing() -> Events:
    none = np.zeros(0)
    return Events(none, none.astype(np.int64), none.astype(np.bool_), none.astype(np.bool_))

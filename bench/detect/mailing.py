"""Mail to one place, message by message: who is written to, and what is wrong with some of the recipients."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.random import Generator

from detect.volume import DAY, WEEK, Flags, Floats, Ints, Span

SORTS: Final = (
    "plain", "full_mailbox", "full_mailboxes", "robot", "greylisting", "dead_recipients", "list_runs", "throttled",
    "hiccups", "busy_hours", "holidays", "no_weekends", "rare", "gaps", "surge",
)  # fmt: skip
"""What sets a quiet series apart: single mailboxes, habits of the other side, calendars."""


class Mail(NamedTuple):
    """One row for each message and recipient: when it is first tried (hours since the span began), and the two."""

    at: Floats
    message: Ints
    recipient: Ints


class Trouble(NamedTuple):
    """What fails though the place is well. `full`: (recipient, from, to). `dead`, `grey`: by recipient.

    busy: the chance by hour that an attempt is put off.
    """

    full: tuple[tuple[int, float, float], ...]
    dead: Flags
    grey: Flags
    busy: Floats


def mail_of(rng: Generator, expected: Floats, people: int, sort: str) -> Mail:
    """Messages by the expected number in each hour; one in four has several recipients; lists and robots by sort."""
    number = rng.poisson(expected * rng.gamma(20.0, 1 / 20.0, len(expected)))
    at = np.repeat(np.arange(len(expected)), number) + rng.random(int(number.sum()))
    width = np.where(rng.random(len(at)) < 0.75, 1, rng.integers(2, 6, len(at)))
    if sort in {"list_runs", "throttled"}:
        every = DAY if sort == "list_runs" and rng.random() < 0.5 else WEEK
        runs = np.arange(float(rng.integers(8, WEEK)), len(expected), float(every))
        at, width = np.concatenate([at, runs]), np.concatenate([width, rng.integers(30, 300, len(runs))])
    message = np.repeat(np.arange(len(at)), width)
    popular = (np.arange(people) + 4.0) ** -rng.uniform(0.3, 1.0)
    recipient = rng.choice(people, len(message), p=rng.permutation(popular / popular.sum()))
    mail = Mail(np.repeat(at, width), message, np.asarray(recipient, dtype=np.int64))
    return _with_robot(rng, mail, len(expected)) if sort == "robot" else mail


def _with_robot(rng: Generator, mail: Mail, hours: int) -> Mail:
    """A machine that writes to the same mailbox every quarter of an hour to every two hours."""
    at = np.arange(0.5, hours, float(rng.choice([0.25, 0.5, 1.0, 2.0])))
    first = int(mail.message.max(initial=-1)) + 1
    return Mail(
        np.concatenate([mail.at, at]),
        np.concatenate([mail.message, first + np.arange(len(at))]),
        np.concatenate([mail.recipient, np.zeros(len(at), dtype=np.int64)]),
    )


def trouble_of(rng: Generator, span: Span, mail: Mail, people: int, sort: str) -> Trouble:
    """The usual trouble of a series of this sort; a little of most is in every one."""
    busy = np.full(span.size, float(rng.choice([0.0, 0.001, 0.004, 0.01])))
    if sort == "busy_hours":
        busy = np.minimum(0.6, 0.02 * np.repeat(rng.gamma(0.5, 2.0, -(-span.size // 4)), 4)[: span.size])
    if sort == "hiccups":
        # A fault of some minutes: two messages or so, whatever the hour holds.
        hours = rng.integers(0, span.size, max(4, span.size // 60))
        busy[hours] = np.minimum(0.4, 2 / np.maximum(_load(span, mail)[hours], 1.0))
    if sort == "throttled":
        busy = busy + _throttled(rng, span, mail)
    number = {"full_mailbox": 1, "full_mailboxes": int(rng.integers(2, 6)), "robot": 1}.get(
        sort, int(rng.random() < 0.2)
    )
    return Trouble(
        tuple(_full(rng, span, mail, robot=sort == "robot") for _ in range(number)),
        rng.random(people) < (rng.uniform(0.02, 0.1) if sort in {"dead_recipients", "list_runs"} else 0.003),
        rng.random(people) < (rng.uniform(0.2, 0.8) if sort == "greylisting" else 0.0),
        busy,
    )


def _full(rng: Generator, span: Span, mail: Mail, *, robot: bool) -> tuple[int, float, float]:
    """A mailbox that is full for half a day to two weeks; of somebody who gets mail."""
    who = 0 if robot or not len(mail.recipient) else int(rng.choice(mail.recipient))
    since = float(rng.uniform(0.0, span.size))
    return who, since, since + float(np.exp(rng.uniform(np.log(12), np.log(336))))


def _throttled(rng: Generator, span: Span, mail: Mail) -> Floats:
    """The other side takes so much an hour and puts the rest off: it shows in the big run of every week."""
    load = _load(span, mail)
    most = max(4.0, float(np.quantile(load, 0.99)))
    return np.asarray(np.clip(1 - most / np.maximum(load, 1.0), 0.0, rng.uniform(0.1, 0.5)), dtype=np.float64)


def _load(span: Span, mail: Mail) -> Floats:
    """What is first tried in each hour."""
    return np.bincount(mail.at.astype(np.int64), minlength=span.size)[: span.size].astype(np.float64)

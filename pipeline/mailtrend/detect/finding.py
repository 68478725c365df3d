"""One finding, before it becomes a row of contracts.FINDINGS."""

from __future__ import annotations

from typing import NamedTuple


class Held(NamedTuple):
    """A stretch that was looked at and is no incident, and the gate that held it; hours count from 1970."""

    first: int
    last: int
    failures: float
    expected: float
    why: str


class Found(NamedTuple):
    """Hours count from 1970; `last` is the first hour after it. `failures` and `expected` are attempts as logged.

    `evidence` in nats decides p_value = T × exp(-evidence); `sentences` say what was seen.
    """

    series_id: str
    first: int
    last: int
    going: bool
    kind: str
    failures: int
    expected: float
    p_value: float
    sentences: tuple[str, ...]

"""Labelled series drawn hour by hour, without and with faults."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import polars as pl
from numpy.random import Generator

from detect import faults, noise, truth, volume
from detect.faults import Fault
from detect.truth import Seen
from detect.volume import DAY, Flags, Floats, Ints, Span

_WEEKS: Final = (1, 2, 3, 4, 5, 6, 8, 10, 12)
_FAULTY: Final = 0.55
_SECOND: Final = 0.15
_SHARES: Final = np.array([12, 11, 11, 9, 9, 10, 10, 7, 7, 5, 4, 5]) / 100


class Drawn(NamedTuple):
    """One series: its hours (columns of contracts.SERIES), the rows of its labels, and the sort of its noise."""

    frame: pl.DataFrame
    labels: list[dict[str, object]]
    sort: str


def one(seed: int, number: int, *, quiet: bool = False, weeks: int = 0, name: str = "h") -> Drawn:
    """The series of a number under a seed, the same whenever it is asked for; so many weeks of it, else by chance."""
    rng = np.random.default_rng([seed, number])
    sort = noise.SORTS[number % len(noise.SORTS)]
    drawn = max(int(rng.choice(_WEEKS)), noise.LEAST_WEEKS.get(sort, 1))
    span = volume.span_of(rng, weeks or drawn, clock_change=sort == "clock_change")
    expected = _expected(rng, span, sort)
    usual = noise.noise_of(rng, span, sort, float(expected.sum()))
    planned = [] if quiet else planned_faults(rng, span)
    attempts = volume.attempts_of(rng, expected)
    for fault in planned:
        if fault.sort == "silence":
            attempts[fault.first : fault.last] = 0
        if fault.cut:
            attempts[: fault.first] = 0
    plain = noise.failures_of(rng, attempts, usual.rate, usual.clump)
    failures = _with_faults(rng, attempts, plain, planned)
    seen = Seen(
        span, attempts, failures, plain, failures - plain, usual.rate, expected, covered_hours(rng, span, sort, planned)
    )
    series_id = f"{name}{number:05d}"
    labels = [row for fault in planned if (row := truth.label(series_id, seen, fault))]
    return Drawn(_frame(series_id, seen), labels, sort)


def _expected(rng: Generator, span: Span, sort: str) -> Floats:
    profile = str(rng.choice([name for name in volume.PROFILES if name != "irregular"]))
    mean = volume.level(rng)
    if sort == "irregular":
        profile = "irregular"
    if sort == "rare":
        mean = float(rng.uniform(0.04, 0.3))
    if sort == "no_weekends":
        profile = str(rng.choice(["office", "batch"]))
    expected = mean * volume.shape(rng, span, profile, no_weekends=sort == "no_weekends")
    if sort == "holidays":
        expected = expected * volume.days_off(rng, span, none=profile == "office")
    if sort == "growth":
        expected = expected * np.linspace(1.0, rng.choice([0.3, 2.5, 4.0]), span.size)
    if sort == "surge":
        first = int(rng.integers(0, span.size - 12))
        expected[first : first + int(rng.integers(3, 96))] *= 8.0
    return expected


def planned_faults(rng: Generator, span: Span) -> list[Fault]:
    """What goes wrong in a span: nothing in 45 of 100, else one fault, at times a second one well behind it."""
    if rng.random() > _FAULTY:
        return []
    first = faults.fault_of(rng, span, str(rng.choice(faults.SORTS, p=_SHARES)))
    if first is None:
        return []
    if rng.random() < _SECOND and first.sort not in {"recurring", "drift"} and not first.going:
        # Far enough behind the first to be an incident of its own, and no silence beside another one.
        second = faults.fault_of(rng, span, str(rng.choice(["burst", "sustained", "lasting"])), first.last + 3 * DAY)
        return [first, second] if second else [first]
    return [first]


def _with_faults(rng: Generator, attempts: Ints, plain: Ints, planned: list[Fault]) -> Ints:
    """What would not have failed anyway fails by the chance of the fault."""
    failures = plain.copy()
    for fault in planned:
        if fault.sort != "silence":
            failures = failures + rng.binomial(attempts - failures, fault.chance)
    return np.asarray(failures, dtype=np.int64)


def covered_hours(rng: Generator, span: Span, sort: str, planned: list[Fault]) -> Flags:
    """The hours that the data has: all, but for gaps, and at times from the first hour of a new route on."""
    covered = np.ones(span.size, dtype=np.bool_)
    if sort == "gaps":
        for _ in range(int(rng.integers(1, 5))):
            at = int(rng.integers(0, span.size))
            covered[at : at + int(np.exp(rng.uniform(0.0, np.log(100))))] = False
    for fault in planned:
        if fault.cut and rng.random() < 0.5:
            covered[: fault.first] = False
    return covered


def _frame(series_id: str, seen: Seen) -> pl.DataFrame:
    at = seen.covered
    return pl.DataFrame(
        {
            "ts": seen.span.hour[at].astype("datetime64[h]").astype("datetime64[us]"),
            "attempts": seen.attempts[at],
            "failures": seen.failures[at],
        }
    ).select(pl.lit(series_id).alias("series_id"), "ts", "attempts", "failures")

"""Labelled series counted from simulated messages: attempts, failures, and the distinct messages and recipients."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl
from numpy.random import Generator

from detect import delivering, hourly, mailing, retries, truth, volume
from detect.delivering import Events
from detect.faults import Fault
from detect.hourly import Drawn
from detect.mailing import Mail
from detect.truth import Seen
from detect.volume import Flags, Floats, Ints, Span

_WEEKS: Final = (1, 2, 3, 4, 6, 8, 10)
_LEAST_WEEKS: Final = {"throttled": 4, "hiccups": 2, "list_runs": 3, "busy_hours": 2}
_LEVELS: Final = ((0.04, 0.5), (0.5, 5.0), (5.0, 30.0), (30.0, 120.0))


def one(seed: int, number: int, *, quiet: bool = False, name: str = "m") -> Drawn:
    """The series of a number under a seed, the same whenever it is asked for."""
    rng = np.random.default_rng([seed, number, 7])
    sort = mailing.SORTS[number % len(mailing.SORTS)]
    span = volume.span_of(rng, max(int(rng.choice(_WEEKS)), _LEAST_WEEKS.get(sort, 1)))
    expected = _expected(rng, span, sort)
    planned = [] if quiet else hourly.planned_faults(rng, span)
    people = int(np.exp(rng.uniform(np.log(4), np.log(3000))))
    mail = mailing.mail_of(rng, _used(expected, planned), people, sort)
    trouble = mailing.trouble_of(rng, span, mail, people, sort)
    schedule = retries.schedule_of(rng)
    luck = int(rng.integers(1 << 40))
    covered = hourly.covered_hours(rng, span, sort, planned)
    events, without = (
        delivering.attempts_of(np.random.default_rng(luck), mail, trouble, schedule, what, span.size)
        for what in (planned, [])
    )
    events, without = _elsewhere(events, planned), _elsewhere(without, planned)
    series_id = f"{name}{number:05d}"
    seen = _seen(span, mail, events, without, expected, covered)
    rows = [_label(series_id, seen, fault, mail, events) for fault in planned]
    return Drawn(_frame(series_id, span, covered, mail, events), [row for row in rows if row], sort)


def _expected(rng: Generator, span: Span, sort: str) -> Floats:
    low, high = _LEVELS[int(rng.choice(len(_LEVELS), p=[0.15, 0.35, 0.35, 0.15]))]
    mean = 0.1 if sort == "rare" else float(np.exp(rng.uniform(np.log(low), np.log(high))))
    # A place that is written to in projects has pauses of its own, and they have to be seen.
    profiles = (
        volume.PROFILES
        if span.size >= 3 * volume.WEEK and sort != "throttled"
        else [name for name in volume.PROFILES if name != "irregular"]
    )
    profile = "office" if sort in {"no_weekends", "holidays"} else str(rng.choice(profiles))
    expected = mean * volume.shape(rng, span, profile, no_weekends=sort == "no_weekends")
    if sort == "holidays":
        expected = expected * volume.days_off(rng, span, none=True)
    if sort == "surge":
        first = int(rng.integers(0, span.size - 12))
        expected[first : first + int(rng.integers(3, 72))] *= 8.0
    return expected


def _used(expected: Floats, planned: list[Fault]) -> Floats:
    """Nothing is sent during a silence, nor before a route is there."""
    used = expected.copy()
    for fault in planned:
        if fault.sort == "silence":
            used[fault.first : fault.last] = 0.0
        if fault.cut:
            used[: fault.first] = 0.0
    return used


def _elsewhere(events: Events, planned: list[Fault]) -> Events:
    """A route that is no longer used has no retries either."""
    keep = np.ones(len(events.at), dtype=np.bool_)
    for fault in planned:
        if fault.sort == "silence":
            keep &= (events.at < fault.first) | (events.at >= fault.last)
        if fault.cut:
            keep &= events.at >= fault.first
    return events.kept(keep)


def _seen(span: Span, mail: Mail, events: Events, without: Events, expected: Floats, covered: Flags) -> Seen:
    """Evidence on messages: each counts once, in the hour of its first failure; exposure is what is first tried."""
    tried = np.bincount(mail.at.astype(np.int64), minlength=span.size)[: span.size]
    usual = _first_failures(without, span.size)
    rate = np.full(span.size, usual.sum() / max(1, tried.sum()))
    caused = np.bincount(events.at[events.by_fault].astype(np.int64), minlength=span.size)
    return Seen(span, tried, _first_failures(events, span.size), usual, caused, rate, expected, covered)


def _first_failures(events: Events, hours: int) -> Ints:
    rows, at = events.row[events.failed], events.at[events.failed]
    order = np.lexsort((at, rows))
    first = np.concatenate([[True], np.diff(rows[order]) != 0])[: len(order)]
    return np.asarray(np.bincount(at[order][first].astype(np.int64), minlength=hours), dtype=np.int64)


def _label(series_id: str, seen: Seen, fault: Fault, mail: Mail, events: Events) -> dict[str, object] | None:
    inside = events.by_fault & (events.at >= fault.first) & (events.at < fault.last)
    rows, hours = events.row[inside], events.at[inside].astype(np.int64)
    row = truth.label(series_id, seen, fault)
    if row and fault.sort != "silence":
        hit, who = len(np.unique(mail.message[rows])), len(np.unique(mail.recipient[rows]))
        # While others are delivered to, a handful of recipients may as well be as many full mailboxes; and who they
        # are is not told, so that several have to fail within one hour.
        least = 3 if float(fault.chance.max()) >= 0.85 else 5
        at_once = np.unique(np.stack([hours, mail.recipient[rows]]), axis=1)[0]
        row["care"] = bool(row["care"]) and hit >= 5 and who >= least and int(np.bincount(at_once).max()) >= 3
    return row


def _frame(series_id: str, span: Span, covered: Flags, mail: Mail, events: Events) -> pl.DataFrame:
    failed = pl.col("failed")
    counted = (
        pl.DataFrame(
            {
                "hour": events.at.astype(np.int64),
                "failed": events.failed,
                "message": mail.message[events.row],
                "recipient": mail.recipient[events.row],
            }
        )
        .group_by("hour")
        .agg(
            pl.len().cast(pl.Int64).alias("attempts"),
            failed.sum().cast(pl.Int64).alias("failures"),
            pl.col("message").filter(failed).n_unique().cast(pl.Int64).alias("messages"),
            pl.col("recipient").filter(failed).n_unique().cast(pl.Int64).alias("recipients"),
        )
    )
    hours = pl.DataFrame(
        {"hour": np.arange(span.size), "ts": span.hour.astype("datetime64[h]").astype("datetime64[us]")}
    )
    return (
        hours.filter(pl.Series(covered))
        .join(counted, on="hour", how="left", maintain_order="left")
        .select(pl.lit(series_id).alias("series_id"), "ts", pl.exclude("hour", "ts").fill_null(0))
    )

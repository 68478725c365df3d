"""What an honest observer could have seen of a fault: when the first sign came, and whether there was enough to see."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, NamedTuple

import numpy as np
import polars as pl

from detect.faults import Fault
from detect.volume import DAY, Flags, Floats, Ints, Span

_LEAST_FAILURES: Final = 6
_LEAST_RATIO: Final = 2.2
_LEAST_EVIDENCE: Final = 15.0
_BEYOND_HABIT: Final = 1.5
_SURE: Final = 0.85
_SIGN: Final = 2.0
_LEAST_FLIPS: Final = 8
_MOST_DAYS: Final = 0.4
_DAYS_OFF: Final = 5 * DAY

COLUMNS: Final[dict[str, pl.DataType | type[pl.DataType]]] = {
    "series_id": pl.String, "onset": pl.Datetime("us"), "first_seen": pl.Datetime("us"), "end": pl.Datetime("us"),
    "kind": pl.String, "also": pl.String, "care": pl.Boolean, "ongoing": pl.Boolean, "evidence": pl.Float64,
    "failures_in": pl.Int64, "sort": pl.String,
}  # fmt: skip


class Seen(NamedTuple):
    """A series with the truth about it. Arrays by hour of the span; evidence stands on `failures` (messages if known).

    attempts, failures: what was logged. usual: failures as they would have been without any fault, drawn from the same
    luck. caused: those that a fault brought. rate: the chance of the usual ones. expected: attempts to be expected
    where a silence took them away. covered: hours that the data has.
    """

    span: Span
    attempts: Ints
    failures: Ints
    usual: Ints
    caused: Ints
    rate: Floats
    expected: Floats
    covered: Flags


def label(series_id: str, seen: Seen, fault: Fault) -> dict[str, object] | None:
    """The row of one incident (COLUMNS); None where the data has not a single hour of it."""
    inside = np.zeros(seen.span.size, dtype=np.bool_)
    inside[fault.first : fault.last] = True
    inside &= seen.covered
    if not inside.any():
        return None
    first, signs, care, evidence, also = (
        _silence(seen, fault, inside) if fault.sort == "silence" else _raised(seen, fault, inside)
    )
    return {
        "series_id": series_id,
        "onset": _instant(seen.span.hour[first]),
        "first_seen": _instant(seen.span.hour[signs]),
        "end": _instant(seen.span.hour[fault.last - 1] + 1),
        "kind": fault.kind,
        "also": " ".join(also),
        "care": care,
        "ongoing": fault.going,
        "evidence": round(evidence, 1),
        "failures_in": int(seen.failures[inside].sum()),
        "sort": fault.sort,
    }


def _instant(hour: int) -> datetime:
    return datetime(1970, 1, 1) + timedelta(hours=int(hour))  # UTC without a zone, as in the series


def _silence(seen: Seen, fault: Fault, inside: Flags) -> tuple[int, int, bool, float, list[str]]:
    """From the last sign of life before; by how many attempts were missed, against the longest pause at other times."""
    alive = np.flatnonzero((seen.attempts > 0) & seen.covered)
    before = alive[alive < fault.first]
    first = int(before[-1]) + 1 if len(before) else 0
    missed = np.cumsum(np.where(inside, seen.expected, 0.0))
    signs = int(np.searchsorted(missed, min(3.0, missed[-1])))
    pauses = np.diff(np.concatenate([[-1], alive, [seen.span.size]])) - 1
    own = int((alive[alive >= fault.last][:1].tolist() or [seen.span.size])[0]) - first
    longest = int(max((pause for pause in pauses.tolist() if pause != own), default=0))
    enough = missed[-1] >= 18 and inside.sum() >= DAY and own >= 1.8 * longest
    care = enough and fault.first >= 3 * DAY and not _like_days_off(seen, fault, first, own)
    return first, min(signs, fault.last - 1), bool(care), float(missed[-1]), []


def _like_days_off(seen: Seen, fault: Fault, first: int, length: int) -> bool:
    """Begun and ended in calm hours, five days at most, where weekends are kept: a holiday looks the same."""
    weekend = seen.span.weekday >= 5
    kept = float(seen.expected[weekend].mean()) < 0.25 * float(seen.expected[~weekend].mean())
    calm = 0.3 * float(seen.expected[~weekend].mean())
    ends = (seen.expected[first : first + 3], seen.expected[fault.last - 3 : fault.last])
    return kept and not fault.going and length <= _DAYS_OFF and all(float(part.mean()) < calm for part in ends)


def _raised(seen: Seen, fault: Fault, inside: Flags) -> tuple[int, int, bool, float, list[str]]:
    """By Poisson evidence over the usual rate, and by what windows of this length hold when nothing is wrong."""
    on = inside & (fault.chance > 0)
    extra = np.flatnonzero(on & (seen.caused > 0))
    total = float(seen.failures[on].sum())
    base = float((seen.attempts * seen.rate)[on].sum())
    evidence = total * np.log(max(total, 1e-9) / max(base, 1e-9)) - (total - base) if total > base else 0.0
    if base <= 0.0:
        # Where nothing ever fails, half a failure in all that was sent is the most that can be known of the rate.
        evidence = total * np.log(max(1.0, (seen.attempts.sum() + 1) / (seen.attempts[on].sum() + 1))) + total
    signs = _first_sign(seen, fault, on, extra)
    care = total >= _LEAST_FAILURES and total >= _LEAST_RATIO * base and evidence >= _LEAST_EVIDENCE
    if fault.sort in {"from_start", "new_route"}:
        care = bool(total >= 20 and total >= _SURE * float(seen.attempts[on].sum()))
    elif fault.sort == "recurring":
        days = len(np.unique(seen.span.hour[extra] // DAY))
        care = care and days >= max(5.0, _MOST_DAYS * (fault.last - fault.first) / DAY)
    else:
        care = care and total >= _BEYOND_HABIT * _most_in_a_window(seen, on)
    if fault.sort == "drift":
        care = care and evidence >= 3 * _LEAST_EVIDENCE
    if fault.sort == "flapping":
        care = care and len(extra) >= 4
    return fault.first, signs, bool(care), float(evidence), _also(seen, fault, extra)


def _first_sign(seen: Seen, fault: Fault, on: Flags, extra: Ints) -> int:
    """When more has failed since the fault began than luck explains: a single failure where hardly any is usual."""
    if not len(extra):
        return fault.first
    failed = np.cumsum(np.where(on, seen.failures, 0)).astype(np.float64)
    usual = np.maximum(np.cumsum(np.where(on, seen.attempts * seen.rate, 0.0)), 0.02)
    nats = np.where(failed > usual, failed * np.log(np.maximum(failed, 1e-9) / usual) - (failed - usual), 0.0)
    return int(np.argmax(nats >= min(_SIGN, float(nats.max()))))


def _most_in_a_window(seen: Seen, on: Flags) -> float:
    """The most failures that as many hours in a row have without any fault, half of them covered at least."""
    sums = np.concatenate([[0.0], np.cumsum(np.where(seen.covered & ~on, seen.usual, 0))])
    width = int(on.sum())
    return float((sums[width:] - sums[:-width]).max()) if width < len(sums) else 0.0


def _also(seen: Seen, fault: Fault, extra: Ints) -> list[str]:
    """Other kinds that the data allows.

    What shows for a few hours is a burst, what was never seen before is new, and without traffic nothing shows flips.
    """
    if not len(extra):
        return []
    if fault.kind == "flapping":
        # Off only shows where something was tried.
        tried = np.flatnonzero((seen.attempts > 0) & seen.covered)
        flips = np.abs(np.diff(np.isin(tried, extra).astype(np.int64))).sum()
        return ["sustained", "burst"] * bool(flips < _LEAST_FLIPS)
    if fault.kind != "sustained":
        return []
    shown = int(extra[-1] - extra[0]) + 1
    before = slice(0, int(extra[0]))
    new = seen.failures[before].sum() == 0 and shown >= 18
    return ["burst"] * (shown <= 8) + ["new_code"] * bool(new)

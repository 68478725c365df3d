"""Other detectors to compare with, each set up as mildly as is honest; they come with `uv run --group bench`.

All get what mailtrend gets: exposure (expected failures stand on the attempts of the hour), messages instead of
failures where they are known, one base rate per series that an incident hardly moves (the lower of the mean and the
median day), and the same gates behind them: five failures, twice the rate of the rest, Poisson evidence of 9 + ln T
nats.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any, Final, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detect.detectors import Flagger
from detect.volume import DAY, Flags, Floats, Ints

_LEAST: Final = 5
_RATIO: Final = 2.0
_NATS: Final = 9.0
_FALSE_SHARE: Final = 0.01
_BRIDGE: Final = 12

Segments = list[tuple[int, int]]


class Counts(NamedTuple):
    """The covered hours of one series: when (since 1970), what was tried, what failed, what was to be expected."""

    series_id: str
    hour: Ints
    tried: Floats
    failed: Floats
    expected: Floats

    @property
    def residual(self) -> Floats:
        """Failures against expected ones on the scale where Poisson counts all have variance 1 (Anscombe)."""
        raw = 2 * (np.sqrt(self.failed + 0.375) - np.sqrt(self.expected + 0.375))
        # Where rates scatter more than that, the robust spread of the series takes over.
        spread = 1.4826 * float(np.median(np.abs(raw - np.median(raw))))
        return np.asarray(raw / max(1.0, spread), dtype=np.float64)


def each(series: pl.DataFrame) -> Iterator[Counts]:
    """The series of a frame, one by one."""
    known = "messages" in series.columns
    failed = pl.min_horizontal("failures", "messages") if known else pl.col("failures")
    frame = series.sort("series_id", "ts").select(
        "series_id",
        (pl.col("ts").cast(pl.Datetime("us")).cast(pl.Int64) // 3_600_000_000).alias("hour"),
        (pl.col("attempts") - pl.col("failures") + failed).cast(pl.Float64).alias("tried"),
        failed.cast(pl.Float64).alias("failed"),
    )
    for (name,), part in frame.group_by("series_id", maintain_order=True):
        hour, tried, wrong = (part[column].to_numpy() for column in ("hour", "tried", "failed"))
        days = np.unique(hour // DAY, return_inverse=True)[1]
        by_day = np.bincount(days, tried)
        shares = np.bincount(days, wrong)[by_day > 0] / by_day[by_day > 0]
        base = min(float(wrong.sum()) / max(1.0, float(tried.sum())), float(np.median(shares)) if len(shares) else 0.0)
        yield Counts(str(name), hour, tried, wrong, tried * max(base, 0.5 / (tried.sum() + 1)))


def _gated(one: Counts, segments: Segments) -> Segments:
    """Neighbours are joined, then what is not much more than the rest is dropped."""
    joined: Segments = []
    for first, last in segments:
        if joined and first - joined[-1][1] <= _BRIDGE:
            joined[-1] = (joined[-1][0], last)
        else:
            joined.append((first, last))
    return [segment for segment in joined if _stands_out(one, *segment)]


def _stands_out(one: Counts, first: int, last: int) -> bool:
    failed, expected = float(one.failed[first:last].sum()), float(one.expected[first:last].sum())
    if failed < _LEAST or failed < _RATIO * expected:
        return False
    return bool(failed * np.log(failed / expected) - (failed - expected) >= _NATS + np.log(len(one.hour)))


def _flags(series: pl.DataFrame, segments_of: Callable[[Counts], Segments]) -> pl.DataFrame:
    rows = [
        (one.series_id, int(one.hour[first]), int(one.hour[last - 1]) + 1, "")
        for one in each(series)
        for first, last in _gated(one, segments_of(one) if one.failed.sum() >= _LEAST else [])
    ]
    schema = {"series_id": pl.String, "onset": pl.Int64, "end": pl.Int64, "kind": pl.String}
    instants = ((pl.col(name) * 3_600_000_000).cast(pl.Datetime("us")) for name in ("onset", "end"))
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(*instants)


def _runs(marked: Flags) -> Segments:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], marked.astype(np.int8), [0]])))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def poisson_tail(series: pl.DataFrame) -> pl.DataFrame:
    """Hours with too many failures for chance (Poisson), Benjamini–Hochberg at 1 % over all hours of all series."""
    poisson: Any = importlib.import_module("scipy.stats").poisson
    every = list(each(series))
    tails: list[NDArray[np.float64]] = [
        np.where(one.failed > 0, poisson.sf(one.failed - 1, one.expected), 1.0) for one in every
    ]
    ordered = np.sort(np.concatenate(tails)) if tails else np.zeros(0)
    below = np.flatnonzero(ordered <= _FALSE_SHARE * np.arange(1, len(ordered) + 1) / max(1, len(ordered)))
    limit = float(ordered[below[-1]]) if len(below) else -1.0
    marked = {one.series_id: _runs(tail <= limit) for one, tail in zip(every, tails, strict=True)}
    return _flags(series, lambda one: marked[one.series_id])


def kernel_changes(series: pl.DataFrame) -> pl.DataFrame:
    """ruptures: KernelCPD, linear kernel, penalty 6 ln T (twice what a mean of variance 1 needs); raised segments."""
    ruptures: Any = importlib.import_module("ruptures")

    def segments(one: Counts) -> Segments:
        signal = one.residual
        if len(signal) < 2 * DAY:
            return []
        found = ruptures.KernelCPD(kernel="linear", min_size=1).fit(signal[:, None])
        bounds = [0, *found.predict(pen=6 * np.log(len(signal)))]
        return [(first, last) for first, last in pairwise(bounds) if float(signal[first:last].mean()) > 0.5]

    return _flags(series, segments)


def collective_anomalies(series: pl.DataFrame) -> pl.DataFrame:
    """skchange: CAPA with its own penalties doubled, against a baseline of 0; point anomalies take part."""
    detectors: Any = importlib.import_module("skchange.detectors")
    scorers: Any = importlib.import_module("skchange.interval_scorers")

    def segments(one: Counts) -> Segments:
        signal = one.residual[:, None]
        if len(signal) < 2 * DAY:
            return []
        capa = detectors.CAPA(scorers.L2Saving(), penalty_scale=2.0, include_point_anomalies=True)
        found = capa.fit(signal).predict_segment_anomalies(signal)
        return [(int(first), int(last)) for first, last in found if float(signal[first:last].mean()) > 0.0]

    return _flags(series, segments)


REFERENCES: Final[dict[str, tuple[str, Flagger]]] = {
    "Poisson tail + BH": ("scipy", poisson_tail),
    "ruptures KernelCPD": ("ruptures", kernel_changes),
    "skchange CAPA": ("skchange", collective_anomalies),
}
"""By name: the package that it needs, and what it does."""


def installed(package: str) -> bool:
    """Is it there? Without the group `bench` none of them is."""
    found: object = importlib.util.find_spec(package)
    return found is not None

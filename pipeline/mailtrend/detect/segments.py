"""Which stretches lie above the baseline: candidate edges from CUSUM excursions, then a dynamic programme over them."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np

from mailtrend.detect import kernels
from mailtrend.detect.hours import Floats, Ints
from mailtrend.detect.likelihood import RATIOS, gain

INCIDENT_COST: Final = 9.0
LEVEL_COST: Final = 6.0
_MOST_EXCURSIONS: Final = 100
_HOLE: Final = 24
"""Hours without a failure from which on it is asked whether an outage was over."""


class Segment(NamedTuple):
    """Hours `first` up to, not including, `last` (indexes of covered hours), and the evidence in nats."""

    first: int
    last: int
    gain: float


def best(faults: Floats, expected: Floats, phi: float) -> list[Segment]:
    """Disjoint upward segments with the largest penalised evidence, oldest first.

    faults, expected: by covered hour. phi: dispersion by which evidence is discounted. A segment pays 9 + ln T;
    a change of level inside one pays 6.
    """
    cost = INCIDENT_COST + math.log(max(2, len(faults)))
    edges = _edges(faults, expected, phi, cost)
    if len(edges) < 2:  # noqa: PLR2004  # a segment has two edges
        return []
    found = _programme(edges, faults, expected, phi, cost)
    return [part for segment in found for part in _parted(segment, faults, expected, phi, cost)]


def _parted(segment: Segment, faults: Floats, expected: Floats, phi: float, cost: float) -> list[Segment]:
    """The segment, or two where a day or more between its failures is calm by evidence, each an incident by itself.

    The last failures of a first outage and the calm after it together still lie above the baseline, as one level would.
    """
    at = segment.first + np.flatnonzero(faults[segment.first : segment.last])
    if len(at) < 2 or segment.last - segment.first < _HOLE:  # noqa: PLR2004  # a hole has two sides
        return [segment]
    before = np.concatenate([[0.0], np.cumsum(expected[segment.first : segment.last])])
    holes = np.where(np.diff(at) > _HOLE, before[at[1:] - segment.first] - before[at[:-1] + 1 - segment.first], 0.0)
    widest = int(holes.argmax())
    hole, seen = float(holes[widest]), float(faults[segment.first : segment.last].sum())
    ratio = seen / max(float(before[-1]) - hole, 1e-9)
    if hole * (ratio - 1.0) / phi < 2.0 * cost:
        return [segment]
    parts = [_level(segment.first, int(at[widest]) + 1, faults, expected, phi)]
    parts += [_level(int(at[widest + 1]), segment.last, faults, expected, phi)]
    if min(part.gain for part in parts) < cost:
        return [segment]
    return [each for part in parts for each in _parted(part, faults, expected, phi, cost)]


def _level(first: int, last: int, faults: Floats, expected: Floats, phi: float) -> Segment:
    return Segment(first, last, float(gain(faults[first:last].sum(), expected[first:last].sum())) / phi)


def _edges(faults: Floats, expected: Floats, phi: float, cost: float) -> Ints:
    room = np.empty(3 * len(RATIOS) * (len(faults) + 3))
    number = kernels.excursions(faults, expected, phi, RATIOS, room)
    found = room[: 3 * number].reshape(number, 3)
    if not number or float(found[:, 2].max()) < cost - 2.0:
        # No single level reaches the price of an incident; several levels of one cannot either.
        return np.empty(0, dtype=np.int64)
    strongest = found[np.argsort(-found[:, 2], kind="stable")[:_MOST_EXCURSIONS], :2]
    return np.unique(strongest.astype(np.int64))


def _programme(edges: Ints, faults: Floats, expected: Floats, phi: float, cost: float) -> list[Segment]:
    seen = np.concatenate([[0.0], np.cumsum(faults)])[edges]
    wanted = np.concatenate([[0.0], np.cumsum(expected)])[edges]
    calm, raised = np.zeros(len(edges)), np.full(len(edges), -np.inf)
    back = np.zeros(len(edges), dtype=np.int64)
    kernels.programme(seen, wanted, phi, cost, LEVEL_COST, calm, raised, back)
    gains = gain(seen - seen[back], wanted - wanted[back]) / phi
    return _trace(edges.tolist(), calm, raised, back, gains, cost)


def _trace(edges: list[int], calm: Floats, raised: Floats, back: Ints, gains: Floats, cost: float) -> list[Segment]:
    levels: list[Segment] = []
    joined: list[bool] = []
    at, up = len(edges) - 1, bool(raised[-1] > calm[-1])
    while at > 0:
        if not up:
            at -= 1
            up = bool(raised[at] > calm[at])
            continue
        start = int(back[at])
        levels.append(Segment(edges[start], edges[at], float(gains[at])))
        up = bool(raised[start] - LEVEL_COST > calm[start] - cost)
        joined.append(up)
        at = start
    return _join(levels, joined)


def _join(levels: list[Segment], joined: list[bool]) -> list[Segment]:
    """Levels of one incident become one segment; both lists run from the newest to the oldest."""
    found: list[Segment] = []
    for level, more in zip(reversed(levels), reversed(joined), strict=True):
        if more and found:
            found[-1] = Segment(found[-1].first, level.last, found[-1].gain + level.gain)
        else:
            found.append(level)
    return found

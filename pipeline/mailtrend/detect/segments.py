"""Which stretches lie above the baseline: candidate edges from CUSUM excursions, then a dynamic programme over them."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np

from mailtrend.detect.hours import Floats, Ints
from mailtrend.detect.likelihood import RATIOS, gain

INCIDENT_COST: Final = 9.0
LEVEL_COST: Final = 6.0
_WORTH: Final = 3.0
"""Nats below which an excursion is no candidate: less could not pay even for a change of level."""
_MOST_EDGES: Final = 140


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
    return _programme(edges, faults, expected, phi, cost)


def _edges(faults: Floats, expected: Floats, phi: float, cost: float) -> list[int]:
    forward = _excursions(faults, expected, phi)
    size = len(faults)
    backward = _excursions(faults[::-1], expected[::-1], phi)
    found = np.concatenate([forward, np.column_stack([size - backward[:, 1], size - backward[:, 0], backward[:, 2]])])
    if not len(found) or found[:, 2].max() < cost - 2.0:
        # No single level reaches the price of an incident; several levels of one cannot either.
        return []
    order = np.argsort(-found[:, 2], kind="stable")
    edges: set[int] = set()
    for first, last, _ in found[order]:
        edges.update((int(first), int(last)))
        if len(edges) >= _MOST_EDGES:
            break
    return sorted(edges)


def _excursions(faults: Floats, expected: Floats, phi: float) -> Floats:
    """Rows (first, last, evidence): the highest point of every excursion of the CUSUM, for every ratio."""
    ratios = np.asarray(RATIOS)[:, None]
    steps = (faults[None, :] * np.log(ratios) - expected[None, :] * (ratios - 1.0)) / phi
    path = np.concatenate([np.zeros((len(ratios), 1)), np.cumsum(steps, axis=1)], axis=1)
    low = np.minimum.accumulate(path, axis=1)
    flat, fresh = path.ravel(), (path <= low).ravel()
    starts = np.flatnonzero(fresh)
    tops = np.maximum.reduceat(flat, starts)
    heights = tops - flat[starts]
    keep = heights >= _WORTH
    if not keep.any():
        return np.empty((0, 3))
    ends = np.append(starts[1:], len(flat))
    width = path.shape[1]
    rows = []
    for start, end, height in zip(starts[keep], ends[keep], heights[keep], strict=True):
        top = start + int(np.argmax(flat[start:end]))
        rows.append((start % width, top % width, height))
    return np.asarray(rows, dtype=np.float64)


def _programme(edges: list[int], faults: Floats, expected: Floats, phi: float, cost: float) -> list[Segment]:
    seen = np.concatenate([[0.0], np.cumsum(faults)])[edges]
    wanted = np.concatenate([[0.0], np.cumsum(expected)])[edges]
    gains = gain(seen[None, :] - seen[:, None], wanted[None, :] - wanted[:, None]) / phi
    number = len(edges)
    calm, raised = np.full(number, -np.inf), np.full(number, -np.inf)
    calm[0] = 0.0
    back = np.zeros(number, dtype=np.int64)
    for at in range(1, number):
        calm[at] = max(calm[at - 1], raised[at - 1])
        ways = np.maximum(calm[:at] - cost, raised[:at] - LEVEL_COST) + gains[:at, at]
        # A stretch with no evidence of its own is baseline, never a level.
        ways[gains[:at, at] <= 0] = -np.inf
        back[at] = int(np.argmax(ways))
        raised[at] = ways[back[at]]
    return _trace(edges, calm, raised, back, gains, cost)


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
        levels.append(Segment(edges[start], edges[at], float(gains[start, at])))
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

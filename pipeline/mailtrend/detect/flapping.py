"""Flapping: on and off again, several times within days."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from mailtrend.detect import kernels
from mailtrend.detect.baseline import Baseline
from mailtrend.detect.hours import Flags, Floats, Hours
from mailtrend.detect.segments import Segment

LEAST_FLIPS: Final = 4
OFF_SHARE: Final = (0.15, 0.85)
_NEAR: Final = 24
_LONGEST: Final = 14 * 24
_SWITCH: Final = 3.0
_CHAIN: Final = 3
_GAIN: Final = 6.0
_FITS: Final = 3
_MOST: Final = 0.95
"""An attempt fails at most this surely while it is on: a delivery now and then does not end it."""


class Flaps(NamedTuple):
    """A stretch that goes on and off: how often it flips, and the share of covered hours that it is off."""

    segment: Segment
    flips: int
    off: float


def flaps(hours: Hours, baseline: Baseline, segments: tuple[Segment, ...]) -> list[Flaps]:
    """The stretches of a series that flap: chains of near segments, or single segments with calm holes in them."""
    found = []
    for chain in _chains(hours, segments):
        whole = Segment(chain[0].first, chain[-1].last, sum(each.gain for each in chain))
        length = int(hours.hour[whole.last - 1] - hours.hour[whole.first]) + 1
        if length <= _LONGEST and (flap := _flap(hours, baseline, whole)):
            found.append(flap)
    return found


def _chains(hours: Hours, segments: tuple[Segment, ...]) -> list[list[Segment]]:
    chains: list[list[Segment]] = []
    for segment in segments:
        if chains and hours.hour[segment.first] - hours.hour[chains[-1][-1].last - 1] <= _NEAR:
            chains[-1].append(segment)
        else:
            chains.append([segment])
    return chains


def _flap(hours: Hours, baseline: Baseline, whole: Segment) -> Flaps | None:
    inside = slice(whole.first, whole.last)
    on, steps = _two_levels(hours.faults[inside], hours.tries[inside], baseline.expected[inside], baseline.phi)
    flips = int(np.abs(np.diff(on.astype(np.int8))).sum())
    off = 1.0 - float(on.mean())
    if flips < LEAST_FLIPS or not OFF_SHARE[0] <= off <= OFF_SHARE[1]:
        return None
    # The holes must be calm by evidence, not for want of mail: had it been on, failures would have been seen there.
    return Flaps(whole, flips, off) if -float(steps[~on].sum()) >= _GAIN * (flips // 2) / 2 else None


def _two_levels(faults: Floats, tries: Floats, expected: Floats, phi: float) -> tuple[Flags, Floats]:
    """On or off by hour, and each hour's evidence for on: the best path, first with the level of the failing hours."""
    on = faults > expected
    steps = np.zeros(len(faults))
    for _ in range(_FITS):
        ratio = float(np.clip(faults[on].sum() / max(float(expected[on].sum()), 1e-9), 1.5, 1e4)) if on.any() else 2.0
        steps = _evidence(faults, tries, expected, ratio) / phi
        on = _path(steps)
    return on, steps


def _evidence(faults: Floats, tries: Floats, expected: Floats, ratio: float) -> Floats:
    """Nats by which each hour speaks for `ratio` times the baseline: where most fails, one delivery speaks loudly."""
    there = tries > 0
    low = np.clip(expected / np.where(there, tries, 1.0), 1e-6, _MOST / 1.5)
    high = np.minimum(ratio * low, _MOST)
    good = np.maximum(tries - faults, 0.0)
    return np.where(there, faults * np.log(high / low) + good * np.log((1.0 - high) / (1.0 - low)), 0.0)


def _path(steps: Floats) -> Flags:
    """The on/off path with the largest sum of steps while on, less a price for every switch."""
    path = np.zeros(len(steps), dtype=np.bool_)
    kernels.on_off(steps, _SWITCH, np.zeros(len(steps), dtype=np.int64), path)
    return path

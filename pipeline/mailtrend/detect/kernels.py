"""The inner loops over hours, compiled. Each is small and works on plain arrays: compiling costs by the line."""

from __future__ import annotations

import math
from typing import Final

from mailtrend.detect.compiled import compiled
from mailtrend.detect.hours import Flags, Floats, Ints

_FALL: Final = 15.0
"""Nats below its top at which an excursion ends: where next to nothing is expected, none would ever come back to 0."""
_WORTH: Final = 3.0
"""Nats below which an excursion is no candidate: less could not pay even for a change of level."""


@compiled
def fill_expected(slot: Ints, tries: Floats, by_slot: Floats, faults: Floats, quiet: Flags, expected: Floats) -> float:
    """Fill `expected` = tries × rate of the slot of the day; gives the quiet hours' sum of squares over their mean.

    Squares are summed before dividing, so that hours that expect next to nothing cannot decide alone.
    """
    squares, total, there = 0.0, 0.0, 0
    for at in range(len(slot)):
        expected[at] = tries[at] * by_slot[slot[at]]
        if quiet[at] and expected[at] > 0.0:
            squares += (faults[at] - expected[at]) * (faults[at] - expected[at])
            total += expected[at]
            there += 1
    if there < 2:  # noqa: PLR2004  # one hour has no spread
        return 1.0
    return squares / max(1.0, total)


@compiled
def excursions(faults: Floats, expected: Floats, phi: float, ratios: Floats, rows: Floats) -> int:
    """Fill `rows` (first, last, evidence) with the top of every excursion of the CUSUM, both ways, for every ratio.

    rows: room for len(ratios) × (hours + 3) of three, flat. Gives their number.
    """
    size, number = len(faults), 0
    for turn in range(2 * len(ratios)):
        backward = turn >= len(ratios)
        ratio = ratios[turn - len(ratios) if backward else turn]
        step, price = math.log(ratio) / phi, (ratio - 1.0) / phi
        path, top, start, peak = 0.0, 0.0, 0, 0
        for count in range(size + 1):
            if count < size:
                at = size - 1 - count if backward else count
                path += faults[at] * step - expected[at] * price
                if path > top:
                    top = path
                    peak = count + 1
                if path > 0.0 and path > top - _FALL:
                    continue
            if top >= _WORTH:
                rows[3 * number] = size - peak if backward else start
                rows[3 * number + 1] = size - start if backward else peak
                rows[3 * number + 2] = top
                number += 1
            path, top, start = 0.0, 0.0, count + 1
    return number


@compiled
def programme(
    seen: Floats, wanted: Floats, phi: float, cost: float, level_cost: float, calm: Floats, raised: Floats, back: Ints
) -> None:  # fmt: skip
    """Fill the best evidence up to every edge, ending calm or raised, and where the raised level that ends there began.

    seen, wanted: failures and expected ones before each edge. A segment pays `cost`, a change of level `level_cost`.
    """
    for at in range(1, len(seen)):
        calm[at] = max(calm[at - 1], raised[at - 1])
        for start in range(at):
            faults, expected = seen[at] - seen[start], wanted[at] - wanted[start] + 1e-12
            # A stretch with no evidence of its own is baseline, never a level.
            if faults <= expected:
                continue
            fresh, more = calm[start] - cost, raised[start] - level_cost
            way = max(fresh, more) + (faults * math.log(faults / expected) - faults + expected) / phi
            if way > raised[at]:
                raised[at] = way
                back[at] = start


@compiled
def on_off(steps: Floats, switch: float, back: Ints, path: Flags) -> None:
    """Fill the on/off path with the largest sum of steps while on, less `switch` for every change."""
    off, on = 0.0, -switch
    for at in range(len(steps)):
        # Two bits: came from on when off, came from on when on.
        back[at] = (1 if on - switch > off else 0) + (2 if on >= off - switch else 0)
        calm = max(off, on - switch)
        on = max(on, off - switch) + steps[at]
        off = calm
    state = on > off
    for count in range(len(steps)):
        at = len(steps) - 1 - count
        path[at] = state
        state = back[at] & (2 if state else 1) > 0


@compiled
def level_fit(faults: Floats, expected: Floats, form: Floats) -> float:
    """Log-likelihood of expected × (1 + height × form) at its best height, by Newton's steps on the concave profile."""
    above, under = 0.0, 0.0
    for at in range(len(faults)):
        if form[at] > 0.0:
            above += faults[at] - expected[at]
            under += expected[at] * form[at]
    height = above / under if above > 1e-3 * under else 1e-3
    for _ in range(12):
        slope, bend = 0.0, 1e-12
        for at in range(len(faults)):
            part = form[at] / (1.0 + height * form[at])
            slope += faults[at] * part - expected[at] * form[at]
            bend += faults[at] * part * part
        height = height + slope / bend if slope / bend > -0.75 * height else height / 4.0
    total = 0.0
    for at in range(len(faults)):
        level = 1.0 + height * form[at]
        total += faults[at] * math.log(level) - expected[at] * level
    return total

"""Failing since the data or the route begins: nothing stands before it, so it has to be as dead as a route can be."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from mailtrend.detect import words
from mailtrend.detect.edges import clumps_of
from mailtrend.detect.finding import Found
from mailtrend.detect.hours import DAY, Hours
from mailtrend.detect.people import people_of
from mailtrend.detect.segments import Segment
from mailtrend.detect.thresholds import Thresholds

_DEAD: Final = 0.95
_ALIVE: Final = 0.5
_RATE: Final = 0.9
_FAULTS: Final = 20.0
_HOURS: Final = 8
_SPAN: Final = 18
_AFTER: Final = 20.0
_YARDSTICK: Final = 0.1
_LUCK: Final = 5.0
"""So far may early deliveries speak against it: about two of them, with nothing failed yet."""


def dead_beginning(hours: Hours, thresholds: Thresholds) -> tuple[list[Found], Hours]:
    """The stretch from the first attempt on in which next to nothing is delivered, and the hours after it.

    At least twenty failures in eight hours or more, over eighteen hours, nine in ten failing, by more recipients than a
    full mailbox has where they are known; and what comes after it, if anything, fails far less.
    """
    segment = _stretch(hours)
    if segment is None or not _plain(hours, segment, thresholds):
        return [], hours
    return [_found(hours, segment)], hours.part(segment.last, hours.size)


def _stretch(hours: Hours) -> Segment | None:
    busy = np.flatnonzero(hours.attempts > 0)
    if not len(busy):
        return None
    first = int(busy[0])
    # Attempts, retries and all: where one in twenty gets through, mail is late and not delivered as usual.
    good = hours.attempts[first:] - hours.failures[first:]
    path = np.cumsum(hours.failures[first:] * math.log(_DEAD / _ALIVE) + good * math.log((1 - _DEAD) / (1 - _ALIVE)))
    end = int(np.argmax(path)) + 1
    # A route that was alive at first did not begin dead, however much failed there later.
    if float(path[:end].min()) < -_LUCK:
        return None
    return Segment(first, first + end, float(path.max()))


def _plain(hours: Hours, segment: Segment, thresholds: Thresholds) -> bool:
    inside, after = slice(segment.first, segment.last), slice(segment.last, hours.size)
    faults = float(hours.faults[inside].sum())
    failures, attempts = float(hours.failures[inside].sum()), float(hours.attempts[inside].sum())
    span = int(hours.hour[segment.last - 1] - hours.hour[segment.first]) + 1
    if faults < max(_FAULTS, thresholds.least_failures) or failures < _RATE * attempts or span < _SPAN:
        return False
    if int((hours.faults[inside] > 0).sum()) < _HOURS:
        return False
    people = people_of(hours, segment)
    if hours.recipients is not None and min(people.most, people.number - 1) < thresholds.least_recipients:
        return False
    later = float(hours.tries[after].sum())
    return later < _AFTER or float(hours.faults[after].sum()) < _ALIVE * later


def _found(hours: Hours, segment: Segment) -> Found:
    inside, after = slice(segment.first, segment.last), slice(segment.last, hours.size)
    failures, attempts = int(hours.failures[inside].sum()), float(hours.attempts[inside].sum())
    later, fails = float(hours.tries[after].sum()), float(hours.faults[after].sum())
    known = later >= _AFTER
    rate = max(fails, 0.5) / later if known else _YARDSTICK
    going = later * float(hours.faults[inside].sum() / hours.tries[inside].sum()) - fails < 3.0 * clumps_of(
        hours, segment
    )
    first, last = int(hours.hour[segment.first]), int(hours.hour[segment.last - 1]) + 1
    new = first - int(hours.hour[0]) >= DAY
    begins = "the route was silent before" if new else "nothing stands before it, and it may be older than the data"
    yardstick = (
        f"Since then {rate:.2%} of attempts fail" if known
        else "It has no time to compare with: expected is what a route would give that fails one time in ten"
    )  # fmt: skip
    until = "still going" if going else f"until {words.when(last)} UTC"
    sentences = (
        f"{words.count(failures, 'failure')} in {words.count(attempts, 'attempt')} since the first one, "
        f"{words.when(first)} UTC, {last - first} h, {until}; {begins}",
        yardstick,
    )
    end = int(hours.hour[-1]) + 1 if going else last
    kind = "new_code" if new else "sustained"
    chance = min(1.0, hours.size * math.exp(-segment.gain))
    return Found(hours.series_id, first, end, going, kind, failures, rate * attempts, chance, sentences)

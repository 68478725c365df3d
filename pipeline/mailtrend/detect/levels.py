"""Raised levels: bursts, sustained levels, new codes, drifts and flapping, from one account of the series."""

from __future__ import annotations

import math
from typing import Final

from mailtrend.detect import drift, edges, evidence, flapping, new_code, words
from mailtrend.detect.finding import Found, Held
from mailtrend.detect.gates import Weighed, weigh
from mailtrend.detect.hours import DAY, Flags, Hours
from mailtrend.detect.search import Reading, lifted, quiet_hours, read, starts_with_data
from mailtrend.detect.segments import Segment
from mailtrend.detect.thresholds import Thresholds

BURST_HOURS: Final = 6
_LIFTS: Final = 3
_ECHO: Final = 0.5
_REGIME: Final = 24
"""Covered hours from which straying is a level of the baseline and not a spike."""


def raised_levels(hours: Hours, thresholds: Thresholds) -> tuple[list[Found], list[Held]]:
    """The incidents above the baseline of one series that pass all gates, and what a gate held back."""
    reading = read(hours)
    found, held, strays = _candidates(hours, reading, thresholds)
    kept = held
    for _ in range(_LIFTS):
        if not strays:
            break
        # What the series does by itself belongs to its baseline; an incident has to stand out from that as well.
        reading = lifted(hours, reading, strays)
        found, held, strays = _candidates(hours, reading, thresholds)
        kept += held
    return found, kept


def _candidates(
    hours: Hours, reading: Reading, thresholds: Thresholds
) -> tuple[list[Found], list[Held], list[Segment]]:  # fmt: skip
    flaps = {flap.segment: flap for flap in flapping.flaps(hours, reading.baseline, reading.segments)}
    segments = _folded(reading.segments, list(flaps))
    quiet = quiet_hours(hours, segments)
    found: list[Found] = []
    held: list[Held] = []
    strays: list[Segment] = []
    fault: tuple[Segment, Weighed] | None = None
    for at, segment in enumerate(segments):
        room = (segments[at - 1].last if at else 0, segments[at + 1].first if at + 1 < len(segments) else hours.size)
        whole = segment if segment in flaps else edges.sharpen(hours, reading.baseline, segment, room)
        sharp = whole if segment in flaps else edges.without_echo(hours, whole)
        others = [other for other in segments if other is not segment]
        weighed = weigh(hours, reading.baseline, sharp, others, thresholds)
        if not weighed.held and segment not in flaps and fault is not None and _echoes(hours, sharp, weighed, *fault):
            weighed = weighed._replace(held=_echo(hours, fault[0]))
        if weighed.held or not _comparable(hours, sharp):
            held.append(_held(hours, sharp, weighed))
            if weighed.strays and sharp.last - sharp.first >= _REGIME:
                strays.append(sharp)
        else:
            fault = (sharp, weighed)
            told = _told(hours, reading, sharp, weighed, quiet, flaps.get(segment), room[0])
            found.append(told._replace(sentences=(*told.sentences, *_tail(hours, sharp, whole))))
    return found, held, strays


def _echoes(hours: Hours, segment: Segment, weighed: Weighed, fault: Segment, before: Weighed) -> bool:
    """Is it what is left of a short fault: at most half of it, within a day of its end, with deliveries as usual?"""
    lasted = int(hours.hour[fault.last - 1] - hours.hour[fault.first]) + 1
    since = int(hours.hour[segment.first] - hours.hour[fault.last - 1])
    fewer = weighed.failures <= _ECHO * before.failures and weighed.people.most <= _ECHO * before.people.most
    return lasted <= DAY and 0 < since <= DAY and fewer and not weighed.people.lacking


def _echo(hours: Hours, fault: Segment) -> str:
    until = words.when(int(hours.hour[fault.last - 1]) + 1)
    return (
        f"fewer fail than in the fault until {until} UTC, and deliveries are as usual: they are retries of that fault"
    )


def _tail(hours: Hours, segment: Segment, whole: Segment) -> tuple[str, ...]:
    if whole.last == segment.last:
        return ()
    failures = words.count(float(hours.failures[segment.last : whole.last].sum()), "more failure")
    until = words.when(int(hours.hour[whole.last - 1]) + 1)
    return (f"{failures} until {until} UTC are retries of that fault: far fewer fail, most is delivered again",)


def _held(hours: Hours, segment: Segment, weighed: Weighed) -> Held:
    why = weighed.held or "it begins with the data: nothing stands before it to compare with"
    first, last = int(hours.hour[segment.first]), int(hours.hour[segment.last - 1]) + 1
    return Held(first, last, weighed.failures, weighed.expected, why)


def _folded(segments: tuple[Segment, ...], wholes: list[Segment]) -> list[Segment]:
    """Segments with those inside a flapping stretch replaced by the whole stretch."""
    free = [each for each in segments if not any(w.first <= each.first and each.last <= w.last for w in wholes)]
    return sorted([*free, *wholes])


def _told(
    hours: Hours, reading: Reading, segment: Segment, weighed: Weighed, quiet: Flags,
    flap: flapping.Flaps | None, earliest: int,
) -> Found:  # fmt: skip
    going = edges.still_going(hours, reading.baseline, segment)
    climbing = None if flap else drift.ramp(hours, reading.baseline, segment, earliest)
    kind = "flapping" if flap else "drift" if climbing else _kind(hours, segment, going=going)
    shown = climbing or segment
    failures, expected, sentences = evidence.raised(hours, reading.baseline, shown, quiet, going=going)
    extra = [f"On and off: {flap.flips} flips, off for {flap.off:.0%} of its hours"] if flap else []
    extra += ["It climbs over days instead of jumping: a ramp fits better than a step"] if climbing else []
    return _found(hours, shown, kind, weighed, (failures, expected, (*sentences, *extra)), going=going)


def _comparable(hours: Hours, segment: Segment) -> bool:
    """Has it something before it to be compared with?"""
    return not starts_with_data(hours, segment)


def _kind(hours: Hours, segment: Segment, *, going: bool) -> str:
    if new_code.is_new(hours, segment, going=going):
        return "new_code"
    span = int(hours.hour[segment.last - 1] - hours.hour[segment.first]) + 1
    return "burst" if span <= BURST_HOURS and not going else "sustained"


def _found(
    hours: Hours,
    segment: Segment,
    kind: str,
    weighed: Weighed,
    told: tuple[int, float, tuple[str, ...]],
    *,
    going: bool,
) -> Found:
    failures, expected, sentences = told
    p_value = min(1.0, max(2, hours.size) * math.exp(-weighed.evidence))
    first, last = int(hours.hour[segment.first]), int(hours.hour[segment.last - 1]) + 1
    # A still-going incident lasts to the end of the data, whatever its last failing hour.
    end = int(hours.hour[-1]) + 1 if going else last
    return Found(hours.series_id, first, end, going, kind, failures, expected, p_value, sentences)

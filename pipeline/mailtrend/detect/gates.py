"""What a segment must pass before it is called an incident; each gate says what it saw."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np

from mailtrend.detect import words
from mailtrend.detect.baseline import Baseline, alpha_for
from mailtrend.detect.daily import gain_by_day
from mailtrend.detect.edges import clumps
from mailtrend.detect.hours import DAY, Floats, Hours
from mailtrend.detect.likelihood import gain, overdispersed_gain, two_sample_gain
from mailtrend.detect.people import People, fresh_share, people_of
from mailtrend.detect.segments import Segment
from mailtrend.detect.thresholds import Thresholds

_EVIDENCE: Final = 5.0
_SINGLE_HOUR: Final = 6.0
_ALIKE: Final = 0.25
_HABIT: Final = 2
_ONE_HOUR: Final = 0.7
_LEAST_IN_ONE_HOUR: Final = 10
_LONG: Final = 12
_APART: Final = 6
_RAISED: Final = 2.0
_LEAST_SHARE: Final = 0.5
_SPREAD: Final = 0.3
_EVEN: Final = 0.55
_EVEN_LACKING: Final = 0.2
_UNSURE: Final = 0.8
_EVEN_PEOPLE: Final = 0.45
_ONE_OR_TWO: Final = 2.0
_TWO_DAYS: Final = 48
_HALF: Final = 0.5
_LEAST_ALPHA: Final = 0.2
_LEAST_ALPHA_OF_PEOPLE: Final = 0.12
"""No real failure rate keeps steadier than this from day to day; counted by people it strays less."""


class Weighed(NamedTuple):
    """A segment's figures, the gate that held it (empty: it passed), and whether the series strays so by itself."""

    failures: float
    expected: float
    evidence: float
    people: People
    held: str = ""
    strays: bool = False


def weigh(
    hours: Hours, baseline: Baseline, segment: Segment, others: list[Segment], thresholds: Thresholds
) -> Weighed:  # fmt: skip
    """Put one segment through all gates. `others` are the remaining segments of the series."""
    inside = slice(segment.first, segment.last)
    length = segment.last - segment.first
    faults, expected = float(hours.faults[inside].sum()), float(baseline.expected[inside].sum())
    people = people_of(hours, segment)
    evidence = _evidence(hours, baseline, segment, others, people)
    weighed = Weighed(faults, expected, evidence, people)
    if held := _too_little(weighed, length, thresholds):
        return weighed._replace(held=held)
    straying = _straying(hours, weighed, length, thresholds)
    # What is said first is what tells most; what strays is taken into the baseline, whatever is said of it.
    if held := _few(hours, people, thresholds) or straying or _shape(hours, segment, people):
        return weighed._replace(held=held, strays=bool(straying))
    return weighed._replace(held=_habit(hours, baseline, segment))


def _evidence(
    hours: Hours, baseline: Baseline, segment: Segment, others: list[Segment], people: People
) -> float:  # fmt: skip
    """The least of four: less its clumps; new people beyond straying; against an unsure baseline; by days."""
    inside = slice(segment.first, segment.last)
    length = segment.last - segment.first
    expected = float(baseline.expected[inside].sum())
    steady = _without_peaks(hours.faults[inside], baseline.expected[inside])
    least = _LEAST_ALPHA if hours.recipients is None else _LEAST_ALPHA_OF_PEOPLE
    alpha = max(least / max(1.0, length / DAY) ** 0.5, alpha_for(baseline, length))
    quiet = np.ones(hours.size, dtype=np.bool_)
    for each in (segment, *others):
        quiet[each.first : each.last] = False
    # Retries are no exposure; where deliveries come as usual there are too few of them to matter.
    anew = tried_anew(hours, inside, people.fresh) if people.lacking or people.collapsed else 1.0
    before, wanted = float(hours.faults[quiet].sum()), float(baseline.expected[quiet].sum())
    return min(
        segment.gain / max(1.0, clumps(hours, baseline, segment) / baseline.phi),
        overdispersed_gain(steady * people.fresh, expected * anew * fresh_share(hours, quiet), alpha),
        two_sample_gain(steady, expected, before, wanted) / baseline.phi,
        gain_by_day(hours, baseline.expected, segment, quiet),
    )


def tried_anew(hours: Hours, inside: slice, fresh: float) -> float:
    """Share of the tries in a stretch that are not those of somebody who failed there already."""
    tries, faults = float(hours.tries[inside].sum()), float(hours.faults[inside].sum())
    return (tries - faults * (1.0 - fresh)) / max(tries, 1.0)


def _without_peaks(faults: Floats, expected: Floats) -> float:
    """Failures with every hour cut to what its share of the whole stretch allows, where it is long enough to tell."""
    if len(faults) < _LONG:
        return float(faults.sum())
    level = expected * (faults.sum() / max(float(expected.sum()), 1e-9))
    return float(np.minimum(faults, level + 3.0 * np.sqrt(level) + 1.0).sum())


def _too_little(weighed: Weighed, length: int, thresholds: Thresholds) -> str:
    if weighed.failures < thresholds.least_failures:
        return f"only {weighed.failures:.0f} failures"
    if length == 1 and weighed.failures < _LEAST_IN_ONE_HOUR:
        return f"only {weighed.failures:.0f} failures, in a single hour"
    return ""


def _straying(hours: Hours, weighed: Weighed, length: int, thresholds: Thresholds) -> str:
    if weighed.failures < thresholds.least_ratio * weighed.expected:
        return f"only {weighed.failures / max(weighed.expected, 1e-9):.1f} times the usual"
    needed = _EVIDENCE + math.log(max(2, hours.size)) + (_SINGLE_HOUR if length == 1 else 0.0)
    if weighed.evidence < needed:
        return f"the series strays that far by itself (evidence {weighed.evidence:.1f}, {needed:.1f} needed)"
    return ""


def _few(hours: Hours, people: People, thresholds: Thresholds) -> str:
    if hours.recipients is None or not people.too_few(thresholds.least_recipients):
        return ""
    return (
        f"about {words.count(people.number, 'recipient')}, at most {people.most:.0f} within an hour, tried again and "
        "again while others are delivered to"
    )


def _habit(hours: Hours, baseline: Baseline, segment: Segment) -> str:
    alike = _alike(hours, baseline, segment)
    return f"the series does that: {alike} more stretches like it" if alike >= _HABIT else ""


def _shape(hours: Hours, segment: Segment, people: People) -> str:
    """Is it the shape of a spike, of several, or of a few messages that are tried again and again?"""
    inside = slice(segment.first, segment.last)
    faults, tries = hours.faults[inside], hours.tries[inside]
    if len(faults) == 1:
        share = float(faults[0]) / max(1.0, float(tries[0]))
        return f"a single hour in which only {share:.1%} failed" if share < _LEAST_SHARE else ""
    if len(faults) < _LONG:
        return ""
    if float(faults.max()) > _ONE_HOUR * float(faults.sum()):
        return "one hour holds most of it"
    failing, likely = int((faults > 0).sum()), float(-np.expm1(-tries * faults.sum() / max(1.0, tries.sum())).sum())
    if failing < _SPREAD * likely:
        return f"only {failing} of its hours fail, where a level that holds would show in {likely:.0f}"
    return _even(hours, segment, people)


def _even(hours: Hours, segment: Segment, people: People) -> str:
    """Chance is uneven from hour to hour, and a schedule of retries is not.

    Where people are counted only one or two an hour, for days, are looked at: more of them is no handful of mailboxes.
    """
    faults = hours.faults[segment.first : segment.last]
    most = _EVEN_LACKING if people.lacking else _EVEN - _UNSURE / float(len(faults) ** 0.5)
    if hours.recipients is not None:
        few = len(faults) >= _TWO_DAYS and float(faults.mean()) <= _ONE_OR_TWO
        if people.lacking or people.collapsed or not few:
            return ""
        most = _EVEN_PEOPLE
    elif people.lacking and people.good < _HALF * people.wanted:
        return ""
    uneven = float((np.diff(faults) ** 2).sum()) / (2.0 * max(1.0, float(faults.sum())))
    if uneven >= most:
        return ""
    return f"it comes as evenly as retries of a few messages do ({uneven:.2f} of chance), while deliveries go on"


def _alike(hours: Hours, baseline: Baseline, segment: Segment) -> int:
    """How many isolated groups of raised hours elsewhere hold at least a quarter of this one's evidence."""
    raised = hours.faults > _RAISED * baseline.expected
    raised[segment.first : segment.last] = False
    at = np.flatnonzero(raised)
    if not len(at):
        return 0
    starts = np.concatenate([[0], np.flatnonzero(np.diff(hours.hour[at]) > _APART) + 1])
    first, last = at[starts], at[np.append(starts[1:], len(at)) - 1] + 1
    seen, wanted = (np.concatenate([[0.0], np.cumsum(each)]) for each in (hours.faults, baseline.expected))
    own = gain(seen[segment.last] - seen[segment.first], wanted[segment.last] - wanted[segment.first])
    return int((gain(seen[last] - seen[first], wanted[last] - wanted[first]) >= _ALIKE * own).sum())

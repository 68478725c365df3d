"""The sentences of a finding: each gate it passed, with the figures that passed it."""

from __future__ import annotations

from typing import Final

import numpy as np

from mailtrend.detect import words
from mailtrend.detect.baseline import Baseline, alpha_for
from mailtrend.detect.hours import Flags, Hours
from mailtrend.detect.people import people_of
from mailtrend.detect.segments import Segment

_MOST_RATIO: Final = 9_999


def raised(
    hours: Hours, baseline: Baseline, segment: Segment, quiet: Flags, *, going: bool
) -> tuple[int, float, tuple[str, ...]]:  # fmt: skip
    """Failures and expected ones as logged (retries counted), and the sentences for a raised level."""
    inside = slice(segment.first, segment.last)
    failures = int(hours.failures[inside].sum())
    expected = _logged(hours, baseline, inside)
    spread = _spread(baseline, expected, segment.last - segment.first)
    span = int(hours.hour[segment.last - 1] - hours.hour[segment.first]) + 1
    until = "still going" if going else f"until {words.when(int(hours.hour[segment.last - 1]) + 1)} UTC"
    head = (
        f"{words.count(failures, 'failure')} where {words.figure(expected)} ± {words.figure(spread)} were expected "
        f"({times(failures, expected)}) since {words.when(int(hours.hour[segment.first]))} UTC, {span} h, {until}"
    )
    return failures, expected, (head, _shape(hours, segment), *_people(hours, segment), _earlier(hours, segment, quiet))


def _logged(hours: Hours, baseline: Baseline, inside: slice) -> float:
    """Expected failures as logged: retries swell them as they swell those that were seen."""
    swell = float(hours.failures[inside].sum()) / max(float(hours.faults[inside].sum()), 1e-9)
    return float(baseline.expected[inside].sum()) * swell


def _spread(baseline: Baseline, expected: float, length: int) -> float:
    return float(np.sqrt(max(expected, 0.0) + alpha_for(baseline, length) * expected**2))


def times(failures: float, expected: float) -> str:
    """×167, or that it is beyond counting."""
    ratio = failures / max(expected, 1e-9)
    return f"×{words.figure(round(ratio, 1) if ratio < 100 else ratio)}" if ratio <= _MOST_RATIO else "×10,000 or more"  # noqa: PLR2004  # see words.figure


def _shape(hours: Hours, segment: Segment) -> str:
    inside = slice(segment.first, segment.last)
    attempts, failures = hours.attempts[inside], hours.failures[inside]
    worst = failures.max() / max(1.0, failures.sum())
    rate = failures.sum() / max(1.0, attempts.sum())
    return (
        f"{rate:.0%} of {attempts.sum():,.0f} attempts failed, in {int((failures > 0).sum())} of "
        f"{words.count(segment.last - segment.first, 'hour')}; the worst hour holds {worst:.0%} of the failures"
    )


def _people(hours: Hours, segment: Segment) -> tuple[str, ...]:
    if hours.recipients is None:
        return ()
    people = people_of(hours, segment)
    others = f"{people.good:,.0f} deliveries came where {people.wanted:,.0f} are usual"
    return (f"About {people.number:,.0f} different recipients, up to {people.most:,.0f} within one hour; {others}",)


def _earlier(hours: Hours, segment: Segment, quiet: Flags) -> str:
    if segment.first == 0:
        return "Failing since the data begins: nothing stands before it"
    before = np.flatnonzero(quiet[: segment.first])
    span = words.lasting(int(hours.hour[segment.first] - hours.hour[0]))
    if not len(before):
        return f"The {span} before belong to other incidents"
    failures, attempts = float(hours.failures[before].sum()), float(hours.attempts[before].sum())
    if failures == 0:
        return f"Quiet before: no failure in {words.count(attempts, 'attempt')} over {span}"
    rate = failures / max(1.0, attempts)
    return f"Before, over {span}: {words.count(failures, 'failure')} in {words.count(attempts, 'attempt')} ({rate:.2%})"

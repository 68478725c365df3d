"""The small chart of one incident: attempts pale, failures in front, its time shaded; plain SVG."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from html import escape
from typing import Final

from mailtrend.report import saying, words
from mailtrend.report.model import Change, Incident, Step

WIDTH, HEIGHT, TOP, BASE = 560, 142, 22, 116
_GAP: Final = 0.6
"""Share of an empty seam between two bars, in units of the picture."""


def spark(found: Incident, changes: Sequence[Change] = ()) -> str:
    """SVG of the incident's steps; empty where there are none."""
    steps = found.timeline
    if not steps:
        return ""
    first, last = steps[0].at, steps[-1].at + timedelta(hours=steps[-1].hours)
    scale = _Scale(first, last, max(1, *(max(step.attempts, step.failures) for step in steps)))
    label = f"Attempts and failures {words.time(first)} to {words.time(last)}: {saying.headline(found)}"
    return "".join(
        [
            f'<svg class="spark" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(label)}">',
            _shade(found, scale),
            *(_bar(step, scale, step.attempts, "tried") for step in steps if step.attempts),
            *(_bar(step, scale, step.failures, "failed") for step in steps if step.failures),
            *(_mark(change, scale) for change in changes if first <= change.time < last),
            _axis(scale),
            *(_hover(step, scale) for step in steps),
            "</svg>",
        ]
    )


class _Scale:
    """From times and counts to places in the picture."""

    def __init__(self, first: datetime, last: datetime, most: int) -> None:
        self.first, self.last, self.most = first, last, most
        self._seconds = (last - first).total_seconds()

    def x(self, at: datetime) -> float:
        inside = min(max(at, self.first), self.last)
        return round((inside - self.first).total_seconds() / self._seconds * WIDTH, 1)

    def y(self, value: int) -> float:
        return round(BASE - value / self.most * (BASE - TOP), 1)


def _bar(step: Step, scale: _Scale, value: int, kind: str) -> str:
    left, right = scale.x(step.at), scale.x(step.at + timedelta(hours=step.hours))
    top = min(scale.y(value), BASE - 1)
    width = max(right - left - _GAP, 0.5)
    return f'<rect class="{kind}" x="{left}" y="{top}" width="{width:.1f}" height="{BASE - top:.1f}"/>'


def _hover(step: Step, scale: _Scale) -> str:
    """An unseen column over the whole height that carries the figures as its tooltip."""
    left, right = scale.x(step.at), scale.x(step.at + timedelta(hours=step.hours))
    span = "" if step.hours == 1 else f", {step.hours} h"
    text = f"{words.time(step.at)}{span}: {words.count(step.failures)} failures, {words.count(step.attempts)} attempts"
    column = f'<rect class="hover" x="{left}" y="0" width="{right - left:.1f}" height="{BASE}">'
    return f"{column}<title>{escape(text)}</title></rect>"


def _shade(found: Incident, scale: _Scale) -> str:
    left, right = scale.x(found.started_at), scale.x(found.ended_at or scale.last)
    return (
        f'<rect class="during" x="{left}" y="{TOP - 6}" width="{max(right - left, 1):.1f}" height="{BASE - TOP + 6}"/>'
    )


def _mark(change: Change, scale: _Scale) -> str:
    at = scale.x(change.time)
    text = words.one_line(f"{words.time(change.time)}: {change.kind}, {change.subject}. {change.note}")
    return (
        f'<g class="change"><title>{escape(text)}</title><line x1="{at}" x2="{at}" y1="6" y2="{BASE}"/>'
        f'<path d="M{at - 4},2h8l-4,7z"/></g>'
    )


def _axis(scale: _Scale) -> str:
    day = "%Y-%m-%d %H:%M" if scale.last - scale.first < timedelta(days=3) else "%Y-%m-%d"
    return (
        f'<line class="base" x1="0" x2="{WIDTH}" y1="{BASE}" y2="{BASE}"/>'
        f'<text x="0" y="{HEIGHT - 8}">{scale.first:{day}}</text>'
        f'<text x="{WIDTH}" y="{HEIGHT - 8}" text-anchor="end">{scale.last:{day}}</text>'
        f'<text x="0" y="{TOP - 5}">{words.count(scale.most)}</text>'
    )

"""How a chart of the report is drawn: colours, axes, times, and the still picture beside the live one.

Colours are placeholders (TOKENS): pages swap them for CSS variables, so that a chart follows light and dark.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any, Final

from mailtrend.report import words
from mailtrend.report.model import Change

TOKENS: Final = {
    "ink": "#1c2024", "muted": "#5c646e", "rule": "#dcdfe2", "link": "#1a5a9e",
    "volume": "#c5ccd4", "c1": "#3566a0", "c2": "#c2553a",
    "c3": "#c9952b", "c4": "#4f8a76", "c5": "#7f5f9e", "c6": "#4c9dbd", "c7": "#9b6a55", "other": "#8d949d",
}  # fmt: skip
"""Placeholder colours by the name of the CSS variable that stands for them (--c1, …)."""
SERIES: Final = ("c1", "c2", "c3", "c4", "c5", "c6", "c7")
WIDTH: Final = 1040
"""Width of the still picture; the live one takes the width of the page."""
_SEAM: Final = 180_000
"""Milliseconds for every hour of a bar that stay empty before the next."""
_UNITS: Final = {1: "binnedutcyearmonthdatehours", 24: "binnedutcyearmonthdate", 168: "binnedutcyearmonthdate"}


@dataclass(frozen=True)
class Chart:
    """One chart: `spec` is Vega-Lite as plain data, `svg` the same as a still picture, `text` says it in words."""

    key: str
    title: str
    text: str
    spec: dict[str, Any]
    svg: str


def finish(key: str, title: str, text: str, chart: Any, height: int) -> Chart:  # noqa: ANN401  # altair's own types
    """The chart from its Altair form: as plain data that fills the page's width, and as a still picture."""
    spec = chart.properties(width="container", height=height).configure(**_CONFIG).to_dict()
    return Chart(key, title, text, spec, _svg(key, spec))


def _svg(key: str, spec: dict[str, Any]) -> str:
    """The still picture; it scales with the page, and its placeholder colours become CSS variables."""
    import vl_convert

    still = copy.deepcopy(spec)
    still["width"] = WIDTH
    svg: str = vl_convert.vegalite_to_svg(still)
    svg = _own_ids(svg, key)
    for name, colour in TOKENS.items():
        svg = svg.replace(f'"{colour}"', f'"var(--{name})"')
    return svg


def _own_ids(svg: str, key: str) -> str:
    """Clip paths named after the chart: Vega counts them through the whole process, and pages should not differ."""
    found = list(dict.fromkeys(_CLIP.findall(svg)))
    return _CLIP.sub(lambda match: f"{key}-{found.index(match[0])}", svg)


_CLIP: Final = re.compile(r'(?<=id=")clip\d+(?=")|(?<=url\(#)clip\d+(?=\))')
_CONFIG: Final[dict[str, Any]] = {
    "aria": False,
    "background": "transparent",
    "font": "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif",
    "view": {"stroke": None},
    "bar": {"binSpacing": 1},
    "axis": {
        "labelColor": TOKENS["muted"], "titleColor": TOKENS["muted"], "domainColor": TOKENS["rule"],
        "tickColor": TOKENS["rule"], "gridColor": TOKENS["rule"], "labelFontSize": 11, "titleFontSize": 11,
        "titleFontWeight": "normal", "titlePadding": 8,
    },
    "axisX": {"grid": False, "labelOverlap": True},
    "axisY": {"ticks": False, "domain": False, "tickCount": 4},
    "legend": {"labelColor": TOKENS["ink"], "labelFontSize": 12, "symbolType": "square", "symbolSize": 90},
}  # fmt: skip


def inline(alt: Any, rows: list[dict[str, Any]]) -> Any:  # noqa: ANN401  # altair's own types
    """Rows as the data of a chart, kept inside its specification."""
    return alt.Data(values=rows)


def time_axis(alt: Any, hours: int) -> Any:  # noqa: ANN401  # altair's own types
    """Time along the bottom, in UTC; `hours` is the width of a bar."""
    form = "%-d %b %H:%M" if hours == 1 else "%-d %b"
    return alt.X("start:T", timeUnit=_UNITS[hours], title=None, axis=alt.Axis(format=form, tickCount=8))


def marks(alt: Any, changes: Sequence[Change]) -> list[Any]:  # noqa: ANN401  # altair's own types
    """A dotted line at the time of every change on record, with its words as tooltip; no layer where there is none."""
    if not changes:
        return []
    rows = [
        {
            "at": _millis(each.time),
            "when": words.time(each.time),
            "change": words.one_line(f"{each.kind}: {each.subject}"),
        }
        | {"note": words.one_line(each.note)}
        for each in changes
    ]
    lines = alt.Chart(inline(alt, rows)).mark_rule(color=TOKENS["link"], strokeDash=[2, 3], strokeWidth=1.5)
    at = alt.X("at:T", timeUnit="utcyearmonthdatehoursminutes", title=None)
    return [lines.encode(x=at, tooltip=[alt.Tooltip(name) for name in ("when:N", "change:N", "note:N")])]


def zoom(alt: Any) -> Any:  # noqa: ANN401  # altair's own types
    """Drag moves, shift and wheel zooms: a bare wheel goes on scrolling the page."""
    return alt.selection_interval(bind="scales", encodings=["x"], name="zoom", zoom="wheel![event.shiftKey]")


def span(at: datetime, hours: int) -> dict[str, Any]:
    """Start, end and name of a bar, times in milliseconds; a seam stays empty before the next."""
    end = at + timedelta(hours=hours)
    when = f"{at:%Y-%m-%d %H:%M} UTC" if hours == 1 else f"{at:%Y-%m-%d}" + (" and six days" if hours > 24 else "")  # noqa: PLR2004  # a day
    return {"start": _millis(at), "end": _millis(end) - hours * _SEAM, "when": when}


def _millis(at: datetime) -> int:
    return int(at.replace(tzinfo=UTC).timestamp() * 1000)


def moment(value: Any) -> datetime:  # noqa: ANN401  # a cell of a figure
    """A day or time as a time."""
    return value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)


def bucket_hours(values: Sequence[Any]) -> int:
    """Width of the time buckets: the largest of week, day and hour that fits every gap between them."""
    times = sorted({moment(value) for value in values})
    gaps = [(later - sooner).total_seconds() / 3600 for sooner, later in pairwise(times)]
    if not gaps:
        return 24 if isinstance(values[0], date) else 1
    return next((hours for hours in (168, 24) if all(gap % hours == 0 for gap in gaps)), 1)

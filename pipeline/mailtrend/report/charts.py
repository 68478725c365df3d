"""Charts of the report: which there are, and how each is made from its figure, without browser or network."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final

from mailtrend.report import words
from mailtrend.report.drawing import (
    SERIES,
    TOKENS,
    Chart,
    bucket_hours,
    finish,
    inline,
    marks,
    moment,
    span,
    time_axis,
    zoom,
)
from mailtrend.report.model import Change, Figure, Model

OTHER: Final = "other codes"


def charts(model: Model) -> dict[str, Chart]:
    """Every chart that the model has figures for, by the key of its figure."""
    found = {}
    for key, make in _MAKERS.items():
        figure = model.figure(key)
        drawn = make(figure, model.changes) if figure and figure.rows else None
        if drawn is not None:
            found[key] = drawn
    return found


def failures_over_time(figure: Figure, changes: Sequence[Change] = ()) -> Chart | None:
    """Failures stacked by code: the seven most frequent codes, and the others together."""
    if not figure.has("start", "status_code", "failures"):
        return None
    import altair as alt

    totals = _totals(figure)
    shown = sorted(totals, key=lambda code: (-totals[code], code))[: len(SERIES)]
    names = [*shown, *([OTHER] if len(totals) > len(shown) else [])]
    hours = bucket_hours(figure.values("start"))
    colours = [TOKENS[name] for name in (*SERIES[: len(shown)], "other")][: len(names)]
    pick = alt.selection_point(fields=["code"], bind="legend", name="pick")
    chart = (
        alt.Chart(inline(alt, _stacked(figure, names, hours)))
        .mark_bar(orient="vertical")
        .encode(
            x=time_axis(alt, hours),
            x2="end:T",
            y=alt.Y("n:Q", stack="zero", title="failed attempts"),
            color=alt.Color(
                "code:N",
                title=None,
                scale=alt.Scale(domain=[words.one_line(name) for name in names], range=colours),
                legend=alt.Legend(orient="top", columns=4, labelLimit=220),
            ),
            order=alt.Order("rank:Q"),
            opacity=alt.condition(pick, alt.value(1), alt.value(0.12)),
            tooltip=[alt.Tooltip("when:N"), alt.Tooltip("code:N"), alt.Tooltip("n:Q", title="failures", format=",")],
        )
        .add_params(pick, zoom(alt))
    )
    most = f"Most frequent: {words.one_line(shown[0])} with {words.count(totals[shown[0]])}."
    whole = alt.layer(chart, *marks(alt, changes))
    return finish(figure.key, "Failed attempts over time, by code", most, whole, 240)


def _totals(figure: Figure) -> dict[str, int]:
    totals: dict[str, int] = defaultdict(int)
    for row in figure.records():
        totals[_code(row["status_code"])] += _int(row["failures"])
    return totals


def _stacked(figure: Figure, names: list[str], hours: int) -> list[dict[str, Any]]:
    """Failures by time and code; a code that is not among the names counts as OTHER."""
    merged: dict[tuple[datetime, str], int] = defaultdict(int)
    for row in figure.records():
        code = _code(row["status_code"])
        merged[moment(row["start"]), code if code in names else OTHER] += _int(row["failures"])
    return [
        span(at, hours) | {"code": words.one_line(code), "n": failures, "rank": names.index(code)}
        for (at, code), failures in sorted(merged.items())
    ]


def volume(figure: Figure, changes: Sequence[Change] = ()) -> Chart | None:
    """Attempts as pale bars, and the failures among them in front."""
    if not figure.has("start", "attempts", "failures"):
        return None
    import altair as alt

    hours = bucket_hours(figure.values("start"))
    sums: dict[datetime, list[int]] = defaultdict(lambda: [0, 0])
    for row in figure.records():
        sums[moment(row["start"])][0] += _int(row["attempts"])
        sums[moment(row["start"])][1] += _int(row["failures"])
    data = [
        span(at, hours)
        | {"attempts": tried, "failures": failed, "rate": words.share(failed / tried if tried else None)}
        for at, (tried, failed) in sorted(sums.items())
    ]
    tips = [
        alt.Tooltip("when:N"), alt.Tooltip("attempts:Q", format=","), alt.Tooltip("failures:Q", format=","),
        alt.Tooltip("rate:N", title="failed"),
    ]  # fmt: skip
    base = alt.Chart(inline(alt, data)).encode(x=time_axis(alt, hours), x2="end:T", tooltip=tips)
    tried = base.mark_bar(orient="vertical", color=TOKENS["volume"]).encode(
        y=alt.Y("attempts:Q", title="attempts; failed in front")
    )
    failed = base.mark_bar(orient="vertical", color=TOKENS["c2"]).encode(y=alt.Y("failures:Q"))
    tried_all, failed_all = (sum(int(row[name]) for row in data) for name in ("attempts", "failures"))
    text = f"{words.count(tried_all)} attempts, {words.count(failed_all)} failed."
    return finish(
        figure.key,
        "Volume, and what failed of it",
        text,
        alt.layer(tried.add_params(zoom(alt)), failed, *marks(alt, changes)),
        180,
    )


def week_against_week(figure: Figure, _changes: Sequence[Change] = ()) -> Chart | None:
    """The last week's failures by code beside the week's before."""
    if not figure.has("status_code", "failures", "failures_before"):
        return None
    import altair as alt

    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for row in figure.records():
        sums[_code(row["status_code"])][0] += _int(row["failures"])
        sums[_code(row["status_code"])][1] += _int(row["failures_before"])
    top = sorted(sums.items(), key=lambda item: (-max(item[1]), item[0]))[:12]
    names = ("this week", "week before")
    data = [
        {"code": words.one_line(code), "week": name, "n": value}
        for code, pair in top
        for name, value in zip(names, pair, strict=True)
    ]
    chart = (
        alt.Chart(inline(alt, data))
        .mark_bar(orient="horizontal")
        .encode(
            y=alt.Y(
                "code:N", sort=[words.one_line(code) for code, _ in top], title=None, axis=alt.Axis(labelLimit=160)
            ),
            yOffset=alt.YOffset("week:N", sort=list(names)),
            x=alt.X("n:Q", title="failed attempts", axis=alt.Axis(tickCount=6)),
            color=alt.Color(
                "week:N",
                title=None,
                scale=alt.Scale(domain=list(names), range=[TOKENS["c1"], TOKENS["volume"]]),
                legend=alt.Legend(orient="top"),
            ),
            tooltip=[alt.Tooltip("code:N"), alt.Tooltip("week:N"), alt.Tooltip("n:Q", title="failures", format=",")],
        )
    )
    return finish(figure.key, "By code, this week against the week before", "", chart, 28 + 30 * len(top))


def coverage(figure: Figure, _changes: Sequence[Change] = ()) -> Chart | None:
    """Source by day: darker means more of the day has events, and a day with none is left blank."""
    if not figure.has("source", "day", "rows", "hours_missing", "gaps"):
        return None
    import altair as alt

    data = [
        span(moment(row["day"]), 24)
        | {
            "source": words.one_line(str(row["source"])),
            "rows": _int(row["rows"]),
            "hours": 24 - _int(row["hours_missing"]),
            "missing": str(row["gaps"] or "none"),
        }
        for row in figure.records()
        if row["rows"]
    ]
    names = sorted({str(row["source"]) for row in data})
    chart = (
        alt.Chart(inline(alt, data))
        .mark_bar(orient="horizontal", height=14, color=TOKENS["c4"])
        .encode(
            x=time_axis(alt, 24),
            x2="end:T",
            y=alt.Y("source:N", title=None, sort=names, axis=alt.Axis(labelLimit=180)),
            opacity=alt.Opacity("hours:Q", scale=alt.Scale(domain=[0, 24], range=[0.12, 1]), legend=None),
            tooltip=[
                alt.Tooltip("when:N"), alt.Tooltip("source:N"), alt.Tooltip("rows:Q", title="events", format=","),
                alt.Tooltip("missing:N", title="hours without"),
            ],
        )
    )  # fmt: skip
    text = "Darker: more hours of the day have events. Blank: none has."
    return finish(figure.key, "Coverage by source and day", text, chart, 26 * len(names) + 6)


def _code(value: Any) -> str:  # noqa: ANN401  # a cell of a figure
    return str(value) if value else "no code"


def _int(value: Any) -> int:  # noqa: ANN401  # a cell of a figure
    return int(value or 0)


_MAKERS: Final[dict[str, Callable[[Figure, Sequence[Change]], Chart | None]]] = {
    "failures-by-code-over-time": failures_over_time,
    "failures-over-time": volume,
    "week-against-week": week_against_week,
    "coverage": coverage,
}

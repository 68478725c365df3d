"""Charts: the right sums, placeholders for colours, and nothing hostile in a field name."""

from __future__ import annotations

from datetime import datetime, timedelta
from xml.etree import ElementTree

from mailtrend.report.charts import OTHER, charts, failures_over_time, volume, week_against_week
from mailtrend.report.found import steps, window
from mailtrend.report.model import Change, Step
from mailtrend.report.spark import spark
from support import reportmodel
from support.reportparts import HOSTILE, figure, incident

DAY = datetime(2026, 10, 19)


def values(chart):
    spec = chart.spec
    return spec["data"]["values"] if "values" in spec["data"] else spec["datasets"][spec["data"]["name"]]


def over_time(codes):
    rows = [(DAY + timedelta(days=day), code, number) for day in range(2) for number, code in enumerate(codes, 1)]
    return figure("failures-by-code-over-time", "start status_code failures", *rows)


def test_the_seven_most_frequent_codes_are_shown_and_the_others_together():
    chart = failures_over_time(over_time([f"4.4.{n}" for n in range(10)]))
    per_code: dict[str, int] = {}
    for row in values(chart):
        per_code[row["code"]] = per_code.get(row["code"], 0) + row["n"]
    assert per_code == {f"4.4.{n}": 2 * (n + 1) for n in range(3, 10)} | {OTHER: 2 * (1 + 2 + 3)}


def test_failures_without_a_code_are_named_so():
    assert {row["code"] for row in values(failures_over_time(over_time([None])))} == {"no code"}


def test_bars_are_as_wide_as_the_time_between_them():
    hours = figure(
        "x", "start attempts failures", (DAY, 5, 1), (DAY + timedelta(hours=1), 5, 1), (DAY + timedelta(hours=5), 1, 0)
    )
    days = figure("x", "start attempts failures", (DAY, 5, 1), (DAY + timedelta(days=3), 5, 1))
    for given, width in ((hours, 1), (days, 24)):
        first = volume(given).spec["layer"]
        assert first
        data = values(volume(given))[0]
        assert width * 0.9 < (data["end"] - data["start"]) / 3_600_000 <= width


def test_hostile_names_are_data_and_never_names_of_fields():
    chart = failures_over_time(over_time(HOSTILE))
    assert {name for row in values(chart) for name in row} == {"start", "end", "when", "code", "n", "rank"}
    ElementTree.fromstring(chart.svg)  # noqa: S314  # our own picture


def test_a_week_is_held_against_the_one_before_by_code():
    given = figure(
        "week-against-week",
        "status_code connector failures failures_before",
        ("4.4.1", "a", 3, 1),
        ("4.4.1", "b", 2, 0),
    )
    assert [(row["code"], row["week"], row["n"]) for row in values(week_against_week(given))] == [
        ("4.4.1", "this week", 5),
        ("4.4.1", "week before", 1),
    ]


def test_pictures_take_their_colours_from_the_page():
    for chart in charts(reportmodel.busy()).values():
        assert "var(--" in chart.svg
        assert "http" not in chart.svg.replace("http://www.w3.org/", "")


def test_a_spark_has_a_bar_for_every_count_and_a_mark_for_a_change():
    found = incident(
        timeline=(Step(DAY, 3, 10, 0), Step(DAY + timedelta(hours=3), 3, 8, 8), Step(DAY + timedelta(hours=6), 3, 0, 0))
    )
    changes = [
        Change(DAY + timedelta(hours=4), "dns", HOSTILE[0], HOSTILE[1], "x"),
        Change(DAY - timedelta(days=9), "a", "b", "c", "x"),
    ]
    tree = ElementTree.fromstring(spark(found, changes))  # noqa: S314  # our own picture
    kinds = [node.get("class") for node in tree.iter() if node.get("class")]
    assert kinds.count("tried") == 2
    assert kinds.count("failed") == 1
    assert kinds.count("hover") == 3
    assert kinds.count("change") == 1
    assert HOSTILE[0] in "".join(tree.itertext())


def test_an_incident_without_a_timeline_has_no_spark():
    assert spark(incident(timeline=())) == ""


def test_steps_put_hours_together_and_fill_the_silent_ones():
    tried = {DAY: 4, DAY + timedelta(hours=2): 1, DAY + timedelta(hours=7): 5}
    failed = {DAY + timedelta(hours=7): 5}
    found = steps(tried, failed, DAY, DAY + timedelta(hours=8), 3)
    assert found == (
        Step(DAY, 3, 5, 0),
        Step(DAY + timedelta(hours=3), 3, 0, 0),
        Step(DAY + timedelta(hours=6), 3, 5, 5),
    )


def test_a_window_never_looks_past_the_data():
    as_of = datetime(2026, 10, 25, 23, 40)
    first, last, hours = window(incident(), as_of)
    assert first < datetime(2026, 10, 21, 9)
    assert last == as_of + timedelta(hours=1)
    assert (last - first) / timedelta(hours=hours) <= 66


def test_every_change_on_record_is_marked_on_the_time_charts():
    model = reportmodel.busy()
    for key in ("failures-by-code-over-time", "failures-over-time"):
        spec = charts(model)[key].spec
        rules = [layer for layer in spec["layer"] if layer["mark"]["type"] == "rule"]
        held = [
            spec["datasets"][layer["data"]["name"]] if "name" in layer["data"] else layer["data"]["values"]
            for layer in rules
        ]
        assert [[row["change"] for row in rows] for rows in held] == [["migration: mail.contoso.com"] * 2]

"""The report as JSON: keys that other programs may rely on, and nothing that JSON cannot hold."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import datetime

from mailtrend import contracts
from mailtrend.report.outputs import json as output
from support import reportmodel
from support.reportparts import HOSTILE, figure

TOP = {
    "schema", "version", "tenants", "since", "until", "as_of", "standing", "verdict", "totals", "incidents", "changes", "rules",
    "new_codes", "gone_codes", "meanings", "understood", "owning", "figures", "data", "warnings", "limits",
}  # fmt: skip
OF_A_FIGURE = {"key", "title", "question", "columns", "rows", "total", "sql"}


def read(model):
    return json.loads(output.render(model), parse_constant=lambda name: (_ for _ in ()).throw(ValueError(name)))


def test_the_top_has_exactly_the_documented_keys():
    for model in (reportmodel.busy(), reportmodel.quiet(), reportmodel.empty()):
        found = read(model)
        assert set(found) == TOP
        assert found["schema"] == 1


def test_an_incident_has_every_column_of_the_contract_and_three_more():
    found = read(reportmodel.busy())["incidents"][0]
    assert set(found) == {*contracts.INCIDENTS.names, "title", "meaning", "timeline"}
    assert found["started_at"] == "2026-10-22T09:00:00Z"
    assert found["ended_at"] is None
    assert found["failures"] == 1250


def test_every_figure_has_its_rows_by_name_and_its_sql():
    found = read(reportmodel.busy())
    for each in [*found["figures"], *found["data"]]:
        assert set(each) == OF_A_FIGURE
        assert each["sql"].startswith("FROM ")
        names = [column["name"] for column in each["columns"]]
        assert all(list(row) == names for row in each["rows"])


def test_names_from_logs_come_back_as_they_were():
    found = read(reportmodel.busy())
    assert found["incidents"][1]["connector"] == HOSTILE[0]
    assert found["incidents"][1]["evidence"] == [HOSTILE[2], HOSTILE[4]]
    assert "\u202e" not in output.render(reportmodel.busy())


def test_what_is_no_number_is_null():
    odd = figure("odd", "failure_rate other", (math.nan, math.inf), (0.5, -math.inf))
    found = read(replace(reportmodel.quiet(), figures=(odd,)))
    assert found["figures"][0]["rows"] == [{"failure_rate": None, "other": None}, {"failure_rate": 0.5, "other": None}]


def test_an_empty_lake_says_no_data_and_a_quiet_week_no_failures():
    assert read(reportmodel.empty())["standing"] == "no_data"
    assert read(reportmodel.quiet())["standing"] == "no_failures"
    assert read(reportmodel.empty())["as_of"] is None


def test_times_end_in_z():
    found = read(replace(reportmodel.busy(), as_of=datetime(2026, 10, 25, 23, 40, 12, 345)))
    assert found["as_of"] == "2026-10-25T23:40:12Z"

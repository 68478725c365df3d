"""From a lake to the model: every figure equals what was put in, and no data is not no failures."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pyarrow as pa
import pytest

from mailtrend import contracts, knowledge, report, warehouse
from mailtrend.lake import Lake
from mailtrend.report.model import Step
from mailtrend.report.sources import spans
from support import lakes
from support.reportparts import incident

START = datetime(2026, 10, 5)
BROKE = datetime(2026, 10, 19, 9)
HOURS = 20 * 24
CODES = [
    {"status_code": "4.4.316", "title": "Connection refused", "class": "transient", "meaning": "Nobody listens."}
    | {"expired_twin": "5.4.316"},
    {"status_code": "5.7.606-649", "title": "Banned", "class": "permanent", "meaning": "The address is banned."},
]


def sent(hour, **given):
    """One attempt an hour, to recipient number hour % 4."""
    at = START + timedelta(hours=hour)
    usual = {
        "source": "exo_trace_detail",
        "outcome": "delivered",
        "connector": "To on-premises",
        "destination": "mail.contoso.com",
        "sender": "a@contoso.com",
        "recipient": f"user{hour % 4}@contoso.com",
        "network_message_id": f"m{hour}",
        "line": hour + 1,
        "tenant": "default",
        "tls_version": "TLS1.2",
    }
    return lakes.event(at, **(usual | given))


def story():
    """Twenty days, an attempt an hour; from BROKE on all are put off; one is banned on day three; one gap of 5 h."""
    for hour in range(HOURS):
        if 100 <= hour < 105:
            continue
        if START + timedelta(hours=hour) >= BROKE:
            yield sent(hour, outcome="deferred", status_code="4.4.316", cause="connection_refused",
                       remote_ip=("192.0.2.25", "192.0.2.26")[hour % 2])  # fmt: skip
        elif hour == 60:
            yield sent(hour, outcome="failed", status_code="5.7.610", cause="access_denied", connector=None)
        else:
            yield sent(hour)


def incident_row(**given):
    made = incident(tenant="default", started_at=BROKE, evidence=("e",), actions=("a",), timeline=(), **given)
    return {
        name: list(value) if isinstance(value := getattr(made, name), tuple) else value
        for name in contracts.INCIDENTS.names
    }


@pytest.fixture(scope="module")
def known():
    patch = pytest.MonkeyPatch()
    patch.setattr(
        knowledge, "status_codes", lambda _book=None: lakes.rows(contracts.STATUS_CODES, *CODES), raising=False
    )
    yield
    patch.undo()


@pytest.fixture(scope="module")
def lake(tmp_path_factory, known):  # noqa: ARG001  # its codes are what the lake is published with
    made = Lake.create(tmp_path_factory.mktemp("report") / "lake")
    change = {
        "tenant": "default",
        "time": BROKE - timedelta(hours=4),
        "kind": "migration",
        "subject": "mail.contoso.com",
        "note": "",
    }
    lakes.ingest(
        made,
        "f1",
        list(story()),
        rejects=[{"line": 7, "byte_offset": 99, "reason": "too few fields", "text": "Subject: secret"}],
        context={"changes": lakes.rows(contracts.CHANGES, change)},
    )
    found = [
        incident_row(),
        incident_row(incident_id="old", severity="warning", ended_at=BROKE + timedelta(hours=3)),
        incident_row(incident_id="note", severity="notice"),
        incident_row(incident_id="member", severity="notice", scope="remote_ip", remote_ip="192.0.2.25"),
    ]
    made.replace("incidents", pa.Table.from_pylist(found, schema=contracts.INCIDENTS), computed_at=made.version)
    warehouse.publish(made)
    return made


@pytest.fixture(scope="module")
def con(lake):
    with warehouse.connect(lake.root) as opened:
        yield opened


@pytest.fixture(scope="module")
def model(con):
    return report.build(con, None, None, warehouse.as_of(con))


def failing_hours():
    return HOURS - int((BROKE - START) / timedelta(hours=1))


def test_the_head_counts_what_was_put_in(model):
    assert model.tenants == ("default",)
    assert (model.since, model.until) == (START, START + timedelta(days=20))
    assert model.as_of == START + timedelta(hours=HOURS - 1)
    assert model.totals.attempts == HOURS - 5
    assert model.totals.failures == failing_hours() + 1
    assert model.totals.messages == failing_hours() + 1
    assert model.totals.recipients == 4
    assert model.totals.lost == 1


def test_what_is_queued_is_lost_one_day_after_it_came(model):
    assert model.totals.queued == 24
    assert model.totals.next_expiry == model.as_of + timedelta(hours=1)
    (row,) = model.figure("queued-by-destination").records()
    assert (row["queued"], row["destination"]) == (24, "mail.contoso.com")
    assert row["lost_within_6_h"] == 6


def test_codes_have_title_and_meaning_ranges_too(model):
    rows = {row["status_code"]: row for row in model.figure("failures-by-code").records()}
    assert rows["4.4.316"]["failures"] == failing_hours()
    assert rows["5.7.610"]["title"] == "Banned"
    assert [(each.status_code, each.meaning) for each in model.meanings] == [
        ("4.4.316", "Nobody listens."),
        ("5.7.610", "The address is banned."),
    ]


def test_every_figure_can_be_asked_again_with_its_own_sql(model, con):
    for figure in (*model.compared, *model.figures, *model.data):
        assert con.sql(figure.sql.rstrip(";")).to_arrow_table().num_rows == figure.total, figure.key


def test_the_chart_of_one_address_has_its_failures_alone(model):
    charts = {found.incident_id: found.timeline for found in model.incidents}
    failed = {name: sum(step.failures for step in steps) for name, steps in charts.items()}
    assert failed["onprem01"] == failing_hours()
    hours = range(int((BROKE - START) / timedelta(hours=1)), HOURS)
    assert failed["member"] == sum(hour % 2 == 0 for hour in hours)


def test_incidents_stand_in_the_order_of_doing_with_title_and_chart(model):
    assert [found.incident_id for found in model.incidents] == ["onprem01", "old", "member", "note"]
    first = model.incidents[0]
    assert (first.title, first.meaning) == ("Connection refused", "Nobody listens.")
    assert sum(step.failures for step in first.timeline) == failing_hours()
    before = [step for step in first.timeline if step.at < BROKE - timedelta(hours=step.hours)]
    assert before
    assert sum(step.failures for step in before) == 0
    assert all(step.attempts == step.hours for step in before)
    assert isinstance(first.timeline[0], Step)


def test_the_week_is_held_against_the_one_before(model):
    (row,) = [row for row in model.figure("week-against-week").records() if row["status_code"] == "4.4.316"]
    week = int((model.until - timedelta(days=7) - BROKE) / timedelta(hours=1))
    assert week < 0
    assert row["failures"] == failing_hours()
    assert row["failures_before"] == 0
    assert model.new_codes == ("4.4.316",)
    assert model.gone_codes == ()
    assert [change.subject for change in model.changes] == ["mail.contoso.com"]


def test_where_every_failure_has_a_cause_one_sentence_says_so(model):
    assert model.understood == f"All {failing_hours() + 1} failures have a known cause."
    assert model.figure("classified") is None
    assert model.figure("unknown-replies") is None
    assert "No known cause" not in report.summary_text(model)


@pytest.mark.usefixtures("known")
def test_what_is_not_understood_is_counted_by_source_and_the_replies_are_listed(tmp_path):
    odd = {"outcome": "failed", "cause": "unclassified", "reply_code": 550}
    told = [
        sent(1, source="postfix", status_code="5.7.610", response="550 5.7.610 <x@example.org> never seen", **odd),
        *(sent(hour, source="postfix", response=f"550 <u{hour}@example.org> odd", **odd) for hour in (2, 3)),
        sent(4, outcome="deferred", status_code="4.4.316", cause="connection_refused"),
        sent(5, source="postfix", **odd),
    ]
    lake = Lake.create(tmp_path / "lake")
    lakes.ingest(lake, "f1", told)
    warehouse.publish(lake)
    with warehouse.connect(lake.root) as con:
        found = report.build(con, None, None, warehouse.as_of(con))
    assert found.understood.startswith(
        "Of 5 failures, 1 (20 %) have a known cause, 2 (40 %) a status code that the book knows, 3 (60 %) neither. "
    )
    columns = ("source", "failures", "code_known", "cause_known", "unknown")
    rows = found.figure("classified").records()
    assert [tuple(row[name] for name in columns) for row in rows] == [
        ("all", 5, 2, 1, 3), ("postfix", 4, 1, 0, 3), ("exo_trace_detail", 1, 1, 1, 0),
    ]  # fmt: skip
    replies = found.figure("unknown-replies").records()
    assert [(row["reply"], row["failures"]) for row in replies] == [
        ("550 ~ odd", 2), ("550 5.7.610 ~ never seen", 1), ("(no text)", 1)
    ]  # fmt: skip
    assert "No known cause: 4 of 5 failures (80 %)" in report.summary_text(found)
    for to in report.FORMATS:
        assert "never seen" in report.render(found, to)
        assert "x@example.org" not in report.render(replace(found, figures=()), to)


def test_gaps_of_coverage_are_named(model):
    rows = [row for row in model.figure("coverage").records() if row["hours_missing"]]
    assert [(row["day"].isoformat(), row["hours_missing"], row["gaps"]) for row in rows] == [
        ("2026-10-09", 5, "04:00–09:00")
    ]


def test_rejects_are_told_without_their_text(model):
    (row,) = model.figure("rejects").records()
    assert (row["line"], row["reason"]) == (7, "too few fields")
    assert all("secret" not in report.render(model, to) for to in report.FORMATS)


def test_the_law_is_shown_for_every_file(model):
    for row in model.figure("files").records():
        assert row["rows"] == row["used"] + row["context"] + row["duplicates"] + row["rejects"]


def test_a_week_before_anything_failed_has_no_failures(con):
    quiet = report.build(con, START + timedelta(days=4), START + timedelta(days=5), warehouse.as_of(con))
    assert quiet.standing == "no failures"
    assert quiet.verdict.startswith("No failures: ")
    assert quiet.incidents == ()
    assert quiet.understood == ""
    assert quiet.figure("classified") is None
    assert len(quiet.figure("failures-over-time").rows) == 19


def test_a_week_without_events_has_no_data(con):
    nothing = report.build(con, datetime(2026, 1, 1), datetime(2026, 1, 8), warehouse.as_of(con))
    assert nothing.standing == "no data"
    assert nothing.figures == ()
    assert "No data for this period" in report.render(nothing, "md")


def test_an_empty_lake_has_no_data(tmp_path, monkeypatch):
    monkeypatch.setattr(
        knowledge, "status_codes", lambda _book=None: contracts.STATUS_CODES.empty_table(), raising=False
    )
    made = Lake.create(tmp_path / "lake")
    warehouse.publish(made)
    with warehouse.connect(made.root) as con:
        nothing = report.build(con, None, None, warehouse.as_of(con))
    assert nothing.standing == "no data"
    assert json.loads(report.render(nothing, "json"))["as_of"] is None
    assert "No data" in report.render(nothing, "html")


@pytest.mark.parametrize(
    ("hours", "shown"), [([], ""), ([3], "03:00–04:00"), ([22, 23, 1, 2, 4], "01:00–03:00, 04:00–05:00, 22:00–24:00")]
)
def test_hours_become_spans(hours, shown):
    assert spans(hours) == shown

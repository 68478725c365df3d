"""What the program says of the sample tenant is what its generator knows to be true."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest

from support import truth
from support.cli import mailtrend

COUNTS = """
SELECT coalesce(status_code, '') AS status_code, coalesce(connector, '') AS connector,
       coalesce(destination, '') AS destination, strftime(event_time, '%Y-%m-%d') AS day, count(*) AS failures
FROM failures
GROUP BY ALL
ORDER BY ALL
"""


@pytest.fixture(scope="module")
def asked(sample_lake):
    def ask(*arguments: object) -> list[dict[str, object]]:
        done = mailtrend(*arguments, "--lake", sample_lake, "--format", "json")
        assert done.code == 0, done.err
        return json.loads(done.out)

    return ask


def test_sql_counts_every_code_connector_destination_and_day_exactly(asked):
    found = {
        truth.Failing(row["status_code"], row["connector"], row["destination"], row["day"]): row["failures"]
        for row in asked("sql", COUNTS)
    }
    expected = truth.failures()
    wrong = {key: (found.get(key, 0), expected.get(key, 0)) for key in found.keys() | expected.keys()
             if found.get(key) != expected.get(key)}  # fmt: skip
    assert wrong == {}


def test_every_file_has_the_rows_that_were_written_into_it(asked):
    rows = asked("sql", "SELECT path, source, rows, used, context, duplicates, rejects FROM files")
    found = {row["path"].split("sample_logs/", 1)[1]: row for row in rows}
    assert sorted(found) == sorted(file.path for file in truth.files())
    for file in truth.files():
        row = found[file.path]
        assert (row["source"], row["rows"], row["rejects"], row["duplicates"]) == (
            file.source, file.rows, file.rejects, file.duplicates), file.path  # fmt: skip
        if file.used >= 0:
            assert (row["used"], row["context"]) == (file.used, file.context), file.path
        assert row["rows"] == row["used"] + row["context"] + row["duplicates"] + row["rejects"]


def test_attempts_are_counted_once_however_many_exports_saw_them(asked):
    assert asked("sql", "SELECT count(*) AS n FROM attempts") == [{"n": truth.attempts()}]


def test_messages_end_as_they_did(asked):
    rows = asked(
        "sql",
        "SELECT CASE WHEN outcome IN ('pending', 'deferred', 'received') THEN 'pending' ELSE outcome END AS outcome, "
        "count(*) AS n FROM messages WHERE len(list_intersect(sources, ['exo_extended', 'exo_trace_detail', "
        "'exo_enhanced_summary', 'exo_message_trace'])) > 0 AND network_message_id IS NOT NULL GROUP BY ALL",
    )
    expected = truth.messages()
    found = {row["outcome"]: row["n"] for row in rows}
    assert found == {name: count for name, count in expected.items() if name != "total"}
    assert sum(found.values()) == expected["total"]


def test_the_planted_incidents_are_found_and_nothing_else_above_notice(asked):
    found = {
        (row["status_code"], row["connector"], row["destination"]): row
        for row in asked("incidents")
        if row["severity"] != "notice"
    }
    planted = {(one.status_code, one.connector, one.destination): one for one in truth.incidents()}
    assert found.keys() == planted.keys()
    for key, one in planted.items():
        row = found[key]
        onset = datetime.fromisoformat(row["started_at"]) - datetime.fromisoformat(one.fault_started_at)
        assert abs(onset) <= timedelta(hours=1), key
        assert (row["owner"], row["cause"]) == (one.owner, one.cause), key
        assert (row["ended_at"] is None) == (one.fault_ended_at is None), key
        assert (row["lost"], row["at_risk"]) == (one.lost, one.at_risk), key


def test_the_switched_off_system_is_told_from_a_firewall(asked):
    by_connector = {row["connector"]: row for row in asked("incidents") if row["status_code"] == "4.4.316"}
    migrated, firewall = by_connector["To on-premises"], by_connector["Branch office"]
    assert "after the migration" in migrated["diagnosis"]
    assert "no delivery has succeeded there since" in migrated["diagnosis"]
    assert any("Authoritative" in action for action in migrated["actions"])
    assert "firewall" in firewall["diagnosis"].lower()
    assert not any("Authoritative" in action for action in firewall["actions"])


def test_the_query_of_an_incident_reproduces_its_figures(asked):
    for row in asked("incidents"):
        [figures] = asked("sql", row["query"])
        assert (figures["attempts"], figures["failures"]) == (row["attempts"], row["failures"]), row["diagnosis"]

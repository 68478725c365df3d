"""A query of one's own answers by `ask`, and is a macro within `sql`."""

from __future__ import annotations

import json

from mailtrend.contracts import KINDS
from support.cli import mailtrend

QUERY = """-- How many events are there of each outcome?
--
-- Parameters
--   least (0): only outcomes with at least so many events
--
-- Columns
--   outcome: outcome
--   number: events

CREATE MACRO outcomes_told(least := 0) AS TABLE
SELECT outcome, number
FROM (SELECT outcome, count(*) AS number FROM events GROUP BY outcome)
WHERE number >= least
ORDER BY outcome;
"""
TRACE = """Received,SenderAddress,RecipientAddress,Subject,Status,ToIP,FromIP,Size,MessageId,MessageTraceId
2026-11-02T08:00:00Z,a@contoso.com,b@fabrikam.com,One,Delivered,192.0.2.1,,1000,<1@contoso.com>,00000000-0000-0000-0000-000000000001
2026-11-02T08:01:00Z,a@contoso.com,c@fabrikam.com,Two,Delivered,192.0.2.1,,1000,<2@contoso.com>,00000000-0000-0000-0000-000000000002
2026-11-02T08:02:00Z,a@contoso.com,d@fabrikam.com,Three,Pending,,,1000,<3@contoso.com>,00000000-0000-0000-0000-000000000003
"""


def test_it_answers_by_name_and_inside_of_sql(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "outcomes-told.sql").write_text(QUERY, encoding="utf-8")
    (tmp_path / "trace.csv").write_text(TRACE, encoding="utf-8")
    config = tmp_path / "own.toml"
    config.write_text(
        f"lake = '{(tmp_path / 'lake').as_posix()}'\nqueries = '{(tmp_path / 'mine').as_posix()}'\n", encoding="utf-8"
    )
    assert mailtrend("ingest", tmp_path / "trace.csv", "--config", config).code == 0

    asked = mailtrend("ask", "outcomes-told", "--least", "2", "--config", config, "--format", "json")
    assert json.loads(asked.out) == [{"outcome": "delivered", "number": 2}]

    statement = "SELECT sum(number) AS events FROM outcomes_told()"
    told = mailtrend("sql", statement, "--config", config, "--format", "json")
    assert (told.code, json.loads(told.out)) == (0, [{"events": 3}])


def test_the_detectors_name_every_kind_of_incident():
    done = mailtrend("detectors", "--format", "json")
    assert {row["name"] for row in json.loads(done.out)} == set(KINDS)


def test_what_the_detectors_need_is_not_cut_off():
    done = mailtrend("detectors")
    assert done.code == 0
    assert "…" not in done.out

"""Who has to act: the answers about a handful of failures, counted by hand, and about lakes that were not looked at."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from mailtrend import contracts, runs, warehouse
from mailtrend.lake import Lake, tables
from mailtrend.settings import Settings
from support.lakes import NOON, event, ingest, rows
from support.smallweek import ask

FABRIKAM = {"connector": "To Fabrikam", "destination": "mail.fabrikam.com", "recipient_domain": "fabrikam.com"}
OWN = {"connector": "To on-premises", "destination": "mail.contoso.com", "recipient_domain": "branch.contoso.com"}
MX = {"connector": "smtp", "destination": "mx.example.org", "recipient_domain": "example.org"}
REFUSED = {"status_code": "4.4.316", "reply_code": 450, "cause": "connection_refused"}
UNKNOWN = {"status_code": "5.1.1", "reply_code": 550, "cause": "recipient_unknown", "outcome": "failed"}
CONNECTORS = [
    {"name": "To Fabrikam", "owner_kind": "partner", "recipient_domains": ["fabrikam.com"]},
    {"name": "To on-premises", "owner_kind": "own", "recipient_domains": ["branch.contoso.com"]},
]  # fmt: skip


def failing(minute: int, message: str, to: str, place: dict[str, str], **given: object) -> dict[str, object]:
    return event(NOON + timedelta(minutes=minute), direction="outbound", queue_id=message, server="mx1", line=minute,
                 sender="a@contoso.com", recipient=to, **(place | REFUSED | given))  # fmt: skip


EVENTS = [
    failing(1, "A", "bo@fabrikam.com", FABRIKAM),
    failing(2, "A", "bo@fabrikam.com", FABRIKAM),
    failing(3, "B", "cy@fabrikam.com", FABRIKAM),
    failing(4, "C", "dan@branch.contoso.com", OWN),
    failing(5, "D", "eve@example.org", MX),
    failing(6, "E", "typo@example.org", MX, **UNKNOWN),
    failing(7, "F", "typo@fabrikam.com", FABRIKAM, **UNKNOWN),
    failing(8, "G", "ok@example.org", MX, outcome="delivered", status_code="2.0.0", cause=None),
]


def looked_at(root: Path, *, exported: bool = True) -> Lake:
    """A lake with these events, as any question finds it."""
    lake = Lake.create(root)
    given = ({"tenant": "default", "direction": "outbound", "file_id": "f1"} | row for row in CONNECTORS)
    ingest(lake, "f1", EVENTS, context={"connectors": rows(contracts.CONNECTORS, *given)} if exported else {})
    return runs.refreshed(lake.root, Settings())


@pytest.fixture(scope="module")
def con(tmp_path_factory):
    with warehouse.connect(looked_at(tmp_path_factory.mktemp("lakes") / "owners").root) as opened:
        yield opened


def test_failures_by_owner(con):
    columns = "owner partner status_code cause failures messages recipients connectors destinations last_failure share"
    assert ask(con, "failures-by-owner", columns) == [
        ("partner", "fabrikam.com", "4.4.316", "connection_refused", 3, 2, 2, 1, 1, at(3), 3 / 7),
        ("sender", None, "5.1.1", "recipient_unknown", 2, 2, 2, 2, 2, at(7), 2 / 7),
        ("on_premises", None, "4.4.316", "connection_refused", 1, 1, 1, 1, 1, at(4), 1 / 7),
        ("recipient_organization", None, "4.4.316", "connection_refused", 1, 1, 1, 1, 1, at(5), 1 / 7),
    ]
    said = ask(con, "failures-by-owner", "title first_step")
    assert all(title and step for title, step in said)
    assert [title for title, _ in said] == [
        "Connection refused",
        "No such mailbox",
        "Connection refused",
        "Connection refused",
    ]


def at(minute: int) -> datetime:
    return NOON + timedelta(minutes=minute)


def test_failures_by_owner_of_a_connector_an_owner_and_a_time(con):
    assert ask(con, "failures-by-owner", "owner failures share", connector="To on-premises") == [
        ("on_premises", 1, 1.0)
    ]
    assert ask(con, "failures-by-owner", "status_code failures", owner="sender") == [("5.1.1", 2)]
    assert ask(con, "failures-by-owner", "owner failures", since="2026-11-02 12:06", until="2026-11-02 12:07") == [
        ("sender", 1)
    ]
    assert ask(con, "failures-by-owner", "owner", tenant="other") == []


def test_who_has_to_act(con):
    assert ask(
        con, "who-has-to-act", "owner partner failures lost messages recipients top_codes last_failure share"
    ) == [
        ("partner", "fabrikam.com", 3, 0, 2, 2, ["4.4.316"], at(3), 3 / 7),
        ("sender", None, 2, 2, 2, 2, ["5.1.1"], at(7), 2 / 7),
        ("on_premises", None, 1, 0, 1, 1, ["4.4.316"], at(4), 1 / 7),
        ("recipient_organization", None, 1, 0, 1, 1, ["4.4.316"], at(5), 1 / 7),
    ]


def test_an_export_that_comes_later_settles_what_was_open(tmp_path):
    lake = looked_at(tmp_path / "lake", exported=False)
    assert owners_of(lake) == OPEN
    given = ({"tenant": "default", "direction": "outbound", "file_id": "f2"} | row for row in CONNECTORS)
    ingest(lake, "f2", context={"connectors": rows(contracts.CONNECTORS, *given)})
    runs.refreshed(lake.root, Settings())
    assert owners_of(lake) == {"partner": 3, "sender": 2, "on_premises": 1, "recipient_organization": 1}
    assert lake.check() == []


OPEN = {"undetermined": 4, "sender": 2, "recipient_organization": 1}
"""What is known without any export: a plain transport of Postfix goes by MX."""


def owners_of(lake: Lake) -> dict[str, int]:
    with warehouse.connect(lake.root) as con:
        return dict(ask(con, "who-has-to-act", "owner failures"))


def test_working_it_out_does_not_make_the_lake_another_one(tmp_path):
    lake = looked_at(tmp_path / "lake")
    before = (lake.version, lake.incidents_version)
    lake.replace("verdicts", contracts.VERDICTS.empty_table())
    lake.replace("failing_places", contracts.FAILING_PLACES.empty_table())
    assert (lake.version, lake.incidents_version) == before


def test_a_lake_of_a_version_that_had_neither_table_is_read_and_told(tmp_path):
    lake = Lake.create(tmp_path / "lake")
    ingest(lake, "f1", EVENTS)
    lake.replace("incidents", contracts.INCIDENTS.empty_table())
    warehouse.publish(lake)
    assert not (lake.root / "verdicts").exists()
    assert owners_of(lake) == {None: 7}
    (lake.root / warehouse.CATALOGUE).unlink()
    assert owners_of(runs.refreshed(lake.root, Settings())) == OPEN


def test_verdicts_with_fewer_columns_are_shown_and_worked_out_again(tmp_path):
    lake = Lake.create(tmp_path / "lake")
    ingest(lake, "f1", EVENTS)
    fewer = contracts.VERDICTS.remove(contracts.VERDICTS.get_field_index("severity"))
    tables.write(
        lake.root, "verdicts", rows(fewer, {"status_code": "5.1.1", "owner": "sender"}), overwrite=True, mark="x"
    )
    warehouse.publish(lake)
    with warehouse.connect(lake.root) as con:
        assert con.sql("SELECT owner, severity FROM verdicts").fetchall() == [("sender", None)]
    assert owners_of(runs.refreshed(lake.root, Settings())) == OPEN

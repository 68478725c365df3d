"""The views of the catalogue: columns as the contract names them, hourly figures, coverage."""

from __future__ import annotations

import pytest

from mailtrend import contracts, warehouse
from support.lakes import rows
from support.smallweek import EVENTS, EXTENDED, POSTFIX, REFUSED, SEND, at, filled, told

EVENT_COLUMNS = contracts.EVENTS.names
PROMISED = {
    "events": EVENT_COLUMNS,
    "attempts": [*EVENT_COLUMNS, "sources"],
    "failures": [*EVENT_COLUMNS, "sources"],
    "messages": [
        "tenant", "network_message_id", "message_id", "queue_id", "sender", "sender_domain", "recipient",
        "recipient_domain", "direction", "connector", "destination", "first_seen", "last_event", "outcome", "attempts",
        "deferrals", "first_deferred", "delivered_at", "status_code", "remote_status_code", "cause", "delay_seconds",
        "expires_at", "sources",
    ],
    "attempts_hourly": ["tenant", "hour", "connector", "destination", "attempts", "delivered", "failures"],
    "failures_hourly": [
        "tenant", "hour", "status_code", "connector", "destination", "cause", "failures", "messages",
    ],
    "coverage": ["source", "day", "first", "last", "rows", "gaps"],
    "files": contracts.FILES.names,
    "rejects": contracts.REJECTS.names,
    "status_codes": contracts.STATUS_CODES.names,
    "connectors": contracts.CONNECTORS.names,
    "accepted_domains": contracts.ACCEPTED_DOMAINS.names,
    "remote_domains": contracts.REMOTE_DOMAINS.names,
    "changes": contracts.CHANGES.names,
    "incidents": contracts.INCIDENTS.names,
}  # fmt: skip
SCHEMAS = {
    "events": contracts.EVENTS,
    "files": contracts.FILES,
    "rejects": contracts.REJECTS,
    "status_codes": contracts.STATUS_CODES,
    "connectors": contracts.CONNECTORS,
    "accepted_domains": contracts.ACCEPTED_DOMAINS,
    "remote_domains": contracts.REMOTE_DOMAINS,
    "changes": contracts.CHANGES,
    "incidents": contracts.INCIDENTS,
}


@pytest.fixture(params=["empty", "filled"])
def lake(request, tmp_path):
    return filled(tmp_path / "lake", EVENTS if request.param == "filled" else [])


def test_every_promised_view_is_there_with_its_columns_in_order(lake):
    with warehouse.connect(lake.root) as con:
        found = {name: con.sql(f"SELECT * FROM {name}").columns for name in PROMISED}
    assert found == PROMISED


def test_columns_have_the_types_of_their_contracts_also_where_nothing_was_read(lake):
    with warehouse.connect(lake.root) as con:
        for name, schema in SCHEMAS.items():
            found = con.sql(f"SELECT * FROM {name}").to_arrow_table().schema
            assert [field.type for field in found] == [field.type for field in schema], name


def test_counts_are_whole_numbers_and_times_have_no_zone(lake):
    with warehouse.connect(lake.root) as con:
        for name in ("messages", "attempts_hourly", "failures_hourly", "coverage"):
            types = {str(kind) for kind in con.sql(f"SELECT * FROM {name}").types}
            assert types <= {"VARCHAR", "VARCHAR[]", "BIGINT", "DOUBLE", "TIMESTAMP", "TIMESTAMP[]", "DATE"}, name


def test_every_view_and_column_is_explained_in_the_catalogue(lake):
    with warehouse.connect(lake.root) as con:
        silent = con.sql(
            "SELECT table_name, column_name FROM duckdb_columns() WHERE database_name = 'mailtrend' "
            "AND table_name <> 'built_from' AND coalesce(comment, '') = '' ORDER BY ALL"
        ).fetchall()
        speechless = con.sql(
            "SELECT view_name FROM duckdb_views() WHERE database_name = 'mailtrend' AND coalesce(comment, '') = ''"
        ).fetchall()
    assert (silent, speechless) == ([], [])


def test_the_words_on_a_column_are_those_of_the_contract(week):
    with warehouse.connect(week.root) as con:
        found = con.sql(
            "SELECT comment FROM duckdb_columns() WHERE table_name = 'attempts' AND column_name = 'tls_version'"
        ).fetchall()
    assert found == [(contracts.comments(contracts.EVENTS)["tls_version"],)]


def test_events_reads_back_what_was_written(week):
    with warehouse.connect(week.root) as con:
        found = con.sql(
            "SELECT event_time, recipient, reply_code, line FROM events WHERE cause = 'greylisted'"
        ).fetchall()
    assert found == [(at("04 08:00:00"), "fred@northwindtraders.com", 451, 1)]


def test_attempts_hourly_is_the_exposure(opened):
    found = opened(*EVENTS).sql("FROM attempts_hourly WHERE connector = 'To Fabrikam' ORDER BY hour").fetchall()
    place = ("To Fabrikam", "mail.fabrikam.com")
    assert found == [
        ("default", at("02 09:00"), *place, 1, 1, 0),
        ("default", at("02 10:00"), *place, 1, 0, 1),
        ("default", at("02 11:00"), *place, 1, 0, 1),
        ("default", at("03 10:00"), *place, 1, 0, 1),
        ("default", at("03 12:00"), *place, 2, 1, 1),
    ]


def test_failures_hourly_counts_attempts_and_distinct_messages(opened):
    con = opened(
        told("02 10:00:00", EXTENDED, "deferred", "m", "bo@fabrikam.com", **REFUSED),
        told("02 10:20:00", EXTENDED, "deferred", "m", "bo@fabrikam.com", **REFUSED),
        told("02 10:40:00", EXTENDED, "deferred", "n", "bo@fabrikam.com", **REFUSED),
        told("02 10:50:00", SEND, "deferred", None, None, queue_id="S1", cause="connection_timed_out"),
        told("02 10:59:59", EXTENDED, "delivered", "n", "bo@fabrikam.com", **REFUSED),
    )
    assert con.sql("FROM failures_hourly ORDER BY failures").fetchall() == [
        ("default", at("02 10:00"), None, None, None, "connection_timed_out", 1, 0),
        ("default", at("02 10:00"), "4.4.316", "To Fabrikam", "mail.fabrikam.com", "connection_refused", 3, 2),
    ]


def test_coverage_names_the_hours_without_any_event_and_keeps_days_without_any(opened):
    con = opened(
        told("02 22:10:00", POSTFIX, "delivered", "a", "bo@fabrikam.com"),
        told("02 22:50:00", POSTFIX, "received", "b", None),
        told("04 02:00:00", POSTFIX, "delivered", "c", "bo@fabrikam.com"),
        told("04 02:30:00", EXTENDED, "delivered", "d", "bo@fabrikam.com"),
    )
    days = con.sql("FROM coverage ORDER BY source, day").fetchall()
    postfix = [row for row in days if row[0] == POSTFIX]
    assert days[0][2:] == (at("04 02:30"), at("04 02:30"), 1, [])
    assert [(row[1].day, row[4]) for row in postfix] == [(2, 2), (3, 0), (4, 1)]
    assert postfix[0][2:4] == (at("02 22:10"), at("02 22:50"))
    assert postfix[0][5] == [at("02 23:00")]
    assert postfix[1][2:4] == (None, None)
    assert len(postfix[1][5]) == 24
    assert postfix[2][5] == [at("04 00:00"), at("04 01:00")]


def test_context_tables_show_what_the_lake_holds(tmp_path):
    change = rows(
        contracts.CHANGES, {"tenant": "default", "time": at("01 12:00"), "kind": "migration", "file_id": "f1"}
    )
    lake = filled(tmp_path / "lake", EVENTS, changes=change)
    with warehouse.connect(lake.root) as con:
        assert con.sql("SELECT time, kind FROM changes").fetchall() == [(at("01 12:00"), "migration")]
        assert con.sql("SELECT rows, used, events FROM files").fetchall() == [(20, 20, 20)]


def test_every_source_has_a_rank_and_comes_back_from_the_mask(opened):
    con = opened()
    for source in contracts.SOURCES:
        ((rank, back),) = con.execute(
            "SELECT source_rank($source), sources_of(1 << source_rank($source))", {"source": source}
        ).fetchall()
        assert rank < 14
        assert back == [source]

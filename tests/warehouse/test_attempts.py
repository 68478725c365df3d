"""`attempts`: each delivery attempt once, from the source that tells most."""

from __future__ import annotations

from duckdb import DuckDBPyConnection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailtrend import contracts
from support.smallweek import DETAIL, EVENTS, EXTENDED, POSTFIX, SEND, SUMMARY, TRACE, at, told

TO = "bo@fabrikam.com"


def attempts(con: DuckDBPyConnection, columns: str = "event_time, source, outcome, sources") -> list[tuple]:
    return con.sql(f"SELECT {columns} FROM attempts ORDER BY event_time, source, outcome").fetchall()


def test_two_sources_that_see_one_deferral_in_the_same_second_count_once(opened):
    con = opened(
        told("02 10:00:10.9", DETAIL, "deferred", "m", TO, status_code="4.4.316", response="the whole text"),
        told("02 10:00:10.1", EXTENDED, "deferred", "m", TO, status_code="4.4.317"),
    )
    assert attempts(con) == [(at("02 10:00:10.1"), EXTENDED, "deferred", [EXTENDED, DETAIL])]
    assert attempts(con, "status_code, response") == [("4.4.317", None)]


def test_deferrals_a_second_apart_are_two(opened):
    con = opened(
        told("02 10:00:10.9", DETAIL, "deferred", "m", TO),
        told("02 10:00:11.0", EXTENDED, "deferred", "m", TO),
    )
    assert [row[3] for row in attempts(con)] == [[DETAIL], [EXTENDED]]


def test_all_final_outcomes_of_a_message_and_recipient_are_one_and_the_telling_source_speaks(opened):
    con = opened(
        told("02 09:00:00", TRACE, "failed", "m", "BO@fabrikam.com"),
        told("02 09:00:00", SUMMARY, "failed", "m", TO),
        told("03 09:00:20", EXTENDED, "expired", "m", TO, connector="To Fabrikam", status_code="5.4.316"),
        told("03 09:00:19", DETAIL, "failed", "m", TO, status_code="5.4.316"),
    )
    assert attempts(con, "event_time, outcome, connector, sources") == [
        (at("03 09:00:20"), "expired", "To Fabrikam", [EXTENDED, DETAIL, SUMMARY, TRACE])
    ]


def test_in_one_source_the_latest_final_outcome_counts(opened):
    con = opened(
        told("02 09:00:00", EXTENDED, "quarantined", "m", TO),
        told("02 15:00:00", EXTENDED, "delivered", "m", TO),
    )
    assert attempts(con) == [(at("02 15:00:00"), EXTENDED, "delivered", [EXTENDED])]


def test_recipients_messages_and_tenants_are_kept_apart(opened):
    con = opened(
        told("02 09:00:00", TRACE, "delivered", "m", TO),
        told("02 09:00:00", TRACE, "delivered", "m", "cy@fabrikam.com"),
        told("02 09:00:00", TRACE, "delivered", "n", TO),
        told("02 09:00:00", TRACE, "delivered", "m", TO, tenant="fabrikam"),
    )
    assert len(attempts(con)) == 4


def test_other_sources_pass_through_even_where_they_repeat_themselves(opened):
    twice = [told("02 09:00:00", POSTFIX, "deferred", "m", TO, queue_id="A1") for _ in range(2)]
    con = opened(*twice, told("02 09:00:00", SEND, "deferred", "m", TO, queue_id="S1"))
    assert [row[3] for row in attempts(con)] == [[SEND], [POSTFIX], [POSTFIX]]


def test_rows_without_the_ids_that_matching_needs_pass_through(opened):
    con = opened(
        told("02 09:00:00", TRACE, "failed", None, TO),
        told("02 09:00:00", EXTENDED, "failed", None, TO),
        told("02 09:00:00", EXTENDED, "deferred", "m", None),
    )
    assert len(attempts(con)) == 3


def test_received_pending_and_info_are_no_attempts(opened):
    con = opened(*(told("02 09:00:00", EXTENDED, outcome, outcome, TO) for outcome in contracts.OUTCOMES))
    found = {row[2] for row in attempts(con)}
    assert found == set(contracts.OUTCOMES) - {"received", "pending", "info"}


def test_two_rows_that_differ_in_nothing_but_their_line_are_one_attempt(opened):
    con = opened(*(told("02 09:00:00", EXTENDED, "failed", "m", TO, line=line) for line in (5, 3, 4)))
    assert attempts(con, "line, sources") == [(5, [EXTENDED])]


def test_failures_are_the_attempts_that_did_not_get_through(opened):
    con = opened(*EVENTS)
    assert con.sql("SELECT count(*) FROM attempts").fetchall() == [(14,)]
    assert con.sql("SELECT outcome, count(*) FROM failures GROUP BY ALL ORDER BY outcome").fetchall() == [
        ("deferred", 6),
        ("expired", 1),
        ("failed", 2),
        ("rejected", 1),
    ]


ATTEMPT = st.tuples(
    st.sampled_from([EXTENDED, DETAIL, SUMMARY, TRACE]),
    st.sampled_from(["deferred", "failed", "expired", "delivered"]),
    st.sampled_from(["m", "n"]),
    st.sampled_from(["bo@fabrikam.com", "Bo@Fabrikam.com", "cy@fabrikam.com"]),
    st.integers(0, 3),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ATTEMPT, min_size=1, max_size=12))
def test_there_are_as_many_attempts_as_distinct_keys(opened, drawn):
    con = opened(
        *(
            told(f"02 09:00:0{second}", source, outcome, message, to, line=line)
            for line, (source, outcome, message, to, second) in enumerate(drawn)
        )
    )
    keys = {
        (message, to.lower(), second if outcome == "deferred" else "final") for _, outcome, message, to, second in drawn
    }
    assert len(attempts(con)) == len(keys)

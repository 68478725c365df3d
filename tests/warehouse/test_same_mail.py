"""The same mail in many files: each attempt, message and recipient is counted once, whoever tells of it."""

from __future__ import annotations

import random
from typing import Any

import pytest
from duckdb import DuckDBPyConnection

from mailtrend.formats import all_formats
from mailtrend.warehouse import sources
from support import smallweek
from support.smallweek import DETAIL, EXTENDED, POSTFIX, SEND, SUMMARY, TRACE, told

TO = "bo@fabrikam.com"
TRACKING, EXPORT, CONNECT, RECEIVE = (
    "exchange_tracking",
    "exchange_tracking_csv",
    "exchange_connectivity",
    "exchange_smtp_receive",
)
REFUSED = {"status_code": "4.4.316", "cause": "connection_refused"}
Row = dict[str, Any]


@pytest.fixture(autouse=True)
def every_log_of_exchange_is_a_hop(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests are about the views, whatever formats there are by now."""
    known = sources._hop
    names = {TRACKING, EXPORT, SEND, RECEIVE, CONNECT}
    monkeypatch.setattr(sources, "_hop", lambda name, formats: "exchange" if name in names else known(name, formats))


def log(name: str, *rows: Row) -> list[Row]:
    """The rows as one file tells them."""
    return [row | {"file_id": name, "line": number} for number, row in enumerate(rows, start=2)]


def count(con: DuckDBPyConnection, what: str, where: str = "attempts") -> Any:
    ((found,),) = con.sql(f"SELECT {what} FROM {where}").fetchall()
    return found


def both(con: DuckDBPyConnection) -> tuple[int, int]:
    """Attempts that name a recipient, and the sum over messages: the same number, worked out in two ways."""
    return count(con, "count(*)", "attempts WHERE recipient IS NOT NULL"), count(con, "sum(attempts)", "messages")


def tracked(when: str, outcome: str, message: str = "m", to: str = TO, **columns: Any) -> Row:
    return told(when, TRACKING, outcome, message, to, **({"network_message_id": f"{message}-guid"} | columns))


def sent(when: str, outcome: str, message: str | None = "m", to: str | None = TO, **columns: Any) -> Row:
    return told(when, SEND, outcome, message, to, **({"queue_id": "08D1"} | columns))


def test_a_tracking_row_and_the_smtp_session_of_one_delivery_are_one_attempt(opened):
    con = opened(
        *log("track", tracked("02 09:00:05", "delivered", server="EX01")),
        *log("send", sent("02 09:00:02", "delivered")),
    )
    assert con.sql("SELECT source, sources FROM attempts").fetchall() == [(TRACKING, [TRACKING, SEND])]
    assert both(con) == (1, 1)


def test_each_retry_is_an_attempt_and_both_logs_tell_of_each(opened):
    times = [f"02 09:{minute:02d}:00" for minute in (0, 1, 2, 12)]
    con = opened(
        *log("track", *(tracked(f"{when}.900", "deferred") for when in times)),
        *log("send", *(sent(when, "deferred", **REFUSED) for when in times)),
    )
    assert both(con) == (4, 4)
    assert count(con, "count(*)", "messages") == 1
    assert count(con, "cause", "messages") == "connection_refused"


def test_an_export_of_the_tracking_log_to_the_second_tells_the_same_rows(opened):
    con = opened(
        *log("track", tracked("02 09:00:05.731", "failed"), tracked("02 09:00:05.732", "failed", to="cy@fabrikam.com")),
        *log("csv", *(tracked("02 09:00:05", "failed", to=to) | {"source": EXPORT} for to in (TO, "cy@fabrikam.com"))),
    )
    assert both(con) == (2, 2)


def test_servers_of_one_group_that_track_the_same_event_in_one_file_are_one(opened):
    rows = [tracked(f"02 09:00:05.{tenth}", "delivered", server=f"EX0{tenth}") for tenth in (1, 2)]
    assert both(opened(*log("all servers", *rows))) == (1, 1)


def test_what_one_log_tells_twice_happened_twice(opened):
    con = opened(*log("send", sent("02 09:00:00", "deferred"), sent("02 09:00:03", "deferred")))
    assert both(con) == (2, 2)
    con = opened(
        *log("send", sent("02 09:00:00", "deferred"), sent("02 09:00:03", "deferred")),
        *log("track", tracked("02 09:00:04", "deferred")),
    )
    assert both(con) == (2, 2)


def test_the_session_to_the_front_end_is_no_attempt_beside_the_one_it_was_proxied_to(opened):
    inner = {"direction": "internal", "queue_id": "INNER"}
    con = opened(
        *log("hub", sent("02 09:00:01.2", "delivered", **inner), sent("02 10:00:01.2", "deferred", "n", **inner)),
        *log("front", sent("02 09:00:01", "delivered"), sent("02 10:00:01", "deferred", "n", **REFUSED)),
    )
    assert con.sql("SELECT DISTINCT direction FROM attempts").fetchall() == [("outbound",)]
    assert both(con) == (2, 2)


def test_a_session_inside_counts_where_nothing_behind_it_is_known_and_where_it_fails(opened):
    inner = {"direction": "internal"}
    assert both(opened(*log("hub", sent("02 09:00:01", "delivered", **inner)))) == (1, 1)
    con = opened(
        *log("hub", sent("02 09:00:00", "deferred", **inner), sent("02 09:10:00", "delivered", **inner)),
        *log("other", tracked("02 11:00:00", "delivered")),
    )
    assert con.sql("SELECT outcome FROM attempts ORDER BY event_time").fetchall() == [("deferred",), ("delivered",)]


def test_a_failed_connection_is_one_in_both_its_logs(opened):
    con = opened(
        *log("send", sent("02 09:00:00", "deferred", None, None, **REFUSED)),
        *log("connect", sent("02 09:00:00.3", "deferred", None, None) | {"source": CONNECT}),
    )
    assert con.sql("SELECT source, sources FROM attempts").fetchall() == [(SEND, [SEND, CONNECT])]


def test_a_session_says_nothing_new_where_another_log_says_for_whom_it_failed(opened):
    con = opened(
        *log("send", sent("02 09:00:00", "deferred", **REFUSED)),
        *log("connect", sent("02 09:00:01", "deferred", None, None) | {"source": CONNECT}),
    )
    assert count(con, "count(*)") == 1


def test_a_refusal_at_the_door_is_one_in_both_logs_of_it(opened):
    def refused(when: str, source: str, **columns: Any) -> Row:
        return told(when, source, "rejected", None, "gil@contoso.com", direction="inbound", **columns)

    con = opened(
        *log("recv", refused("02 09:00:00.1", RECEIVE, queue_id="S1"), refused("02 09:00:02", RECEIVE, queue_id="S2")),
        *log("track", *(refused(f"02 09:00:0{second}.4", TRACKING, queue_id="7") for second in (0, 2))),
    )
    assert count(con, "count(*)") == 2


def test_a_mail_that_went_through_a_content_filter_was_delivered_once(opened):
    relay = {"server": "mx1"}
    con = opened(
        *log(
            "mail.log",
            told("02 09:00:00", POSTFIX, "delivered", "p", TO, queue_id="A1", direction="internal", **relay),
            told("02 09:00:02", POSTFIX, "deferred", "p", TO, queue_id="B2", **relay),
            told("02 09:20:00", POSTFIX, "delivered", "p", TO, queue_id="B2", **relay),
        )
    )
    assert both(con) == (2, 2)
    assert count(con, "count(*)", "messages") == 1


def test_hops_have_attempts_of_their_own_and_share_the_message(opened):
    con = opened(
        *log("trace", told("02 09:00:00", TRACE, "delivered", "m", TO)),
        *log("send", sent("02 09:00:03", "delivered")),
        *log("mail.log", told("02 09:00:05", POSTFIX, "deferred", "m", TO, queue_id="A1", **REFUSED)),
    )
    assert both(con) == (3, 3)
    assert con.sql("SELECT cause, sources FROM messages").fetchall() == [("connection_refused", [TRACE, SEND, POSTFIX])]
    assert count(con, "count(DISTINCT network_message_id)") == 1


def test_a_message_is_lost_where_the_server_it_was_handed_to_gave_up(opened):
    con = opened(
        *log("mail.log", told("02 09:00:01", POSTFIX, "delivered", "m", TO, queue_id="A1")),
        *log("trace", told("02 09:00:00", TRACE, "failed", "m", TO)),
    )
    assert count(con, "outcome", "messages") == "failed"


def test_a_trace_row_without_text_gets_its_cause_from_a_detail_row_without_trace_id(opened):
    bare = {"network_message_id": None}
    con = opened(
        *log("trace", told("02 09:00:00", TRACE, "failed", "m", TO)),
        *log("summary", told("02 09:00:00", SUMMARY, "failed", "m", TO)),
        *log("detail", told("02 09:05:00", DETAIL, "failed", "m", TO, **REFUSED, **bare)),
    )
    assert con.sql("SELECT source, cause, network_message_id FROM attempts").fetchall() == [
        (DETAIL, "connection_refused", "m")
    ]
    assert con.sql("SELECT attempts, cause FROM messages").fetchall() == [(1, "connection_refused")]


def test_exports_that_have_no_trace_id_at_all_are_joined_by_message_id_and_recipient(opened):
    bare = {"network_message_id": None}
    con = opened(
        *log("page 1", told("02 09:00:00", TRACE, "pending", "m", TO, **bare)),
        *log("page 2", told("02 09:00:00", TRACE, "failed", "m", TO, **bare)),
        *log("detail", told("02 09:10:00.4", DETAIL, "deferred", "m", TO, **bare, **REFUSED)),
        *log("detail", told("03 09:00:00", DETAIL, "expired", "m", TO, **bare, **REFUSED)),
    )
    assert both(con) == (2, 2)
    assert con.sql("SELECT outcome, cause FROM messages").fetchall() == [("expired", "connection_refused")]


def test_a_row_with_nothing_but_a_queue_id_belongs_to_the_mail_that_had_it_then(opened):
    def line(when: str, outcome: str, message: str | None) -> Row:
        return told(when, POSTFIX, outcome, message, TO, queue_id="A1", server="mx1")

    con = opened(
        *log("mail.log", line("02 09:00:00", "deferred", "p"), line("02 09:30:00", "expired", None)),
        *log("mail.log.1", line("12 09:00:00", "deferred", "q"), line("12 09:30:00", "delivered", None)),
        *log("mail.log.2", line("22 09:00:00", "delivered", None)),
    )
    assert con.sql("SELECT message_id, outcome FROM messages ORDER BY first_seen").fetchall() == [
        ("p@contoso.com", "expired"),
        ("q@contoso.com", "delivered"),
        (None, "delivered"),
    ]


def test_a_message_id_that_comes_again_after_two_days_is_another_mail(opened):
    days = ("02", "03", "07")
    con = opened(*log("mail.log", *(told(f"{day} 09:00:00", POSTFIX, "delivered", "scan", TO) for day in days)))
    assert con.sql("SELECT attempts FROM messages ORDER BY first_seen").fetchall() == [(2,), (1,)]


def test_a_message_id_of_every_mail_joins_only_what_is_near(opened):
    con = opened(
        *log("track", *(tracked(f"02 {hour:02d}:00:00", "delivered", "same", network_message_id=f"g{hour}")
                        for hour in (8, 12, 16))),
        *log("send", *(sent(f"02 {hour:02d}:00:02", "delivered", "same") for hour in (8, 12, 16))),
        *log("mail.log", told("02 20:00:00", POSTFIX, "delivered", "same", TO, queue_id="A1")),
    )  # fmt: skip
    assert both(con) == (4, 4)
    assert con.sql("SELECT network_message_id, len(sources) FROM messages ORDER BY first_seen").fetchall() == [
        ("g8", 2), ("g12", 2), ("g16", 2), (None, 1),
    ]  # fmt: skip


def test_a_message_id_that_many_mails_share_glues_none_and_stays_cheap(opened):
    many = 50_000
    con = opened()
    con.execute(
        f"INSERT INTO events BY NAME SELECT TIMESTAMP '2026-11-02' + to_seconds(n) AS event_time, 'default' AS tenant, "
        f"'{TRACKING}' AS source, 'delivered' AS outcome, 'n' || n AS network_message_id, 'same' AS message_id, "
        f"CASE WHEN n % 2 = 0 THEN 'bo@fabrikam.com' ELSE n || '@fabrikam.com' END AS recipient, 'f1' AS file_id, "
        f"n AS line FROM range({many}) AS r (n)"
    )
    con.execute(
        f"INSERT INTO events BY NAME SELECT * REPLACE ('{SEND}' AS source, NULL AS network_message_id, 'f2' AS file_id) "
        "FROM events"
    )
    assert both(con) == (many, many)
    assert count(con, "count(*)", "messages") == many


def test_one_message_to_three_recipients_tried_four_times_is_three_numbers(week):
    from mailtrend import warehouse
    from support.lakes import ingest

    people = [f"{name}@fabrikam.com" for name in ("ann", "bob", "cy")]
    rows = [
        told(f"20 0{hour}:00:00", POSTFIX, "deferred", "one", to, queue_id="Z9", server="mx1", line=hour * 10 + place,
             **REFUSED)
        for hour in range(4)
        for place, to in enumerate(people)
    ]  # fmt: skip
    ingest(week, "f9", rows)
    warehouse.publish(week)
    asked = {"since": "2026-11-20", "until": "2026-11-21"}
    with warehouse.connect(week.root) as con:
        for name in ("failures-by-code", "failures-by-connector", "failures-by-destination", "failing-senders"):
            (row,) = warehouse.ask(con, name, asked).to_pylist()
            assert (row["failures"], row["messages"], row["recipients"]) == (12, 1, 3), name
        (day,) = warehouse.ask(con, "volume", asked).to_pylist()
        assert (day["attempts"], day["messages"], day["recipients"]) == (12, 1, 3)
        assert count(con, "count(*)", "messages WHERE message_id = 'one@contoso.com'") == 3


STORY = [
    *log("trace", told("02 09:00:00", TRACE, "failed", "m", TO), told("02 09:00:00", TRACE, "delivered", "n", TO)),
    *log("extended", told("02 09:10:00.2", EXTENDED, "deferred", "m", TO), told("03 09:00:00", EXTENDED, "expired", "m", TO)),
    *log("track", tracked("02 08:59:59", "delivered", "m", network_message_id="m"), tracked("02 10:00:00", "deferred", "k")),
    *log("send", sent("02 08:59:58", "delivered", "m"), sent("02 10:00:00.5", "deferred", "k"),
         sent("02 11:00:00", "deferred", None, None)),
    *log("mail.log", told("02 08:00:00", POSTFIX, "delivered", "m", TO, queue_id="A1", server="mx1")),
]  # fmt: skip


def answers(rows: list[Row]) -> tuple[list[tuple], list[tuple]]:
    con = smallweek.views_over(*rows)
    columns = "event_time, source, outcome, network_message_id, recipient"
    found = con.sql(f"SELECT {columns}, sources FROM attempts ORDER BY ALL").fetchall()
    messages = con.sql("FROM messages ORDER BY ALL").fetchall()
    con.close()
    return found, messages


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_ingest_does_not_matter(seed):
    shuffled = random.Random(seed).sample(STORY, len(STORY))
    assert answers(shuffled) == answers(STORY)


@pytest.mark.parametrize("name", ["trace", "extended", "track"])
def test_another_export_of_the_same_adds_nothing(name):
    again = [row | {"file_id": "again"} for row in STORY if row["file_id"] == name]
    plain, twice = answers(STORY), answers(STORY + again)
    assert [row[:5] for row in twice[0]] == [row[:5] for row in plain[0]]
    assert len(twice[1]) == len(plain[1])


def test_no_set_of_files_counts_more_than_its_files_one_by_one():
    files = sorted({row["file_id"] for row in STORY})
    alone = sum(len(answers([row for row in STORY if row["file_id"] == name])[0]) for name in files)
    assert len(answers(STORY)[0]) <= alone


def test_sources_nobody_knows_keep_their_names_however_many_there_are(opened):
    names = [f"own, format's {number}" for number in range(90)]
    con = opened(*(told("02 09:00:00", name, "delivered", "m", TO, file_id=name) for name in names))
    assert count(con, "count(*)") == 90
    assert sorted(count(con, "sources", "messages")) == sorted(names)
    assert con.sql("SELECT source FROM attempts WHERE sources <> [source]").fetchall() == []


def test_ranks_of_one_hop_follow_the_formats():
    formats = all_formats()
    ordered = sources.order(formats, formats)
    assert [name for name in ordered if formats[name].hop == "exo"][:3] == [EXTENDED, DETAIL, SUMMARY]
    ranks = [formats[name].rank for name in ordered]
    assert ranks == sorted(ranks)


def test_a_source_whose_hop_no_other_format_sees_is_compared_with_nothing(opened):
    assert opened().sql(f"SELECT source_hop('{POSTFIX}'), source_hop('nobody knows')").fetchall() == [("", "")]

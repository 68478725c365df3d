"""One grammar: what ingest extracts in SQL is what `mailtrend explain` says, for the same texts."""

from __future__ import annotations

import duckdb
import pyarrow as pa
import pytest

from knowledge.labels import labelled
from mailtrend.knowledge import book, explain, extract, prepare

TEXTS = sorted({
    *(one.text for one in labelled()),
    *(text for entry in book().entries for text, _ in entry.examples),
})  # fmt: skip


def given(*rows: tuple[str | None, int | None, str | None]) -> pa.Table:
    responses, replies, statuses = zip(*rows, strict=True)
    return pa.table({
        "response": pa.array(responses, pa.string()),
        "reply_code": pa.array(replies, pa.int16()),
        "status_code": pa.array(statuses, pa.string()),
    })  # fmt: skip


@pytest.fixture
def con():
    with duckdb.connect() as con:
        con.execute("SET memory_limit = '1GB'")
        prepare(con)
        yield con


def extracted(con, *rows):
    con.register("asked", given(*rows))
    extract(con, "asked", "answered")
    return con.sql("FROM answered").to_arrow_table().to_pylist()


def test_the_same_answers(con):
    rows = {row["response"]: row for row in extracted(con, *((text, None, None) for text in TEXTS))}
    assert sorted(rows) == TEXTS
    for text, told in zip(TEXTS, explain(TEXTS), strict=True):
        row = rows[text]
        assert (row["out_reply_code"], row["out_status_code"], row["cause"]) == (
            told.reply_code,
            told.status_code,
            told.cause,
        )
        assert (row["remote_reply_code"], row["remote_status_code"]) == (
            told.remote_reply_code,
            told.remote_status_code,
        )
        assert (row["remote_host"], row["remote_ip"]) == (told.remote_host, told.remote_ip)


def test_columns_and_their_types(con):
    extracted(con, ("450 4.4.316 Connection refused", None, None))
    kinds = {name: kind for name, kind, *_ in con.sql("DESCRIBE answered").fetchall()}
    assert kinds == {
        "response": "VARCHAR",
        "reply_code": "SMALLINT",
        "status_code": "VARCHAR",
        "out_reply_code": "SMALLINT",
        "out_status_code": "VARCHAR",
        "remote_reply_code": "SMALLINT",
        "remote_status_code": "VARCHAR",
        "remote_host": "VARCHAR",
        "remote_ip": "VARCHAR",
        "cause": "VARCHAR",
        "basis": "VARCHAR",
        "expired": "BOOLEAN",
    }


def test_codes_that_the_format_knows_win_over_the_text(con):
    text = "connect to mail.example.org[198.51.100.71]:25: Connection timed out"
    row, *_ = extracted(con, (text, None, "4.4.1"))
    assert (row["out_reply_code"], row["out_status_code"], row["cause"]) == (None, "4.4.1", "connection_timed_out")
    row, *_ = extracted(con, ("450 4.2.0 busy", 452, "4.2.2"))
    assert (row["out_reply_code"], row["out_status_code"]) == (452, "4.2.2")


def test_one_text_with_different_codes_gives_a_row_for_each(con):
    rows = extracted(con, ("User unknown", None, "5.1.1"), ("User unknown", 550, None), ("User unknown", None, None))
    assert len(rows) == 3
    assert {row["cause"] for row in rows} == {"recipient_unknown"}


def test_no_text_and_no_rows(con):
    row, *_ = extracted(con, (None, 550, "5.1.1"))
    assert (row["response"], row["out_status_code"], row["cause"]) == (None, "5.1.1", "recipient_unknown")
    con.register("asked", given(("x", None, None)).slice(0, 0))
    extract(con, "asked", "answered")
    assert con.sql("SELECT count(*) FROM answered").fetchall() == [(0,)]


@pytest.mark.parametrize(
    ("text", "expired"),
    [
        ("550 5.4.316 Message expired, connection refused(Socket error code 10061)", True),
        ("550 5.4.317 Cannot connect to remote server [Message=451 5.7.3 STARTTLS is required to send mail]", False),
        ("550 4.4.7 QUEUE.Expired; message expired", True),
        ("400 4.4.7 Message delayed", False),
        ("5.7.320", True),
        ("550 5.4.300 Message expired -> 451 4.4.0 DNS query failed", True),
        ("retry timeout exceeded", True),
        ("450 4.4.316 Connection refused", False),
        ("550 5.1.1 User unknown", False),
        ("454 4.7.0 certificate has expired", False),
    ],
)
def test_expired(con, text, expired):
    row, *_ = extracted(con, (text, None, None))
    assert row["expired"] is expired


def test_prepare_leaves_only_macros(con):
    assert con.sql("SELECT table_name FROM duckdb_tables()").fetchall() == []
    assert con.sql("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall() == []

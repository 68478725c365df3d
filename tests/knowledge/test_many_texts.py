"""The grammar stays small: macros are pasted in, and one that multiplies would not fit the memory given here."""

from __future__ import annotations

import random

import duckdb
import pyarrow as pa

from knowledge.labels import labelled
from mailtrend.knowledge import extract, prepare

MANY = 20_000


def distinct_texts(count: int) -> list[str]:
    """Labelled texts, each with another id at the end of its first line and another word."""
    pick = random.Random(20)
    known = [one.text for one in labelled()]
    return [f"{known[number % len(known)]} {number:016x} {pick.choice('abcdef') * 3}" for number in range(count)]


def test_many_distinct_texts():
    texts = distinct_texts(MANY)
    with duckdb.connect() as con:
        con.execute("SET threads = 1")
        con.execute("SET memory_limit = '1GB'")
        prepare(con)
        con.register(
            "asked",
            pa.table(
                {
                    "response": texts,
                    "reply_code": pa.nulls(MANY, pa.int16()),
                    "status_code": pa.nulls(MANY, pa.string()),
                }
            ),
        )
        extract(con, "asked", "answered")
        assert con.sql("SELECT count(*) FROM answered").fetchall() == [(MANY,)]

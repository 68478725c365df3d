"""What the texts of failing rows mean: the table `replies` of a connection, each text asked once."""

from __future__ import annotations

from typing import Final

import duckdb

from mailtrend import knowledge
from mailtrend.ingest.events import REPLY

MOST: Final = 100_000
"""Texts whose meaning is kept from slice to slice."""
_SAME: Final = " AND ".join(f"r.{name} IS NOT DISTINCT FROM t.{name}" for name in REPLY)


class Replies:
    """The temporary table `replies` on one connection, empty at first; it has the columns of `knowledge.extract`.

    `book` says what replies mean, the shipped one unless given. The grammar is made ready when something fails: it
    takes longer than all else in a small file.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection, book: knowledge.Book | None = None) -> None:
        self._con, self._book = con, book
        self._known, self._ready = 0, False
        con.execute(f"CREATE TEMP TABLE replies ({knowledge.EXTRACTED})")

    def answer(self) -> None:
        """See that `replies` knows all of the temporary table `texts(response, reply_code, status_code)`."""
        if self._known > MOST:
            self._con.execute("TRUNCATE replies")
            self._known = 0
        self._con.execute(
            f"CREATE OR REPLACE TEMP TABLE new_texts AS SELECT t.* FROM texts AS t ANTI JOIN replies AS r ON {_SAME}"
        )
        [(new,)] = self._con.execute("SELECT count(*) FROM new_texts").fetchall()
        if not new:
            return
        if not self._ready:
            knowledge.prepare(self._con, self._book)
            self._ready = True
        knowledge.extract(self._con, "new_texts", "new_replies")
        self._con.execute("INSERT INTO replies BY NAME FROM new_replies")
        self._known += int(new)

"""Views worked out once for a connection that has many questions, such as a report's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mailtrend.warehouse import library

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

TABLES: Final = ("attempts", "messages")
"""What takes long to work out: attempts seen by several sources are made one, events are gathered by message."""
VIEWS: Final = ("failures", "owned_failures", "attempts_hourly", "failures_hourly")
"""What is made of them. A view of the catalogue is bound to the catalogue's, so these are made again."""
UNREAD: Final = {"attempts": ("subject", "event", "size_bytes")}
"""Columns that no question about many attempts reads."""


def settle(con: DuckDBPyConnection) -> None:
    """Let `attempts`, `messages` and what is made of them be temporary tables of a connection from `connect`.

    They stand before the catalogue's views of the same names, also inside of queries, and spill to disk like any table.
    `subject`, `event` and `size_bytes` are NULL in `attempts`. Costs as much as to ask for all rows once.
    """
    for name in TABLES:
        nothing = ", ".join(f"NULL AS {column}" for column in UNREAD.get(name, ()))
        columns = f"* REPLACE ({nothing})" if nothing else "*"
        con.execute(f"CREATE TEMP TABLE {name} AS SELECT {columns} FROM mailtrend.main.{name}")
    for view in library.views():
        if view.name in VIEWS:
            con.execute(view.sql.replace("CREATE VIEW", "CREATE TEMP VIEW", 1))

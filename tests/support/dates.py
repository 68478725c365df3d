"""Dates through the SQL that a format would use for them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import duckdb
import pyarrow as pa

from mailtrend.formats import shared_sql
from mailtrend.formats.base import FileFacts, Options
from mailtrend.formats.culture import time_sql

CON = duckdb.connect()
CON.execute("SET TimeZone = 'UTC'")
CON.execute(shared_sql())


def expression(texts: Sequence[str | None], *, options: Options | None = None, newest_first: bool = False) -> str:
    rows = pa.table({"received": pa.array(texts, pa.string())})
    facts = FileFacts("export.csv", 2026, 11, options or Options())
    return time_sql("received", rows, facts, newest_first=newest_first)


def evaluate(sql: str, texts: Sequence[str | None]) -> list[datetime | None]:
    table = pa.table({"received": pa.array(texts, pa.string()), "place": range(len(texts))})
    CON.register("raw", table)
    found = CON.sql(f"SELECT {sql} AS t FROM raw ORDER BY place").to_arrow_table()["t"].to_pylist()
    CON.unregister("raw")
    return found


def read(*texts: str | None, **how: object) -> list[datetime | None]:
    return evaluate(expression(texts, **how), texts)  # type: ignore[arg-type]

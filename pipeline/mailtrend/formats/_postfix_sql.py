"""The SQL of Postfix logs, put together from its parts; what is cut out of a line is written once, for two readers."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from string import Template
from typing import Final

ALL_ROWS: Final = "raw"
MAY_WAIT: Final = (
    "raw WHERE NOT contains(text, ']: connect from ') AND NOT contains(text, ']: disconnect from ') "
    "AND NOT contains(text, ', status=sent (')"
)
"""Rows that may have to wait for the next slice: the bulk of a log never does, and need not be cut."""


@cache
def _text(part: str) -> str:
    return files("mailtrend.formats").joinpath(f"_postfix_{part}.sql").read_text(encoding="utf-8")


def carry_sql() -> str:
    """The SELECT of rows that wait for the next slice."""
    return Template(_text("carry")).substitute(cells=_text("cells"), pieces=_pieces(MAY_WAIT))


def parts_sql(utc_of_local: str, year_of_stamp: str) -> dict[str, str]:
    """The parts that `postfix.sql` names, for a log with these words for its zone and its year."""
    lines = Template(_text("lines")).substitute(
        pieces=_pieces(ALL_ROWS), utc_of_local=utc_of_local, year_of_stamp=year_of_stamp
    )
    plain = {part: Template(_text(part)).substitute() for part in ("mails", "attempts")}
    return {"cells": _text("cells"), "lines": lines, **plain}


def _pieces(rows: str) -> str:
    return Template(_text("pieces")).substitute(rows=rows)

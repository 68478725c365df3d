"""The SQL of Postfix logs, put together from its parts."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from string import Template


@cache
def _text(part: str) -> str:
    return files("mailtrend.formats").joinpath(f"_postfix_{part}.sql").read_text(encoding="utf-8")


def carry_sql() -> str:
    """The statements that find the rows to wait for the next slice."""
    return _text("carry")


def parts_sql(utc_of_local: str, year_of_stamp: str) -> dict[str, str]:
    """The parts that `postfix.sql` names, for a log with these words for its zone and its year."""
    lines = Template(_text("lines")).substitute(
        pieces=_text("pieces"), utc_of_local=utc_of_local, year_of_stamp=year_of_stamp
    )
    plain = {part: Template(_text(part)).substitute() for part in ("mails", "attempts")}
    return {"cells": _text("cells"), "lines": lines, **plain}

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


@cache
def parts_sql() -> dict[str, str]:
    """The parts that `postfix.sql` names."""
    lines = Template(_text("lines")).substitute(pieces=_text("pieces"))
    plain = {part: Template(_text(part)).substitute() for part in ("mails", "attempts", "refusals")}
    return {"cells": _text("cells"), "lines": lines, **plain}

"""Column names and statuses of a message trace in other languages, from `_translations.toml`."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files


def headers() -> dict[str, str]:
    """Spelling of a column → our name."""
    return _turned("headers")


def outcomes() -> dict[str, str]:
    """Status, lower-cased → outcome."""
    return _turned("statuses")


@cache
def _turned(table: str) -> dict[str, str]:
    text = files("mailtrend.formats").joinpath("_translations.toml").read_text(encoding="utf-8")
    return {word: name for name, words in tomllib.loads(text)[table].items() for word in words}

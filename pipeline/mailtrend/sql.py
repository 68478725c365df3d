"""Texts as SQL spells them, where a statement cannot bind them: in macros, views and column expressions."""

from __future__ import annotations


def quoted(text: str) -> str:
    """`text` as a string literal."""
    return "'" + text.replace("'", "''") + "'"

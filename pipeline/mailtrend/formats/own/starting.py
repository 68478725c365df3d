"""A description to begin with: it reads its samples, and says in comments what may be changed."""

from __future__ import annotations

from importlib.resources import files
from string import Template

from mailtrend.errors import UsageError
from mailtrend.formats.own.description import NAME


def starter(name: str) -> str:
    """The TOML of a format called `name`. Raises UsageError where that is no name for one."""
    if not NAME.fullmatch(name):
        raise UsageError(f"'{name}' is no name for a format", where="--new", mend="lower case letters, digits and _")
    text = files("mailtrend.formats.own").joinpath("starter.toml").read_text(encoding="utf-8")
    return Template(text).substitute(name=name)

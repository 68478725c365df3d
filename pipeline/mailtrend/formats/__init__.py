"""All source formats: every module here with a FORMAT is one; nothing else names them."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.resources import files

from mailtrend.formats.base import Format


@cache
def all_formats() -> dict[str, Format]:
    """Every format by name, in alphabetical order."""
    names = sorted(entry.name[:-3] for entry in files(__name__).iterdir() if entry.name.endswith(".py"))
    modules = [import_module(f"{__name__}.{name}") for name in names if not name.startswith("_")]
    found = [module.FORMAT for module in modules if hasattr(module, "FORMAT")]
    return {fmt.name: fmt for fmt in found}


def shared_sql() -> str:
    """Macros that several formats use (`macros.sql`): addresses, times, lists."""
    return files(__name__).joinpath("macros.sql").read_text(encoding="utf-8")

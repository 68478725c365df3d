"""TOML files become descriptions; one that is wrong is refused with its place, its fault and how to mend it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from mailtrend import contracts
from mailtrend.errors import SettingsError, nearest
from mailtrend.formats import all_formats
from mailtrend.formats.own.description import Description
from mailtrend.formats.own.parts import Outcome, Pattern, Sample, Time

MEND: Final = "see docs/own-formats.md"
_TABLES: Final[dict[str, type[BaseModel]]] = {"pattern": Pattern, "time": Time, "outcome": Outcome, "sample": Sample}
_LISTS: Final = ("pattern", "sample")


def load(file: Path) -> Description:
    """One description. Raises SettingsError."""
    try:
        values = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise SettingsError(
            f"cannot be read ({error.strerror})", where=str(file), mend="check path and rights"
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SettingsError(f"is not valid TOML ({error})", where=str(file), mend=MEND) from error
    return described(values, file)


def described(values: dict[str, Any], file: Path) -> Description:
    """What the values of a TOML file describe. Raises SettingsError."""
    _refuse_unknown(values, file)
    try:
        found = Description(**values)
    except ValidationError as error:
        first = error.errors()[0]
        said = first["msg"].removeprefix("Value error, ").replace("Field required", "is missing")
        raise SettingsError(f"{_place(first['loc'])}{said}", where=str(file), mend=MEND) from error
    if found.name in {*all_formats(), *contracts.SOURCES, *contracts.CONTEXT_SOURCES}:
        raise SettingsError(
            f"name: '{found.name}' is the name of a built-in format", where=str(file), mend="choose another"
        )
    return found


def load_all(files: Iterable[Path]) -> dict[Path, Description]:
    """All of them, by file. Raises SettingsError, also where two have one name."""
    found: dict[Path, Description] = {}
    names: dict[str, Path] = {}
    for file in files:
        told = load(file)
        if told.name in names:
            raise SettingsError(
                f"name: '{told.name}' is also the name of {names[told.name]}", where=str(file), mend="choose another"
            )
        names[told.name] = file
        found[file] = told
    return found


def _place(loc: tuple[int | str, ...]) -> str:
    """Which key it is: `[[pattern]] 2, regex: `; which of the types it could have had is nobody's business."""
    if not loc:
        return ""
    if loc[0] in _LISTS and len(loc) > 1 and isinstance(loc[1], int):
        return ", ".join([f"[[{loc[0]}]] {loc[1] + 1}", *(str(part) for part in loc[2:3])]) + ": "
    return ".".join(str(part) for part in loc[:2]) + ": "


def _refuse_unknown(values: dict[str, Any], file: Path) -> None:
    """Unknown keys, with the nearest known one."""
    _refuse(values, Description, "", file)
    for name, kind in _TABLES.items():
        tables = values.get(name, [])
        for table in tables if isinstance(tables, list) else [tables]:
            if isinstance(table, dict):
                _refuse(table, kind, f"{name}.", file)


def _refuse(values: dict[str, Any], kind: type[BaseModel], place: str, file: Path) -> None:
    known = set(kind.model_fields)
    for key in values:
        if key not in known:
            mend = nearest(key, known, f"known keys: {', '.join(sorted(known))}")
            raise SettingsError(f"unknown key '{place}{key}'", where=str(file), mend=mend)

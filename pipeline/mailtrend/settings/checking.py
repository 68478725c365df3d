"""What is wrong in mailtrend.toml, in words: which table, which of several, which key, and the nearest known one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import available_timezones

from pydantic import BaseModel

from mailtrend.errors import SettingsError, nearest

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

MEND: Final = "see docs/settings.md"
ONCE: Final = ("thresholds",)
"""Tables of which there is one."""
_VALIDATOR: Final = "Value error, "


def refuse_unknown(
    values: Mapping[str, Any], known: set[str], tables: Mapping[str, type[BaseModel]], file: Path
) -> None:
    """Refuse a key that nothing reads. `tables` are the models of `[[name]]` and `[name]`.

    Raises SettingsError with the nearest known key.
    """
    for key in values:
        if key not in known:
            raise _unknown(key, "", known, file)
    for name in tables.keys() & values.keys():
        keys = {field.alias or key for key, field in tables[name].model_fields.items()}
        several = name not in ONCE
        entries = values[name] if several else [values[name]]
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            told = f"[[{name}]]" if several else f"[{name}]"
            raise SettingsError(f"'{name}' is no table", where=str(file), mend=f"write it as {told}, its keys below")
        for number, entry in enumerate(entries, 1):
            for key in entry:
                if key not in keys:
                    raise _unknown(key, f"{place(name, number)} ", keys, file)


def _unknown(key: str, at: str, known: set[str], file: Path) -> SettingsError:
    mend = nearest(key, known, f"known keys: {', '.join(sorted(known))}")
    return SettingsError(f"{at}unknown key '{key}'", where=str(file), mend=mend)


def place(table: str, number: int) -> str:
    """What a table is called: `[[ignore]] 2`, `[thresholds]`."""
    return f"[{table}]" if table in ONCE else f"[[{table}]] {number}"


def refusal(error: ErrorDetails, tables: Mapping[str, type[BaseModel]], file: Path) -> SettingsError:
    """What pydantic found wrong first, as an error of ours."""
    where, *inside = [str(part) for part in error["loc"]]
    numbers = [int(part) for part in inside if part.isdecimal()]
    keys = [part for part in inside if not part.isdecimal() and "-" not in part and "[" not in part]
    if where in tables:
        at = place(where, numbers[0] + 1 if numbers else 1)
    else:
        at, keys = where, []
    message = error["msg"].removeprefix(_VALIDATOR)
    if message == error["msg"]:
        message = message[:1].lower() + message[1:]
    told = f"{at} {keys[0]}: {message}" if keys else f"{at}: {message}"
    return SettingsError(told, where=str(file), mend=_mend(error))


def _mend(error: ErrorDetails) -> str:
    """The nearest of the words that are allowed, where there are such."""
    if error["type"] == "literal_error" and isinstance(error["input"], str):
        allowed = str(error.get("ctx", {}).get("expected", "")).replace(" or ", ", ")
        words = [word.strip(" '") for word in allowed.split(",")]
        return nearest(error["input"], words, f"one of {', '.join(words)}")
    if error["loc"][-1:] == ("timezone",) and isinstance(error["input"], str):
        return nearest(error["input"], available_timezones(), MEND)
    if error["type"].startswith(("date", "time")):
        return 'a time such as 2026-06-12, 2026-06-12T20:00:00 or, of every week, "22:00"'
    return MEND


def environment(error: Exception, prefix: str) -> str:
    """The variable whose value could not be taken apart: its field stands in the message between double quotes."""
    parts = str(error).split('"')
    return f"{prefix}{parts[1].upper()}" if len(parts) > 1 else "environment"

"""The scenarios that were committed, and what has to come of each."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path

from flow import comparing
from flow.comparing import Row

HERE = Path(__file__).resolve().parent


def names() -> list[str]:
    """All scenarios: folders with a scenario.toml."""
    return sorted(path.parent.name for path in HERE.glob("*/scenario.toml"))


def expected(name: str) -> list[Row]:
    """The incidents that have to come of a scenario."""
    told = tomllib.loads((HERE / name / "scenario.toml").read_text(encoding="utf-8"))
    return list(told.get("incident", []))


def differences(name: str, found: Sequence[Row]) -> list[str]:
    """What is missing, what is too much, and what is told otherwise than it happened."""
    return comparing.differences(expected(name), found)


def waits(name: str, found: Sequence[Row]) -> list[str]:
    """How the waits of what came late differ."""
    return comparing.waits(expected(name), found)

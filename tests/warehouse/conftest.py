"""For tests of the warehouse: views over a test's own events, and the small week as a lake."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from duckdb import DuckDBPyConnection

from mailtrend import knowledge
from mailtrend.lake import Lake
from support import smallweek

Open = Callable[..., DuckDBPyConnection]


@pytest.fixture(autouse=True)
def known_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seven made-up entries in the place of the knowledge files."""
    monkeypatch.setattr(knowledge, "status_codes", lambda _book=None: smallweek.CODES, raising=False)


@pytest.fixture
def opened() -> Iterator[Open]:
    """Gives a connection to the views over some events."""
    connections: list[DuckDBPyConnection] = []

    def make(*events: dict[str, Any]) -> DuckDBPyConnection:
        connections.append(smallweek.views_over(*events))
        return connections[-1]

    yield make
    for con in connections:
        con.close()


@pytest.fixture
def week(tmp_path: Path) -> Lake:
    """The small week."""
    return smallweek.filled(tmp_path / "week", smallweek.EVENTS)

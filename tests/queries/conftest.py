"""Lakes for tests of the shipped queries: the small week, and one that holds nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from duckdb import DuckDBPyConnection

from mailtrend import knowledge, warehouse
from support import smallweek


@pytest.fixture(scope="module", autouse=True)
def known_codes() -> Iterator[None]:
    """Seven made-up entries in the place of the knowledge files."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(knowledge, "status_codes", lambda _book=None: smallweek.CODES, raising=False)
        yield


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckDBPyConnection]:
    """A locked connection to the small week."""
    lake = smallweek.filled(tmp_path_factory.mktemp("lakes") / "week", smallweek.EVENTS)
    with warehouse.connect(lake.root) as con:
        yield con


@pytest.fixture(scope="module")
def nothing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckDBPyConnection]:
    """A locked connection to a lake that nothing was read into."""
    lake = smallweek.filled(tmp_path_factory.mktemp("lakes") / "empty", [])
    with warehouse.connect(lake.root) as con:
        yield con

"""Fixtures that several folders share."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.samples import ingest_samples


@pytest.fixture(scope="session")
def sample_lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The lake of sample_logs, with incidents; only to be read."""
    from mailtrend import runs
    from mailtrend.settings import Settings

    lake = tmp_path_factory.mktemp("sample") / "lake"
    ingest_samples(lake)
    runs.refreshed(lake, Settings())
    return lake

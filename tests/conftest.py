"""Fixtures that several folders share."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

import pytest

from support.samples import ingest_samples

MOST_WORKERS = 4


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """Run all tests on several cores, file by file; some tests, named on the command line, on one."""
    if "PYTEST_XDIST_WORKER" in os.environ or importlib.util.find_spec("xdist") is None:
        return
    whole = not any(not argument.startswith("-") for argument in config.invocation_params.args)
    cores = min(os.cpu_count() or 1, MOST_WORKERS)
    if whole and cores > 1 and getattr(config.option, "numprocesses", 0) is None:
        config.option.numprocesses, config.option.dist = cores, "loadfile"


@pytest.fixture(scope="session")
def sample_lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The lake of sample_logs, with incidents; only to be read."""
    from mailtrend import runs
    from mailtrend.settings import Settings

    lake = tmp_path_factory.mktemp("sample") / "lake"
    ingest_samples(lake)
    runs.refreshed(lake, Settings())
    return lake

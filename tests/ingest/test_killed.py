"""An ingest that is killed at any moment and run again gives the lake that an undisturbed one gives."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from mailtrend.lake import Lake
from support.samples import SAMPLES, ingest_samples

KILLS = 5
LONGEST = 2.0
"""Seconds into the ingest at which the last kill falls; start-up alone takes about half a second."""
READ = [SAMPLES / name for name in ("exo_message_trace", "postfix", "context", "changes.csv")]
"""Sessions over several files, a table, and all kinds of context: enough to be in the middle of something."""


def _contents(root: Path) -> dict[str, list[tuple[object, ...]]]:
    """All events, ledger rows (but for the time of ingest) and rejects, in one order."""
    lake = Lake.open(root)
    events = [str(file.path) for file in lake.event_files()]
    with duckdb.connect() as con:
        found = {
            "events": con.execute(
                "SELECT * FROM read_parquet(?, hive_partitioning = false) ORDER BY ALL", [events]
            ).fetchall()
        }
        for name in ("files", "rejects", "connectors", "accepted_domains", "remote_domains", "changes"):
            table = lake.table(name)
            con.register("kept", table.drop_columns([c for c in ("ingested_at",) if c in table.column_names]))
            found[name] = con.execute("SELECT * FROM kept ORDER BY ALL").fetchall()
            con.unregister("kept")
    return found


@pytest.mark.slow
def test_killing_the_ingest_at_random_moments_and_running_it_again_gives_the_same_lake(tmp_path):
    undisturbed = tmp_path / "undisturbed"
    ingest_samples(undisturbed, *READ)
    expected = _contents(undisturbed)
    dice = random.Random(20261101)
    lake = tmp_path / "killed"
    command = [sys.executable, "-m", "mailtrend", "ingest", *map(str, READ), "--lake", str(lake)]
    killed = 0
    for _ in range(KILLS):
        shutil.rmtree(lake, ignore_errors=True)
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            child.wait(timeout=dice.uniform(0.3, LONGEST))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
            killed += 1
        ingest_samples(lake, *READ)
        assert Lake.open(lake).check() == []
        assert _contents(lake) == expected
    assert killed >= KILLS // 2

"""The sample tenant, ingested once for all tests that only read it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "sample_logs"
TRUTH = ROOT / "tests" / "truth"
INGESTED_AT = datetime(2026, 11, 2, 8, tzinfo=UTC)


def ingest_samples(lake: Path, *paths: Path) -> None:
    """Read `paths` (the whole sample by default) into a new lake."""
    from mailtrend import runs
    from mailtrend.ingest import Progress, Request
    from mailtrend.settings import Settings

    wanted = tuple(str(path) for path in (paths or (SAMPLES,)))
    runs.ingest(lake, Request(wanted), Settings(), INGESTED_AT, Progress())

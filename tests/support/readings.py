"""Files in, answers out: some files are ingested into a new lake, and SQL is asked of it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mailtrend import warehouse
from mailtrend.formats.base import Options
from mailtrend.ingest import IngestResult, Request, ingest
from mailtrend.lake import Lake

NOW = datetime(2026, 11, 25, tzinfo=UTC)


class Reading:
    """A lake of its own, and what each ingest said."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "lake"
        self._folder = folder
        self._count = 0

    def take(self, files: Mapping[str, str | bytes], **options: Any) -> IngestResult:
        """Ingest files (name → content) that lie in one folder."""
        folder = self._folder / f"in{self._count}"
        self._count += 1
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        result = ingest(self.root, Request((str(folder),), options=Options(**options)), NOW)
        if result.files:
            warehouse.publish(Lake.open(self.root))
        return result

    @contextmanager
    def open(self):
        """A connection to the lake."""
        with warehouse.connect(self.root) as con:
            yield con

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of one SELECT."""
        with self.open() as con:
            return con.execute(sql).fetchall()

    def one(self, sql: str) -> Any:
        """The only value of a SELECT."""
        [(value,)] = self.ask(sql)
        return value


def counts(result: IngestResult) -> dict[str, int]:
    """The law of ingest, added up over all files."""
    names = ("rows", "used", "context", "duplicates", "rejects", "events")
    return {name: sum(int(getattr(file.tally, name)) for file in result.files) for name in names}

"""What a person sees while an ingest works: a bar with its rate; nothing where stderr is no terminal."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import TYPE_CHECKING

from mailtrend.ingest import FileResult, Progress

if TYPE_CHECKING:
    from rich.progress import TaskID


class Bar(Progress):
    """A progress bar on stderr; silent where stderr is no terminal."""

    def __init__(self) -> None:
        """Nothing is drawn before the first file is found."""
        from rich.console import Console
        from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeElapsedColumn, TransferSpeedColumn
        from rich.progress import Progress as RichProgress

        self._bar = RichProgress(
            TextColumn("{task.description}"),
            BarColumn(),
            DownloadColumn(),
            TransferSpeedColumn(),
            TimeElapsedColumn(),
            console=Console(file=sys.stderr),
            disable=not sys.stderr.isatty(),
            transient=True,
        )
        self._task: TaskID | None = None

    def __enter__(self) -> Bar:
        """Begin to draw."""
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave the screen as it was."""
        self._bar.stop()

    def found(self, files: int, total_bytes: int) -> None:
        """So much is to be read (packed files unpack to more: the bar then ends late)."""
        self._task = self._bar.add_task(f"reading {files} files", total=total_bytes)

    def read(self, label: str, size: int) -> None:
        """`size` more bytes of the file `label`."""
        if self._task is not None:
            self._bar.update(self._task, advance=size, description=f"reading {label[-40:]}")

    def finished(self, result: FileResult) -> None:
        """A file is done; its line stands in the summary."""

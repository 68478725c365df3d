"""Files and folders, on Windows too: replace, remove, make durable, and one writer at a time."""

from __future__ import annotations

import os
import shutil
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from mailtrend.errors import LakeError

LOCK: Final = "lake.lock"
TRIES: Final = 8 if os.name == "nt" else 1
"""Windows refuses to replace or remove a file that a virus scanner or indexer has open for a moment."""
FIRST_PAUSE: Final = 0.02
"""Seconds before the second try; each later pause is twice as long."""


def _patiently(action: Callable[[], object], tries: int) -> None:
    for attempt in range(tries):
        try:
            action()
        except PermissionError:
            if attempt == tries - 1:
                raise
            time.sleep(FIRST_PAUSE * 2**attempt)
        else:
            return


def replace_file(source: Path, target: Path, *, tries: int = TRIES) -> None:
    """Put `source` in the place of `target` in one step, trying again while Windows holds the target open.

    Raises PermissionError when the last of `tries` was refused too.
    """
    _patiently(lambda: source.replace(target), tries)


def remove_file(path: Path, *, tries: int = TRIES) -> None:
    """Remove `path` if it is there, trying again while Windows holds it open."""
    _patiently(lambda: path.unlink(missing_ok=True), tries)


def remove_folder(path: Path, *, tries: int = TRIES) -> None:
    """Remove `path` and everything in it, if it is there."""
    if path.exists():
        _patiently(lambda: shutil.rmtree(path), tries)


def write_text(path: Path, text: str) -> None:
    """Write `text` to `path` so that a reader sees the old content or the new one, never a part."""
    beside = path.with_name(f"{path.name}.{uuid.uuid4().hex}.tmp")  # Its own, should two begin at once.
    beside.write_text(text, encoding="utf-8", newline="\n")
    make_durable(beside)
    replace_file(beside, path)


def make_durable(path: Path) -> None:
    """Wait until the content of `path` is on the disk: a log must not name what a power cut can take away."""
    with path.open("rb+") as handle:
        os.fsync(handle.fileno())


@contextmanager
def locked(root: Path, timeout: float) -> Iterator[None]:
    """Hold the lake's write lock; the system lets it go when the process dies, however it dies.

    Raises LakeError when another writer holds it for longer than `timeout` seconds, or it cannot be made.
    """
    from filelock import FileLock, Timeout

    path = root / LOCK
    lock = FileLock(path)
    try:
        lock.acquire(timeout=timeout)
    except Timeout:
        raise LakeError(
            f"another mailtrend is writing to this lake (waited {timeout:g} s)",
            where=str(path),
            mend="wait until it has finished, then try again; the lock is free as soon as that process has ended",
        ) from None
    except OSError as error:
        raise LakeError(f"the lake cannot be locked ({error})", where=str(path), mend="make it writable") from error
    try:
        yield
    finally:
        lock.release()

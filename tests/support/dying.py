"""A process that dies at a chosen moment: from its N-th touch of the disk on, nothing it does has any effect."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import deltalake
import pyarrow.parquet as pq


class Dead(BaseException):
    """Raised from the moment of death on; no `except Exception` and no `finally` can do anything any more."""


@contextmanager
def dying(moment: int | None, die: Callable[[], None] | None = None) -> Iterator[list[str]]:
    """Die just before the touch of the disk with this number, counted from 1; gives the list of touches so far.

    `die` ends the process; without it this touch and every later one raises Dead, so that handlers and context
    managers run as Python likes, and change nothing.
    """
    touches: list[str] = []

    def touch(name: str) -> None:
        touches.append(name)
        if moment is not None and len(touches) >= moment:
            if die is not None:
                die()
            raise Dead(name)

    def watched(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            touch(name)
            return real(*args, **kwargs)

        return call

    watch = [
        (Path, "mkdir"), (Path, "replace"), (Path, "unlink"), (Path, "rmdir"), (Path, "write_text"), (shutil, "rmtree"),
        (os, "fsync"), (pq, "write_table"), (deltalake, "write_deltalake"),
        (deltalake.DeltaTable, "create"), (deltalake.DeltaTable, "create_write_transaction"),
    ]  # fmt: skip
    patches = [patch.object(owner, name, watched(name, getattr(owner, name))) for owner, name in watch]
    for each in patches:
        each.start()
    try:
        yield touches
    finally:
        for each in patches:
            each.stop()

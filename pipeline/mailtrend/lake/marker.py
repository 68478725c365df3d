"""lake.json: the mark that a folder is a lake, and the version of its layout."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Final

from mailtrend import __version__
from mailtrend.errors import LakeError
from mailtrend.lake import disk

FORMAT: Final = 1
"""Version of the folder layout; raised when an older mailtrend could no longer read what a newer one wrote."""
NAME: Final = "lake.json"
UNFIT: Final = frozenset("%[]^|" if os.name == "nt" else "%[]^|\\")
"""Characters in a path that the Delta library cannot take: it reads % as an escape and fails on the others."""


def read(root: Path) -> int:
    """The layout version of the lake at `root`. Raises LakeError where there is none, or a newer one."""
    path = root / NAME
    try:
        text = path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        raise LakeError(
            "there is no lake here", where=str(root), mend="run `mailtrend ingest PATH --lake DIR` first"
        ) from None
    except OSError as error:
        raise LakeError(f"the lake cannot be read ({error})", where=str(path), mend="make it readable") from error
    found = _format(path, text)
    if found > FORMAT:
        raise LakeError(
            f"this lake has format {found}, and this mailtrend reads up to {FORMAT}",
            where=str(path),
            mend="update mailtrend, or ingest the files again into a new lake with --lake DIR",
        )
    return found


def make(root: Path) -> None:
    """Make `root` a lake if it is none yet. Raises LakeError where it cannot be one, or is a newer one."""
    if not (root / NAME).exists():
        _refuse_unfit(root)
        try:
            root.mkdir(parents=True, exist_ok=True)
            disk.write_text(root / NAME, json.dumps({"format": FORMAT, "made_by": f"mailtrend {__version__}"}) + "\n")
        except OSError as error:
            raise LakeError(
                f"no lake can be made here ({error})", where=str(root), mend="choose another folder with --lake DIR"
            ) from error
    read(root)


def _format(path: Path, text: str) -> int:
    try:
        found = json.loads(text)["format"]
    except (ValueError, TypeError, KeyError):
        found = None
    if not isinstance(found, int):
        raise LakeError(
            "this is not the mark of a lake",
            where=str(path),
            mend=f'restore it (it reads {{"format": {FORMAT}}}), or choose another folder with --lake DIR',
        )
    return found


def _refuse_unfit(root: Path) -> None:
    unfit = sorted(UNFIT.intersection(str(root)))
    if unfit:
        raise LakeError(
            f"a lake cannot stand in a folder with {' '.join(unfit)} in its path",
            where=str(root),
            mend="choose another folder with --lake DIR",
        )
    alien = [name for name in ("events", "files") if (root / name).exists()]
    if alien:
        raise LakeError(
            f"the folder is no lake, and holds something else named '{alien[0]}'",
            where=str(root),
            mend="choose another folder with --lake DIR",
        )

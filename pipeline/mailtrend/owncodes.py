"""Status codes, rules and replies of the user's own: where their files lie, and the book with them in it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from mailtrend.errors import SettingsError

if TYPE_CHECKING:
    from mailtrend.knowledge import Book
    from mailtrend.settings import Settings


def book_of(settings: Settings) -> Book:
    """The shipped book with the user's files before it. Raises SettingsError where one of them is wrong."""
    return _book(tuple((path, path.stat().st_mtime_ns) for path in files_of(settings)))


@cache
def _book(files: tuple[tuple[Path, int], ...]) -> Book:
    """The same files, unchanged, are read and checked once a process."""
    from mailtrend import knowledge

    return knowledge.with_own(knowledge.book(), [path for path, _ in files])


def files_of(settings: Settings) -> list[Path]:
    """`*.codes.toml` beside mailtrend.toml and in the folder of the user's settings, and what `codes` names."""
    from typer import get_app_dir

    folders = [settings.folder, Path(get_app_dir("mailtrend"))]
    found = [path for folder in folders if folder is not None for path in sorted(folder.glob("*.codes.toml"))]
    if settings.codes is not None:
        named = (settings.folder or Path()) / settings.codes
        if not named.exists():
            raise SettingsError("no such file or folder", where=str(named), mend="check `codes` in mailtrend.toml")
        found += sorted(named.glob("*.toml")) if named.is_dir() else [named]
    return list(dict.fromkeys(path.resolve() for path in found))


def check(file: Path) -> tuple[int, int, int]:
    """How many entries, rules and replies a file holds. Raises SettingsError where something in it is wrong."""
    from mailtrend import knowledge

    shipped = knowledge.book()
    found = knowledge.with_own(shipped, [file])
    return (
        len(found.entries) - len(shipped.entries),
        len(found.rules) - len(shipped.rules),
        len(found.replies),
    )

"""Formats of the user's own: where they lie, whether they read their samples, and what they cannot tell."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from mailtrend.errors import SettingsError

if TYPE_CHECKING:
    from mailtrend.formats.base import Format
    from mailtrend.formats.own import Description
    from mailtrend.settings import Settings

MEND = "correct the file, and try it with `mailtrend formats --check FILE`; see docs/own-formats.md"


def described(settings: Settings) -> dict[Path, Description]:
    """The formats of the user's own that the settings lead to, by file. Raises SettingsError where one is wrong."""
    from mailtrend.formats.own import load_all

    return load_all(_own_files(settings))


def _own_files(settings: Settings) -> list[Path]:
    """`formats/*.toml` and `*.format.toml` beside mailtrend.toml and in the folder of the user's settings."""
    from typer import get_app_dir

    folders = [settings.folder, Path(get_app_dir("mailtrend"))]
    found = [path for folder in folders if folder is not None for path in _formats_in(folder)]
    if settings.formats is not None:
        folder = (settings.folder or Path()) / settings.formats
        if not folder.is_dir():
            raise SettingsError("no such folder", where=str(folder), mend="check `formats` in mailtrend.toml")
        found += sorted(folder.glob("*.toml"))
    return list(dict.fromkeys(path.resolve() for path in found))


def _formats_in(folder: Path) -> list[Path]:
    return sorted([*folder.glob("formats/*.toml"), *folder.glob("*.format.toml")])


def checked(settings: Settings) -> dict[str, Format]:
    """The same, ready to read files. Raises SettingsError where one does not read its own samples."""
    from mailtrend.formats.own import made
    from mailtrend.ingest.samples import sample_faults

    found = {}
    for file, told in described(settings).items():
        if faults := sample_faults(told):
            raise SettingsError("\n".join(["does not read its own samples", *faults]), where=str(file), mend=MEND)
        found[told.name] = made(told)
    return found


def faults_of(file: Path) -> tuple[list[str], list[str]]:
    """How far each sample of a format of the user's own gets, where it is not read as expected; and what to know of it.

    Raises SettingsError where the file itself is wrong.
    """
    from mailtrend.formats.own import load
    from mailtrend.ingest.samples import built_in_claims, sample_faults

    told = load(file)
    return sample_faults(told), built_in_claims(told)


def starter_of(name: str) -> str:
    """A description of a format called `name` to begin with, as TOML. Raises UsageError for a name that cannot be."""
    from mailtrend.formats.own import starter

    return starter(name)


def notes(settings: Settings) -> dict[str, tuple[str, ...]]:
    """What sources of the user's own cannot tell. A report does not need the descriptions: one may be gone or wrong."""
    with suppress(SettingsError):
        return {told.name: told.notes for told in described(settings).values()}
    return {}

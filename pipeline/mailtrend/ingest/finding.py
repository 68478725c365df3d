"""Which files the user's paths mean: files, folders, globs, members of zip and tar archives, stdin."""

from __future__ import annotations

import glob
import os
import shutil
import sys
import tarfile
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Final

from mailtrend.errors import InputError
from mailtrend.ingest.opening import BROKEN, CHUNK, ZIP, Input

DOCUMENTS: Final = frozenset({".md", ".rst", ".toml"})
"""Endings of files that accompany logs in a folder and are passed over there (named outright, they are read)."""
LAKE_MARK: Final = "lake.json"
OFFICE_MARK: Final = "[Content_Types].xml"
"""A zip that holds this is a document of Office."""
TAR_MARK: Final = slice(257, 262)
BLOCK: Final = 512


def find_inputs(paths: Iterable[str], scratch: Path) -> Iterator[Input | InputError]:
    """Every file that `paths` mean, folders walked in name order; what cannot be opened comes out as its error.

    `-` is stdin, spooled into the folder `scratch` because a hash and a second look are needed.
    """
    for given in paths:
        if given == "-":
            yield _spooled(scratch)
            continue
        matches = [given] if Path(given).exists() else sorted(glob.glob(given, recursive=True))  # noqa: PTH207  # patterns may be absolute
        if not matches:
            yield InputError("no such file or folder", where=given, mend="check the path, or quote the glob")
        for match in matches:
            count = 0
            for count, found in enumerate(_expand(Path(match), scratch), 1):  # noqa: B007  # counted, and told apart from none
                yield found
            if not count:
                yield InputError("holds no log and no export", where=match, mend="give the folder or archive that does")


def _spooled(scratch: Path) -> Input:
    target = scratch / "stdin"
    with target.open("wb") as out:
        while chunk := sys.stdin.buffer.read(CHUNK):
            out.write(chunk)
    return Input(label="-", path=target)


def _expand(path: Path, scratch: Path, *, from_folder: bool = False) -> Iterator[Input | InputError]:
    if path.is_dir():
        yield from _walk(path, scratch)
        return
    label = path.as_posix()
    source = Input(label=label, path=path, from_folder=from_folder)
    try:
        with path.open("rb") as stream:
            start = stream.read(4)
    except OSError as error:
        yield InputError(f"cannot be read ({error.strerror})", where=label, mend="check path and rights")
        return
    if start.startswith(ZIP):
        yield from _zipped(path, label)
    elif _is_tar(source):
        yield from _tarred(source, scratch)
    else:
        yield source


def _walk(folder: Path, scratch: Path) -> Iterator[Input | InputError]:
    if (folder / LAKE_MARK).exists():
        return
    try:
        entries = sorted(folder.iterdir(), key=lambda found: found.name)
    except OSError as error:
        yield InputError(f"cannot be read ({error.strerror})", where=folder.as_posix(), mend="check path and rights")
        return
    for entry in entries:
        if not entry.name.startswith(".") and entry.suffix.lower() not in DOCUMENTS:
            yield from _expand(entry, scratch, from_folder=True)


def _zipped(path: Path, label: str) -> Iterator[Input | InputError]:
    try:
        with zipfile.ZipFile(path) as archive:
            names = sorted(info.filename for info in archive.infolist() if not info.is_dir())
    except (zipfile.BadZipFile, OSError) as error:
        yield InputError(f"is a broken zip archive ({error})", where=label, mend="fetch the file again")
        return
    if OFFICE_MARK in names:
        yield InputError("is a document of Excel or Word", where=label, mend="save the sheet as CSV UTF-8")
        return
    for name in names:
        if PurePosixPath(name).suffix.lower() not in DOCUMENTS:
            yield Input(label=f"{label}!{name}", path=path, member=name, from_folder=True)


def _is_tar(source: Input) -> bool:
    try:
        with source.open() as stream:
            return stream.read(BLOCK)[TAR_MARK] == b"ustar"
    except (InputError, *BROKEN):  # whatever it is, it is told when it is read
        return False


def _tarred(source: Input, scratch: Path) -> Iterator[Input | InputError]:
    """Members are unpacked into `scratch` under numbers: names in an archive may lead anywhere."""
    folder = scratch / f"tar{len(list(scratch.glob('tar*')))}"
    folder.mkdir(parents=True)
    found: list[Input] = []
    broken: str | None = None
    with source.open() as stream:
        try:
            with tarfile.open(fileobj=stream, mode="r|") as archive:
                for number, member in enumerate(archive):
                    packed = archive.extractfile(member) if member.isfile() else None
                    if packed is None or PurePosixPath(member.name).suffix.lower() in DOCUMENTS:
                        continue
                    target = folder / str(number)
                    found.append(Input(label=f"{source.label}!{member.name}", path=target, from_folder=True))
                    with target.open("wb") as out:
                        shutil.copyfileobj(packed, out, CHUNK)
                    os.utime(target, (member.mtime, member.mtime))
        except (tarfile.TarError, *BROKEN) as error:
            broken = str(error)
    yield from sorted(found, key=lambda each: each.label)
    if broken is not None:
        mend = "fetch it again; what stands before the break is read"
        yield InputError(f"breaks off as a tar archive ({broken})", where=source.label, mend=mend)

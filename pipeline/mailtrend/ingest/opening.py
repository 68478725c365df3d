"""Where bytes come from: files, folders, globs, archives, stdin; each becomes one Input that opens decompressed."""

from __future__ import annotations

import bz2
import glob
import gzip
import hashlib
import io
import sys
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import pyarrow as pa

from mailtrend.errors import InputError

CHUNK = 1 << 20
GZIP, BZIP2, ZSTD, ZIP = b"\x1f\x8b", b"BZh", b"\x28\xb5\x2f\xfd", b"PK\x03\x04"
DOCUMENTS = frozenset({".md", ".rst", ".toml"})
"""Endings of files that accompany logs in a folder and are passed over there (named outright, they are read)."""
LAKE_MARK = "lake.json"


@dataclass(frozen=True)
class Input:
    """One file to read: on disk, or a member of a zip archive."""

    label: str
    path: Path
    member: str | None = None
    from_folder: bool = False

    @property
    def modified(self) -> datetime:
        """When it was last written: the hint for logs whose dates lack a year."""
        if self.member is not None:
            with zipfile.ZipFile(self.path) as archive:
                return datetime(*archive.getinfo(self.member).date_time, tzinfo=UTC)
        return datetime.fromtimestamp(self.path.stat().st_mtime, tz=UTC)

    @property
    def size(self) -> int:
        """Bytes on disk (of the member, packed): what progress is measured in."""
        if self.member is not None:
            with zipfile.ZipFile(self.path) as archive:
                return archive.getinfo(self.member).compress_size
        return self.path.stat().st_size

    @contextmanager
    def raw(self) -> Iterator[IO[bytes]]:
        """The bytes as they lie on disk, or as the archive holds them."""
        with ExitStack() as stack:
            try:
                if self.member is not None:
                    archive = stack.enter_context(zipfile.ZipFile(self.path))
                    stream = stack.enter_context(archive.open(self.member))
                else:
                    stream = stack.enter_context(self.path.open("rb"))
            except (OSError, zipfile.BadZipFile, RuntimeError) as error:
                mend = "check path and rights"
                raise InputError(f"cannot be opened ({error})", where=self.label, mend=mend) from error
            yield stream

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """The bytes with compression taken off, known by their first bytes and never by the name."""
        with self.raw() as stream:
            start = stream.read(4)
        if start.startswith(ZIP):
            raise InputError("is a zip inside a zip", where=self.label, mend="unpack the outer archive first")
        with ExitStack() as stack:
            stream = stack.enter_context(self.raw())
            if start.startswith(GZIP):
                stream = stack.enter_context(io.BufferedReader(gzip.GzipFile(fileobj=stream)))
            elif start.startswith(BZIP2):
                stream = stack.enter_context(bz2.BZ2File(stream))
            elif start.startswith(ZSTD):
                packed = stack.enter_context(pa.PythonFile(stream, mode="r"))
                stream = stack.enter_context(io.BufferedReader(_Raw(pa.CompressedInputStream(packed, "zstd"))))
            yield stream

    def sha256(self) -> str:
        """Hash of `raw()`, in hex."""
        digest = hashlib.sha256()
        with self.raw() as stream:
            while chunk := stream.read(CHUNK):
                digest.update(chunk)
        return digest.hexdigest()


class _Raw(io.RawIOBase):
    """A pyarrow stream as the standard library's raw stream."""

    def __init__(self, stream: pa.NativeFile) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]  # RawIOBase gives any writable buffer
        data: bytes = self._stream.read(len(view))
        view[: len(data)] = data
        return len(data)


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
            for count, found in enumerate(_expand(Path(match)), 1):  # noqa: B007  # counted, and told apart from none
                yield found
            if not count:
                yield InputError("holds no log and no export", where=match, mend="give the folder or archive that does")


def _spooled(scratch: Path) -> Input:
    target = scratch / "stdin"
    with target.open("wb") as out:
        while chunk := sys.stdin.buffer.read(CHUNK):
            out.write(chunk)
    return Input(label="-", path=target)


def _expand(path: Path, *, from_folder: bool = False) -> Iterator[Input | InputError]:
    if path.is_dir():
        if (path / LAKE_MARK).exists():
            return
        try:
            entries = sorted(path.iterdir(), key=lambda found: found.name)
        except OSError as error:
            yield InputError(f"cannot be read ({error.strerror})", where=path.as_posix(), mend="check path and rights")
            return
        for entry in entries:
            if not entry.name.startswith(".") and entry.suffix.lower() not in DOCUMENTS:
                yield from _expand(entry, from_folder=True)
        return
    label = path.as_posix()
    try:
        with path.open("rb") as stream:
            start = stream.read(4)
    except OSError as error:
        yield InputError(f"cannot be read ({error.strerror})", where=label, mend="check path and rights")
        return
    if not start.startswith(ZIP):
        yield Input(label=label, path=path, from_folder=from_folder)
        return
    yield from _members(path, label)


def _members(path: Path, label: str) -> Iterator[Input | InputError]:
    try:
        with zipfile.ZipFile(path) as archive:
            names = sorted(info.filename for info in archive.infolist() if not info.is_dir())
    except (zipfile.BadZipFile, OSError) as error:
        yield InputError(f"is a broken zip archive ({error})", where=label, mend="fetch the file again")
        return
    for name in names:
        if Path(name).suffix.lower() not in DOCUMENTS:
            yield Input(label=f"{label}!{name}", path=path, member=name, from_folder=True)

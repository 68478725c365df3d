"""Where bytes come from: a file on disk or a member of a zip archive, which opens with compression taken off."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, cast

import pyarrow as pa

from mailtrend.errors import InputError

CHUNK = 1 << 20
BROKEN = (EOFError, OSError, ValueError, zlib.error, zipfile.BadZipFile)
"""What reading a packed file raises where it is damaged or breaks off."""
GZIP, BZIP2, ZSTD, ZIP = b"\x1f\x8b", b"BZh", b"\x28\xb5\x2f\xfd", b"PK\x03\x04"


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
                stream = cast("IO[bytes]", stack.enter_context(gzip.GzipFile(fileobj=stream)))
            elif start.startswith(BZIP2):
                stream = stack.enter_context(bz2.BZ2File(stream))
            elif start.startswith(ZSTD):
                packed = stack.enter_context(pa.PythonFile(stream, mode="r"))
                stream = stack.enter_context(io.BufferedReader(_Raw(pa.CompressedInputStream(packed, "zstd"))))
            yield stream

    def sha256(self) -> str:
        """Hash of `raw()`, in hex."""
        digest = hashlib.sha256()
        with self.raw() as stream, suppress(*BROKEN):  # a damaged member is known by what can be read of it
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

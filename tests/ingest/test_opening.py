"""Files, folders, globs, archives: each is found once, and opens as plain bytes."""

from __future__ import annotations

import bz2
import gzip
import zipfile

import pyarrow as pa
import pytest

from mailtrend.errors import InputError
from mailtrend.ingest.decoding import Decoded
from mailtrend.ingest.opening import Input, find_inputs

DATA = b"line one\nline two\n" * 500


def _labels(*paths, scratch):
    return [
        found.where if isinstance(found, InputError) else found.label for found in find_inputs(map(str, paths), scratch)
    ]


@pytest.mark.parametrize(
    "pack", [lambda data: data, gzip.compress, bz2.compress, lambda data: bytes(pa.Codec("zstd").compress(data))]
)
def test_packed_files_open_as_plain_bytes_whatever_they_are_called(tmp_path, pack):
    path = tmp_path / "mail.log"
    path.write_bytes(pack(DATA))
    [found] = find_inputs([str(path)], tmp_path)
    with found.open() as stream:
        assert stream.read() == DATA


def test_every_member_of_a_zip_is_a_file_of_its_own(tmp_path):
    with zipfile.ZipFile(tmp_path / "logs.zip", "w") as archive:
        archive.writestr("b.log", DATA)
        archive.writestr("a/a.log", DATA[:9])
        archive.writestr("README.md", "words")
    found = list(find_inputs([str(tmp_path / "logs.zip")], tmp_path))
    assert [one.label.rpartition("!")[2] for one in found] == ["a/a.log", "b.log"]
    with found[1].open() as stream:
        assert stream.read() == DATA


def test_a_zip_inside_a_zip_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "in.zip", "w") as archive:
        archive.writestr("a.log", DATA)
    with zipfile.ZipFile(tmp_path / "out.zip", "w") as archive:
        archive.write(tmp_path / "in.zip", "in.zip")
    [found] = find_inputs([str(tmp_path / "out.zip")], tmp_path)
    with pytest.raises(InputError, match="zip inside a zip"), found.open():
        pass


def test_folders_are_walked_in_name_order_without_hidden_files_documents_and_lakes(tmp_path):
    for name in ("b.csv", "a/z.log", "a/.hidden", "README.md", "lake/lake.json", "lake/events.parquet"):
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / name).write_bytes(b"x\n")
    assert _labels(tmp_path, scratch=tmp_path) == [(tmp_path / "a/z.log").as_posix(), (tmp_path / "b.csv").as_posix()]


def test_a_glob_finds_what_it_matches_and_a_path_that_is_not_there_is_said(tmp_path):
    (tmp_path / "one.csv").write_bytes(b"x")
    (tmp_path / "two.log").write_bytes(b"x")
    missing = tmp_path / "nothing*.csv"
    assert _labels(tmp_path / "*.csv", missing, scratch=tmp_path) == [(tmp_path / "one.csv").as_posix(), str(missing)]


def test_a_gzip_that_breaks_off_is_kept_up_to_the_break_and_says_so(tmp_path):
    path = tmp_path / "mail.log.gz"
    path.write_bytes(gzip.compress(bytes(range(256)) * 4000, 1)[:-40])
    with Input("mail.log.gz", path).open() as stream:
        decoded = Decoded(stream)
        size = 0
        while part := decoded.read(1 << 16):
            size += len(part)
    assert size > 0
    assert decoded.ended_early

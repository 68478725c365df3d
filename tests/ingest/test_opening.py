"""Files, folders, globs, archives: each is found once, and opens as plain bytes."""

from __future__ import annotations

import bz2
import gzip
import io
import tarfile
import zipfile

import pyarrow as pa
import pytest

from mailtrend.errors import InputError
from mailtrend.ingest.decoding import Decoded
from mailtrend.ingest.finding import find_inputs
from mailtrend.ingest.opening import Input
from mailtrend.ingest.sniff import recognise

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


def _tar(path, members, mode="w:gz"):
    with tarfile.open(path, mode) as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(data), 1_780_000_000
            archive.addfile(info, io.BytesIO(data))


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2"])
def test_every_member_of_a_tar_is_a_file_of_its_own(tmp_path, mode):
    _tar(
        tmp_path / "logs.tar", {"var/log/b.log": DATA, "var/log/a.log.gz": gzip.compress(DATA), "x.md": b"words"}, mode
    )
    found = list(find_inputs([str(tmp_path / "logs.tar")], tmp_path))
    assert [one.label.rpartition("!")[2] for one in found] == ["var/log/a.log.gz", "var/log/b.log"]
    assert {one.modified.year for one in found} == {2026}
    for one in found:
        with one.open() as stream:
            assert stream.read() == DATA


def test_names_in_a_tar_lead_nowhere(tmp_path):
    scratch = tmp_path / "a" / "b"
    _tar(tmp_path / "bad.tar", {"../../evil.log": DATA, "/abs.log": DATA}, "w")
    found = list(find_inputs([str(tmp_path / "bad.tar")], scratch))
    assert len(found) == 2
    assert all(one.path.is_relative_to(scratch) for one in found)
    assert not (tmp_path / "evil.log").exists()


def test_a_tar_that_breaks_off_is_read_up_to_the_break_and_said(tmp_path):
    path = tmp_path / "logs.tar"
    _tar(path, {"a.log": DATA, "b.log": DATA * 20}, "w")
    path.write_bytes(path.read_bytes()[: 12 * 1024])
    first, *_, last = find_inputs([str(path)], tmp_path)
    assert first.label.endswith("!a.log")
    assert isinstance(last, InputError)
    assert "breaks off" in last.what


def test_a_workbook_is_refused_with_what_to_do(tmp_path):
    with zipfile.ZipFile(tmp_path / "trace.xlsx", "w") as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
        archive.writestr("xl/worksheets/sheet1.xml", "<x/>")
    [found] = find_inputs([str(tmp_path / "trace.xlsx")], tmp_path)
    assert isinstance(found, InputError)
    assert "CSV UTF-8" in found.mend


def test_a_zip_in_a_gzip_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "in.zip", "w") as archive:
        archive.writestr("a.log", DATA)
    path = tmp_path / "logs.gz"
    path.write_bytes(gzip.compress((tmp_path / "in.zip").read_bytes()))
    [found] = find_inputs([str(path)], tmp_path)
    with pytest.raises(InputError, match="zip archive inside another archive"):
        recognise(found)

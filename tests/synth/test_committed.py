"""The committed sample and its truth are what the seeded generator writes, byte for byte."""

from __future__ import annotations

import gzip
import hashlib
import zipfile

import pytest

from support import truth
from synth import sample


@pytest.fixture(scope="module")
def generated():
    return sample.log_files()


def _content(data: bytes) -> bytes:
    """What is packed; deflate itself differs between builds of Python."""
    return gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data


def _hash(data: bytes) -> str:
    return hashlib.sha256(_content(data)).hexdigest()


def test_every_file_is_reproduced_to_the_byte(generated):
    plain = [file for file in generated if not file.path.endswith(".zip")]
    wrong = [file.path for file in plain if _hash((truth.SAMPLE / file.path).read_bytes()) != _hash(file.data())]
    assert wrong == []


def test_the_zip_holds_one_member_with_a_fixed_date_and_the_generated_text(generated):
    (file,) = [file for file in generated if file.path.endswith(".zip")]
    with zipfile.ZipFile(truth.SAMPLE / file.path) as archive:
        (entry,) = archive.infolist()
        assert (entry.filename, entry.date_time) == (file.member, (2026, 9, 28, 6, 0, 0))
        assert archive.read(entry).decode("utf-8").removeprefix("\ufeff") == file.text


def test_nothing_else_lies_in_the_folder(generated):
    there = {path.relative_to(truth.SAMPLE).as_posix() for path in truth.SAMPLE.rglob("*") if path.is_file()}
    by_hand = {file["path"].split("!")[0] for told in truth.by_hand().values() for file in told["files"]}
    assert there == {file.path for file in generated} | by_hand | {"README.md"}


def test_the_committed_truth_is_what_the_generator_says(generated):
    for name, data in sample.truth_files(generated).items():
        assert (truth.TRUTH / name).read_bytes() == data, name


def test_packed_files_carry_no_time_of_packing():
    for path in truth.SAMPLE.rglob("*.gz"):
        assert path.read_bytes()[4:8] == b"\0\0\0\0", path


def test_the_whole_sample_stays_near_five_megabytes():
    total = sum(path.stat().st_size for path in truth.SAMPLE.rglob("*") if path.is_file())
    assert 4_000_000 < total < 6_000_000

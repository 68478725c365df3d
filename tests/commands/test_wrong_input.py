"""A wrong file gets one clear sentence and exit code 2; the other files of the run are still taken in."""

from __future__ import annotations

import json
import struct
import zlib

import pytest

from support.cli import mailtrend
from support.samples import SAMPLES

GOOD = SAMPLES / "exo_message_trace" / "MessageTrace_2026-11-01.csv"


def _png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0\xff\xff\xff"))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("picture.csv", _png(), "is a PNG picture, not a log or an export"),
        ("empty.log", b"", "is empty"),
        ("people.csv", b"name,age,town\nx,1,y\n", "is a CSV of something else (its columns: name, age, town)"),
        ("words.txt", b"Dear all,\nplease find below\n", "is text of no known format"),
        ("noise.log", bytes(range(1, 256)) * 20, "is binary, not a log or an export"),
    ],
)
def test_a_wrong_file_is_refused_in_one_sentence_and_the_rest_is_read(tmp_path, name, data, sentence):
    wrong = tmp_path / name
    wrong.write_bytes(data)
    done = mailtrend("ingest", wrong, GOOD, "--lake", tmp_path / "lake", "--format", "json")
    assert done.code == 2
    said = [line for line in done.err.splitlines() if str(wrong.as_posix()) in line]
    assert len(said) == 1
    assert sentence in said[0]
    assert "Traceback" not in done.err
    [read] = json.loads(done.out)
    assert read["path"] == GOOD.as_posix()
    assert read["rows"] > 1_000


def test_nothing_readable_leaves_no_lake_behind(tmp_path):
    wrong = tmp_path / "empty.log"
    wrong.write_bytes(b"")
    assert mailtrend("run", wrong, "--lake", tmp_path / "lake").code == 2
    assert not (tmp_path / "lake").exists()


def test_a_path_that_is_not_there_is_said(tmp_path):
    done = mailtrend("ingest", tmp_path / "nothing", "--lake", tmp_path / "lake")
    assert done.code == 2
    assert "no such file or folder" in done.err


def test_a_question_without_a_lake_says_how_to_make_one(tmp_path):
    done = mailtrend("ask", "failures-by-code", "--lake", tmp_path / "none")
    assert done.code == 2
    assert "mend:" in done.err
    assert "mailtrend ingest" in done.err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["ask", "failures-by-cod"], "did you mean 'failures-by-code'?"),
        (["ask", "failures-by-code", "--sinc", "2026-11-01"], "since"),
        (["ask", "failures-by-code", "--since", "yesterday"], "unreadable time 'yesterday'"),
        (["sql", "DROP VIEW events"], "mend:"),
        (["sql", "SELECT * FROM read_csv('/etc/passwd')"], "mend:"),
        (["sql", "SELECT nothing FROM events"], "nothing"),
        (["report", "--week", "2026-W60"], "no such week"),
        (["ask", "failures-by-code", "--format", "parquet"], "give a file with -o FILE"),
    ],
)
def test_wrong_usage_says_what_and_how_to_mend(sample_lake, arguments, sentence):
    done = mailtrend(*arguments, "--lake", sample_lake)
    assert done.code == 2
    assert sentence in done.err
    assert "Traceback" not in done.err


def test_an_unknown_setting_names_the_nearest_known_one(tmp_path):
    config = tmp_path / "mailtrend.toml"
    config.write_text('tennant = "x"\n', encoding="utf-8")
    done = mailtrend("queries", "--config", config)
    assert done.code == 2
    assert "unknown key 'tennant'" in done.err
    assert "did you mean 'tenant'?" in done.err


def test_an_empty_folder_is_named(tmp_path):
    (tmp_path / "exports").mkdir()
    done = mailtrend("run", tmp_path / "exports", "--lake", tmp_path / "lake")
    assert done.code == 2
    assert f"{tmp_path / 'exports'}: holds no log and no export" in done.err

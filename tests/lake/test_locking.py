"""One writer at a time; readers wait for nobody; Windows may refuse for a moment."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mailtrend import contracts
from mailtrend.errors import LakeError
from mailtrend.lake import Lake, disk, replace_file
from support.lakes import NOON, event, ingest, rows

HOLDER = """
import sys
from pathlib import Path
from mailtrend.lake import Lake
with Lake.open(Path(sys.argv[1])).writing():
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake.create(tmp_path)


def test_a_second_writer_is_told_of_the_lock(lake: Lake) -> None:
    with lake.writing():
        with pytest.raises(LakeError, match="another mailtrend is writing") as caught, lake.writing(timeout=0):
            pass
        assert caught.value.where == str(lake.root / "lake.lock")
        assert caught.value.mend
    with lake.writing(timeout=0):
        pass


def test_incidents_wait_for_the_writer_too(lake: Lake) -> None:
    with lake.writing(), pytest.raises(LakeError, match="another mailtrend"):
        lake.replace("incidents", contracts.INCIDENTS.empty_table(), timeout=0)


def test_a_writer_in_another_process_shuts_this_one_out_until_it_dies(lake: Lake) -> None:
    command = [sys.executable, "-c", HOLDER, str(lake.root)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=dict(os.environ)) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline().strip() == b"held"
        with pytest.raises(LakeError, match="another mailtrend"), lake.writing(timeout=0):
            pass
        holder.kill()
    ingest(lake, "a1", [event(NOON)])
    assert lake.check() == []


def test_a_reader_does_not_wait_for_the_writer(lake: Lake) -> None:
    ingest(lake, "a1", [event(NOON)])
    with lake.writing() as writer:
        writer.new_event_file(NOON.date())
        other = Lake.open(lake.root)
        assert other.table("files").num_rows == len(other.event_files()) == 1
        assert other.summary().interrupted


def test_a_reader_keeps_the_files_it_was_told(lake: Lake) -> None:
    for name in ("Old", "New"):
        told = lake.table_files("connectors")
        connector = rows(contracts.CONNECTORS, {"tenant": "default", "name": name, "file_id": name})
        ingest(lake, name, context={"connectors": connector})
    assert told
    assert all(path.exists() for path in told)
    assert not set(told) & set(lake.table_files("connectors"))


def _refusing(times: int, action: Callable[..., object]) -> Callable[..., object]:
    left = [times]

    def call(*args: object, **kwargs: object) -> object:
        if left[0]:
            left[0] -= 1
            raise PermissionError("held open by a virus scanner")
        return action(*args, **kwargs)

    return call


def test_a_replacement_is_tried_again_while_the_target_is_held_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(disk.time, "sleep", pauses.append)
    new, old = tmp_path / "new", tmp_path / "old"
    new.write_text("new", encoding="utf-8")
    old.write_text("old", encoding="utf-8")
    monkeypatch.setattr(Path, "replace", _refusing(3, Path.replace))
    replace_file(new, old, tries=4)
    assert old.read_text(encoding="utf-8") == "new"
    assert pauses == sorted(pauses)
    assert len(pauses) == 3


def test_a_replacement_that_is_refused_for_good_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk.time, "sleep", lambda _: None)
    monkeypatch.setattr(Path, "replace", _refusing(9, Path.replace))
    with pytest.raises(PermissionError):
        replace_file(tmp_path / "new", tmp_path / "old", tries=3)

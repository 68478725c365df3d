"""An ingest may die at any moment: it has happened entirely or not at all, and running it again mends the rest."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mailtrend.errors import LakeError
from mailtrend.lake import Lake, tables
from support.dying import Dead, dying
from support.lakes import everything, rows
from support.two_ingests import first, second

Content = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """A lake after the first ingest; copied, never changed."""
    lake = Lake.create(tmp_path_factory.mktemp("before") / "lake")
    first(lake)
    return lake


@pytest.fixture(scope="module")
def undisturbed(before: Lake, tmp_path_factory: pytest.TempPathFactory) -> tuple[Content, list[str]]:
    """What both ingests give, and how the second touches the disk."""
    lake = _copy(before, tmp_path_factory.mktemp("undisturbed"))
    with dying(None) as touches:
        second(lake)
    return everything(lake), touches


def _copy(lake: Lake, to: Path) -> Lake:
    return Lake.open(Path(shutil.copytree(lake.root, to / "lake")))


def _die(lake: Lake, moment: int) -> str:
    """Run the second ingest until that moment; gives what it was about to do."""
    with dying(moment) as touches, pytest.raises(Dead):
        second(lake)
    return touches[moment - 1]


@pytest.mark.slow
def test_death_at_any_moment_of_an_ingest_is_mended_by_running_it_again(
    before: Lake, undisturbed: tuple[Content, list[str]], tmp_path: Path
) -> None:
    content, touches = undisturbed
    assert len(touches) > 30
    old = everything(before)
    for moment in range(1, len(touches) + 1):
        lake = _copy(before, tmp_path / str(moment))
        where = f"{moment}: {_die(lake, moment)}"
        assert everything(lake)["events"] in (old["events"], content["events"]), where
        lake.recover()
        assert everything(lake) in (old, content), where
        assert lake.check() == [], where
        second(lake)
        assert everything(lake) == content, where
        assert lake.check() == [], where
        assert not list((lake.root / "_staging").iterdir()), where


def test_death_in_a_first_ingest_is_mended_too(tmp_path: Path) -> None:
    whole = Lake.create(tmp_path / "whole")
    with dying(None) as touches:
        second(whole)
    for moment in range(1, len(touches) + 1, 2):
        root = tmp_path / str(moment)
        with pytest.raises(Dead), dying(moment):
            second(Lake.create(root))
        second(Lake.create(root))
        assert everything(Lake.open(root)) == everything(whole), moment
        assert Lake.open(root).check() == [], moment


def test_death_while_recovering_is_mended_by_recovering_again(
    before: Lake, undisturbed: tuple[Content, list[str]], tmp_path: Path
) -> None:
    content, touches = undisturbed
    state = _copy(before, tmp_path)
    _die(state, touches.index("create_write_transaction") + 2)
    assert everything(state)["events"] == content["events"]
    assert everything(state)["files"] != content["files"]
    with dying(None) as touches:
        assert _copy(state, tmp_path / "counted").recover()
    assert touches.count("write_deltalake") == 6
    for moment in range(1, len(touches) + 1):
        lake = _copy(state, tmp_path / f"again{moment}")
        with pytest.raises(Dead), dying(moment):
            lake.recover()
        lake.recover()
        assert everything(lake) == content, moment
        assert lake.check() == [], moment


def test_a_staging_folder_of_which_only_a_part_is_left_does_no_harm(
    before: Lake, undisturbed: tuple[Content, list[str]], tmp_path: Path
) -> None:
    content, touches = undisturbed
    applied = _copy(before, tmp_path / "applied")
    assert _die(applied, len(touches)) == "rmtree"
    names = [path.name for path in (applied.root / "_staging").glob("*/*")]
    assert len(names) == 7
    for kept in names:
        lake = _copy(applied, tmp_path / kept)
        for path in (lake.root / "_staging").glob("*/*"):
            if path.name != kept:
                path.unlink()
        lake.recover()
        assert everything(lake) == content, kept
        assert lake.check() == [], kept


def test_a_writer_says_what_it_finished_or_undid(
    before: Lake, undisturbed: tuple[Content, list[str]], tmp_path: Path
) -> None:
    finished = undone = 0
    for moment in range(1, len(undisturbed[1]) + 1, 3):
        lake = _copy(before, tmp_path / str(moment))
        _die(lake, moment)
        with lake.writing() as writer:
            finished += any("finished an interrupted ingest" in done for done in writer.recovered)
            undone += any("never committed" in done for done in writer.recovered)
        with lake.writing() as writer:
            assert writer.recovered == ()
    assert finished
    assert undone


def test_an_error_of_the_disk_after_the_commit_is_mended_by_the_next_writer(before: Lake, tmp_path: Path) -> None:
    lake = _copy(before, tmp_path)
    in_the_way = lake.root / "rejects" / "_delta_log"
    in_the_way.rename(lake.root / "aside")
    in_the_way.write_text("a file where a folder should be", encoding="utf-8")
    with pytest.raises(LakeError, match="'rejects' cannot be written"):
        second(lake)
    assert [problem.partition(":")[0] for problem in lake.check() if problem.startswith("_staging")]
    in_the_way.unlink()
    (lake.root / "aside").rename(in_the_way)
    second(lake)
    assert lake.table("files")["file_id"].to_pylist() == ["a1", "b2"]
    assert lake.table("rejects")["line"].to_pylist() == [3, 4, 9]
    assert lake.check() == []


def test_scratch_is_gone_with_the_writer_or_its_successor(before: Lake, tmp_path: Path) -> None:
    lake = _copy(before, tmp_path)
    with lake.writing() as writer:
        scratch = writer.scratch()
        (scratch / "spilled").write_text("…", encoding="utf-8")
    assert not scratch.exists()

    def spill_without_end() -> None:
        with lake.writing() as writer:
            spilled = writer.scratch() / "spilled"
            while True:
                spilled.write_text("…", encoding="utf-8")

    with pytest.raises(Dead), dying(10):
        spill_without_end()
    assert list((lake.root / "_staging").glob("*/spilled"))
    lake.recover()
    assert not list((lake.root / "_staging").iterdir())
    assert lake.check() == []


@pytest.mark.parametrize("name", ["changes", "incidents"])
def test_death_while_replacing_a_table_leaves_the_old_rows_or_the_new(before: Lake, tmp_path: Path, name: str) -> None:
    new = rows(tables.SCHEMAS[name], {"tenant": "fabrikam"})
    with dying(None) as touches:
        _copy(before, tmp_path / "counted").replace(name, new)
    for moment in range(1, len(touches) + 1):
        lake = _copy(before, tmp_path / str(moment))
        with pytest.raises(Dead), dying(moment):
            lake.replace(name, new)
        lake.recover()
        assert lake.table(name).to_pylist() in (before.table(name).to_pylist(), new.to_pylist()), moment
        lake.replace(name, new)
        assert lake.table(name).to_pylist() == new.to_pylist(), moment
        assert lake.check() == [], moment


@pytest.mark.parametrize("share", [0.2, 0.5, 0.7, 0.95])
def test_a_process_that_ends_midway_leaves_what_the_next_one_mends(
    before: Lake, undisturbed: tuple[Content, list[str]], tmp_path: Path, share: float
) -> None:
    content, touches = undisturbed
    lake = _copy(before, tmp_path)
    child = Path(__file__).parent / "dying_ingest.py"
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parent.parent)}
    command = [sys.executable, str(child), str(lake.root), str(int(len(touches) * share))]
    assert subprocess.run(command, env=environment, check=False).returncode == 9
    second(lake)
    assert everything(lake) == content
    assert lake.check() == []

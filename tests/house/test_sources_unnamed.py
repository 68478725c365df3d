"""A format stands alone: no other file of the program names it, so that adding one touches nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailtrend import contracts

ROOT = Path(__file__).parents[2]
LISTS = frozenset({"contracts.py"})
"""Where the public contract lists them."""


@pytest.mark.parametrize("source", contracts.SOURCES)
def test_no_file_but_its_own_names_a_source(source):
    files = [path for folder in ("pipeline", "queries") for ending in ("py", "sql", "toml")
             for path in (ROOT / folder).rglob(f"*.{ending}")]  # fmt: skip
    named = [
        path.relative_to(ROOT).as_posix()
        for path in files
        if not path.stem.lstrip("_").startswith(source) and path.name not in LISTS
        if any(f"{quote}{source}{quote}" in path.read_text(encoding="utf-8") for quote in "'\"")
    ]
    assert named == []
    assert (ROOT / "pipeline/mailtrend/formats" / f"{source}.py").exists()
    assert (ROOT / "sample_logs" / source).is_dir()

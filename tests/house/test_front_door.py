"""`mailtrend --help` is quick because no engine is imported before a command needs it."""

from __future__ import annotations

import subprocess
import sys

import pytest

ENGINES = {"polars", "duckdb", "pyarrow", "deltalake", "altair", "numpy"}


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["--version"]])
def test_help_imports_no_engine(arguments):
    code = (
        "import sys\n"
        "from mailtrend.cli import run_command\n"
        f"assert run_command({arguments!r}) == 0\n"
        f"print(sorted({ENGINES!r} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
    assert "mailtrend" in done.stdout

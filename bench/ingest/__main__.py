"""How fast is `mailtrend ingest`? CPU, wall and peak memory of the whole command, against a bare copy in the same run.

    uv run python bench/ingest [--rows 1000000] [--runs 3] [--formats exo_message_trace,postfix]

Traces and protocol logs are held against DuckDB copying the same file, all columns as text, into zstd Parquet;
Postfix against pflogsumm (Debian package `pflogsumm`; left out where it is not installed). Ratios are of medians.
POSIX only, because peak memory is read from wait4.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

FORMATS = ("exo_message_trace", "exchange_smtp_send", "exchange_smtp_receive", "postfix")
ENVIRONMENT = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
"""Modules are compiled once, as on anybody's machine, and not at every start."""
HERE = Path(__file__).resolve().parent
BARE_COPY = """
import duckdb, sys
con = duckdb.connect()
con.execute("SET preserve_insertion_order = false")
con.execute(
    f"COPY (SELECT * FROM read_csv('{sys.argv[1]}', all_varchar = true, header = false, delim = ',', quote = '\\"',"
    " escape = '\\"', null_padding = true, ignore_errors = true, skip = 5, auto_detect = true)) "
    f"TO '{sys.argv[2]}' (FORMAT parquet, COMPRESSION zstd)"
)
"""


class Cost(NamedTuple):
    """What one whole process cost: CPU and wall seconds, peak memory in MiB."""

    cpu: float
    wall: float
    peak: float


def cost_of(command: list[str], out: Path | None = None) -> Cost:
    """Run `command` to its end; what it prints goes into `out`, or nowhere."""
    began = time.perf_counter()
    with (out or Path(os.devnull)).open("wb") as sink:
        child = subprocess.Popen(command, stdout=sink, stderr=subprocess.PIPE, env=ENVIRONMENT)
        errors = child.stderr.read() if child.stderr else b""
        _, status, usage = os.wait4(child.pid, 0)
    if status:
        raise SystemExit(f"{command[:3]} failed: {errors.decode(errors='replace')[-2000:]}")
    return Cost(usage.ru_utime + usage.ru_stime, time.perf_counter() - began, usage.ru_maxrss / 1024)


def median(costs: list[Cost]) -> Cost:
    """Figure by figure."""
    return Cost(*(statistics.median(figures) for figures in zip(*costs, strict=True)))


def measure(name: str, rows: int, runs: int, folder: Path) -> None:
    """Generate one file, run both commands in turn, print a line each and their ratios."""
    log = folder / f"{name}.{'log' if name == 'postfix' else 'csv'}"
    synth = [sys.executable, "-m", "synth", "bench", "--format", name, "--rows", str(rows), "--out", str(log)]
    subprocess.run(synth, check=True, env={**os.environ, "PYTHONPATH": str(HERE.parent)}, stderr=subprocess.DEVNULL)
    other = _baseline(name, log, folder)
    ours: list[Cost] = []
    theirs: list[Cost] = []
    for number in range(runs + 1):
        lake = folder / "lake"
        shutil.rmtree(lake, ignore_errors=True)
        ours.append(cost_of([sys.executable, "-m", "mailtrend", "ingest", str(log), "--lake", str(lake)]))
        if other:
            theirs.append(cost_of(other[1], folder / "out"))
        if number == 0:  # a warm-up: files are in the page cache, modules are compiled
            ours.clear()
            theirs.clear()
    size = log.stat().st_size / 2**20
    print(f"\n{name}: {rows:,} rows, {size:,.0f} MiB")
    _line("mailtrend ingest", median(ours))
    if other:
        _line(other[0], median(theirs))
        cpu, wall = median(ours).cpu / median(theirs).cpu, median(ours).wall / median(theirs).wall
        print(f"  {'ratio':<18} {cpu:8.2f} ×   {wall:8.2f} ×      ({1 / cpu:.1f} × less CPU)" if cpu < 1 else
              f"  {'ratio':<18} {cpu:8.2f} ×   {wall:8.2f} ×")  # fmt: skip
    log.unlink()


def _baseline(name: str, log: Path, folder: Path) -> tuple[str, list[str]] | None:
    if name == "postfix":
        found = shutil.which("pflogsumm")
        return ("pflogsumm", [found, str(log)]) if found else None
    return ("DuckDB bare copy", [sys.executable, "-c", BARE_COPY, str(log), str(folder / "bare.parquet")])


def _line(label: str, cost: Cost) -> None:
    print(f"  {label:<18} {cost.cpu:8.2f} CPU s {cost.wall:6.2f} s wall {cost.peak:7,.0f} MiB peak")


def main() -> None:
    """Measure each format in turn."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--formats", default=",".join(FORMATS))
    given = parser.parse_args()
    print(f"{os.cpu_count()} cores; medians of {given.runs} runs of the whole process")
    with tempfile.TemporaryDirectory() as folder:
        for name in given.formats.split(","):
            measure(name, given.rows, given.runs, Path(folder))


if __name__ == "__main__":
    main()

"""What the meaning of replies costs on top of an ingest: the same file with and without it, in turn.

    uv run python -m bench.knowledge.cost [--rows 1000000] [--texts 20000] [--runs 3]

Every row of the file is a failure of Get-MessageTraceDetail, with one of so many distinct reply texts: the labelled
texts, each with an id of its own. CPU and wall seconds of whole processes; ratios are of medians.
POSIX only, because CPU time is read from wait4.
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

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "pipeline")]

INGEST = """
import sys
from mailtrend.cli import main
if sys.argv.pop(1) == "without":
    from mailtrend.ingest import events, parsing
    events.REPLY = parsing.REPLY = ("no_such_column",)  # nothing is asked, so nothing is joined
main()
"""


def write_file(path: Path, rows: int, texts: int) -> int:
    """Write the file, and give its size in bytes."""
    import duckdb
    import pyarrow as pa

    from knowledge.labels import labelled  # type: ignore[import-not-found]

    known = [one.text.replace("\n", " ") for one in labelled() if len(one.text) < 400]
    told = [known[number % len(known)] + (f" [id {number:08x}]" * (number >= len(known))) for number in range(texts)]
    with duckdb.connect() as con:
        con.register("told", pa.table({"at": range(texts), "text": told}))
        con.execute(
            f"""
            COPY (
                SELECT strftime(TIMESTAMP '2026-09-07' + INTERVAL (r.n // 40) SECOND, '%-m/%-d/%Y %-I:%M:%S %p')
                           AS "Date",
                       'Defer' AS "Event", '' AS "Action", t.text AS "Detail", '' AS "Data",
                       'app' || r.n % 50 || '@contoso.com' AS "SenderAddress",
                       'user' || r.n % 5000 || '@fabrikam.com' AS "RecipientAddress",
                       '<' || r.n // 3 || '@contoso.com>' AS "MessageId", uuid() AS "MessageTraceId"
                FROM (SELECT range AS n FROM range({rows})) AS r
                JOIN told AS t ON t.at = hash(r.n) % {texts}
            ) TO '{path}' (HEADER, QUOTE '"', FORCE_QUOTE *)
            """
        )
    return path.stat().st_size


def run(mode: str, log: Path, lake: Path) -> tuple[float, float]:
    """CPU and wall seconds of one ingest into a new lake."""
    shutil.rmtree(lake, ignore_errors=True)
    command = [sys.executable, "-c", INGEST, mode, "ingest", str(log), "--date-order", "mdy", "--lake", str(lake)]
    began = time.perf_counter()
    child = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT / "pipeline")},
    )
    errors = child.stderr.read() if child.stderr else b""
    _, status, usage = os.wait4(child.pid, 0)
    if status:
        raise SystemExit(f"ingest failed: {errors.decode(errors='replace')[-2000:]}")
    return usage.ru_utime + usage.ru_stime, time.perf_counter() - began


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.knowledge.cost", description=(__doc__ or "").split("\n", 1)[0]
    )
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--texts", type=int, default=20_000)
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        log, lake = Path(folder) / "MessageTraceDetail.csv", Path(folder) / "lake"
        size = write_file(log, given.rows, given.texts)
        print(f"{given.rows:,} failing rows, {given.texts:,} distinct texts, {size / 2**20:,.0f} MiB", flush=True)
        costs: dict[str, list[tuple[float, float]]] = {"without": [], "with": []}
        for _ in range(given.runs):
            for mode, told in costs.items():
                told.append(run(mode, log, lake))
        medians = {mode: [statistics.median(one) for one in zip(*told, strict=True)] for mode, told in costs.items()}
        for mode, (cpu, wall) in medians.items():
            print(f"{mode.ljust(8)} CPU {cpu:7.2f} s   wall {wall:7.2f} s")
        cpu, wall = (on / off for on, off in zip(medians["with"], medians["without"], strict=True))
        print(f"ratio    CPU {cpu:7.3f}     wall {wall:7.3f}")


if __name__ == "__main__":
    main()

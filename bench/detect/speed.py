"""How fast is it on one core? 5,000 series of twelve weeks, in a process of its own, with its peak memory.

Started by `python -m bench.detect --speed`; the first call, which compiles, is told apart from the second.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

SERIES: Final = 5000
WEEKS: Final = 12
_ONE: Final = ("POLARS_MAX_THREADS", "NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")


def measure(number: int = SERIES) -> dict[str, float]:
    """Seconds to compile and to find, findings, and peak memory in MiB before and after (0 where it is not told).

    On a busy machine the seconds on the processor tell more than those on the clock.
    """
    command = [sys.executable, str(Path(__file__).resolve()), str(number)]
    env = {**os.environ, **dict.fromkeys(_ONE, "1")}
    done = subprocess.run(command, env=env, check=True, capture_output=True, text=True, encoding="utf-8")
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def told(figures: dict[str, float]) -> str:
    """One line for people."""
    return (
        f"{figures['series']:,.0f} series × {WEEKS} weeks ({figures['rows']:,.0f} hours) on one core: "
        f"{figures['seconds']:.1f} s ({figures['cpu_seconds']:.1f} s of it on the processor), "
        f"first call (imports, compiling) {figures['first_call']:.1f} s apart, "
        f"{figures['findings']:.0f} findings, peak memory {figures['memory_before']:.0f} MiB with the series loaded, "
        f"{figures['memory_after']:.0f} MiB after"
    )


def _peak() -> float:
    try:
        import resource
    except ImportError:  # Windows
        return 0.0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024.0 * 1024.0 if sys.platform == "darwin" else 1024.0)


def _child(number: int) -> dict[str, float]:
    root = Path(__file__).resolve().parents[2]
    sys.path[:0] = [str(root / "bench"), str(root / "pipeline")]
    from detect import hourly, sets

    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:1])
    series = sets.together("speed", (hourly.one(5, each, weeks=WEEKS) for each in range(number))).series
    begun = time.perf_counter()
    from mailtrend.detect import find

    # One of every sort, so that whatever is compiled is compiled by now.
    find(sets.together("first", (hourly.one(6, each, weeks=WEEKS) for each in range(40))).series)
    compiled = time.perf_counter()
    before, cpu = _peak(), time.process_time()
    findings = find(series)
    return {
        "series": number,
        "rows": series.height,
        "findings": findings.height,
        "first_call": compiled - begun,
        "seconds": time.perf_counter() - compiled,
        "cpu_seconds": time.process_time() - cpu,
        "memory_before": before,
        "memory_after": _peak(),
    }


if __name__ == "__main__":
    print(json.dumps(_child(int(sys.argv[1]))))

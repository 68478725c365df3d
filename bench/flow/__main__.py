"""Renders scenarios: `python -m bench.flow [NAME ...] [--out FOLDER] [--list]`; all of them without a name."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "bench")]

from flow.catalogue import SCENARIOS  # noqa: E402
from flow.rendering import write  # noqa: E402


def main(arguments: list[str] | None = None) -> int:
    """Write the wanted scenarios; gives the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.flow", description="Renders the scenarios of the tests.")
    parser.add_argument("names", nargs="*", help="scenarios; all without any")
    parser.add_argument("--out", type=Path, default=ROOT / "tests" / "scenarios", help="folder to write into")
    parser.add_argument("--list", action="store_true", help="only name them")
    asked = parser.parse_args(arguments)
    unknown = sorted(set(asked.names) - set(SCENARIOS))
    if unknown:
        parser.error(f"no scenario {', '.join(unknown)}")
    for name in asked.names or SCENARIOS:
        size = "" if asked.list else f"{write(SCENARIOS[name], asked.out):>9,} bytes  "
        print(f"{size}{name}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

"""Command line of the generator: `python -m synth sample …` and `python -m synth bench …`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from synth import big, sample


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="synth", description="Invented logs of contoso.com, at any size.")
    commands = parser.add_subparsers(dest="command", required=True)
    small = commands.add_parser("sample", help="the committed eight weeks")
    small.add_argument("--out", type=Path, required=True, help="folder to write into")
    small.add_argument("--truth", type=Path, help="folder for what a reader must find in it")
    large = commands.add_parser("bench", help="one big file of one format")
    large.add_argument("--format", choices=sorted(big.MAKERS), required=True)
    large.add_argument("--rows", type=int, required=True, help="data rows, headers not counted")
    large.add_argument("--out", type=Path, required=True, help="file to write")
    large.add_argument("--seed", type=int, default=1)
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run one command; gives the exit code."""
    asked = _parser().parse_args(arguments)
    if asked.command == "bench":
        total = big.write(asked.format, asked.rows, asked.out, asked.seed)
    else:
        total = sample.write(asked.out, asked.truth)
    print(f"{total:,} bytes in {asked.out}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

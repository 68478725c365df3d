"""How well does mailtrend find incidents? Scores on labelled hourly series, beside other detectors.

    uv run --group bench python -m bench.detect [--quick] [--set FOLDER] [--only NAME] [--seeds N] [--misses]
                                                [--speed] [--json FILE]

Sets: `hourly` (series drawn hour by hour), `messages` (counted from simulated messages with their retries), and a quiet
one of each, in which nothing is ever wrong. A folder with series.parquet and labels.parquet takes part with --set; the
other detectors run on all but the quiet sets. alarms: flags per 1,000 series without any incident; onset, p90, end:
errors in hours; kind: share of the found incidents that are named rightly.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "bench"), str(ROOT / "pipeline")]

from detect import detectors, references, sets, speed, table  # noqa: E402
from detect.score import score  # noqa: E402

SEED = 20261
MAKERS: dict[str, tuple[sets.Maker, int]] = {
    "hourly": (sets.drawn_hourly, 1200),
    "messages": (sets.drawn_messages, 1200),
    "quiet hourly": (sets.quiet_hourly, 1800),
    "quiet messages": (sets.quiet_messages, 1500),
}


def arguments() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(prog="python -m bench.detect", description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--quick", action="store_true", help="a quarter of the series, and no other detectors")
    parser.add_argument("--set", type=Path, action="append", default=[], metavar="FOLDER", help="a further set")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="only sets whose name has this")
    parser.add_argument("--seeds", type=int, default=1, metavar="N", help="so many sets of each sort, not just one")
    parser.add_argument("--misses", action="store_true", help="each miss and each false alarm")
    parser.add_argument("--speed", action="store_true", help="only time 5,000 series of twelve weeks on one core")
    parser.add_argument("--json", type=Path, metavar="FILE", help="scores as JSON")
    return parser.parse_args()


def chosen(given: argparse.Namespace) -> Iterator[sets.Labelled]:
    """The sets asked for, one at a time."""
    yield from (sets.from_folder(folder) for folder in given.set)
    for name, (maker, number) in MAKERS.items():
        if given.only and not any(part in name for part in given.only):
            continue
        for seed in range(given.seeds):
            yield maker(number // (4 if given.quick else 1), SEED + seed)


def measured(labelled: sets.Labelled, given: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Print what each detector makes of one set, and give the figures."""
    every = {"mailtrend": ("polars", detectors.mailtrend)}
    if not given.quick and "quiet" not in labelled.name:
        every |= references.REFERENCES
    for name, (package, flagger) in every.items():
        if not references.installed(package):
            print(table.missing(labelled.name, name))
            continue
        found = detectors.timed(flagger, labelled.series)
        scored = score(labelled.series["series_id"], labelled.labels, found.flags)
        print(table.row(labelled.name, name, scored.score, found.seconds), flush=True)
        if name == "mailtrend":
            print(table.details(labelled, scored))
            print(table.listing(scored) if given.misses else "", end="\n" if given.misses else "")
        yield {"set": labelled.name, "detector": name, "seconds": found.seconds, **scored.score.figures()}


def main() -> None:
    """Measure and print."""
    given = arguments()
    if given.speed:
        figures: Any = speed.measure()
        print(speed.told(figures))
    else:
        print(table.line(table.HEAD))
        figures = [one for labelled in chosen(given) for one in measured(labelled, given)]
    if given.json:
        given.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

"""How well does mailtrend find incidents? Scores on labelled hourly series, beside other detectors.

    uv run --group bench python -m bench.detect [--quick] [--set FOLDER] [--seeds N] [--only NAME] [--speed] [--misses]

Sets: series drawn hour by hour, and quiet ones. A further
folder with series.parquet and labels.parquet takes part with --set. alarms: per 1,000 quiet series; onset, p90, end:
errors in hours; kind: share of the found incidents that are named rightly.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "bench"), str(ROOT / "pipeline")]

from detect import detectors, sets, table  # noqa: E402
from detect.score import score  # noqa: E402

SEED = 20261


def arguments() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(prog="python -m bench.detect", description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--quick", action="store_true", help="a quarter of the series, and no references")
    parser.add_argument("--set", type=Path, action="append", default=[], metavar="FOLDER", help="a further set")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="only sets whose name has this")
    parser.add_argument("--seeds", type=int, default=1, metavar="N", help="so many sets of each sort")
    parser.add_argument("--misses", action="store_true", help="each miss and each false alarm")
    parser.add_argument("--json", type=Path, metavar="FILE", help="scores as JSON")
    return parser.parse_args()


def chosen(given: argparse.Namespace) -> list[sets.Labelled]:
    """The sets asked for."""
    part = 4 if given.quick else 1
    made: list[tuple[str, sets.Maker, int]] = [
        ("hourly", sets.drawn_hourly, 1200 // part),
        ("messages", sets.drawn_messages, 1200 // part),
        ("quiet hourly", sets.quiet_hourly, 1800 // part),
        ("quiet messages", sets.quiet_messages, 1500 // part),
    ]
    wanted = [each for each in made if not given.only or any(name in each[0] for name in given.only)]
    return [
        *(sets.from_folder(folder) for folder in given.set),
        *(maker(number, SEED + seed) for seed in range(given.seeds) for _, maker, number in wanted),
    ]


def main() -> None:
    """Measure and print."""
    given = arguments()
    told = []
    print(table.line(table.HEAD))
    for labelled in chosen(given):
        found = detectors.timed(detectors.mailtrend, labelled.series)
        scored = score(labelled.series["series_id"], labelled.labels, found.flags)
        print(table.row(labelled.name, "mailtrend", scored.score, found.seconds), flush=True)
        print(f"  recall: {table.recalls(scored.score)}")
        print(f"  alarms by noise: {table.by_sort(scored, labelled.sorts)}")
        if given.misses:
            print(table.listing(scored))
        told.append({"set": labelled.name, "detector": "mailtrend", "seconds": found.seconds, **scored.score._asdict()})
    if given.json:
        given.json.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

"""How often is `mailtrend explain` right? Accuracy field by field, over hand-labelled texts.

    uv run python -m bench.knowledge [--texts FOLDER] [--only] [--misses] [--json FILE]

Measures the folders texts, fresh and unseen of tests/knowledge, and any further folder of .tsv files in either layout
(tests/knowledge/labels.py tells them). A field counts where it has a label; the label `-` means that
the text says nothing of it, and that an answer would be wrong.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "bench"), str(ROOT / "tests"), str(ROOT / "pipeline")]

from knowledge.accuracy import ALL, FIELDS, Scores, listing, measure  # noqa: E402
from knowledge.labels import FRESH, TEXTS, UNSEEN, labelled  # type: ignore[import-not-found]  # noqa: E402

SHORT = ("reply", "status", "in.reply", "in.status", "cause", "host", "ip", "class")
WIDTH = 10


def table(scores: Scores) -> str:
    """A family a line, a field a column, in per cent; all together at the end."""
    names = [*(family for family in scores if family != ALL), ALL]
    first = max(len(name) for name in names) + 2
    lines = ["family".ljust(first) + "texts".rjust(6) + "".join(name.rjust(WIDTH) for name in SHORT)]
    for name in names:
        shares = "".join(f"{100 * scores[name][field].share:.1f}".rjust(WIDTH) for field in FIELDS)
        lines.append(f"{name.ljust(first)}{scores[name]['cause'].of:6d}{shares}")
    return "\n".join(lines)


def arguments() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(prog="python -m bench.knowledge", description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--texts", type=Path, action="append", default=[], metavar="FOLDER", help="a further folder")
    parser.add_argument("--only", action="store_true", help="the folders given with --texts and no others")
    parser.add_argument("--misses", action="store_true", help="each miss: where, field, expected, got, text")
    parser.add_argument("--json", type=Path, metavar="FILE", help="scores and misses as JSON")
    return parser.parse_args()


def main() -> None:
    """Measure and print."""
    given = arguments()
    folders = [*([] if given.only else [TEXTS, FRESH, UNSEEN]), *given.texts]
    texts = [one for folder in folders for one in labelled(folder)]
    if not texts:
        raise SystemExit(f"no .tsv file with a text in {', '.join(map(str, folders)) or 'no folder'}")
    scores, misses = measure(texts)
    print(table(scores))
    if given.misses:
        print(f"\n{len(misses)} misses\n{listing(misses)}")
    if given.json:
        told = {family: {field: score._asdict() for field, score in of.items()} for family, of in scores.items()}
        out = {"scores": told, "misses": [miss._asdict() for miss in misses]}
        given.json.write_text(json.dumps(out, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

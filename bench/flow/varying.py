"""How sure are the scenarios? Each told anew with other mail, and what then comes out otherwise than it happened.

    python -m bench.flow.varying [NAME ...] [--each N] [--first N] [--seed N] [--lake FOLDER] [--json FILE]

Every variation is a tenant of one lake (in a temporary folder unless --lake). Compared are code, place, scope, kind,
owner, cause, first step, times and counts, and that nothing else is told; not the severity, which hangs on the volume.
An incident of less than six messages or three recipients need not be found: it counts neither way.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "bench"), str(ROOT / "pipeline")]

from flow.catalogue import SCENARIOS  # noqa: E402
from flow.comparing import differences  # noqa: E402
from flow.mail import letters  # noqa: E402
from flow.rendering import write  # noqa: E402
from flow.scenario import Scenario  # noqa: E402
from flow.variations import SEED, Variation, noise, variation, varied  # noqa: E402
from synth import clock  # noqa: E402

INGESTED_AT = datetime(2026, 12, 31, tzinfo=UTC)
FEW_MESSAGES, FEW_RECIPIENTS = 6, 3


class Told(NamedTuple):
    """One variation, rendered and ingested, and the incidents that have to come of it."""

    story: str
    variation: Variation
    tenant: str
    expected: list[dict[str, Any]]


def rendered(story: str, each: Variation, folder: Path) -> Told | None:
    """Write one variation below `folder`; None where there is nothing to be seen of its faults."""
    for minutes in range(0, 400, 7):
        scenario = varied(SCENARIOS[story], each, minutes * clock.MINUTE)
        try:
            write(scenario, folder)
        except ValueError as error:
            if "is to be seen" in str(error):
                return None
            continue
        toml = tomllib.loads((folder / scenario.name / "scenario.toml").read_text(encoding="utf-8"))
        return Told(story, each, scenario.name, list(_rows(scenario, toml.get("incident", []))))
    raise AssertionError(f"{story}: no end of the data fits")


def _rows(scenario: Scenario, rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    mail = letters(scenario.name, scenario.start, scenario.ways, scenario.troubles, scenario.end)
    for row, each in zip(rows, scenario.expected, strict=True):
        yield {key: value for key, value in row.items() if key != "severity"} | {
            "noise": noise(scenario, each.name, mail)
        }


def found_in(lake: Path, told: list[Told], folder: Path) -> dict[str, list[dict[str, Any]]]:
    """Incidents by tenant, those set aside left out."""
    from mailtrend import runs, warehouse
    from mailtrend.ingest import Progress, Request, ingest
    from mailtrend.settings import Settings

    for each in told:
        done = ingest(
            lake, Request((str(folder / each.tenant / "inputs"),), tenant=each.tenant), INGESTED_AT, Progress()
        )
        if done.refused:
            raise AssertionError(done.refused)
        shutil.rmtree(folder / each.tenant / "inputs")
    runs.refreshed(lake, Settings())
    rows = defaultdict(list)
    with warehouse.connect(lake) as con:
        query = "SELECT * FROM incidents WHERE set_aside IS NULL ORDER BY started_at, incident_id"
        for row in con.sql(query).to_arrow_table().to_pylist():
            rows[row["tenant"]].append(row)
    return rows


def _small(row: dict[str, Any]) -> bool:
    return bool(row.get("messages", 99) < FEW_MESSAGES or row.get("recipients", 99) < FEW_RECIPIENTS)


def judged(told: Told, found: list[dict[str, Any]]) -> list[str]:
    """What differs; incidents that are too small to have to be found are left out where they were not."""
    codes = {code for row in found for code in (row["status_codes"] or ())}
    expected = [row for row in told.expected if not _small(row) or row["status_code"] in codes]
    return differences(expected, found)


def main(arguments: list[str] | None = None) -> int:
    """Print the share of variations that came out, story by story; gives the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.flow.varying", description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("names", nargs="*", help="stories; all without any")
    parser.add_argument("--each", type=int, default=6, metavar="N", help="variations of a story")
    parser.add_argument("--first", type=int, default=0, metavar="N", help="number of the first")
    parser.add_argument("--seed", type=int, default=SEED, metavar="N")
    parser.add_argument("--lake", type=Path, metavar="FOLDER", help="keep the lake here")
    parser.add_argument("--json", type=Path, metavar="FILE", help="all that differs, as JSON")
    asked = parser.parse_args(arguments)
    unknown = sorted(set(asked.names) - set(SCENARIOS))
    if unknown:
        parser.error(f"no scenario {', '.join(unknown)}")
    with tempfile.TemporaryDirectory() as folder:
        return _run(asked, Path(folder))


def _run(asked: argparse.Namespace, folder: Path) -> int:
    begun = time.perf_counter()
    numbers = range(asked.first, asked.first + asked.each)
    stories = asked.names or list(SCENARIOS)
    drawn = [rendered(name, variation(SCENARIOS[name], n, asked.seed), folder) for name in stories for n in numbers]
    told = [each for each in drawn if each is not None]
    found = found_in(asked.lake or folder / "lake", told, folder)
    off = {each.tenant: judged(each, found[each.tenant]) for each in told}
    for name in stories:
        mine = [each for each in told if each.story == name]
        print(f"{sum(not off[each.tenant] for each in mine):>3} of {len(mine)}  {name}")
        for each in mine:
            if off[each.tenant]:
                print(f"      {each.variation.told}", *off[each.tenant], sep="\n         ")
    passed = sum(not each for each in off.values())
    print(f"{passed} of {len(told)} came out ({passed / max(len(told), 1):.0%}); {time.perf_counter() - begun:.0f} s")
    if asked.json:
        asked.json.write_text(json.dumps(off, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

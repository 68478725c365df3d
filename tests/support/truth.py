"""The truth about sample_logs, as its generator wrote it into tests/truth: read it here, never retype it."""

from __future__ import annotations

import csv
import gzip
import json
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "sample_logs"
TRUTH = ROOT / "tests" / "truth"
BY_HAND = TRUTH / "samples"
"""What was written down by hand of the samples that no generator made: NAME.json for the folder NAME."""
TRIED = ("delivered", "deferred", "failed", "expired", "rejected", "quarantined", "filtered", "dropped", "expanded")
FAILING = ("deferred", "failed", "expired", "rejected")


class Failing(NamedTuple):
    """One line of the true counts; an empty string stands for NULL, day is YYYY-MM-DD (UTC)."""

    status_code: str
    connector: str
    destination: str
    day: str


class FileTruth(NamedTuple):
    """The ledger line of one file. used and context are -1 where sessions or queue ids decide."""

    path: str
    source: str
    rows: int
    used: int
    context: int
    duplicates: int
    rejects: int


class Incident(NamedTuple):
    """One planted incident. Times are ISO with Z; None: no connector, still going, or follows no change."""

    name: str
    status_code: str
    expired_twin: str
    connector: str | None
    destination: str
    cause: str
    owner: str
    fault_started_at: str
    fault_ended_at: str | None
    follows_change: str | None
    first_failure: str
    last_failure: str
    failures: int
    messages: int
    recipients: int
    delivered_late: int
    lost: int
    at_risk: int


def text_of(label: str) -> str:
    """The text of one file of the sample, unpacked and decoded, without a byte order mark."""
    path, _, member = label.partition("!")
    data = (SAMPLE / path).read_bytes()
    if member:
        with zipfile.ZipFile(SAMPLE / path) as archive:
            data = archive.read(member)
    elif path.endswith(".gz"):
        data = gzip.decompress(data)
    wide = data.startswith(b"\xff\xfe") or data[1:2] == b"\x00"
    return data.decode("utf-16-le" if wide else "utf-8").removeprefix("\ufeff")


def _json(name: str):
    return json.loads((TRUTH / name).read_text(encoding="utf-8"))


def by_hand() -> dict[str, dict[str, list[dict[str, Any]]]]:
    """Folder → its `files` (ledger lines) and `events` (what is set of each, in the order of path and line)."""
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(BY_HAND.glob("*.json"))}


def events_by_hand() -> list[dict[str, Any]]:
    """All events that were written down by hand."""
    return [event for told in by_hand().values() for event in told["events"]]


def generated_failures() -> Counter[Failing]:
    """Failing attempts by code, connector, destination and UTC day, of what the generator wrote."""
    with (TRUTH / "failures.csv").open(encoding="utf-8", newline="") as file:
        return Counter({
            Failing(row["status_code"], row["connector"], row["destination"], row["day"]): int(row["failures"])
            for row in csv.DictReader(file)
        })  # fmt: skip


def failures() -> Counter[Failing]:
    """The same, of the whole sample."""
    keys = ("status_code", "connector", "destination")
    return generated_failures() + Counter(
        Failing(*(event.get(key, "") for key in keys), event["event_time"][:10])
        for event in events_by_hand()
        if event["outcome"] in FAILING
    )


def generated_files() -> list[FileTruth]:
    """Every file that the generator wrote."""
    return [FileTruth(**each) for each in _json("files.json")]


def files() -> list[FileTruth]:
    """Every file of the sample."""
    return generated_files() + [FileTruth(**each) for told in by_hand().values() for each in told["files"]]


def incidents() -> list[Incident]:
    """The planted incidents, oldest first."""
    return [Incident(**each) for each in _json("incidents.json")]


def messages() -> dict[str, int]:
    """Exchange Online's messages × recipients by final outcome, their `total`, and `pending` without one yet."""
    return dict(_json("messages.json")["messages"])


def attempts() -> int:
    """Rows of the view `attempts` over the whole sample. No attempt is told twice by the samples written by hand."""
    return int(_json("messages.json")["attempts"]) + sum(event["outcome"] in TRIED for event in events_by_hand())

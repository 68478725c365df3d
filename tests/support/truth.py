"""The truth about sample_logs, as its generator wrote it into tests/truth: read it here, never retype it."""

from __future__ import annotations

import csv
import gzip
import json
import zipfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "sample_logs"
TRUTH = ROOT / "tests" / "truth"


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


def failures() -> dict[Failing, int]:
    """Failing attempts by code, connector, destination and UTC day."""
    with (TRUTH / "failures.csv").open(encoding="utf-8", newline="") as file:
        return {
            Failing(row["status_code"], row["connector"], row["destination"], row["day"]): int(row["failures"])
            for row in csv.DictReader(file)
        }


def files() -> list[FileTruth]:
    """Every file of the sample in the order in which `mailtrend run sample_logs` reads them."""
    return [FileTruth(**each) for each in _json("files.json")]


def incidents() -> list[Incident]:
    """The planted incidents, oldest first."""
    return [Incident(**each) for each in _json("incidents.json")]


def messages() -> dict[str, int]:
    """Exchange Online's messages × recipients by final outcome, their `total`, and `pending` without one yet."""
    return dict(_json("messages.json")["messages"])


def attempts() -> int:
    """Rows of the view `attempts` over the whole sample."""
    return int(_json("messages.json")["attempts"])

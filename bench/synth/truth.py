"""What a correct reader must find in the sample: from what was rendered, as the contract defines it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator
from typing import Final, NamedTuple

from synth import clock
from synth.shape import LogFile, Seen

TELLS_MOST: Final = ("exo_extended", "exo_trace_detail", "exo_enhanced_summary", "exo_message_trace")
"""Exports of Exchange Online that see the same attempt, best first."""
FAILING: Final = ("deferred", "failed", "expired", "rejected")
NO_ATTEMPT: Final = ("received", "pending", "info")


class FileTruth(NamedTuple):
    """The ledger line of one file; -1 where only the reader can say."""

    path: str
    source: str
    rows: int
    used: int
    context: int
    duplicates: int
    rejects: int


class Failing(NamedTuple):
    """What failures are counted by; an empty string stands for NULL."""

    status_code: str
    connector: str
    destination: str
    day: str


def ledger(files: list[LogFile]) -> Iterator[tuple[FileTruth, list[Seen]]]:
    """Each file in the order of its path, with its figures and what its rows tell, duplicates left out."""
    known: set[Hashable] = set()
    for file in sorted(files, key=lambda each: each.path):
        fates: Counter[str] = Counter()
        told: list[Seen] = []
        for row in file.rows:
            repeated = row.key is not None and row.key in known
            known.add(row.key)
            fates["duplicate" if repeated else row.fate] += 1
            told += [] if repeated else row.seen
        vague = fates["session"] > 0
        yield (
            FileTruth(
                file.read_as, file.source, len(file.rows), -1 if vague else fates["used"],
                -1 if vague else fates["context"], fates["duplicate"], fates["reject"],
            ),
            told,
        )  # fmt: skip


def attempts(told: list[Seen]) -> list[Seen]:
    """Each attempt once, from the source that tells most, however many exports of Exchange Online saw it."""
    best: dict[Hashable, Seen] = {}
    others: list[Seen] = []
    for seen in told:
        if seen.outcome in NO_ATTEMPT:
            continue
        if seen.source not in TELLS_MOST:
            others.append(seen)
            continue
        who = (seen.message, seen.recipient.lower())
        key: Hashable = (*who, seen.at // clock.SECOND) if seen.outcome == "deferred" else who
        rival = best.get(key)
        if rival is None or TELLS_MOST.index(seen.source) < TELLS_MOST.index(rival.source):
            best[key] = seen
    return [*best.values(), *others]


def failures(attempts: list[Seen]) -> Counter[Failing]:
    """Failing attempts by code, connector, destination and UTC day."""
    return Counter(
        Failing(seen.code, seen.connector, seen.destination.lower(), clock.day_of(seen.at))
        for seen in attempts
        if seen.outcome in FAILING
    )


def messages(told: list[Seen], attempts: list[Seen]) -> dict[str, int]:
    """How many messages × recipients Exchange Online's exports show, by final outcome; `pending` has none yet."""
    everyone = {(seen.message, seen.recipient.lower()) for seen in told if seen.source in TELLS_MOST}
    outcomes = Counter(seen.outcome for seen in attempts if seen.source in TELLS_MOST and seen.outcome != "deferred")
    return {"total": len(everyone), **dict(sorted(outcomes.items())), "pending": len(everyone) - outcomes.total()}

"""Which incident of the last run is which of those found now: one to one, the likest first, whatever their order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from mailtrend.diagnose.identity import NEAR, Mark, gap, likeness, mark_of_row, overlap

_WIDE: Final = ("", "")


class Known:
    """Marks by what they must share with another telling of the same fault, so that not all are held against all."""

    def __init__(self, marks: Sequence[Mark]) -> None:
        """Sort `marks` by fault, and by place where they are of one place alone."""
        self._at: dict[tuple[object, ...], list[int]] = defaultdict(list)
        for number, mark in enumerate(marks):
            for key in mark.keys:
                self._at[key].append(number)
                self._at[key, *_corner(mark)].append(number)

    def near(self, mark: Mark) -> list[int]:
        """Numbers of those that can be like it, in order; `likeness` tells."""
        corner = _corner(mark)
        wanted: set[tuple[object, ...]] = set()
        for key in mark.keys:
            wanted |= {(key, *corner), (key, *_WIDE)} if corner != _WIDE else {key}
        return sorted({number for key in wanted for number in self._at.get(key, ())})


class Matches(NamedTuple):
    """What became of the incidents of the last run. Numbers are places in the sequences that were given."""

    was: dict[int, int]
    """For an incident found now: which one it was."""
    absorbed: dict[int, list[int]]
    """For an incident found now: those that were told apart from it, and are part of it."""
    part_of: dict[int, int]
    """For an incident that was not told on its own: the one it was told as a part of."""
    left: list[int]
    """Incidents of the last run that nothing found now goes on with."""


class _Pair(NamedTuple):
    """One found now and one of before that may be the same; the first of a sorted list is the likest."""

    apart: bool
    like: int
    common: float
    quiet: timedelta
    moved: timedelta
    incident_id: str
    ours: int
    theirs: int


def matches(
    found: Sequence[Mark], before: Sequence[Mapping[str, Any]], now: datetime, oldest: datetime | None = None,
    outlived: Collection[int] = (),
) -> Matches:  # fmt: skip
    """Pair what is found now with what was told (rows of contracts.INCIDENTS) up to `now`.

    Pairs that overlap come before those that only lie near each other, then the likest, then those with most time in
    common. Where several told ones end up in one, that one goes on as the one that was found first. oldest: from when
    on there are data; outlived: numbers of told ones whose data are gone: found again only where these came back.
    """
    # So far the last run knew at least. What it told as lasting says nothing of what began long after, unless its
    # beginning was taken out of the data.
    times = [time for row in before for time in (row["found_at"], row["ended_at"]) if time]
    told_until = max(times, default=now)
    begun_by = max(told_until, oldest or told_until) + NEAR
    pairs = sorted(
        pair
        for pair in _pairs(found, before, now)
        if not (pair.apart and pair.theirs in outlived) and found[pair.ours].started_at <= begun_by
    )
    was: dict[int, int] = {}
    taken: set[int] = set()
    for pair in pairs:
        if pair.ours not in was and pair.theirs not in taken:
            was[pair.ours] = pair.theirs
            taken.add(pair.theirs)
    absorbed: dict[int, list[int]] = defaultdict(list)
    part_of: dict[int, int] = {}
    for pair in pairs:
        if pair.apart:
            continue
        if pair.theirs not in taken:
            absorbed[pair.ours].append(pair.theirs)
            taken.add(pair.theirs)
        elif pair.ours not in was and found[pair.ours].started_at < told_until:
            part_of.setdefault(pair.ours, pair.theirs)
    for ours, others in absorbed.items():
        was[ours], absorbed[ours] = _eldest(before, was.get(ours), others)
    return Matches(was, dict(absorbed), part_of, [at for at in range(len(before)) if at not in taken])


def _pairs(found: Sequence[Mark], rows: Sequence[Mapping[str, Any]], now: datetime) -> Iterator[_Pair]:
    told = [mark_of_row(row) for row in rows]
    known = Known(told)
    for ours, mark in enumerate(found):
        for theirs in known.near(mark):
            other = told[theirs]
            quiet = gap(mark, other)
            if quiet > NEAR or (like := likeness(mark, other)) is None:
                continue
            common = overlap(mark, other, now)
            # One that has grown or shrunk is known by its time alone: what only lies near it is another one.
            if common <= 0 and like > 1:
                continue
            moved = abs(mark.started_at - other.started_at)
            yield _Pair(common <= 0, like, -common, quiet, moved, rows[theirs]["incident_id"], ours, theirs)


def _eldest(before: Sequence[Mapping[str, Any]], was: int | None, others: list[int]) -> tuple[int, list[int]]:
    """Of those that are one now, the one found first, and the rest; of equals the likest, which comes first."""
    everyone = [*([] if was is None else [was]), *others]
    first = min(everyone, key=lambda number: (before[number]["found_at"] or datetime.max, everyone.index(number)))
    return first, [number for number in everyone if number != first]


def _corner(mark: Mark) -> tuple[str | None, ...]:
    """Its one connector and destination; _WIDE where it may run over several."""
    return (mark.connector, mark.destination) if mark.scope in {"pair", "remote_ip"} and mark.destination else _WIDE

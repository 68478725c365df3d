"""In which turn files are read: one that leaves something open waits for what the others of its folder show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mailtrend.formats.base import FileFacts, Format, Options
from mailtrend.formats.neighbours import Neighbours
from mailtrend.ingest.opening import Input


@dataclass(frozen=True)
class Numbered:
    """A file to read, with the number by which its rows are told apart."""

    number: int
    source: Input
    format: Format


def in_turn(files: Iterable[Numbered], later: list[Numbered]) -> Iterator[tuple[Numbered, bool]]:
    """The files; those put off until `later` come again behind all others of their format, for the last time."""
    last: Numbered | None = None
    for file in files:
        while later and last is not None and file.format is not last.format:
            yield later.pop(0), True
        yield file, False
        last = file
    while later:
        yield later.pop(0), True


class Folders:
    """What is known of the files of each folder."""

    def __init__(self) -> None:
        self._neighbours: dict[tuple[str, str], Neighbours] = {}

    def facts(self, file: Numbered, options: Options, *, last_chance: bool) -> FileFacts:
        """What is known of `file` before it is read."""
        modified = file.source.modified
        return FileFacts(
            file.source.label, modified.year, modified.month, options, self._neighbours_of(file), last_chance
        )

    def _neighbours_of(self, file: Numbered) -> Neighbours:
        folder = file.source.label.replace("!", "/").rpartition("/")[0]
        return self._neighbours.setdefault((file.format.name, folder), Neighbours())

    def remarks(self, file: Numbered) -> list[str]:
        """What was taken from another file, one sentence each."""
        lender = self._neighbours_of(file).borrowed.get(file.source.label)
        return [f"its dates leave the order of day and month open; it is that of {lender}"] if lender else []

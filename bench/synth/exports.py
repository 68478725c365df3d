"""When the admin exported what: windows that overlap by a day and a night, in the cultures of three machines."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from synth import clock
from synth.traffic import Message


class Export(NamedTuple):
    """One run of the export script."""

    start: int
    end: int
    """Also the time at which it ran."""
    culture: Callable[[int], str]
    version: int
    trace: str
    """Ending of the message trace file."""
    detail: str
    """Ending of the file with the message events."""

    @property
    def name(self) -> str:
        """Date of the run, as in the file names."""
        return clock.day_of(self.end)

    def holds(self, message: Message) -> bool:
        """Was the message received in the window?"""
        return self.start <= message.received < self.end


def _export(start: str, end: str, culture: Callable[[int], str], version: int, trace: str, detail: str) -> Export:
    return Export(clock.ms(start), clock.ms(end), culture, version, trace, detail)


EXPORTS: Final = (
    _export("2026-09-07T00:00", "2026-09-14T06:00", clock.en_us, 1, "csv", "csv.gz"),
    _export("2026-09-13T00:00", "2026-09-21T06:00", clock.en_us, 1, "csv.gz", "csv.gz"),
    _export("2026-09-20T00:00", "2026-09-28T06:00", clock.en_us, 1, "zip", "csv"),
    _export("2026-09-27T00:00", "2026-10-05T06:00", clock.invariant, 2, "csv.gz", "csv.gz"),
    _export("2026-10-04T00:00", "2026-10-13T06:00", clock.invariant, 2, "csv.gz", "csv.gz"),
    _export("2026-10-12T00:00", "2026-10-16T06:00", clock.german, 2, "csv", "csv.gz"),
    _export("2026-10-15T00:00", "2026-10-22T06:00", clock.invariant, 2, "csv.gz", "csv.gz"),
    _export("2026-10-21T00:00", "2026-10-26T06:00", clock.invariant, 2, "csv.gz", "csv.gz"),
    _export("2026-10-25T00:00", "2026-11-01T23:55", clock.invariant, 2, "csv", "csv.gz"),
)

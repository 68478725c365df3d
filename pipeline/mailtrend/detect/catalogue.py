"""The detectors by name, and what each is for."""

from __future__ import annotations

from typing import Final, NamedTuple


class Detector(NamedTuple):
    """One kind of incident: its name (contracts.KINDS), what it looks for, and what it needs to see."""

    name: str
    what: str
    needs: str


_LEVEL: Final = "5 failures, twice the expected ones, beyond the series' own straying, more than one recipient"

DETECTORS: Final = (
    Detector("burst", "a raised level of at most six hours", _LEVEL),
    Detector("sustained", "a new level that holds, ended or not", _LEVEL),
    Detector("new_code", "no failure in a day or more of traffic, then a day of them", _LEVEL),
    Detector("drift", "a level that climbs for days instead of jumping", f"{_LEVEL}; four days, a ramp fits better"),
    Detector("flapping", "on and off again within days", f"{_LEVEL}; four flips, off for 15 to 85 % of its hours"),
    Detector(
        "recurring", "the same one or two hours of the day", "five days, two in three of a stretch, calm beside it"
    ),
    Detector("silence", "usual traffic, suddenly none", "20 covered hours, 15 attempts expected, 1.6 × its own pauses"),
)

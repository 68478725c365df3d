"""The detectors by name, and what each is for."""

from __future__ import annotations

from typing import Final, NamedTuple


class Detector(NamedTuple):
    """One kind of incident: its name (contracts.KINDS), what it looks for, and what it needs to see."""

    name: str
    what: str
    needs: str


_LEVEL: Final = (
    "5 failures, twice the expected ones, beyond the series' own straying and habits, three recipients or more "
    "(five while others are delivered to)"
)

DETECTORS: Final = (
    Detector("burst", "a raised level of at most six hours", f"{_LEVEL}; a single hour: half of it fails"),
    Detector("sustained", "a new level that holds, ended or not; also failing since the data begins",
             f"{_LEVEL}; since the data begins: 20 failures in 18 hours or more, nine in ten fail"),
    Detector("new_code", "no failure in ten days or more, then a day of them beside mail that goes on; a route that "
             "never worked", f"{_LEVEL}; at most three in five attempts fail"),
    Detector("drift", "a level that climbs for days instead of jumping", f"{_LEVEL}; four days, a ramp fits better"),
    Detector("flapping", "on and off again within days", f"{_LEVEL}; four flips, off for 15 to 85 % of its hours"),
    Detector("recurring", "the same one or two hours of the day",
             "five days, two in three of a stretch, calm just before and after, more than one recipient"),
    Detector("silence", "usual traffic, suddenly none",
             "20 covered hours, 15 attempts usual, 1.7 × its own pauses, beyond its traffic's straying, no days off"),
)  # fmt: skip

"""Patterns that incidents show: each file is one, and knows when it applies and how it reads the facts.

A pattern is a module with `applies(facts) -> bool` and `read(facts, words) -> Reading`. The first in the list that
applies reads the incident; where none does, the code speaks for itself. A new one is a file here and a place in a list.

Confidence is counted the same way in all of them (`forming.py`): half where only the code speaks; a tenth more each for
one cause behind nearly all of it and for a known place; then the clues, each of which is a sentence of the evidence.
"""

from __future__ import annotations

from typing import Final, Protocol

from mailtrend.diagnose.facts import Facts
from mailtrend.diagnose.patterns import (
    blocked,
    certificates,
    dns,
    drift,
    everywhere,
    ladder,
    limits,
    member,
    new_address,
    nightly,
    overload,
    silence,
    starttls,
    unreachable,
)
from mailtrend.diagnose.words import Reading, Words


class Pattern(Protocol):
    """What a file of this package offers."""

    def applies(self, facts: Facts) -> bool:
        """Does the incident show it?"""

    def read(self, facts: Facts, words: Words) -> Reading:
        """What it means then; only asked where it applies."""


SHAPES: Final[tuple[Pattern, ...]] = (silence, ladder, member, limits, dns, certificates, everywhere, nightly)
"""Told by where and when it fails, so they go before what a single place means."""
FAULTS: Final[tuple[Pattern, ...]] = (starttls, drift, new_address, blocked, overload, unreachable)
"""Told by what fails at a place."""


def first(patterns: tuple[Pattern, ...], facts: Facts, words: Words) -> Reading | None:
    """The reading of the first of `patterns` that applies; None where none does."""
    return next((one.read(facts, words) for one in patterns if one.applies(facts)), None)

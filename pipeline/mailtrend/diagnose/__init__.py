"""Findings and context become cause, owner, confidence and action."""

from __future__ import annotations

from mailtrend.diagnose.cases import EVER
from mailtrend.diagnose.facts import Change, Facts, OwnerKind, Scope
from mailtrend.diagnose.incidents import incidents, under_rules
from mailtrend.diagnose.merge import Case, Sight, merged
from mailtrend.diagnose.rules import Rules
from mailtrend.diagnose.words import Reading, Words

__all__ = [
    "EVER",
    "Case",
    "Change",
    "Facts",
    "OwnerKind",
    "Reading",
    "Rules",
    "Scope",
    "Sight",
    "Words",
    "incidents",
    "merged",
    "under_rules",
]

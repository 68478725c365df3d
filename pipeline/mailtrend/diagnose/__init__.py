"""Findings and context become cause, owner, confidence and action."""

from __future__ import annotations

from mailtrend.diagnose.facts import Change, Facts, OwnerKind, Scope
from mailtrend.diagnose.incidents import incidents, under_rules
from mailtrend.diagnose.merge import Case, merged
from mailtrend.diagnose.rules import Rules
from mailtrend.diagnose.words import Reading, Words

__all__ = [
    "Case",
    "Change",
    "Facts",
    "OwnerKind",
    "Reading",
    "Rules",
    "Scope",
    "Words",
    "incidents",
    "merged",
    "under_rules",
]

"""Findings and context become cause, owner, confidence and action."""

from __future__ import annotations

from mailtrend.diagnose.facts import Change, Facts, OwnerKind, Scope
from mailtrend.diagnose.incidents import incidents
from mailtrend.diagnose.merge import Case, merged
from mailtrend.diagnose.words import Reading, Words

__all__ = ["Case", "Change", "Facts", "OwnerKind", "Reading", "Scope", "Words", "incidents", "merged"]

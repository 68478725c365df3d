"""Findings and context become cause, owner, confidence and action."""

"""mailtrend.toml and MAILTREND_* as one frozen object, with the rules that a user sets for incidents."""

from __future__ import annotations

from mailtrend.settings.matchers import Matchers
from mailtrend.settings.reading import Change, Settings, load
from mailtrend.settings.rules import Acknowledge, Ignore, Maintenance, Severity, Thresholds

__all__ = [
    "Acknowledge",
    "Change",
    "Ignore",
    "Maintenance",
    "Matchers",
    "Settings",
    "Severity",
    "Thresholds",
    "load",
]

"""Trends: pure functions from a table to findings; a connection never comes in here."""

from __future__ import annotations

from mailtrend.detect.catalogue import DETECTORS, Detector
from mailtrend.detect.find import find
from mailtrend.detect.thresholds import Thresholds
from mailtrend.detect.why import why_not

__all__ = ["DETECTORS", "Detector", "Thresholds", "find", "why_not"]

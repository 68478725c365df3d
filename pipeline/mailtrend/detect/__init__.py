"""Trends: pure functions from a table to findings; a connection never comes in here."""

from __future__ import annotations

from mailtrend.detect.catalogue import DETECTORS, Detector
from mailtrend.detect.find import find
from mailtrend.detect.thresholds import Thresholds

__all__ = ["DETECTORS", "Detector", "Thresholds", "find"]

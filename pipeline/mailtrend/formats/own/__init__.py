"""Formats that a user describes in TOML: a pattern or a column map, and sample lines; no code."""

from mailtrend.formats.own.description import Description
from mailtrend.formats.own.expressions import first_fit
from mailtrend.formats.own.fitting import how_far
from mailtrend.formats.own.loading import load, load_all
from mailtrend.formats.own.making import lines_in, made, seen
from mailtrend.formats.own.parts import Sample
from mailtrend.formats.own.starting import starter

__all__ = ["Description", "Sample", "first_fit", "how_far", "lines_in", "load", "load_all", "made", "seen", "starter"]

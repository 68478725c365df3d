"""Formats that a user describes in TOML: a pattern or a column map, and sample lines; no code."""

from mailtrend.formats.own.description import Description, Sample
from mailtrend.formats.own.fitting import how_far
from mailtrend.formats.own.loading import load, load_all
from mailtrend.formats.own.making import made

__all__ = ["Description", "Sample", "how_far", "load", "load_all", "made"]

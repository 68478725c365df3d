"""Exports and lists that explain failures: connectors, accepted and remote domains of Exchange, and changes.csv."""

from mailtrend.ingest.context.reading import ContextRows, read_context, recognise_context

__all__ = ["ContextRows", "read_context", "recognise_context"]

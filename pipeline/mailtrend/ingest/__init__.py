"""A file becomes events and rejects: open, sniff, cut into rows, parse, normalize, count."""

from mailtrend.ingest.plan import Request
from mailtrend.ingest.run import FileResult, IngestResult, Progress, ingest

__all__ = ["FileResult", "IngestResult", "Progress", "Request", "ingest"]

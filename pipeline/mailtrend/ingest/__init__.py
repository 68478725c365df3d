"""A file becomes events and rejects: open, sniff, cut into rows, parse, normalize, count."""

from mailtrend.ingest.plan import Request
from mailtrend.ingest.run import IngestResult, ingest
from mailtrend.ingest.work import FileResult, Progress

__all__ = ["FileResult", "IngestResult", "Progress", "Request", "ingest"]

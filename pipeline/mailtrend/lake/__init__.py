"""Parquet on disk under Delta: what was read, where rows lie; atomic, and re-reading never doubles."""

from mailtrend.lake.disk import replace_file
from mailtrend.lake.records import EventFile, SourceSummary, Summary, TableSummary, WrittenFile
from mailtrend.lake.store import Lake
from mailtrend.lake.writer import Writer

__all__ = [
    "EventFile",
    "Lake",
    "SourceSummary",
    "Summary",
    "TableSummary",
    "Writer",
    "WrittenFile",
    "replace_file",
]

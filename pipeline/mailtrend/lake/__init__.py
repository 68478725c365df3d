"""Parquet on disk under Delta: what was read, where rows lie; atomic, and re-reading never doubles."""

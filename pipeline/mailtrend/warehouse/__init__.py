"""Questions meet Parquet: find, check and load queries/*.sql into one DuckDB catalogue.

The frames for detection (`series`, `facts`) are imported from their own files: they need polars, an ingest does not.
"""

from mailtrend.warehouse.asking import adhoc, ask, load
from mailtrend.warehouse.catalogue import CATALOGUE, build, fits, publish
from mailtrend.warehouse.connecting import connect
from mailtrend.warehouse.headers import Parameter
from mailtrend.warehouse.library import Query, queries
from mailtrend.warehouse.periods import as_of, last_full_week, newest_by_tenant, oldest
from mailtrend.warehouse.settling import settle

__all__ = [
    "CATALOGUE",
    "Parameter",
    "Query",
    "adhoc",
    "as_of",
    "ask",
    "build",
    "connect",
    "fits",
    "last_full_week",
    "load",
    "newest_by_tenant",
    "oldest",
    "publish",
    "queries",
    "settle",
]

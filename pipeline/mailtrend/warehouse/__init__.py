"""Questions meet Parquet: find, check and load queries/*.sql into one DuckDB catalogue."""

from mailtrend.warehouse.asking import adhoc, ask
from mailtrend.warehouse.catalogue import CATALOGUE, build, fits, publish
from mailtrend.warehouse.connecting import connect
from mailtrend.warehouse.facts import incident_facts
from mailtrend.warehouse.headers import Parameter
from mailtrend.warehouse.library import Query, queries
from mailtrend.warehouse.periods import as_of, last_full_week
from mailtrend.warehouse.series import Series, series

__all__ = [
    "CATALOGUE",
    "Parameter",
    "Query",
    "Series",
    "adhoc",
    "as_of",
    "ask",
    "build",
    "connect",
    "fits",
    "incident_facts",
    "last_full_week",
    "publish",
    "queries",
    "series",
]

"""Cases laid out on the connection: which places and faults each has, and every attempt at its places."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from mailtrend.diagnose import Case

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

CASES: Final = """
    CREATE OR REPLACE TEMP TABLE cases AS
    SELECT
        unnest($number) AS number,
        unnest($series_id) AS series_id,
        unnest($first) AS first,
        unnest($last) AS last,
        unnest($tenant) AS tenant,
        unnest($scope) AS scope,
        unnest($connector) AS connector,
        unnest($destination) AS destination,
        unnest($remote_ip) AS remote_ip,
        unnest($by_address) AS by_address,
        unnest($silent) AS silent,
        unnest($as_of) AS as_of
"""
FAULTS: Final = """
    CREATE OR REPLACE TEMP TABLE case_faults AS
    SELECT
        unnest($number) AS number,
        unnest($code) AS code,
        unnest($cause) AS cause
"""
PLACES: Final = """
    CREATE OR REPLACE TEMP TABLE case_places AS
    SELECT c.number, p.place
    FROM cases AS c
    INNER JOIN places AS p
        ON c.tenant = p.tenant
        AND (c.scope IN ('destination', 'all') OR c.connector IS NOT DISTINCT FROM p.connector)
        AND (c.scope IN ('connector', 'remote_ip', 'all') OR c.destination IS NOT DISTINCT FROM p.destination)
"""
# Where only failures carry an address, what was tried at the place stands against them.
SEEN: Final = """
    CREATE OR REPLACE TEMP TABLE case_tries AS
    SELECT
        c.number,
        c.last,
        c.as_of,
        t.*,
        t.event_time >= c.first AND t.event_time < c.last AS during,
        t.failing
        AND (c.silent OR f.number IS NOT NULL)
        AND (c.remote_ip IS NULL OR t.remote_ip IS NOT DISTINCT FROM c.remote_ip) AS here
    FROM cases AS c
    INNER JOIN case_places AS m ON c.number = m.number
    INNER JOIN tries AS t ON m.place = t.place
    LEFT JOIN case_faults AS f
        ON c.number = f.number
        AND t.code IS NOT DISTINCT FROM f.code
        AND CASE WHEN t.code IS NULL THEN t.cause END IS NOT DISTINCT FROM f.cause
    WHERE c.remote_ip IS NULL OR NOT c.by_address OR t.remote_ip IS NOT DISTINCT FROM c.remote_ip
"""


def lay_out(con: DuckDBPyConnection, cases: Sequence[Case], clocks: Sequence[datetime]) -> None:
    """Leave the temporary tables `cases`, `case_places`, `case_faults` and `case_tries`; a case's number is its place.

    con: the connection on which the series were made. clocks: up to when the data of each case's tenant reach, UTC.
    `case_tries` holds every attempt at the places of a case: `during` it or not, `here` if it failed with its faults.
    """
    con.execute(CASES, {**_columns(cases), "as_of": list(clocks)})
    faults = [(number, fault) for number, case in enumerate(cases) for fault in case.faults]
    con.execute(FAULTS, {
        "number": [number for number, _ in faults],
        "code": [fault.status_code for _, fault in faults],
        "cause": [fault.cause for _, fault in faults],
    })  # fmt: skip
    con.execute(PLACES)
    con.execute(SEEN)


def _columns(cases: Sequence[Case]) -> dict[str, list[Any]]:
    return {
        "number": list(range(len(cases))),
        "series_id": [case.series_id for case in cases],
        "first": [case.started_at for case in cases],
        "last": [case.until for case in cases],
        "tenant": [case.tenant for case in cases],
        "scope": [case.scope for case in cases],
        "connector": [case.connector for case in cases],
        "destination": [case.destination for case in cases],
        "remote_ip": [case.remote_ip for case in cases],
        "by_address": [case.sight.by_address for case in cases],
        "silent": [case.kind == "silence" for case in cases],
    }

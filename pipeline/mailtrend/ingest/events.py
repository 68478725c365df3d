"""SQL that brings what a format gives into the one schema of events; only what differs from row to row is stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pyarrow as pa

from mailtrend import contracts
from mailtrend.formats.base import Format

SQL_TYPES = {
    pa.string(): "VARCHAR", pa.int16(): "SMALLINT", pa.int64(): "BIGINT", pa.float64(): "DOUBLE",
    contracts.UTC_TIME: "TIMESTAMP",
}  # fmt: skip
FAILING = ", ".join(f"'{outcome}'" for outcome in contracts.FAILING)
COLUMNS = ", ".join(contracts.EVENTS.names)
NEVER_GIVEN = frozenset({"tenant", "source", "file_id", "sender_domain", "recipient_domain", "cause"})
"""Columns of events that no format gives: ingest knows them, or makes them from others."""
REPLY = ("response", "reply_code", "status_code")
"""What the knowledge of replies is asked by."""
FROM_TEXT = ("reply_code", "status_code")
ONLY_FROM_TEXT = ("remote_reply_code", "remote_status_code", "remote_host", "remote_ip")
INTRODUCED = ("server", "queue_id", "sender", "size_bytes", "message_id", "remote_host", "remote_ip")
"""What a queue id's first lines tell, for formats that join it to later ones."""
IDENTITY = (
    "event_time",
    "event",
    "outcome",
    "network_message_id",
    "message_id",
    "queue_id",
    "recipient",
    "response",
    "server",
)
"""What makes two events of one source and tenant the same event. Joined-in columns (sender, size) stay out of it: one
export may know them and another not. The message id counts only where no other id is known."""


def key_sql(present: Iterable[str]) -> str:
    """The 64-bit hash of an event's identity, over the columns that a relation has."""
    have = set(present)
    part = {name: name if name in have else _null(name) for name in IDENTITY}
    message = (
        f"CASE WHEN {part['network_message_id']} IS NULL AND {part['queue_id']} IS NULL THEN {part['message_id']} END"
    )
    values = [part["event_time"], part["event"], part["outcome"], part["network_message_id"], message, part["queue_id"],
              f"lower({part['recipient']})", part["response"], part["server"]]  # fmt: skip
    return f"hash({', '.join(values)})"


def typed(name: str) -> str:
    """`e.NAME` in the type that events have."""
    return f"CAST(e.{name} AS {SQL_TYPES[contracts.EVENTS.field(name).type]})"


def reply_columns(given: Iterable[str]) -> dict[str, str]:
    """What the knowledge of replies is asked by, over `parsed_events AS e`; NULL of its type where it is not given."""
    have = set(given)
    return {name: typed(name) if name in have else _null(name) for name in REPLY}


def _null(name: str) -> str:
    return f"CAST(NULL AS {SQL_TYPES[contracts.EVENTS.field(name).type]})"


def fresh_columns(fmt: Format, given: Iterable[str]) -> list[str]:
    """Columns of events that `fresh` stores for this format, in the order of the contract."""
    have = set(given)
    if have & set(REPLY):
        have |= {*FROM_TEXT, *ONLY_FROM_TEXT, "cause"}
    if fmt.wants_earlier:
        have |= set(INTRODUCED)
    return [name for name in contracts.EVENTS.names if name in have | {"line"}]


def fresh_sql(fmt: Format, given: Iterable[str]) -> str:
    """CREATE `fresh` from `parsed_events` (and `replies`, where the format gives texts or codes)."""
    have = set(given)
    stored = fresh_columns(fmt, have)
    plain = {name: typed(name) if name in have else _null(name) for name in stored}
    source = f"SELECT {_listed(plain, have)} FROM parsed_events AS e"
    if have & set(REPLY):
        source = f"{source} WHERE e.outcome NOT IN ({FAILING}) UNION ALL {_failing(plain, have)}"
    return f"CREATE TEMP TABLE fresh AS SELECT *, {key_sql(stored)} AS key FROM ({source})"


def _failing(plain: Mapping[str, str], have: set[str]) -> str:
    told = reply_columns(have)
    match = " AND ".join(f"r.{name} IS NOT DISTINCT FROM {told[name]}" for name in REPLY)
    columns = dict(plain)
    columns |= {name: f"coalesce({plain[name]}, r.out_{name})" for name in FROM_TEXT}
    columns |= {name: f"coalesce({plain[name]}, r.{name})" for name in ONLY_FROM_TEXT}
    columns["cause"] = "coalesce(r.cause, 'unclassified')"
    columns["outcome"] = "CASE WHEN e.outcome = 'failed' AND r.expired THEN 'expired' ELSE e.outcome END"
    return (
        f"SELECT {_listed(columns, have)} FROM parsed_events AS e LEFT JOIN replies AS r ON {match} "
        f"WHERE e.outcome IN ({FAILING})"
    )


def _listed(columns: Mapping[str, str], have: set[str]) -> str:
    unit = "e.unit" if "unit" in have else "CAST(NULL AS UBIGINT)"
    return ", ".join(
        [*(f"{value} AS {name}" for name, value in columns.items()), "e.file_no AS file_no", f"{unit} AS unit"]
    )


def full_sql(table: str, source: str, stored: Iterable[str]) -> str:
    """A SELECT of whole events (contracts.EVENTS) over a table that stores only some of their columns."""
    have = set(stored)
    column = {name: f"e.{name}" if name in have else _null(name) for name in contracts.EVENTS.names}
    domain = "CASE WHEN contains({0}, '@') THEN lower(split_part({0}, '@', -1)) END"
    column["sender_domain"] = domain.format(column["sender"])
    column["recipient_domain"] = domain.format(column["recipient"])
    named = [column[name] for name in ("destination", "remote_host") if name in have]
    column["destination"] = f"coalesce({', '.join([*(f'lower({name})' for name in named), 'recipient_domain'])})"
    column |= {"tenant": "f.tenant", "file_id": "f.file_id", "source": f"'{source}'"}
    if "cause" not in have:
        column["cause"] = f"CASE WHEN e.outcome IN ({FAILING}) THEN 'unclassified' END"
    names = ", ".join(f"{value} AS {name}" for name, value in column.items())
    return f"SELECT {names} FROM {table} AS e JOIN input_files AS f USING (file_no)"

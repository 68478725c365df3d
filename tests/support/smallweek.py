"""One week of made-up mail, small enough to count by hand: 14 attempts, 10 of them failures, 9 messages.

Exchange Online sees M1 to M5, in up to three exports; a Postfix and an Exchange Server have logs of their own.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any, Final

import duckdb
import pyarrow as pa
from duckdb import DuckDBPyConnection

from mailtrend import contracts, warehouse
from mailtrend.lake import Lake
from mailtrend.warehouse import library
from support.lakes import event, ingest, rows

TRACE: Final = "exo_message_trace"
EXTENDED: Final = "exo_extended"
DETAIL: Final = "exo_trace_detail"
SUMMARY: Final = "exo_enhanced_summary"
POSTFIX: Final = "postfix"
SEND: Final = "exchange_smtp_send"

CODES: Final = rows(
    contracts.STATUS_CODES,
    {"status_code": "4.4.312", "title": "DNS query failed", "class": "transient"},
    {"status_code": "4.4.316", "title": "Connection refused", "class": "transient", "expired_twin": "5.4.316"},
    {"status_code": "5.4.316", "title": "Expired, refused", "class": "permanent", "expired_twin": "4.4.316"},
    {"status_code": "4.7.1", "title": "Try later", "class": "transient"},
    {"status_code": "5.7.1", "title": "Not allowed", "class": "permanent"},
    {"status_code": "5.7.600-699", "title": "Wide range", "class": "permanent"},
    {"status_code": "5.7.606-649", "title": "Banned address", "class": "permanent"},
)
"""Stands in for the knowledge files, so that these tests do not move with them."""


def at(text: str) -> datetime:
    """A time of November 2026: day, then clock, such as `02 09:00:05.5`."""
    return datetime.fromisoformat(f"2026-11-{text.replace(' ', 'T')}")


def told(when: str, source: str, outcome: str, message: str | None, to: str | None, **columns: Any) -> dict[str, Any]:
    """One event of Exchange Online or a server; domains and destination follow from the addresses."""
    domain = to.partition("@")[2].lower() if to else None
    sender = columns.get("sender", "anna@contoso.com")
    known = {
        "event": outcome,
        "direction": "outbound",
        "sender": sender,
        "sender_domain": sender.partition("@")[2] if sender else None,
        "recipient": to,
        "recipient_domain": domain,
        "destination": domain,
        "network_message_id": message if source.startswith("exo_") else None,
        "message_id": f"{message}@contoso.com" if message else None,
    }
    return event(at(when), source=source, outcome=outcome, **(known | columns))


FABRIKAM: Final = {"connector": "To Fabrikam", "destination": "mail.fabrikam.com"}
REFUSED: Final = FABRIKAM | {"status_code": "4.4.316", "reply_code": 450, "cause": "connection_refused"}
EXPIRED: Final = FABRIKAM | {"status_code": "5.4.316", "reply_code": 550, "cause": "connection_refused"}
BRANCH: Final = {"connector": "Branch", "destination": "smtp.branch.contoso.com", "server": "ex1.contoso.com"}
MX: Final = {"server": "mx1.contoso.com", "connector": "smtp", "destination": "mx.northwindtraders.com"}
BEA: Final = {"sender": "bea@contoso.com"}

EVENTS: Final = [
    # M1: delivered at once, seen by two exports.
    told("02 09:00:00", TRACE, "delivered", "m1", "bo@fabrikam.com"),
    told("02 09:00:00", EXTENDED, "received", "m1", "bo@fabrikam.com"),
    told("02 09:00:05", EXTENDED, "delivered", "m1", "bo@fabrikam.com", **FABRIKAM),
    # M2: refused twice, then given up after a day.
    told("02 10:00:00", TRACE, "failed", "m2", "Cy@fabrikam.com"),
    told("02 10:00:10", EXTENDED, "deferred", "m2", "cy@fabrikam.com", **REFUSED),
    told("02 10:00:10.4", DETAIL, "deferred", "m2", "cy@fabrikam.com", **REFUSED),
    told("02 11:00:10", DETAIL, "deferred", "m2", "cy@fabrikam.com", **REFUSED),
    told("03 10:00:20", EXTENDED, "expired", "m2", "cy@fabrikam.com", **EXPIRED),
    # M3: refused once, delivered half an hour later.
    told("03 12:00:00", DETAIL, "deferred", "m3", "cy@fabrikam.com", **BEA, **REFUSED),
    told("03 12:30:00", EXTENDED, "delivered", "m3", "cy@fabrikam.com", **BEA, **FABRIKAM),
    # M4: still queued.
    told("08 20:00:00", TRACE, "pending", "m4", "dan@tailspintoys.com", **BEA),
    told("08 20:00:30", DETAIL, "deferred", "m4", "dan@tailspintoys.com", **BEA,
         status_code="4.4.312", reply_code=450, cause="dns_server_failure"),
    # M5: pending in one export, failed in the next, at the same time; no code anywhere.
    told("08 21:00:00", TRACE, "pending", "m5", "eve@example.com"),
    told("08 21:00:00", TRACE, "failed", "m5", "eve@example.com", line=7),
    # Postfix: greylisted, then taken; and one that was not let in, which has no queue id.
    told("04 08:00:00", POSTFIX, "deferred", "p1", "fred@northwindtraders.com", **MX, queue_id="A1",
         status_code="4.7.1", reply_code=451, cause="greylisted",
         response="451 4.7.1 try again later", delay_seconds=2.0),
    told("04 08:20:00", POSTFIX, "delivered", "p1", "fred@northwindtraders.com", **MX, queue_id="A1",
         tls_version="TLS1.3", delay_seconds=1202.0),
    told("04 09:00:00", POSTFIX, "rejected", None, "gil@contoso.com", server="mx1.contoso.com", direction="inbound",
         sender="x@example.net", status_code="5.7.1", reply_code=554, cause="access_denied"),
    # Exchange Server: nobody answers, then a delivery, then a refusal that only ranges of codes cover.
    told("05 07:00:00", SEND, "deferred", None, None, **BRANCH, queue_id="S1", sender=None,
         cause="connection_timed_out", response="Failed to connect. Error Code: 10060"),
    told("05 07:30:00", SEND, "delivered", "s2", "hal@branch.contoso.com", **BRANCH, queue_id="S2",
         tls_version="TLS1.2"),
    told("08 06:00:00", SEND, "failed", "s3", "ida@branch.contoso.com", **BRANCH, queue_id="S3", tls_version="TLS1.2",
         status_code="5.7.610", reply_code=550, cause="spam_or_reputation", response="550 5.7.610 banned"),
]  # fmt: skip

EVENTS_ALONE: Final = (
    "links", "repeats", "attempts", "messages", "failures", "attempts_hourly", "failures_hourly", "coverage",
)  # fmt: skip
"""Views that read nothing but `events`."""


def views_over(*events: dict[str, Any]) -> DuckDBPyConnection:
    """The views that read events alone, over these events, in memory: no lake, no catalogue."""
    con = duckdb.connect(":memory:")
    con.execute("SET TimeZone = 'UTC'")
    con.register("given", rows(contracts.EVENTS, *({"file_id": "f1"} | row for row in events)))
    con.execute("CREATE TABLE events AS FROM given")
    con.execute(library.macros({row["source"] for row in events}))
    for view in library.views():
        if view.name in EVENTS_ALONE:
            con.execute(view.sql)
    return con


def filled(root: Path, events: list[dict[str, Any]], **context: pa.Table) -> Lake:
    """A new lake with these events, published."""
    lake = Lake.create(root)
    if events:
        ingest(lake, "f1", [{"line": number} | row for number, row in enumerate(events, start=2)], context=context)
    warehouse.publish(lake)
    return lake


def ask(con: DuckDBPyConnection, name: str, columns: str, **params: str) -> list[tuple[Any, ...]]:
    """The answer to a shipped query, only these columns."""
    answer = warehouse.ask(con, name, params)
    return [tuple(row[column] for column in columns.split()) for row in answer.to_pylist()]

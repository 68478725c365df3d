"""Parts of report models made by hand: figures, incidents with their charts, and hostile names."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from mailtrend.report.model import Cell, Column, Figure, Incident, Kind, Step

SINCE, UNTIL, AS_OF = datetime(2026, 10, 19), datetime(2026, 10, 26), datetime(2026, 10, 25, 23, 40)
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(2)>',
    "{{ 7*7 }}{% raw %}",
    "`code` | pipe | [link](https://evil.example/) **bold**",
    "bell\x07 and \u202eoverride\u202c",
    "</script><script>alert(3)</script>",
    "a\nb\r\nc",
)
KINDS: dict[str, Kind] = {
    "status_code": "code",
    "connector": "name",
    "destination": "name",
    "recipient": "name",
    "sender": "name",
    "failure_rate": "share",
    "share": "share",
    "start": "time",
    "day": "day",
    "next_expiry": "time",
    "first": "time",
    "last": "time",
    "p50_seconds": "seconds",
    "p95_seconds": "seconds",
    "p99_seconds": "seconds",
    "path": "name",
    "text": "name",
    "source": "name",
    "sources": "list",
    "reply": "name",
}


def figure(key: str, names: str, *rows: tuple[Cell, ...], note: str = "", total: int | None = None) -> Figure:
    """A figure from `names` (spaces between) and rows; kinds by name, else count or text by the first row."""
    columns = []
    for index, name in enumerate(names.split()):
        given = rows[0][index] if rows else None
        told = "share" if name.endswith("_share") else "count" if isinstance(given, int) else "text"
        kind = KINDS.get(name, told)
        columns.append(Column(name, name.replace("_", " "), kind, f"meaning of {name}"))
    sql = f"FROM {key.replace('-', '_')}(since := '2026-10-19 00:00:00', until := '2026-10-26 00:00:00');"
    title = key.replace("-", " ").capitalize()
    return Figure(key, title, note, tuple(columns), tuple(rows), len(rows) if total is None else total, sql)


def incident(**given: Any) -> Incident:
    """The incident this program exists for; `given` replaces any of it."""
    usual: dict[str, Any] = {
        "incident_id": "onprem01",
        "kind": "sustained",
        "severity": "critical",
        "state": "ongoing",
        "tenant": "contoso",
        "status_code": "4.4.316",
        "connector": "To on-premises",
        "destination": "mail.contoso.com",
        "cause": "connection_refused",
        "started_at": datetime(2026, 10, 22, 9),
        "ended_at": None,
        "attempts": 1250,
        "failures": 1250,
        "failure_rate": 1.0,
        "baseline_rate": 0.004,
        "messages": 171,
        "recipients": 18,
        "delivered_late": 0,
        "lost": 152,
        "at_risk": 19,
        "next_expiry": datetime(2026, 10, 26, 1, 5),
        "owner": "your_organization",
        "diagnosis": "This looks like the switched-off on-premises system: it began 4 h after the migration finished, "
        "and no delivery has succeeded there since.",
        "confidence": 0.91,
        "evidence": (
            "1,250 failures where 4.1 ± 2.3 were expected (×305, q < 1e-12) since Thu 22 Oct 09:00.",
            "None of 1,250 attempts succeeded since; 2,310 of 2,318 did in the four weeks before.",
            "Change on record: migration, mail.contoso.com, Thu 22 Oct 05:30.",
        ),
        "actions": (
            "Make sure that no mailbox is left on the on-premises system.",
            "Disable the connector 'To on-premises'.",
            "Make the accepted domain contoso.com Authoritative.",
            "Check again after an hour: mailtrend verify --connector 'To on-premises' --since 2026-10-26.",
        ),
        "query": "SELECT count(*) AS failures\nFROM failures\nWHERE connector = 'To on-premises'",
        "title": "Connection refused",
        "meaning": "The server did not take the connection.",
    }
    made = Incident(**(usual | given))
    return made if "timeline" in given else replace(made, timeline=timeline(made))


def timeline(found: Incident) -> tuple[Step, ...]:
    """Three-hour steps from two days before to two days after, with a plausible day and night."""
    first = found.started_at - timedelta(days=2)
    last = min((found.ended_at or AS_OF) + timedelta(days=2), AS_OF)
    steps = []
    for index in range(int((last - first) / timedelta(hours=3))):
        at = first + timedelta(hours=3 * index)
        busy = 4 + 16 * (6 <= at.hour < 18) + index * 7 % 5
        failing = found.started_at <= at and (found.ended_at is None or at < found.ended_at)
        steps.append(Step(at, 3, busy, busy if failing else int(index % 9 == 0)))
    return tuple(steps)


def figures() -> tuple[Figure, ...]:
    codes = ("4.4.316", "4.7.320", "4.4.312", "5.1.1", "5.7.1", "4.7.1", "4.4.1", "4.2.2", HOSTILE[1])
    days = [SINCE + timedelta(days=day) for day in range(7)]
    over = [
        (day, code, 2 + (40 + 13 * n) * (at > 2) * (n < 3) + n)
        for at, day in enumerate(days)
        for n, code in enumerate(codes)
    ]
    people = [(f"user{n:02d}@contoso.com", 150 - 9 * n, 21 - n, 2) for n in range(14)]
    return (
        figure("failures-by-code-over-time", "start status_code failures", *over),
        figure(
            "failures-over-time",
            "start attempts delivered failures failure_rate",
            *((day, 8200 - 2100 * (n > 4), 7900, 120 + 190 * n, (120 + 190 * n) / 8200) for n, day in enumerate(days)),
        ),
        figure(
            "failures-by-code",
            "status_code title failures failure_rate messages recipients lost",
            ("4.7.320", "Certificate validation failed", 1478, 0.031, 262, 54, 200),
            ("4.4.316", "Connection refused", 1250, 0.026, 171, 18, 152),
            ("4.4.312", "DNS query failed", 419, 0.0087, 79, 40, 0),
            (None, None, 63, 0.0013, 60, 41, 2),
        ),
        figure(
            "failures-by-connector",
            "connector attempts failures failure_rate",
            ("To on-premises", 1250, 1250, 1.0),
            (HOSTILE[0], 300, 40, 0.133),
            (None, 45_000, 580, 0.0129),
        ),
        figure(
            "failures-by-destination",
            "destination attempts failures failure_rate",
            ("mail.contoso.com", 1250, 1250, 1.0),
            (HOSTILE[1], 300, 40, 0.133),
        ),
        figure(
            "failures-cube",
            "status_code connector destination failures messages",
            ("4.4.316", "To on-premises", "mail.contoso.com", 1250, 171),
            ("5.7.1", HOSTILE[0], HOSTILE[1], 40, 12),
        ),
        figure("failing-recipients", "recipient failures messages lost", *people, (HOSTILE[4], 1, 1, 0), total=131),
        figure("failing-senders", "sender failures messages", (HOSTILE[3], 12, 3), ("news@adatum.com", 9, 9)),
        figure(
            "queued-now",
            "destination messages next_expiry",
            ("mail.contoso.com", 19, datetime(2026, 10, 26, 1, 5)),
            ("tailspintoys.com", 42, datetime(2026, 10, 26, 8, 6)),
        ),
        figure(
            "delivered-late",
            "destination messages p50_seconds p95_seconds p99_seconds",
            ("mail.fabrikam.com", 72, 5400.0, 71_000.0, 84_100.0),
        ),
        figure("tls-versions", "connector tls_version attempts", ("Fabrikam partner TLS", "TLS1.2", 1900)),
        figure("unknown-codes", "status_code failures"),
    )


def classified(*rows: tuple[object, ...]) -> Figure:
    """Rows are source, failures, failures with a code of the book, with a cause, and with neither."""
    columns = "source failures code_known code_known_share cause_known cause_known_share unknown unknown_share"
    told = [
        (source, failures, code, code / failures, cause, cause / failures, none, none / failures)
        for source, failures, code, cause, none in rows
    ]
    return figure("classified", columns, *told)


def data() -> tuple[Figure, ...]:
    return (
        classified(("all", 3308, 3210, 3245, 40), ("exo_message_trace", 3308, 3210, 3245, 40)),
        figure(
            "unknown-replies",
            "reply failures sources",
            ("550 ~ you smell funny", 23, ("exo_message_trace",)),
            (HOSTILE[1], 17, ("exo_message_trace", "postfix")),
            (None, 1, ("exo_message_trace",)),
        ),
        figure("sources-overview", "source files events first last", ("exo_message_trace", 3, 21_004, SINCE, AS_OF)),
        figure(
            "coverage",
            "source day rows hours_missing gaps",
            *(
                (
                    "exo_message_trace",
                    SINCE + timedelta(days=n),
                    3000 + n,
                    4 * (n == 3),
                    "03:00–07:00" if n == 3 else "",
                )
                for n in range(7)
            ),
        ),
        figure(
            "files",
            "path source rows used context duplicates rejects",
            ("trace.csv", "exo_message_trace", 100, 90, 4, 5, 1),
            (HOSTILE[1], "postfix", 7, 7, 0, 0, 0),
        ),
        figure("rejects", "path line reason text", ("trace.csv", 17, "wrong number of fields", HOSTILE[0])),
    )

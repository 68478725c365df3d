"""Places where mail failed, each once, with who runs the server there: a table to join with failures."""

from __future__ import annotations

from datetime import datetime, timedelta

from support.runners import KEY, runners
from support.views import attempt, catalogue

T0 = datetime(2026, 10, 5, 8)
FILES = [{"file_id": "f1", "source": "exo_trace_detail", "first_event": T0, "last_event": T0 + timedelta(hours=60)}]
CONNECTORS = [
    {"name": "Fabrikam TLS", "direction": "outbound", "owner_kind": "partner", "smart_hosts": ["mail.fabrikam.com"],
     "recipient_domains": ["fabrikam.com"]},
    {"name": "Via relay", "direction": "send", "owner_kind": "partner", "smart_hosts": ["relay.contoso.com"]},
    {"name": "Mixed", "direction": "send", "owner_kind": "partner",
     "smart_hosts": ["relay.contoso.com", "relay.example.net"]},
    {"name": "Fabrikam TLS", "direction": "outbound", "owner_kind": "own", "tenant": "other"},
]  # fmt: skip
ACCEPTED = [{"domain": "contoso.com", "domain_type": "Authoritative"}]


def test_every_failing_place_is_told_once_and_joins_with_failures() -> None:
    places = [
        {"connector": "Fabrikam TLS", "destination": "mail.fabrikam.com", "recipient_domain": "fabrikam.com"},
        {"connector": "Fabrikam TLS", "destination": "mail.fabrikam.com", "recipient_domain": "fabrikam.com"},
        {"connector": "via RELAY", "destination": "198.51.100.9", "recipient_domain": "example.org"},
        {"connector": "Mixed", "destination": "relay.example.net", "recipient_domain": "example.org"},
        {"connector": None, "destination": "mx.example.org", "recipient_domain": "example.org"},
        {"connector": "Fabrikam TLS", "destination": "x.example", "recipient_domain": "x.example", "tenant": "other"},
    ]
    events = [attempt(T0, "failed", number, **place) for number, place in enumerate(places)]
    events.append(attempt(T0, "delivered", 90, connector="Fabrikam TLS", destination="elsewhere.example"))
    con = catalogue(events, FILES, connectors=CONNECTORS, accepted_domains=ACCEPTED)
    found = runners(con)
    assert {(row["tenant"], row["connector"], row["owner_kind"], row["partner"]) for row in found.to_pylist()} == {
        ("default", "Fabrikam TLS", "partner", "fabrikam.com"),
        ("default", "via RELAY", "own", None),
        ("default", "Mixed", "undetermined", None),
        ("default", None, "internet", None),
        ("other", "Fabrikam TLS", "own", None),
    }
    assert found.num_rows == 5
    con.register("runners", found)
    joined = " AND ".join(f"f.{name} IS NOT DISTINCT FROM r.{name}" for name in KEY)
    assert con.sql(f"SELECT count(*) FROM failures AS f INNER JOIN runners AS r ON {joined}").fetchall() == [(6,)]


def test_only_failures_between_two_times_are_looked_at() -> None:
    con = catalogue([attempt(T0, "failed", 1, destination="mx.example.org")], FILES)
    assert runners(con, since=T0, until=T0 + timedelta(hours=1)).num_rows == 1
    assert runners(con, until=T0).num_rows == 0
    assert runners(con, since=T0).column("owner_kind").to_pylist() == ["undetermined"]

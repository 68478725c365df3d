"""Which side saw what: ten messages, each with another story, told by Exchange Online and by the server behind it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from duckdb import DuckDBPyConnection

from mailtrend import contracts, warehouse
from support import smallweek
from support.lakes import rows
from support.smallweek import DETAIL, at, told

HERE = {"connector": "To on-premises", "destination": "mail.contoso.com", "remote_ip": "203.0.113.25"}
PARTNER = {"connector": "To Fabrikam", "destination": "mail.fabrikam.com"}
CALLER = "192.0.2.200"
RECEIVE, TRACKING = "exchange_smtp_receive", "exchange_tracking"
CONNECTORS = rows(
    contracts.CONNECTORS,
    {"tenant": "default", "name": "To on-premises", "owner_kind": "own", "direction": "outbound"},
    {"tenant": "default", "name": "To Fabrikam", "owner_kind": "partner", "direction": "outbound"},
)


def cloud(when, outcome, message, to, code=None, source=DETAIL, **more):
    return told(when, source, outcome, message, f"{to}@contoso.com", status_code=code, **(HERE | more))


def own(when, source, outcome, message, to, event=None, **more):
    """A row of EX01, of a caller that is only known by the mail it brought."""
    recipient = f"{to}@contoso.com" if to else None
    known = {"server": "EX01", "direction": "inbound", "remote_ip": CALLER, "event": event or outcome, "queue_id": when}
    return told(when, source, outcome, message, recipient, **(known | more))


EVENTS = [
    cloud("02 08:00:00", "delivered", "m1", "ann"),
    own("02 08:00:02", RECEIVE, "received", "m1", "ann"),
    own("02 08:00:04", TRACKING, "delivered", "m1", "ann", remote_ip=None),
    cloud("02 08:30:00", "deferred", "m4", "dan", "4.4.316"),
    cloud("02 08:40:00", "deferred", "m6", "fay", "4.4.318"),
    own("02 08:40:01", RECEIVE, "received", "m6", "fay"),
    cloud("02 08:45:00", "delivered", "m7", "gus"),
    own("02 08:45:01", RECEIVE, "received", "m7", "gus"),
    own("02 08:45:09", TRACKING, "failed", "m7", "gus", remote_ip=None, status_code="5.2.2"),
    cloud("02 08:50:00", "delivered", "m9", "ivy"),
    cloud("02 09:30:00", "deferred", "m2", "bea", "4.4.317"),
    own("02 09:29:50", RECEIVE, "deferred", None, None, "TLS failed", cause="tls_negotiation_failed"),
    cloud("02 10:00:00", "failed", "m3", "cyd", "5.1.1"),
    own("02 09:59:59", RECEIVE, "rejected", None, "cyd", "RCPT 550", status_code="5.1.1"),
    # A stranger who calls at the same time, and another recipient, are nothing to m3.
    own("02 10:00:01", RECEIVE, "rejected", None, "cyd", "RCPT 554", remote_ip="198.51.100.9", status_code="5.7.1"),
    own("02 10:00:02", RECEIVE, "rejected", None, "zoe", "RCPT 550", status_code="5.1.2"),
    # Refused three times, told by two exports: nothing is logged at night.
    cloud("02 23:00:00", "deferred", "m5", "eva", "4.4.316"),
    cloud("02 23:10:00", "deferred", "m5", "eva", "4.4.316", source="exo_extended"),
    cloud("02 23:10:00.5", "deferred", "m5", "eva", "4.4.316"),
    cloud("02 23:30:00", "expired", "m5", "eva", "5.4.316"),
    cloud("02 08:10:00", "deferred", "m8", "bo", "4.4.316", **PARTNER),
]  # fmt: skip

VERDICTS = {
    "m5": ("expired", 3, None, None, None, "no log of a server known to stand there covers that hour"),
    "m3": ("failed", 1, "rejected", "5.1.1", "time and address", "the server itself refused it"),
    "m2": ("deferred", 1, "deferred", None, "time and address",
           "it reached the server and failed at TLS: see its certificate and TLS versions"),
    "m6": ("deferred", 1, "received", None, "message id",
           "the server took it all the same: the sender may get a bounce, and a second copy may arrive"),
    "m4": ("deferred", 1, None, None, None,
           "it never got there: the server logged other mail then, so see firewall, address translation and provider"),
    "m9": ("delivered", 1, None, None, None, "handed over, but the server's logs do not show it"),
    "m7": ("delivered", 1, "failed", "5.2.2", "message id", "handed over, and it failed behind the server's door"),
    "m1": ("delivered", 1, "delivered", None, "message id", "handed over and taken"),
}  # fmt: skip
"""In the order of the answer: failures first, the latest first."""


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckDBPyConnection]:
    made = smallweek.filled(tmp_path_factory.mktemp("lakes") / "sides", EVENTS, connectors=CONNECTORS)
    with warehouse.connect(made.root) as con:
        yield con


def test_each_message_is_told_from_both_sides_with_what_follows(lake: DuckDBPyConnection) -> None:
    columns = "network_message_id cloud_outcome cloud_attempts own_outcome own_code joined_by verdict"
    found = smallweek.ask(lake, "which-side-saw-what", columns)
    assert [row[0] for row in found] == list(VERDICTS)
    assert {row[0]: row[1:] for row in found} == VERDICTS


def test_times_and_the_server_are_those_of_the_row_that_decides(lake: DuckDBPyConnection) -> None:
    rows_ = smallweek.ask(
        lake, "which-side-saw-what", "recipient cloud_first cloud_last own_server own_source own_time"
    )
    told_ = {row[0].partition("@")[0]: row[1:] for row in rows_}
    assert told_["eva"] == (at("02 23:00"), at("02 23:30"), None, None, None)
    assert told_["gus"] == (at("02 08:45"), at("02 08:45"), "EX01", TRACKING, at("02 08:45:09"))


def test_mail_over_a_partners_connector_is_left_out_and_one_connector_may_be_asked_for(
    lake: DuckDBPyConnection,
) -> None:
    assert smallweek.ask(lake, "which-side-saw-what", "recipient", connector="to fabrikam") == []
    assert len(smallweek.ask(lake, "which-side-saw-what", "recipient", connector="to ON-premises")) == len(VERDICTS)
    assert smallweek.ask(lake, "which-side-saw-what", "network_message_id", since="2026-11-02 20:00", top="5") == [
        ("m5",)
    ]

"""Connectivity logs: which sessions failed, against whom, and that no row is lost or counted twice."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailtrend.formats import all_formats
from mailtrend.formats.base import Head
from support.exports import read

NAME = "exchange_connectivity"
HEAD = (
    "#Log-type: Transport Connectivity Log\r\n#Fields: date-time,session,source,Destination,direction,description\r\n"
)
SESSION = "08DE0A1B2C3D4E50"
FAILED = "Failed connection to 198.51.100.61:25 (ConnectionRefused:0000274D)"


def rows(*told: tuple[str, str], session: str = SESSION, source: str = "SMTP", to: str = "fabrikam.com") -> str:
    """Rows of one session: (direction, description), a second apart."""
    return "".join(
        f"2026-10-14T06:00:{at:02d}.000Z,{session},{source},{to},{direction},{text}\r\n"
        for at, (direction, text) in enumerate(told)
    )


def events(*texts: str):
    return read(NAME, *(HEAD + text for text in texts)).events.to_pylist()


@pytest.mark.parametrize(
    ("text", "cause", "address"),
    [
        (FAILED, "connection_refused", "198.51.100.61"),
        ("Failed connection to [2001:db8::5]:25 (TimedOut:0000274C)", "connection_timed_out", "2001:db8::5"),
        ("Failed connection to 198.51.100.61:25 (NetworkUnreachable:00002743)", "network_unreachable", "198.51.100.61"),
        ("DNS server returned NonExistentDomain", "dns_no_such_domain", None),
    ],
)
def test_a_session_that_reached_nobody_is_one_failure_without_a_recipient(text, cause, address):
    [event] = events(
        rows(("+", "DnsConnectorDelivery;QueueLength=3"), (">", text), ("-", "Messages: 0 Bytes: 0 (Retry : x)"))
    )
    assert (event["outcome"], event["cause"], event["recipient"]) == ("deferred", cause, None)
    assert (event["destination"], event["remote_ip"], event["queue_id"]) == ("fabrikam.com", address, SESSION)
    assert event["response"] == text


def test_a_session_that_found_another_server_did_not_fail():
    told = rows(
        ("+", "x"), (">", FAILED), (">", "Established connection to 198.51.100.62"), ("-", "Messages: 1 Bytes: 9 ()")
    )
    trial = read(NAME, HEAD + told)
    assert trial.counts == {"rows": 4, "used": 0, "context": 4, "duplicates": 0, "rejects": 0, "events": 0}


def test_a_session_that_was_sent_away_after_it_was_connected_failed():
    told = rows((">", "mx.fabrikam.com[198.51.100.61]"), (">", "Established connection to 198.51.100.61"),
                ("-", "Messages: 0 Bytes: 0 (Retry : Connection reset by the remote host)"))  # fmt: skip
    [event] = events(told)
    assert (event["response"], event["cause"]) == ("Retry : Connection reset by the remote host", "connection_reset")
    assert (event["remote_host"], event["remote_ip"]) == ("mx.fabrikam.com", "198.51.100.61")


@pytest.mark.parametrize(
    ("source", "to", "direction"),
    [("SMTP", "internalproxy", "internal"), ("SMTP", "client proxy", "internal"), ("MapiDelivery", "db1", "internal"),
     ("SMTP", "89294a5c-bf90-4ae2-a3ff-7f2b81b4ba71", "internal"), ("SMTP", "fabrikam.com", "outbound")],
)  # fmt: skip
def test_what_stays_inside_is_internal_and_its_name_no_destination(source, to, direction):
    [event] = events(rows((">", FAILED), ("-", "Messages: 0 Bytes: 0 (Retry : x)"), source=source, to=to))
    assert event["direction"] == direction
    assert event["destination"] == (to if direction == "outbound" else None)


def test_a_shadow_copy_that_failed_is_no_failure():
    assert events(rows((">", FAILED), ("-", "Messages: 0 Bytes: 0 (Retry : x)"), to="shadowredundancy")) == []


def test_a_session_that_goes_on_in_the_next_file_is_one_failure():
    whole = rows(("+", "x"), (">", FAILED), ("-", "Messages: 0 Bytes: 0 (Retry : x)"))
    lines = whole.splitlines(keepends=True)
    assert len(events("".join(lines[:1]), "".join(lines[1:]))) == 1


def test_rows_of_an_overlapping_copy_are_duplicates():
    told = rows(("+", "x"), (">", FAILED), ("-", "Messages: 0 Bytes: 0 (Retry : x)"))
    trial = read(NAME, HEAD + told, HEAD + told + rows((">", FAILED), session="08DE0A1B2C3D4E51"))
    assert trial.counts == {"rows": 7, "used": 4, "context": 0, "duplicates": 3, "rejects": 0, "events": 2}


def test_rows_of_the_service_itself_are_context():
    told = "2026-10-14T06:00:00.000Z,,SMTP,,*,service started\r\n" + rows(("*", "Session Failover"))
    counts = read(NAME, HEAD + told).counts
    assert counts == {"rows": 2, "used": 0, "context": 2, "duplicates": 0, "rejects": 0, "events": 0}


def test_it_is_known_by_its_header_in_any_case_and_by_its_rows():
    claims = all_formats()[NAME].claims
    body = rows(("+", "x"), ("-", "Messages: 0 Bytes: 0 ()"))
    assert claims(Head("x.log", HEAD + body))
    assert claims(Head("x.log", HEAD.split("\r\n", 1)[1].lower().replace("#fields", "#Fields") + body))
    assert claims(Head("x.log", body))
    assert not claims(
        Head("x.log", "2026-10-14T06:00:00.000Z,EX01\\Default,08DE0A1B2C3D4E50,1,192.0.2.1:25,192.0.2.2:9,>,220 x,\r\n")
    )


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32 - 1))
def test_rows_in_any_order_and_number_are_accounted_for(seed):
    dice = random.Random(seed)
    words = [
        FAILED,
        "Established connection to 192.0.2.1",
        "Messages: 0 Bytes: 0 (Retry)",
        "Messages: 2 Bytes: 1 ()",
        "",
        "x[y]",
    ]
    text = "".join(
        rows(
            (dice.choice("+->*?"), dice.choice(words)),
            session=dice.choice(["A", "B", ""]),
            to=dice.choice(["a.example", ""]),
        )
        for _ in range(dice.randint(1, 20))
    )
    counts = read(NAME, HEAD + text).counts
    assert counts["rows"] == text.count("\r\n")
    assert counts["rows"] == counts["used"] + counts["context"] + counts["duplicates"] + counts["rejects"]
    assert counts["events"] <= 2
    assert read(NAME, HEAD + text, HEAD + text).counts["events"] == counts["events"]

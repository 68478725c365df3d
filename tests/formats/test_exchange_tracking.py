"""Message tracking logs: which events count, who logged them, where they went, and lists with a reply for each."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailtrend.formats._tracking import EVENTS
from support.exports import claimed_by, column, events, read
from support.tracking import FIELDS, VERSIONS, header, lines, log

NAME = "exchange_tracking"
LED = "[{LED=451 4.7.1 Greylisted; {try; again}};{MSG=};{FQDN=mx1.fabrikam.com};{IP=203.0.113.1};{LRT=10/1/2026 8:00:04 AM}]"
OTHER = "[{LRT=};{LED=550 5.7.1 RESOLVER.RST.AuthRequired; authentication required};{FQDN=};{IP=}]"
INTRA = "Intra-Organization SMTP Send Connector"


def outcomes(*changes: dict[str, str]) -> list[str | None]:
    return column(read(NAME, log(*changes)), "outcome")


def only(**change: str) -> dict[str, object]:
    """The one event of one row; underscores stand for dashes."""
    [event] = events(read(NAME, log({name.replace("_", "-"): value for name, value in change.items()})))
    return event


def replies(addresses: str, status: str, event: str = "FAIL") -> list[tuple[str, str]]:
    trial = read(NAME, log({"event-id": event, "recipient-address": addresses, "recipient-status": status}))
    return sorted(zip(column(trial, "recipient"), column(trial, "response"), strict=True))


def test_a_message_that_left_gives_one_event_with_everything_it_tells():
    data = "S:E2ELatency=2.617;S:ExternalSendLatency=0.944;S:TlsVersion=SP_PROT_TLS1_2_CLIENT"
    assert only(custom_data=data) == {
        "event_time": datetime(2026, 10, 1, 8, 0, 4, 390000), "event": "SEND", "outcome": "delivered", "server": "EX01",
        "direction": "outbound", "connector": "To Fabrikam", "sender": "ann@contoso.com", "recipient": "bo@fabrikam.com",
        "destination": "mail.fabrikam.com", "remote_host": "MAIL.fabrikam.com", "remote_ip": "203.0.113.25",
        "message_id": "one@contoso.com", "network_message_id": "9a41c3d0-52be-4f0a-0001-08de10b1a001", "queue_id": "71",
        "size_bytes": 4000, "subject": "Offer", "tls_version": "TLS1.2", "delay_seconds": 2.617, "line": 6,
    }  # fmt: skip


SPOKEN = {word: outcome for word, outcome in EVENTS.items() if outcome not in ("step", "sent")}


@pytest.mark.parametrize("word", SPOKEN)
def test_each_event_has_its_outcome(word):
    status = "550 4.3.2 QUEUE.TransportAgent; message deleted by transport agent"
    assert outcomes({"event-id": word, "recipient-status": status}) == [SPOKEN[word]]


@pytest.mark.parametrize("word", [word for word, outcome in EVENTS.items() if outcome == "step"])
def test_steps_and_redundancy_are_context(word):
    assert read(NAME, log({"event-id": word})).counts["context"] == 1


@pytest.mark.parametrize(
    "change",
    [
        {"connector-id": INTRA},
        {"connector-id": "EdgeSync - Inbound to HQ"},
        {"connector-id": "Inbound Proxy Internal Send Connector"},
        {"connector-id": "", "server-hostname": "EX01"},
    ],
)
def test_a_hop_to_a_server_of_the_organization_is_no_delivery(change):
    assert read(NAME, log(change)).counts["context"] == 1


def test_a_hop_over_a_connector_of_ones_own_is_a_delivery():
    assert outcomes({"connector-id": "EdgeSync - HQ to Internet"}, {"event-id": "SENDEXTERNAL"}) == ["delivered"] * 2


def test_a_refusal_at_the_door_is_rejected_and_names_the_client_not_a_destination():
    event = only(
        event_id="FAIL", connector_id="EX01\\Default EX01", client_ip="192.0.2.31", client_hostname="relay01",
        server_hostname="EX01", original_client_ip="fe80::1%3", recipient_status="550 5.7.1 Sender ID", total_bytes="0",
    )  # fmt: skip
    told = ("outcome", "direction", "server", "remote_ip", "remote_host", "destination", "connector", "size_bytes")
    assert [event.get(name) for name in told] == [
        "rejected", "inbound", "EX01", "fe80::1", None, "fabrikam.com", None, None,
    ]  # fmt: skip


def test_a_failure_outward_names_the_next_host_unless_the_reply_does():
    plain = only(event_id="FAIL", recipient_status="550 5.1.1 unknown")
    assert (plain["server"], plain["destination"], plain["remote_ip"]) == ("EX01", "mail.fabrikam.com", "203.0.113.25")
    told = only(event_id="DEFER", recipient_status=LED)
    assert (told["remote_host"], told["remote_ip"]) == ("mx1.fabrikam.com", "203.0.113.1")


def test_a_mailbox_is_delivered_to_at_its_domain():
    event = only(
        event_id="FAIL", connector_id=INTRA, server_hostname="EX02.contoso.com", recipient_address="a@Contoso.com"
    )
    assert (event["destination"], event["direction"]) == ("contoso.com", "internal")
    delivered = only(event_id="DELIVER", source="STOREDRIVER", server_hostname="EX02", connector_id="")
    assert (delivered["server"], delivered["destination"], delivered["direction"]) == (
        "EX02",
        "fabrikam.com",
        "internal",
    )


def test_a_group_ends_in_its_expansion_and_its_members_go_on():
    change = {"event-id": "EXPAND", "recipient-address": "a@contoso.com;b@contoso.com"}
    trial = read(NAME, log({**change, "related-recipient-address": "all@contoso.com"}))
    assert column(trial, "recipient") == ["all@contoso.com"]


def test_a_drop_that_was_handled_is_no_loss():
    status = "[{LED=250 2.1.5 RESOLVER.OOF.IntToExt; handled};{MSG=};{FQDN=};{IP=};{LRT=}]"
    assert outcomes({"event-id": "DROP", "recipient-status": status}) == ["info"]


def test_each_recipient_gets_the_reply_in_its_place():
    assert replies("a@fabrikam.com;b@fabrikam.com", f"{LED};{OTHER}") == [
        ("a@fabrikam.com", LED),
        ("b@fabrikam.com", OTHER),
    ]


def test_replies_that_go_on_behind_a_semicolon_are_told_apart_by_their_codes():
    expired = "550 4.4.7 QUEUE.Expired; message expired"
    assert replies("a@fabrikam.com;b@fabrikam.com", f"{expired};{LED}") == [
        ("a@fabrikam.com", expired),
        ("b@fabrikam.com", LED),
    ]
    assert outcomes({"event-id": "FAIL", "recipient-address": "a@x.example;b@x.example",
                     "recipient-status": f"{expired};{expired}"}) == ["expired", "expired"]  # fmt: skip


@pytest.mark.parametrize("status", [LED, f"{LED};{OTHER};{OTHER}", "[{LED=450 4.4.315 cut;off"])
def test_lists_of_unequal_length_give_the_whole_text_to_each(status):
    assert replies("a@fabrikam.com;b@fabrikam.com", status) == [("a@fabrikam.com", status), ("b@fabrikam.com", status)]


def test_without_a_status_the_context_speaks_but_not_its_session_or_mailbox():
    for context, response in {
        "08DE00B1A6C40061;2026-10-01T08:00:03.000Z;0": None,
        "08DE00B1A6C40061;2026-10-01T08:00:03.000Z": None,
        "08DE00B1A6C40061;2026-10-01T08:00:03.000Z;0;550 5.7.1 no": "550 5.7.1 no",
        "MDB:61914740, Mailbox:279f077c": None,
        "550 5.7.1 refused": "550 5.7.1 refused",
    }.items():
        assert only(event_id="FAIL", recipient_status="", source_context=context).get("response") == response


def test_a_failure_that_names_nobody_is_still_an_event_and_a_delivery_to_nobody_a_reject():
    assert outcomes({"event-id": "BADMAIL", "recipient-address": ""}) == ["failed"]
    assert read(NAME, log({"recipient-address": ";"})).rejects["reason"].to_pylist() == ["no recipient"]


def test_what_cannot_be_understood_says_why():
    trial = read(NAME, log({"date-time": ""}, {"date-time": "yesterday"}, {"event-id": ""}, {"event-id": "EXPLODE"}))
    assert trial.rejects["reason"].to_pylist() == [
        "no date", "unreadable date 'yesterday'", "no event", "unknown event 'EXPLODE'",
    ]  # fmt: skip


def test_without_a_latency_the_delay_is_told_by_when_the_message_came_in():
    assert only()["delay_seconds"] == 2.0
    assert "delay_seconds" not in only(message_info="2026-10-01T08:00:05.000Z")


@pytest.mark.parametrize(
    ("told", "word", "direction"),
    [("Incoming", "RECEIVE", "inbound"), ("Undefined", "SEND", "outbound"), ("", "RECEIVE", "unknown"),
     ("Originating", "RECEIVE", "outbound"), ("Undefined", "FAIL", "outbound")],
)  # fmt: skip
def test_the_direction_is_the_logs_own_or_that_of_the_hop(told, word, direction):
    assert only(directionality=told, event_id=word)["direction"] == direction


def test_one_row_in_two_files_is_a_duplicate_and_the_same_moment_on_another_server_is_not():
    one = log({"event-id": "RECEIVE", "server-hostname": "EX01"})
    assert read(NAME, one, one).counts["duplicates"] == 1
    assert read(NAME, one, log({"event-id": "RECEIVE", "server-hostname": "EX02"})).counts["events"] == 2


@pytest.mark.parametrize("width", VERSIONS)
def test_a_slice_without_a_header_is_known_and_read_by_its_width(width):
    from mailtrend.formats import all_formats
    from mailtrend.formats.base import Head

    text = lines({}, {"event-id": "FAIL"}, width=width)
    assert [name for name, fmt in all_formats().items() if fmt.claims(Head("x.log", text))] == [NAME]
    trial = read(NAME, text)
    assert column(trial, "recipient") == ["bo@fabrikam.com"] * 2
    assert column(trial, "line") == [1, 2]


def test_only_its_own_header_is_claimed():
    assert claimed_by(NAME) == {NAME}


@pytest.mark.parametrize(
    "text",
    [
        "2026-10-01T08:00:04.390Z,C,08DE,1,192.0.2.1:25,192.0.2.2:25,>,FAIL,\r\n",
        "2026-10-01T08:00:04.390Z,08DE,SMTP,x,+,Undefined\r\n",
        lines({"date-time": "2026-10-01T08:00:04.3900000Z"}, width=27),
        lines({"event-id": "Offer"}),
        header().replace("Message Tracking Log", "SMTP Send Protocol Log"),
        ",".join(name.replace("-", "_") for name in FIELDS[:27]).replace("date_time", "date_time_utc") + "\r\n",
    ],
)
def test_neighbours_are_not_claimed(text):
    from mailtrend.formats import all_formats
    from mailtrend.formats.base import Head

    assert not all_formats()[NAME].claims(Head("MSGTRK.LOG", text))


def test_columns_change_in_the_middle_and_a_mark_there_is_no_text():
    text = log({}, width=30) + "\ufeff" + log({"event-id": "FAIL"}, width=26)
    trial = read(NAME, "\ufeff" + text)
    assert column(trial, "outcome") == ["delivered", "failed"]
    assert trial.counts["rows"] == 2
    assert column(trial, "network_message_id")[1] is None


@pytest.mark.parametrize("quote", ["", '"'])
def test_a_header_line_without_its_mark_is_a_header(quote):
    names = ",".join(f"{quote}{name}{quote}" for name in FIELDS)
    assert read(NAME, names + "\r\n" + lines({})).counts == {
        "rows": 1, "used": 1, "context": 0, "duplicates": 0, "rejects": 0, "events": 1,
    }  # fmt: skip


def test_a_slice_that_begins_in_the_middle_of_a_row_loses_that_row_only():
    trial = read(NAME, "om,250 2.1.5 OK,4000\r\n" + lines({}, {}, width=27))
    assert (trial.counts["rejects"], trial.counts["used"], trial.counts["duplicates"]) == (1, 1, 1)


CELLS = st.one_of(
    st.sampled_from((*EVENTS, "2026-10-01T08:00:04.390Z", "a@contoso.com;b@contoso.com", ";;", LED, f"{LED};{OTHER}", INTRA,
                     "EX01\\Default EX01", "#Fields: x", "fe80::1%3", "System.String[]", "<>", "SMTP", "2026-10-01T")),
    st.text(alphabet="ab@.;#<>[]{}=, \"'&\\\n%$0159é", max_size=12),
)  # fmt: skip


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    rows=st.lists(
        st.fixed_dictionaries({
            **dict.fromkeys(FIELDS, CELLS),
            "date-time": st.sampled_from(("2026-10-01T08:00:04.390Z", "2026-10-01T08:00:05.000Z", "x", "1")),
        }),
        min_size=1,
        max_size=8,
    )
)  # fmt: skip
def test_no_row_vanishes_and_reading_a_log_twice_adds_nothing(rows):
    text = log(*rows)
    once, twice = read(NAME, text), read(NAME, text, text)
    assert once.counts["rows"] == len(rows)
    assert twice.counts["rows"] == 2 * len(rows)
    assert twice.counts["events"] == once.counts["events"]

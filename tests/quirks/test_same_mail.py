"""Quirks of counting: the same mail in many files is one message, and each of its attempts is one attempt."""

from __future__ import annotations

import pytest

from support.dialogues import Session, log
from support.exports import table
from support.maillog import arrival, line, to
from support.readings import Reading, counts

TRACE = ("Received", "SenderAddress", "RecipientAddress", "Subject", "Status", "MessageId", "MessageTraceId")
DETAIL = ("Date", "Event", "Detail", "MessageId", "MessageTraceId", "RecipientAddress", "SenderAddress")
NETWORK = "81945af2-cab7-4d00-8a3b-08de11aa22bb"
REFUSED = ("Reason: [{LED=450 4.4.316 Connection refused [Message=Socket error code 10061]};{MSG=};{FQDN=mx.fabrikam.com};"
           "{IP=203.0.113.25};{LRT=}]")  # fmt: skip
TRACKING = (
    "#Log-type: Message Tracking Log\r\n#Fields: date-time,client-ip,client-hostname,server-ip,server-hostname,source-context,"
    "connector-id,source,event-id,internal-message-id,message-id,network-message-id,recipient-address,recipient-status,"
    "total-bytes,recipient-count,related-recipient-address,reference,message-subject,sender-address,return-path,message-info,"
    "directionality,tenant-id,original-client-ip,original-server-ip,custom-data\r\n"
)


def trace(number: int, status: str = "Failed", at: str = "2026-10-22T16:41:12Z", **cells: str) -> dict[str, str]:
    """One row of a message trace."""
    return {
        "Received": at, "SenderAddress": "ada@contoso.com", "RecipientAddress": "bo@fabrikam.com", "Status": status,
        "Subject": "Hi", "MessageId": f"<{number}@contoso.com>", "MessageTraceId": f"{number:08d}{NETWORK[8:]}",
    } | cells  # fmt: skip


def detail(number: int, event: str, text: str, at: str) -> dict[str, str]:
    """One message event."""
    return {
        "Date": at, "Event": event, "Detail": text, "MessageId": f"<{number}@contoso.com>",
        "MessageTraceId": f"{number:08d}{NETWORK[8:]}", "RecipientAddress": "bo@fabrikam.com", "SenderAddress": "ada@contoso.com",
    }  # fmt: skip


def tracked(event: str, at: str, *, client: str = "EX01", server: str = "mx.fabrikam.com", connector: str = "Outbound",
            status: str = "250 2.1.5 Recipient OK", number: int = 1) -> str:  # fmt: skip
    """One row of a message tracking log."""
    return (
        f"{at},192.0.2.10,{client},203.0.113.25,{server},,{connector},SMTP,{event},{number},<{number}@contoso.com>,"
        f"{number:08d}{NETWORK[8:]},bo@fabrikam.com,{status},900,1,,,Hi,ada@contoso.com,ada@contoso.com,,Originating,,,,\r\n"
    )


@pytest.fixture
def reading(tmp_path):
    return Reading(tmp_path)


def figures(reading: Reading) -> tuple[int, int, int]:
    """Attempts, messages × recipients, and failing attempts."""
    return (
        reading.one("SELECT count(*) FROM attempts"), reading.one("SELECT count(*) FROM messages"),
        reading.one("SELECT count(*) FROM failures"),
    )  # fmt: skip


def test_overlapping_windows_and_the_second_at_their_boundary_count_once(reading):
    first = table(TRACE, trace(1), trace(2, at="2026-10-22T17:00:00Z"))
    second = table(TRACE, trace(2, at="2026-10-22T17:00:00Z"), trace(3, at="2026-10-22T18:00:00Z"))
    reading.take({"a.csv": first})
    assert counts(reading.take({"b.csv": second}))["duplicates"] == 1
    assert figures(reading) == (3, 3, 3)


def test_pages_appended_twice_to_one_file_count_once(reading):
    page = table(TRACE, trace(1), trace(2))
    assert counts(reading.take({"a.csv": page + page}))["duplicates"] == 2
    assert figures(reading) == (2, 2, 2)


def test_a_status_that_moved_from_one_export_to_the_next_ends_where_it_ended(reading):
    reading.take({"late.csv": table(TRACE, trace(1, "Delivered"))})
    reading.take({"early.csv": table(TRACE, trace(1, "Pending"))})
    assert reading.ask("SELECT outcome, attempts FROM messages") == [("delivered", 1)]


@pytest.mark.parametrize(
    ("order", "sender"),
    # Only mail.log names the sender, and the attempt is that of the file which was read first.
    [(("mail.log", "mail.warn", "mail.err"), "erp@contoso.com"), (("mail.err", "mail.warn", "mail.log"), None)],
)
def test_mail_log_mail_warn_and_mail_err_hold_the_same_lines(reading, order, sender):
    refused = to("deferred (connect to mx.fabrikam.com[192.0.2.69]:25: Connection refused)", relay="none", dsn="4.4.1")
    warning = line("warning: hostname x does not resolve to address 203.0.113.9", tag="postfix/smtpd[9]")
    files = {"mail.log": arrival() + warning + refused, "mail.warn": warning + refused, "mail.err": refused}
    for name in (*order, *order):
        reading.take({name: files[name]}, year=2026)
    assert figures(reading)[0] == reading.one("SELECT count(*) FROM failures") == 1
    assert reading.ask("SELECT sender, attempts FROM messages WHERE recipient = 'bo@fabrikam.com'") == [(sender, 1)]


def test_a_trace_without_a_reason_gets_its_cause_from_the_message_events(reading):
    reading.take({"trace.csv": table(TRACE, trace(1))})
    assert reading.ask("SELECT cause FROM messages") == [("unclassified",)]
    reading.take(
        {"detail.csv": table(DETAIL, detail(1, "Fail", REFUSED.replace("450 4.4", "550 5.4"), "2026-10-23T16:41:15Z"))}
    )
    assert reading.ask("SELECT cause, status_code, sources, attempts FROM messages") == [
        ("connection_refused", "5.4.316", ["exo_trace_detail", "exo_message_trace"], 1)
    ]
    assert figures(reading) == (1, 1, 1)


def test_retries_are_attempts_of_one_message_to_one_recipient(reading):
    times = [f"2026-10-22T{hour}:00:00Z" for hour in (17, 18, 19, 20)]
    reading.take({"detail.csv": table(DETAIL, *(detail(1, "Defer", REFUSED, at) for at in times))})
    assert figures(reading) == (4, 1, 4)
    assert reading.ask("SELECT deferrals FROM messages") == [(4,)]


def test_a_refusal_by_the_first_mx_is_no_attempt_of_its_own_beside_the_final_outcome(reading):
    tried = line("A17F830001CA: host mx1.fabrikam.com[192.0.2.68] said: 451 4.3.0 later (in reply to RCPT TO command)")
    reading.take({"mail.log": arrival() + tried + to("sent (250 Ok)")}, year=2026)
    assert reading.ask("SELECT outcome FROM attempts") == [("delivered",)]


def test_several_recipients_and_retries_are_three_different_numbers(reading):
    lines = arrival() + "".join(
        to("deferred (connect to mx.fabrikam.com[192.0.2.69]:25: Connection refused)", relay="none", dsn="4.4.1",
           recipient=f"<{name}@fabrikam.com>", at=f"Nov  2 {hour}:00:00")
        for hour in (14, 15, 16, 17) for name in ("a", "b", "c")
    )  # fmt: skip
    reading.take({"mail.log": lines}, year=2026)
    [row] = reading.ask("SELECT failures, messages, recipients FROM failures_by_code()")
    assert row == (12, 1, 3)


def test_tracking_logs_of_several_servers_tell_one_delivery(reading):
    hub = TRACKING + tracked("RECEIVE", "2026-10-22T16:41:10.000Z", server="EX01", connector=r"EX01\Default EX01", status="") + tracked(
        "SEND", "2026-10-22T16:41:11.000Z", server="EX02.contoso.com", connector="Intra-Organization SMTP Send Connector"
    )  # fmt: skip
    edge = TRACKING + tracked("RECEIVE", "2026-10-22T16:41:11.100Z", server="EX02", connector=r"EX02\Default EX02", status="") + tracked(
        "SENDEXTERNAL", "2026-10-22T16:41:12.500Z", client="EX02"
    )  # fmt: skip
    reading.take({"EX01/MSGTRK2026102216-1.LOG": hub, "EX02/MSGTRK2026102216-1.LOG": edge})
    assert reading.ask("SELECT outcome, server, destination FROM attempts") == [
        ("delivered", "EX02", "mx.fabrikam.com")
    ]
    assert reading.ask("SELECT outcome, attempts FROM messages") == [("delivered", 1)]


def test_tracking_log_and_protocol_log_of_one_delivery_are_one_attempt(reading):
    session = Session(connector="Outbound", remote="203.0.113.25:25")
    session.greet("mx.fabrikam.com")
    session.talk("* sending message with RecordId 1 and InternetMessageId <1@contoso.com>", "> MAIL FROM:<ada@contoso.com>",
                 "< 250 2.1.0 Ok", "> RCPT TO:<bo@fabrikam.com>", "< 550 5.1.1 No such user", "> QUIT", "- Local")  # fmt: skip
    when = session.rows[8][0]
    failed = tracked("FAIL", f"{when:%Y-%m-%dT%H:%M:%S}.400Z", status="550 5.1.1 No such user")
    reading.take({"SEND.LOG": log("Send", session), "MSGTRK.LOG": TRACKING + failed})
    assert reading.one("SELECT count(*) FROM events WHERE outcome = 'failed'") == 2
    [(attempts, sources)] = reading.ask("SELECT count(*), any_value(sources) FROM failures")
    assert attempts == 1
    assert set(sources) == {"exchange_tracking", "exchange_smtp_send"}
    assert reading.ask("SELECT attempts, status_code FROM messages") == [(1, "5.1.1")]


def test_the_session_to_the_front_end_is_no_second_delivery(reading):
    def delivery(connector: str, remote: str, host: str, name: str) -> Session:
        session = Session(id=name, connector=connector, remote=remote)
        session.greet(host)
        session.talk("* sending message with RecordId 1 and InternetMessageId <1@contoso.com>", "> MAIL FROM:<ada@contoso.com>",
                     "< 250 2.1.0 Ok", "> RCPT TO:<bo@fabrikam.com>", "< 250 2.1.5 Ok", "> BDAT 900 LAST",
                     "< 250 2.6.0 Queued", "> QUIT", "- Local")  # fmt: skip
        return session

    inner = delivery("Outbound Proxy Internal Send Connector", "192.0.2.11:717", "EX01.contoso.com", "08DE00000000A001")
    outer = delivery("Outbound", "203.0.113.25:25", "mx.fabrikam.com", "08DE00000000B001")
    reading.take({"Hub/SEND1.LOG": log("Send", inner), "FrontEnd/SEND1.LOG": log("Send", outer)})
    found = reading.ask("SELECT destination FROM attempts WHERE direction <> 'internal'")
    assert found == [("mx.fabrikam.com",)]
    assert reading.ask("SELECT outcome, attempts, destination FROM messages") == [("delivered", 1, "mx.fabrikam.com")]

"""Quirks of replies and lists: codes that are dashed, alone, missing or nested; semicolons where they part nothing."""

from __future__ import annotations

import pytest

from support.exports import column, events, read, table
from support.maillog import line, to
from support.maillog import read as read_postfix

DETAIL = ("Date", "Event", "Detail", "MessageTraceId", "RecipientAddress")
SUMMARY = ("origin_timestamp_utc", "sender_address", "recipient_status", "message_id", "network_message_id")


def told(text: str, event: str = "Fail") -> dict[str, object]:
    """What a reason in a message event comes to."""
    trial = read(
        "exo_trace_detail",
        table(DETAIL, {"Date": "2026-10-22T16:41:12Z", "Event": event, "Detail": text, "MessageTraceId": "1",
                       "RecipientAddress": "bo@fabrikam.com"}),
    )  # fmt: skip
    [found] = trial.events.to_pylist()
    return found


@pytest.mark.parametrize(
    ("text", "outer", "inner"),
    [
        ("550-5.7.26 Not signed. 550-5.7.26 See the page. 550 5.7.26 Refused", (550, "5.7.26"), (None, None)),
        ("450 4.4.317 Cannot connect to remote server", (450, "4.4.317"), (None, None)),
        ("451-4.7.23 Later, please; unable to verify", (451, "4.7.23"), (None, None)),
        ("550 <bo@fabrikam.com> recipient rejected", (550, None), (None, None)),
        ("5.7.1 Spam message rejected", (None, "5.7.1"), (None, None)),
        ("550 4.4.7 QUEUE.Expired; message expired", (550, "4.4.7"), (None, None)),
        ("451 4-4.395 Target host responded with error. -> 454 4.7.0 Try later", (451, "4.4.395"), (454, "4.7.0")),
        ("Reason: [{LED=450 4.4.317 Cannot connect [Message=451 5.7.3 STARTTLS is required]};{MSG=};{FQDN=};{IP=};{LRT=}]",
         (450, "4.4.317"), (451, "5.7.3")),
        ('451 4.4.0 Primary target IP address responded with: "421 4.4.1 Connection timed out."', (451, "4.4.0"), (421, "4.4.1")),
        ("550 5.4.317 Message expired, cannot connect to remote server(451 5.7.3 STARTTLS is required)", (550, "5.4.317"), (451, "5.7.3")),
        ("[{LED=};{MSG=};{FQDN=};{IP=};{LRT=}]", (None, None), (None, None)),
    ],
    ids=["dashed lines", "plain", "dash", "no enhanced code", "no reply code", "5xx with 4.x.x", "a slip and ->", "Message=",
         "in quotes", "in parentheses", "all empty"],
)  # fmt: skip
def test_outer_and_inner_codes_are_kept_apart(text, outer, inner):
    found = told(text)
    assert (found["reply_code"], found["status_code"]) == outer
    assert (found["remote_reply_code"], found["remote_status_code"]) == inner


def test_an_enhanced_code_without_a_reply_code_is_that_of_a_milter():
    [event] = read_postfix(
        line("769FF2E0760: milter-reject: END-OF-MESSAGE from h.example.org[203.0.113.155]: 5.7.1 Spam message rejected; "
             "from=<x@example.org> to=<a@contoso.com> proto=ESMTP helo=<h>", tag="postfix/cleanup[1]")
    )  # fmt: skip
    assert (event["reply_code"], event["status_code"], event["outcome"]) == (None, "5.7.1", "rejected")


def test_a_failure_to_connect_has_no_code_and_still_a_cause():
    [event] = read_postfix(
        to("deferred (connect to mx.fabrikam.com[192.0.2.69]:25: Connection refused)", relay="none", dsn="4.4.1")
    )
    assert (event["reply_code"], event["status_code"], event["cause"]) == (None, "4.4.1", "connection_refused")


def test_a_drop_with_250_is_no_failure():
    found = told(
        "Reason: [{LED=250 2.1.5 RESOLVER.OOF.IntToExt; handled internal OOF};{MSG=};{FQDN=};{IP=};{LRT=}]", "Drop"
    )
    assert (found["outcome"], found["cause"]) == ("info", None)


def test_semicolons_inside_a_reason_part_no_recipients():
    header = "date_time_utc,event_id,recipient_address,recipient_status,message_id,network_message_id"
    reasons = (
        "[{LED=550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found [a;b] {c;d}};{MSG=};{FQDN=};{IP=};{LRT=}];"
        "[{LED=450 4.4.316 Connection refused};{MSG=};{FQDN=mx.fabrikam.com};{IP=203.0.113.25};{LRT=}]"
    )
    trial = read(
        "exo_extended", f'{header}\r\n2026-10-22T16:41:12Z,FAIL,a@contoso.com;b@contoso.com,"{reasons}",<1@x>,1\r\n'
    )
    assert [(event["recipient"], event["status_code"]) for event in trial.events.to_pylist()] == [
        ("a@contoso.com", "5.1.10"), ("b@contoso.com", "4.4.316"),
    ]  # fmt: skip


def test_a_summary_cell_is_cut_at_the_last_mark_of_each_recipient_and_quotes_protect():
    cell = '"Bo; Fabrikam<bo"@fabrikam.com##Receive, Fail;odd##name@contoso.com##Receive, Deliver'
    trial = read("exo_enhanced_summary", table(SUMMARY, {
        "origin_timestamp_utc": "2026-10-22T16:41:12.0000000Z", "sender_address": "ada@contoso.com", "recipient_status": cell,
        "message_id": "<1@contoso.com>", "network_message_id": "1"}))  # fmt: skip
    assert [(event["recipient"], event["outcome"]) for event in events(trial)] == [
        ('"Bo; Fabrikam<bo"@fabrikam.com', "failed"), ("odd##name@contoso.com", "delivered"),
    ]  # fmt: skip


def test_a_group_is_expanded_into_its_members_and_is_no_failure():
    cell = "sales@contoso.com##Receive, Expand;bo@contoso.com##Receive, Deliver"
    trial = read("exo_enhanced_summary", table(SUMMARY, {
        "origin_timestamp_utc": "2026-10-22T16:41:12Z", "recipient_status": cell, "message_id": "<1@contoso.com>",
        "network_message_id": "1"}))  # fmt: skip
    assert sorted(column(trial, "outcome")) == ["delivered", "expanded"]


@pytest.mark.parametrize("place", range(60, 330, 15))
def test_a_reason_cut_anywhere_keeps_its_code_and_the_server_that_stands_behind_the_cut(place):
    whole = (
        "Reason: [{LED=450 4.4.317 Cannot connect to remote server [Message=451 4.4.0 TLS negotiation failed with error "
        "SocketError] [LastAttemptedServerName=mx.fabrikam.com] [LastAttemptedIP=203.0.113.25:25] [SmtpSecurity=-2;-2] "
        "[AM0EUR01FT012.eop-eur01.prod.protection.outlook.com 2026-10-22T16:41:06.378Z 08DE1DF24DB12D84]};{MSG=};{FQDN=mx."
    )
    found = told(
        whole[:place] + ". OutboundProxyTargetIP: 203.0.113.25. OutboundProxyTargetHostName: mx.fabrikam.com", "Defer"
    )
    assert (found["reply_code"], found["status_code"]) == (450, "4.4.317")
    assert (found["remote_host"], found["remote_ip"]) == ("mx.fabrikam.com", "203.0.113.25")


def test_a_line_that_syslog_cut_is_still_an_attempt():
    [event] = read_postfix(
        to("deferred (host mx.fabrikam.com[192.0.2.69] said: 452 4.1.1 <bo@fabrikam.com> user is over qu", dsn="4.1.1")
    )
    assert (event["outcome"], event["reply_code"], event["status_code"]) == ("deferred", 452, "4.1.1")


def test_a_subject_of_256_characters_is_kept_as_it_was_cut():
    subject = "x" * 255 + "…"
    trial = read("exo_message_trace", table(
        ("Received", "SenderAddress", "RecipientAddress", "Subject", "Status", "MessageTraceId"),
        {"Received": "2026-10-22T16:41:12Z", "SenderAddress": "a@contoso.com", "RecipientAddress": "b@contoso.com",
         "Subject": subject, "Status": "Failed", "MessageTraceId": "1"}))  # fmt: skip
    assert column(trial, "subject") == [subject]


@pytest.mark.parametrize(
    ("logged", "wanted"),
    [
        ("Outbound to partner", "Outbound to partner"),
        ("EX01\\Outbound to partner", "Outbound to partner"),
        ("Outbound to Office 365 - cb1ce4e7-cbb6-46e8-8a4c-e1f2efbdd202", "Outbound to Office 365"),
        ("", None),
        ("To_DefaultOpportunisticTLS", "To_DefaultOpportunisticTLS"),
        ("EX01\\Default Frontend EX01", None),
    ],
    ids=["name", "server and name", "name and GUID", "blank", "internal name", "none was chosen"],
)
def test_connectors_are_named_as_their_owner_named_them(logged, wanted):
    header = "date_time_utc,event_id,recipient_address,recipient_status,connector_id,message_id,network_message_id"
    trial = read(
        "exo_extended", f"{header}\r\n2026-10-22T16:41:12Z,FAIL,b@contoso.com,550 5.1.1 x,{logged},<1@x>,1\r\n"
    )
    assert column(trial, "connector") == [wanted]


def test_the_destination_is_the_remote_host_else_the_domain_and_never_a_content_filter():
    sent = read_postfix(to("sent (250 2.0.0 Ok)", relay="MX.Fabrikam.com[192.0.2.69]:25"))
    filtered = read_postfix(to("sent (250 2.0.0 Ok: queued as B1)", relay="127.0.0.1[127.0.0.1]:10024"))
    assert sent[0]["destination"] == "mx.fabrikam.com"
    assert (filtered[0]["destination"], filtered[0]["direction"]) == ("fabrikam.com", "internal")
    assert told("550 5.1.1 No such user")["destination"] == "fabrikam.com"

"""Message events: what each Event means, what Data and Detail tell of the way, and reasons however damaged."""

from __future__ import annotations

from datetime import datetime

import pytest

from mailtrend.formats import all_formats
from mailtrend.formats.base import Head
from support.exports import claimed_by, column, events, read, table

NAME = "exo_trace_detail"
COLUMNS = ("Date", "Event", "Action", "Detail", "Data", "SenderAddress", "RecipientAddress", "MessageId",
           "MessageTraceId")  # fmt: skip
REASON = (
    "Reason: [{LED=450 4.4.316 Connection refused [Message=Socket error code 10061] "
    "[LastAttemptedServerName=mail.fabrikam.com] [LastAttemptedIP=203.0.113.25:25]};{MSG=};{FQDN=mail.fabrikam.com};"
    "{IP=203.0.113.25};{LRT=10/22/2026 9:41:12 AM}]"
)
DATA = (
    '<root><MEP Name="ConnectorId" String="Contoso &amp; Fabrikam &lt;relay&gt;"/>'
    '<MEP Name="OutboundProxyTargetIPAddress" String="203.0.113.25"/>'
    '<MEP Name="OutboundProxyTargetHostName" String="mail.fabrikam.com"/>'
    '<MEP Name="CustomData" Blob="S:ProxyHop1=x;S:Quote=&quot;y&quot;"/><MEP Name="SequenceNumber" Long="0"/></root>'
)
ROW = {
    "Date": "10/22/2026 9:41:12 AM", "Event": "Defer", "Action": "", "Detail": REASON, "Data": DATA,
    "SenderAddress": "ann.ames@contoso.com", "RecipientAddress": "bo.beck@Fabrikam.com",
    "MessageId": "<one@contoso.com>", "MessageTraceId": "5D2B7A10-1111-4A4A-8B8B-0123456789AB",
}  # fmt: skip
SUFFIX = "OutboundProxyTargetIP: 203.0.113.10. OutboundProxyTargetHostName: mx.example.net"


def rows(*changes: dict[str, str]) -> str:
    return table(COLUMNS, *({**ROW, **change} for change in changes))


def test_a_deferral_gives_one_event_with_all_that_its_row_tells():
    assert events(read(NAME, rows({}))) == [{
        "event_time": datetime(2026, 10, 22, 9, 41, 12), "event": "Defer", "outcome": "deferred",
        "direction": "outbound", "connector": "Contoso & Fabrikam <relay>", "sender": "ann.ames@contoso.com",
        "recipient": "bo.beck@Fabrikam.com", "destination": "mail.fabrikam.com",
        "remote_host": "mail.fabrikam.com", "remote_ip": "203.0.113.25", "response": REASON,
        "message_id": "one@contoso.com", "network_message_id": "5d2b7a10-1111-4a4a-8b8b-0123456789ab", "line": 2,
    }]  # fmt: skip


def test_only_message_events_are_claimed():
    assert claimed_by(NAME) == {"exo_trace_detail", "exo_trace_detail V1"}


EVENTS = (
    ("Defer", REASON, "deferred"), ("FAIL", REASON, "failed"), ("Deliver", "The message arrived.", "delivered"),
    ("Send external", "", "delivered"), ("Send External", "", "delivered"), ("Receive", "", "received"),
    ("submit", "", "received"), ("Expand DL", "250 2.1.5 RESOLVER.GRP.Expanded; expanded", "expanded"),
    ("Spam", "", "filtered"), ("Resolve", "", "info"), ("Transfer", "", "info"), ("Journal", "", "info"),
    ("DLP rule", "", "info"), ("Send", "", "delivered"),
    ("Send", "Sent to AM0PR04MB0001.eurprd04.prod.outlook.com", "info"),
    ("Drop", "Reason: [{LED=250 2.1.5 RESOLVER.OOF.IntToExt; handled internal OOF};{MSG=}]", "info"),
    ("Drop", "250 2.1.5 RESOLVER.GRP.Expanded", "info"),
    ("Drop", "Reason: [{LED=550 4.3.2 QUEUE.TransportAgent; deleted by an agent 250 2};{MSG=}]", "dropped"),
    ("Drop", "", "dropped"),
)  # fmt: skip


def test_each_event_is_an_outcome_in_any_case():
    text = rows(*({"Event": event, "Detail": detail, "Data": "", "MessageTraceId": f"{number:036d}"}
                  for number, (event, detail, _) in enumerate(EVENTS)))  # fmt: skip
    trial = read(NAME, text)
    assert column(trial, "event") == [event for event, _, _ in EVENTS]
    assert column(trial, "outcome") == [outcome for _, _, outcome in EVENTS]


def test_delivered_rows_keep_no_text():
    trial = read(NAME, rows({"Event": "Send external", "Detail": "Message sent to mail.fabrikam.com"}))
    assert column(trial, "response") == [None]
    assert column(trial, "remote_host") == ["mail.fabrikam.com"]


def test_the_received_line_names_server_and_tls_version():
    detail = "Message received by: AM0PR04MB0001.eurprd04.prod.outlook.com using TLS1.2 with AES256"
    event = events(read(NAME, rows({"Event": "Receive", "Detail": detail, "Data": ""})))[0]
    assert event["tls_version"] == "TLS1.2"
    assert event["server"] == "AM0PR04MB0001.eurprd04.prod.outlook.com"


@pytest.mark.parametrize(
    ("data", "version"),
    [
        ('<root><MEP Name="tlsversion" String="SP_PROT_TLS1_3_SERVER"/></root>', "TLS1.3"),
        ('<root><MEP Name="CustomData" Blob="S:tlsversion=SP_PROT_TLS1_2_CLIENT;S:x=y"/></root>', "TLS1.2"),
        ('<root><MEP Name="CustomData" Blob="S:TlsVersion=TLS1.2;S:x=y"/></root>', "TLS1.2"),
        ('<root><MEP Name="tlsversion" String=""/></root>', None),
    ],
)
def test_the_tls_version_may_stand_in_the_data(data, version):
    assert column(read(NAME, rows({"Event": "Receive", "Detail": "", "Data": data})), "tls_version") == [version]


CONNECTORS = (
    ("Fabrikam relay", "Fabrikam relay"),
    ("SERVER7\\From Fabrikam", "From Fabrikam"),
    ("To Fabrikam - 0b8f2a66-1111-4a4a-8b8b-0123456789ab", "To Fabrikam"),
    ("Fabrikam - the old one", "Fabrikam - the old one"),
    ("AM0PR04MB0001\\Default AM0PR04MB0001", None),
    ("", None),
)


def test_a_connector_is_named_as_its_owner_named_it():
    data = '<root><MEP Name="ConnectorId" String="{}"/><MEP Name="SequenceNumber" Long="0"/></root>'
    text = rows(*({"Event": "Receive", "Data": data.format(value), "MessageTraceId": f"{number:036d}"}
                  for number, (value, _) in enumerate(CONNECTORS)))  # fmt: skip
    assert column(read(NAME, text), "connector") == [connector for _, connector in CONNECTORS]


def test_what_follows_a_cut_reason_still_names_the_host():
    cut = f"Reason: [{{LED=450 4.4.317 Cannot connect to remote server [BN7. {SUFFIX}"
    event = events(read(NAME, rows({"Detail": cut, "Data": ""})))[0]
    assert (event["remote_host"], event["remote_ip"]) == ("mx.example.net", "203.0.113.10")
    assert event["direction"] == "outbound"
    assert event["response"] == cut


def test_a_row_without_ids_is_still_an_event():
    event = events(read(NAME, table(COLUMNS[:5], ROW)))[0]
    assert event["outcome"] == "deferred"
    assert not {"recipient", "network_message_id", "message_id"} & set(event)


def test_rows_carried_over_from_the_message_before_are_duplicates():
    trial = read(NAME, rows({}, {"MessageTraceId": "5D2B7A10-1111-4A4A-8B8B-0123456789AC"}, {}))
    assert trial.counts == {"rows": 3, "used": 2, "context": 0, "duplicates": 1, "rejects": 0, "events": 2}


def test_a_row_without_time_or_event_is_a_reject_and_a_second_header_is_not():
    text = rows({"Date": ""}, {"Date": "22/22/2026 9:41:12 AM"}, {"Event": "", "Detail": ""})
    trial = read(NAME, text + "\ufeff" + rows({}))
    assert trial.counts == {"rows": 4, "used": 1, "context": 0, "duplicates": 0, "rejects": 3, "events": 1}
    assert trial.rejects["reason"].to_pylist() == [
        "no date", "unreadable date '22/22/2026 9:41:12 AM'", "no event",
    ]  # fmt: skip


REASONS = (
    "Defer:Reason: [{LED=451-4.7.23 Message deferred - unable to verify SPF policy for 451 4.7.23 example.com. IB305 "
    "i{2b0c499b-c839-43d2-9c76-dda19649fe67}};{MSG=};{FQDN=mx.example.net};{IP=203.0.113.10};"
    f"{{LRT=1/21/2025 3:45:12 AM}}]. {SUFFIX}",
    "Reason: [{LED=450 4.4.317 Cannot connect to remote server [Message=451 4.4.0 TLS negotiation failed with error "
    "SocketError] [LastAttemptedServerName=xxx] [LastAttemptedIP=xxx] [SmtpSecurity=-2;-2] "
    "[DM6NAM12FT012.eop-nam12.prod.protection.outlook.com 2023-03-07T18:46:06.378Z 08DB1DF24DB12D84]};{MSG=4. "
    "OutboundProxyTargetIP: xxx. OutboundProxyTargetHostName: xxx",
    "Reason: [{LED=450 4.4.317 Cannot connect to remote server [Message=SubjectMismatch Expected Subject: "
    "*.contoso.com. Presented Subject: CN=ExchangeServer01. Thumbprint: D0AC2FC63B9C5798828B45D849BE8D33.] "
    "[LastAttemptedServerName=mail.contoso.com] [LastAttemptedIP=72.x.x.x.:25] [SmtpSecurity=-1;-1] [BN7. "
    "OutboundProxyTargetIP: 72.x.x.x. OutboundProxyTargetHostName: mail.contoso.com",
    "Reason: [{LED=450 4.4.317 Cannot connect to remote server [Message=451 4.4.0 Security status IllegalMessage].",
    "Reason: [{LED=450 4.4.316 Connection refused [Message=Socket error code 10061].",
    "{[{LED=550 5.7.51 TenantInboundAttribution; There is a partner connector configured that matched the message's "
    "recipient domain. The connector had either the RestrictDomainsToIPAddresses or RestrictDomainsToCertificate set "
    "[CH3PEPF00000016.namprd21.prod.outlook.com 2025-01-29T19:07:30.476Z 08DD3FA5DBC8F401]};{MSG=};{FQDN=contoso-m",
    "{[{LED=550 4.3.2 QUEUE.TransportAgent; message deleted by transport agent};{MSG=};{FQDN=};{IP=};{LRT=}]}",
    "{[{LED=550 5.2.1 Message deleted by the transport rules agent};{MSG=};{FQDN=};{IP=};{LRT=}]}",
    "{[{LRT=};{LED=550 5.7.1 RESOLVER.RST.AuthRequired; authentication required};{FQDN=};{IP=}]}",
    "[{LED=451 4-4.395 Target host responded with error. -> 454 4.7.0 Temporary authentication failure}; {MSG=}; "
    "{FQDN=<EdgeServerName>.<domain>.com}; {IP=<internal_IP>}; {LRT=15/07/2025 09:21:04}]",
    "Reason: [{LED=554 5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException."
    "MapiExceptionNamedPropsQuotaExceeded; Failed to process message due to a permanent exception with message",
    "'[{LED=};{MSG=};{FQDN=};{IP=};{LRT=}]'",
    "450 4.4.317 Cannot connect to remote server [Message=451 5.7.3 STARTTLS is required to send mail] "
    "[LastAttemptedServerName=mail.example.com] [LastAttemptedIP=203.0.113.148:25] "
    "[MW2NAM12FT041.eop-nam12.prod.protection.outlook.com](451 5.7.3 STARTTLS is required to send mail)",
    '451 4.4.0 Primary target IP address responded with: "421 4.4.1 Connection timed out." Attempted failover to '
    "alternate host, but that did not succeed. Either there are no alternate hosts, or delivery failed to all "
    "alternate hosts.",
)
"""Reasons as services log them, cut, nested and in the old order of keys; names of hosts changed."""


@pytest.mark.parametrize("event", ["Defer", "Fail"])
def test_every_reason_as_logged_is_an_event_with_that_text(event):
    at = [f"10/22/2026 9:41:{second:02d} AM" for second in range(len(REASONS))]
    trial = read(NAME, rows(*({"Date": date, "Event": event, "Detail": text}
                              for date, text in zip(at, REASONS, strict=True))))  # fmt: skip
    assert trial.counts["used"] == trial.counts["rows"] == len(REASONS)
    assert column(trial, "response") == list(REASONS)


GRAPH = ("Action", "Data", "DateTime", "Description", "Event", "Id", "MessageId", "AdditionalProperties")


def test_the_names_of_microsoft_graph_are_known_and_its_id_is_that_of_the_message():
    row = {**ROW, "DateTime": ROW["Date"], "Description": REASON, "Id": ROW["MessageTraceId"]}
    text = table(GRAPH, row)
    assert all_formats()[NAME].claims(Head("export.csv", text))
    [event] = events(read(NAME, text))
    assert event["network_message_id"] == "5d2b7a10-1111-4a4a-8b8b-0123456789ab"
    assert (event["event_time"], event["response"]) == (datetime(2026, 10, 22, 9, 41, 12), REASON)


def test_a_list_of_other_events_is_not_claimed_for_its_id():
    header = ",".join(("Id", "DateTime", "Event", "Description"))
    assert not all_formats()[NAME].claims(Head("calendar.csv", f"{header}\r\n"))

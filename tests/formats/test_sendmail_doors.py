"""Sendmail: mail that comes in, and mail that is turned away at the door."""

from __future__ import annotations

import pytest

from support.sendmaillog import arrival, counts, line, one, read, some

CLIENT = "pc17.example.net [198.51.100.77] (may be forged)"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (f"ruleset=check_rcpt, arg1=<a@example.org>, relay={CLIENT}, reject=550 5.7.1 <a@example.org>... Relaying denied",
         {"outcome": "rejected", "recipient": "a@example.org", "destination": "example.org", "cause": "relay_denied",
          "remote_host": "pc17.example.net", "remote_ip": "198.51.100.77", "event": "ruleset=check_rcpt",
          "response": "550 5.7.1 <a@example.org>... Relaying denied", "status_code": "5.7.1", "direction": "inbound"}),
        (f"ruleset=check_mail, arg1=<x@example.com>, relay={CLIENT}, reject=451 4.1.8 Domain of sender address x does not"
         " resolve", {"outcome": "deferred", "sender": "x@example.com", "recipient": None, "destination": "gate"}),
        ("ruleset=check_relay, arg1=[198.51.100.9], arg2=198.51.100.9, relay=[198.51.100.9], reject=421 4.3.2 Too many",
         {"outcome": "deferred", "remote_host": None, "remote_ip": "198.51.100.9", "response": "421 4.3.2 Too many"}),
        (f"ruleset=check_rcpt, arg1=<a@contoso.com>, relay={CLIENT}, discard",
         {"outcome": "dropped", "recipient": "a@contoso.com", "response": None}),
        (f"ruleset=check_rcpt, arg1=<a@contoso.com>, relay={CLIENT}, quarantine=looked odd, so there",
         {"outcome": "quarantined", "recipient": "a@contoso.com", "response": "looked odd, so there"}),
        ("Milter: to=<a@contoso.com>, reject=451 4.7.1 Greylisting in action, come back",
         {"outcome": "deferred", "recipient": "a@contoso.com", "event": "Milter: to", "cause": "greylisted"}),
        ("Milter: from=<x@example.com>, reject=550 5.7.1 Command rejected",
         {"outcome": "rejected", "sender": "x@example.com", "recipient": None}),
        ("Milter: data, reject=554 5.7.1 malware", {"outcome": "rejected", "recipient": None, "event": "Milter: data"}),
        ("Milter: data, discard", {"outcome": "dropped"}),
        ("milter=scan, quarantine=kept back", {"outcome": "quarantined", "response": "kept back"}),
        ("discarded", {"outcome": "dropped"}),
        ("<a@contoso.com>... User unknown",
         {"outcome": "rejected", "recipient": "a@contoso.com", "cause": "recipient_unknown"}),
        ("<x@example.com>... Domain of sender address does not exist", {"sender": "x@example.com", "recipient": None}),
        ("AUTH failure (LOGIN): authentication failure (-13) SASL(-13): checkpass failed, user=a, relay=[192.0.2.1], "
         "relay=h.example.net [192.0.2.4]",
         {"outcome": "rejected", "remote_ip": "192.0.2.4", "remote_host": "h.example.net", "cause": "authentication_failed"}),
        ("rejecting commands from h.example.net [192.0.2.4] due to pre-greeting traffic after 6 seconds",
         {"outcome": "rejected", "remote_host": "h.example.net", "remote_ip": "192.0.2.4"}),
        ("tcpwrappers (h.example.net, 192.0.2.4) rejection",
         {"outcome": "rejected", "remote_host": "h.example.net", "remote_ip": "192.0.2.4"}),
    ],
)  # fmt: skip
def test_a_refusal_says_who_was_turned_away_and_why(text, wanted):
    assert some(one(line(text)), wanted) == wanted


def test_a_refusal_that_names_neither_client_nor_sender_has_them_from_the_mail():
    [event] = read(line("<no@contoso.com>... User unknown") + arrival(nrcpts=0, relay=CLIENT))
    wanted = {"sender": "erp@contoso.com", "remote_host": "pc17.example.net", "remote_ip": "198.51.100.77"}
    assert some(event, wanted) == wanted


def test_a_refusal_that_two_lines_tell_is_told_once():
    rule = line(f"ruleset=check_rcpt, arg1=<a@contoso.com>, relay={CLIENT}, reject=550 5.1.1 <a@contoso.com>... no")
    assert one(rule + line("<a@contoso.com>... no"))["event"] == "ruleset=check_rcpt"


def test_clients_refused_in_one_second_without_a_queue_id_are_told_apart():
    text = "".join(
        line(f"ruleset=check_relay, arg1=[{ip}], arg2={ip}, relay=[{ip}], reject=421 4.3.2 Too many", queue=None)
        for ip in ("192.0.2.1", "192.0.2.2")
    )
    assert [event["status_code"] for event in read(text)] == ["4.3.2", "4.3.2"]


def test_a_mail_refused_after_its_data_is_refused_for_each_recipient_and_did_not_come_in():
    found = read(
        arrival(nrcpts=2, relay=CLIENT)
        + line("Milter: data, reject=554 5.7.1 malware")
        + "".join(line(f"to=<{who}@contoso.com>, delay=00:00:01, pri=90112, stat=malware") for who in "ab")
    )
    assert [(e["recipient"], e["outcome"], e["direction"]) for e in found] == [
        ("a@contoso.com", "rejected", "inbound"),
        ("b@contoso.com", "rejected", "inbound"),
    ]
    wanted = {"response": "554 5.7.1 malware", "destination": "contoso.com", "remote_ip": "198.51.100.77"}
    assert some(found[0], wanted) == wanted


def test_what_a_ruleset_says_of_the_next_server_is_told_by_the_delivery():
    text = line("ruleset=tls_server, arg1=SOFTWARE, relay=mx.example.com., reject=403 4.7.0 TLS handshake failed.")
    assert counts(text)["context"] == 1


@pytest.mark.parametrize(
    ("relay", "direction", "host", "ip"),
    [
        ("erp01.contoso.com [203.0.113.5]", "inbound", "erp01.contoso.com", "203.0.113.5"),
        ("news.example.com [IPv6:2001:db8::40]", "inbound", "news.example.com", "2001:db8::40"),
        ("IDENT:fred@erp01.contoso.com [203.0.113.5]", "inbound", "erp01.contoso.com", "203.0.113.5"),
        ("root@localhost", "internal", "localhost", None),
        ("localhost [127.0.0.1]", "internal", "localhost", "127.0.0.1"),
    ],
)
def test_an_arrival_says_where_the_mail_comes_from(relay, direction, host, ip):
    event = one(arrival(relay=relay))
    assert (event["outcome"], event["event"], event["connector"]) == ("received", "from=", "MTA")
    assert (event["direction"], event["remote_host"], event["remote_ip"]) == (direction, host, ip)


def test_a_message_id_may_hold_commas():
    text = line(
        "from=<>, size=1, class=0, nrcpts=1, msgid=<a, b=c@example.com>, proto=SMTP, daemon=MTA, relay=h [192.0.2.1]"
    )
    assert (one(text)["message_id"], one(text)["sender"]) == ("a, b=c@example.com", "")

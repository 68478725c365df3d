"""Sendmail: what becomes of each recipient at each attempt, and of the mail as a whole."""

from __future__ import annotations

import pytest

from support.sendmaillog import QUEUE, arrival, counts, line, one, read, some, to


@pytest.mark.parametrize(
    ("stat", "dsn", "wanted"),
    [
        ("Sent (2.0.0 Ok: queued as A, b=c)", "2.0.0", {"outcome": "delivered", "response": "2.0.0 Ok: queued as A, b=c"}),
        ("Sent", "2.0.0", {"outcome": "delivered", "response": None, "event": "stat=Sent"}),
        ("Deferred: Connection refused by mx.fabrikam.com.", "4.0.0",
         {"outcome": "deferred", "cause": "connection_refused", "response": "Connection refused by mx.fabrikam.com."}),
        ("Deferred: 450 4.7.1 <x>: Greylisted, come back, id=7      ", "4.7.1",
         {"outcome": "deferred", "reply_code": 450, "status_code": "4.7.1", "cause": "greylisted",
          "response": "450 4.7.1 <x>: Greylisted, come back, id=7"}),
        ("Deferred: 451 4.3.2 please wait", "4.0.0", {"outcome": "deferred", "status_code": "4.3.2"}),
        ("Deferred: 403 4.7.0 TLS handshake failed.", "4.0.0", {"outcome": "deferred", "cause": "tls_negotiation_failed"}),
        ("queued", "4.0.0", {"outcome": "pending", "response": None, "event": "stat=queued"}),
        ("User unknown", "5.1.1", {"outcome": "failed", "cause": "recipient_unknown", "event": "stat=User unknown"}),
        ("Host unknown (Name server: x.: host not found)", "5.1.2",
         {"outcome": "failed", "event": "stat=Host unknown", "cause": "dns_no_such_domain"}),
        ("Service unavailable", "5.0.0", {"outcome": "failed", "status_code": "5.0.0"}),
        ("Data format error", "5.6.0", {"outcome": "failed"}),
        ("550 5.7.1 <bo@fabrikam.com>... Access denied", "5.7.1", {"outcome": "failed", "event": "stat=550"}),
        ("I/O error", "4.0.0", {"outcome": "deferred"}),
        ("Cannot send message for 5 days", "4.4.7", {"outcome": "expired"}),
        ("discarded", "2.0.0", {"outcome": "dropped"}),
        ("quarantined", "2.0.0", {"outcome": "quarantined"}),
    ],
)  # fmt: skip
def test_the_text_of_stat_tells_the_outcome(stat, dsn, wanted):
    assert some(one(to(stat, dsn=dsn)), wanted) == wanted


def test_a_delay_that_lost_its_name_makes_no_recipients():
    text = line("to=<bo@fabrikam.com>,<al@fabrikam.com>, 00:00:00, xdelay=00:00:01, mailer=esmtp, pri=1, "
                "relay=mx.fabrikam.com. [203.0.113.25], dsn=2.0.0, stat=Sent (ok)")  # fmt: skip
    assert sorted(event["recipient"] for event in read(text)) == ["al@fabrikam.com", "bo@fabrikam.com"]


def test_each_recipient_of_a_line_has_an_event_with_what_the_arrival_says():
    found = read(arrival(sender="<>") + to("Sent", recipient="<bo@fabrikam.com>,Al <al@fabrikam.com>, [more]"))
    sent = [event for event in found if event["outcome"] == "delivered"]
    assert [(e["recipient"], e["sender"], e["size_bytes"], e["message_id"]) for e in sent] == [
        ("al@fabrikam.com", "", 4321, "m1@contoso.com"),
        ("bo@fabrikam.com", "", 4321, "m1@contoso.com"),
    ]


@pytest.mark.parametrize(
    ("recipient", "wanted"),
    [
        ('"|/usr/bin/vacation -a bo, b=2 bo", ctladdr=<bo@gate> (1001/100)', "bo@gate"),
        ("/var/spool/keep, ctladdr=<keep@gate> (1/1)", "keep@gate"),
        ("\\bo, ctladdr=<bo@gate> (1/1)", "bo"),
        ('<"a, delay=1"@gate>', '"a, delay=1"@gate'),
        ("root", "root"),
    ],
)
def test_local_recipients_are_addresses_and_a_pipe_is_its_owner(recipient, wanted):
    event = one(to("Sent", recipient=recipient, mailer="prog", relay=None, dsn="2.0.0"))
    assert (event["recipient"], event["direction"], event["outcome"]) == (wanted, "inbound", "delivered")


@pytest.mark.parametrize(
    ("relay", "host", "ip"),
    [
        ("mx.fabrikam.com. [192.0.2.69]", "mx.fabrikam.com", "192.0.2.69"),
        ("mx.fabrikam.com.", "mx.fabrikam.com", None),
        ("[192.0.2.69] [192.0.2.69]", None, "192.0.2.69"),
        ("[192.0.2.69]", None, "192.0.2.69"),
        ("mx.fabrikam.com [192.0.2.69] (may be forged)", "mx.fabrikam.com", "192.0.2.69"),
        ("mx.fabrikam.com. [IPv6:2001:db8::69]", "mx.fabrikam.com", "2001:db8::69"),
    ],
)
def test_the_relay_is_a_host_and_an_address(relay, host, ip):
    event = one(to("Deferred", relay=relay))
    assert (event["remote_host"], event["remote_ip"]) == (host, ip)
    assert event["destination"] == (host or ip)


def test_the_hop_from_the_submission_queue_to_the_server_is_no_delivery():
    event = one(
        to("Sent (x Message accepted for delivery)", mailer="relay", relay="[127.0.0.1] [127.0.0.1]", dsn="2.0.0")
    )
    assert (event["outcome"], event["direction"], event["destination"]) == ("info", "internal", "fabrikam.com")
    refused = one(to("Deferred: Connection refused by [127.0.0.1]", mailer="relay", relay="[127.0.0.1] [127.0.0.1]"))
    assert (refused["outcome"], refused["destination"]) == ("deferred", "fabrikam.com")


@pytest.mark.parametrize(
    ("delay", "seconds"), [("00:28:16", 1696.0), ("2+03:00:00", 183600.0), ("10+00:00:01", 864001.0)]
)
def test_the_delay_may_have_days(delay, seconds):
    assert one(to("Deferred", delay=delay))["delay_seconds"] == seconds


def test_the_version_of_tls_is_that_of_the_process_and_the_peer():
    def session(relay: str, version: str, tag: str = "sm-mta[18832]") -> str:
        return line(
            f"STARTTLS=client, relay={relay}, version={version}, verify=OK, cipher=X, bits=256/256", tag=tag, queue=None
        )

    other = session("mx.fabrikam.com.", "TLSv1.2", "sm-mta[7]")
    assert one(session("mx.fabrikam.com.", "TLSv1.3") + to("Sent") + other)["tls_version"] == "TLS1.3"
    assert one(session("mx.fabrikam.com.", "TLSv1/SSLv3") + to("Sent"))["tls_version"] == "TLS1.0"
    assert one(session("mx.example.org.", "TLSv1.3") + other + to("Sent"))["tls_version"] is None


def test_a_mail_given_up_expires_for_those_whose_last_attempt_was_a_deferral():
    found = read(
        arrival()
        + to("Deferred: Connection timed out with mx.fabrikam.com.", recipient="<a@fabrikam.com>,<b@fabrikam.com>")
        + to("Sent", recipient="<b@fabrikam.com>", at="Nov  3 13:28:02")
        + line("6A7DS0aC000009: sender notify: Cannot send message for 5 days", at="Nov  7 13:28:03")
        + line("6A7DS0aD000009: postmaster notify: Cannot send message for 5 days", at="Nov  7 13:28:03")
    )
    [expired] = [event for event in found if event["outcome"] == "expired"]
    wanted = {
        "recipient": "a@fabrikam.com", "cause": "connection_timed_out", "queue_id": QUEUE, "sender": "erp@contoso.com",
        "delay_seconds": 432002.0, "destination": "mx.fabrikam.com", "event": "Cannot send message",
    }  # fmt: skip
    assert some(expired, wanted) == wanted


def test_a_report_is_context_and_its_own_mail_has_no_sender():
    report = line("6A2DS3aB018832: DSN: User unknown")
    text = to("User unknown", dsn="5.1.1") + report
    assert counts(text)["context"] == 1
    sent = [e for e in read(text + to("Sent", queue="6A2DS3aB018832", dsn="2.0.0")) if e["outcome"] == "delivered"]
    assert [event["sender"] for event in sent] == [""]


def test_the_copy_of_a_lists_owner_is_sent_by_the_owner():
    clone = line(f"clone {QUEUE}, owner=<owner-all@contoso.com>", queue="6A2DS3aB018833")
    sent = read(arrival() + clone + to("Sent", queue="6A2DS3aB018833", dsn="2.0.0"))[-1]
    wanted = {"sender": "owner-all@contoso.com", "message_id": "m1@contoso.com", "size_bytes": 4321}
    assert some(sent, wanted) == wanted


def test_an_error_of_the_configuration_is_told_in_its_own_words():
    error = line("SYSERR(root): gate. config error: mail loops back to me (MX problem?)")
    event = one(error + to("Local configuration error", dsn="5.3.5"))
    assert (event["cause"], event["outcome"], event["status_code"]) == ("routing_loop", "failed", "5.3.5")


def test_the_reply_that_newer_servers_log_is_the_response():
    event = one(to("Service unavailable", dsn="5.7.1, reply=550 5.7.1 <x>: not today, x=1"))
    assert (event["status_code"], event["response"]) == ("5.7.1", "550 5.7.1 <x>: not today, x=1")


def test_an_id_that_comes_back_on_another_day_is_another_mail():
    def mail(day: int, sender: str) -> str:
        where = {"queue": "FAA03344", "at": f"Nov  {day} 05:00:00"}
        return arrival(sender=sender, **where) + to("Sent", dsn="2.0.0", **where)

    found = read(mail(2, "<a@contoso.com>") + mail(3, "<b@contoso.com>"))
    assert [(event["outcome"], event["sender"]) for event in found] == [
        ("received", "a@contoso.com"),
        ("delivered", "a@contoso.com"),
        ("received", "b@contoso.com"),
        ("delivered", "b@contoso.com"),
    ]

"""Exim main logs: what became of one recipient at one attempt."""

from __future__ import annotations

import pytest

from support.eximlog import MAIL, line, one, read, some

ARRIVAL = "<= erp@contoso.com H=erp01.contoso.com [192.0.2.30] P=esmtp S=4321 id=m1@contoso.com"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            '=> bo@fabrikam.com R=dnslookup T=remote_smtp H=mx.fabrikam.com [203.0.113.25]:25 I=[192.0.2.1]:999 '
            'X=TLS1.3:TLS_AES_256_GCM_SHA384:256 CV=yes DN="CN=x, O=a: b" K C="250 2.0.0 Ok: queued as \\"7\\"" QT=2m3s DT=1s',
            {"event": "=>", "outcome": "delivered", "direction": "outbound", "connector": "remote_smtp",
             "recipient": "bo@fabrikam.com", "destination": "mx.fabrikam.com", "remote_host": "mx.fabrikam.com",
             "remote_ip": "203.0.113.25", "tls_version": "TLS1.3", "response": '250 2.0.0 Ok: queued as "7"',
             "delay_seconds": 123.0, "queue_id": MAIL},
        ),
        (
            '->  bo@fabrikam.com <" sales"@contoso.com> SRS=<SRS0=x@contoso.com> R=d T=smtp H=mx.fabrikam.com [2001:db8::7]',
            {"event": "->", "outcome": "delivered", "recipient": "bo@fabrikam.com", "remote_ip": "2001:db8::7"},
        ),
        (
            "=> bo <bo@contoso.com> F=<a@example.org> P=<b@example.org> R=localuser T=local_delivery S=900",
            {"outcome": "delivered", "direction": "inbound", "recipient": "bo@contoso.com", "connector": "local_delivery",
             "destination": "contoso.com", "sender": "a@example.org", "size_bytes": 900},
        ),
        (
            "=> bo@fabrikam.com F=a@example.org R=dnslookup T=remote_smtp H=mx.fabrikam.com [203.0.113.25]",
            {"recipient": "bo@fabrikam.com", "sender": "a@example.org"},
        ),
        ("=> bo@contoso.com F=<> R=r T=t H=h.example.org [203.0.113.1]", {"sender": "", "recipient": "bo@contoso.com"}),
        (
            '>> bo@fabrikam.com R=all T=smtp H=mx.fabrikam.com [203.0.113.25] C="250 OK"',
            {"event": ">>", "outcome": "delivered", "response": "250 OK"},
        ),
        ("*> bo@fabrikam.com R=all T=smtp", {"event": "*>", "outcome": "info"}),
        (
            "=> |/usr/bin/keep -x (y) <bo@contoso.com> R=aliases T=address_pipe",
            {"outcome": "delivered", "recipient": "bo@contoso.com", "connector": "address_pipe"},
        ),
        (
            "=> /home/bo/Maildir/ (bo@contoso.com) <sales@contoso.com> R=userforward T=address_directory",
            {"outcome": "delivered", "recipient": "bo@contoso.com"},
        ),
        ("=> >x@example.org <bo@contoso.com> R=vacation T=auto", {"recipient": "bo@contoso.com", "outcome": "delivered"}),
        ("=> :blackhole: <bo@contoso.com> R=aliases", {"outcome": "dropped", "recipient": "bo@contoso.com"}),
        (
            "=> /dev/null <bo@contoso.com> R=aliases T=**bypassed**",
            {"outcome": "dropped", "recipient": "bo@contoso.com", "connector": "aliases"},
        ),
        ("=> blackhole (DATA ACL discarded recipients)", {"outcome": "dropped", "recipient": None}),
        ("=> discarded (system filter)", {"outcome": "dropped", "recipient": None, "response": "discarded (system filter)"}),
        (
            '=> bo@contoso.com R=filter T=spamcheck H=localhost [127.0.0.1]:10025 C="250 OK"',
            {"outcome": "info", "direction": "internal", "destination": "contoso.com"},
        ),
        (
            '=> bo@contoso.com R=store T=dovecot_lmtp H=localhost [127.0.0.1] C="250 Saved"',
            {"outcome": "delivered", "direction": "internal", "destination": "contoso.com"},
        ),
        (
            "=> bo@contoso.com R=store T=smtp H=store [::1]:24",
            {"outcome": "delivered", "direction": "internal", "destination": "contoso.com"},
        ),
        (
            "=> bo@fabrikam.com R=smart T=smtp H=203.0.113.9 [203.0.113.9] X=TLSv1:AES128-SHA:128",
            {"remote_host": "203.0.113.9", "destination": "203.0.113.9", "tls_version": "TLS1.0"},
        ),
    ],
)  # fmt: skip
def test_a_delivery_line_tells_recipient_route_and_peer(text, wanted):
    assert some(one(line(text)), wanted) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "** bo@fabrikam.com R=dnslookup T=remote_smtp: SMTP error from remote mail server after RCPT TO:<bo@fabrikam.com>: "
            "host mx.fabrikam.com [203.0.113.25]: 550-5.1.1 no such\\n550 5.1.1 user",
            {"event": "**", "outcome": "failed", "remote_host": "mx.fabrikam.com", "remote_ip": "203.0.113.25",
             "reply_code": 550, "status_code": "5.1.1", "cause": "recipient_unknown", "connector": "remote_smtp",
             "response": "SMTP error from remote mail server after RCPT TO:<bo@fabrikam.com>: host mx.fabrikam.com "
             "[203.0.113.25]: 550-5.1.1 no such\\n550 5.1.1 user"},
        ),
        (
            "** bo@fabrikam.com <sales@contoso.com> F=<erp@contoso.com> P=<> R=dnslookup T=remote_smtp H=mx.fabrikam.com "
            '[203.0.113.25] X=TLS1.2:x:256 CV=no DN="O=a: b" : SMTP error from remote mail server after end of data: 552 5.3.4 big',
            {"outcome": "failed", "recipient": "bo@fabrikam.com", "sender": "erp@contoso.com", "status_code": "5.3.4",
             "response": "SMTP error from remote mail server after end of data: 552 5.3.4 big", "tls_version": "TLS1.2",
             "destination": "mx.fabrikam.com"},
        ),
        (
            "** bo@fabrikam.com: Unrouteable address",
            {"outcome": "failed", "connector": None, "destination": "fabrikam.com", "response": "Unrouteable address",
             "direction": "unknown"},
        ),
        ("** bo@contoso.com R=aliases: No Such User Here", {"connector": "aliases", "response": "No Such User Here"}),
        (
            '** "a: b"@contoso.com R=aliases: unknown user',
            {"recipient": '"a: b"@contoso.com', "connector": "aliases", "response": "unknown user"},
        ),
        (
            "** bo@fabrikam.com R=d T=smtp: SMTP error from remote mail server after RCPT TO:<bo@fabrikam.com>: host "
            "mx.fabrikam.com [203.0.113.25]: 450 4.2.0 later: retry timeout exceeded",
            {"outcome": "expired", "reply_code": 450},
        ),
        (
            "** bo@fabrikam.com R=d T=smtp: all hosts for 'fabrikam.com' have been failing for a long time (and retry time not "
            "reached)",
            {"outcome": "expired"},
        ),
        ("** bo@fabrikam.com: retry timeout exceeded", {"outcome": "expired", "response": "retry timeout exceeded"}),
    ],
)  # fmt: skip
def test_a_failed_delivery_keeps_the_text_as_logged(text, wanted):
    assert some(one(line(text)), wanted) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "== bo@fabrikam.com R=dnslookup T=remote_smtp defer (-44): SMTP error from remote mail server after RCPT "
            "TO:<bo@fabrikam.com>: host mx.fabrikam.com [203.0.113.25]: 450 4.3.2 wait",
            {"event": "==", "outcome": "deferred", "reply_code": 450, "status_code": "4.3.2", "recipient": "bo@fabrikam.com",
             "remote_host": "mx.fabrikam.com", "destination": "mx.fabrikam.com", "direction": "outbound"},
        ),
        (
            "== bo@fabrikam.com R=dnslookup T=remote_smtp defer (-44) H=mx.fabrikam.com [203.0.113.25]:25 DT=1s: SMTP error from "
            "remote mail server after MAIL FROM:<a@contoso.com>: 451 wait",
            {"outcome": "deferred", "remote_ip": "203.0.113.25",
             "response": "SMTP error from remote mail server after MAIL FROM:<a@contoso.com>: 451 wait"},
        ),
        (
            "== bo@fabrikam.com R=dnslookup T=remote_smtp defer (111): Connection refused",
            {"outcome": "deferred", "response": "Connection refused", "cause": "connection_refused", "direction": "outbound"},
        ),
        (
            "== |/bin/x -y <bo@contoso.com> R=userforward defer (-30): pipe_transport unset in userforward router",
            {"outcome": "deferred", "recipient": "bo@contoso.com", "connector": "userforward"},
        ),
        ("== bo@contoso.com R=r T=local_delivery defer (-1)", {"response": "defer (-1)", "direction": "inbound"}),
        ("== bo@contoso.com R=r T=local_delivery defer (-22): mailbox is full", {"cause": "mailbox_full"}),
    ],
)  # fmt: skip
def test_a_deferral_takes_its_meaning_from_the_text_and_not_from_an_errno(text, wanted):
    assert some(one(line(text)), wanted) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "R=dnslookup T=remote_smtp defer (-1): domain matches queue_smtp_domains, or -odqs set",
        "routing defer (-52): retry time not reached",
        "R=local T=local_delivery defer (-53): Retry time not yet reached",
        "R=dnslookup T=remote_smtp defer (-54): retry time not reached for any host for 'fabrikam.com'",
        "R=hold defer (-23): domain is held",
        "R=d T=smtp defer (0): SMTP delivery explicitly queued",
        "R=d T=smtp defer (-56): concurrency limit reached for transport",
    ],
)
def test_mail_that_was_not_tried_is_pending_and_no_failure(text):
    event = one(line(f"== bo@fabrikam.com {text}"))
    assert (event["outcome"], event["recipient"], event["cause"]) == ("pending", "bo@fabrikam.com", None)


def test_lines_of_single_attempts_are_not_counted_beside_the_final_one():
    text = line(ARRIVAL)
    for said in (
        "SMTP error from remote mail server after RCPT TO:<bo@fabrikam.com>: host mx1.fabrikam.com [203.0.113.1]: 450 rejected RCPT wait",
        "H=mx1.fabrikam.com [203.0.113.1]: SMTP error from remote mail server after initial connection: 421 refused",
        "H=mx2.fabrikam.com [203.0.113.2] Connection refused",
        "mx3.fabrikam.com [203.0.113.3] Connection timed out",
        "TLS error on connection to mx1.fabrikam.com [203.0.113.1] (SSL_connect): error",
        "plain authenticator failed H=mx1.fabrikam.com [203.0.113.1] 535 5.7.8 bad",
        "Spool file is locked (another process is handling this message)",
        "Message is frozen",
        "bo@fabrikam.com: error ignored",
        "DKIM: d=fabrikam.com s=x [verification failed - rejected by policy]",
    ):
        text += line(said)
    text += line("== bo@fabrikam.com R=dnslookup T=remote_smtp defer (111): Connection refused")
    assert [event["event"] for event in read(text)] == ["<=", "=="]


def test_a_retry_timeout_tells_the_last_error_of_that_recipient():
    text = line(ARRIVAL, at="2026-11-02 10:00:00")
    text += line(
        "== bo@fabrikam.com R=d T=smtp defer (110) H=mx1.fabrikam.com [203.0.113.1]: Connection timed out",
        at="2026-11-02 10:05:00",
    )
    text += line(
        "== al@fabrikam.com R=d T=smtp defer (-44) H=mx1.fabrikam.com [203.0.113.1]: 452 4.2.2 full",
        at="2026-11-06 10:04:00",
    )
    text += line(
        "== bo@fabrikam.com R=d T=smtp defer (111) H=mx2.fabrikam.com [203.0.113.2]: Connection refused",
        at="2026-11-06 10:05:00",
    )
    text += line(
        "== bo@fabrikam.com R=d T=smtp defer (-54): retry time not reached for any host", at="2026-11-06 10:06:00"
    )
    text += line("** bo@fabrikam.com: retry timeout exceeded", at="2026-11-06 10:07:00")
    wanted = {
        "event": "**", "recipient": "bo@fabrikam.com", "response": "Connection refused", "cause": "connection_refused",
        "connector": "smtp", "destination": "mx2.fabrikam.com", "remote_ip": "203.0.113.2", "sender": "erp@contoso.com",
        "direction": "outbound", "delay_seconds": 4 * 86400 + 420.0, "message_id": "m1@contoso.com",
    }  # fmt: skip
    [expired] = [event for event in read(text) if event["outcome"] == "expired"]
    assert some(expired, wanted) == wanted


def test_mail_that_is_taken_out_of_the_queue_is_dropped_for_those_who_still_waited():
    text = line(ARRIVAL)
    text += line("=> al@fabrikam.com R=d T=smtp H=mx.fabrikam.com [203.0.113.1]", at="2026-11-02 10:01:00")
    text += line("== bo@fabrikam.com R=d T=smtp defer (111): Connection refused", at="2026-11-02 10:01:00")
    text += line(
        "== cy@fabrikam.com R=d T=smtp defer (-1): domain matches queue_smtp_domains, or -odqs set",
        at="2026-11-02 10:01:00",
    )
    text += line("removed by root", at="2026-11-02 11:00:00") + line("Completed", at="2026-11-02 11:00:00")
    dropped = [event for event in read(text) if event["outcome"] == "dropped"]
    assert [(event["recipient"], event["response"]) for event in dropped] == [
        ("bo@fabrikam.com", "removed by root"), ("cy@fabrikam.com", "removed by root"),
    ]  # fmt: skip


def test_mail_removed_of_which_nothing_else_is_known_names_nobody():
    event = one(line("cancelled by timeout_frozen_after"))
    assert (event["outcome"], event["recipient"], event["queue_id"]) == ("dropped", None, MAIL)

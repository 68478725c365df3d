"""Sendmail: whose lines they are, in which frames they come, and which are context or rejects."""

from __future__ import annotations

import pytest

from mailtrend.formats.base import Head
from mailtrend.formats.sendmail import FORMAT
from support.sendmaillog import QUEUE, arrival, counts, line, one, to

SENT = f"{QUEUE}: to=<bo@fabrikam.com>, delay=00:00:01, xdelay=00:00:01, mailer=esmtp, pri=1, dsn=2.0.0, stat=Sent"


@pytest.mark.parametrize(
    "text",
    [
        f"Nov  2 13:28:02 gate sm-mta[1]: {SENT}",
        f"Nov  2 13:28:02 gate sendmail[1]: [ID 801593 mail.info] {SENT}",
        f"Nov  2 13:28:02 gate mail:info sendmail[1]: {SENT}",
        f"Nov  2 13:28:02 <mail.info> gate sm-mta[1]: {SENT}",
        f"<22>Nov  2 13:28:02 gate sm-mta[1]: {SENT}",
        f"2026-11-02T13:28:02Z gate inbound-mail[1]: {SENT}",
        f"<22>1 2026-11-02T13:28:02Z gate sm-mta 1 - - {SENT}",
    ],
)
def test_a_line_is_known_in_every_frame(text):
    assert FORMAT.claims(Head("maillog", text + "\n"))
    event = one(text + "\n")
    assert (event["server"], event["outcome"], event["queue_id"]) == ("gate", "delivered", QUEUE)
    assert event["event_time"].isoformat() == "2026-11-02T13:28:02"


@pytest.mark.parametrize(
    "queue", ["m5UNQtuJ001414", "06QDQnNf050437", "xA32R2PQ3529565", "jADBq5Ac016378", "FAA03344", "VAA06298"]
)
def test_queue_ids_of_all_ages_are_known(queue):
    assert one(to("Sent", queue=queue, dsn="2.0.0"))["queue_id"] == queue


@pytest.mark.parametrize(
    "text",
    [
        "Nov  2 13:28:02 gate postfix/sendmail[1]: fatal: usage",
        "Nov  2 13:28:02 gate postfix/smtp[1]: A17F830001CA: to=<bo@fabrikam.com>, relay=none, delay=1, status=deferred (x)",
        "2026-11-02 13:28:02 1vDbKa-0000aT-5x => bo@fabrikam.com R=dnslookup T=remote_smtp",
        "Nov  2 13:28:02 gate exim[1]: 1vDbKa-0000aT-5x <= erp@contoso.com",
        f"Nov  2 13:28:02 gate opendkim[1]: {QUEUE}: DKIM-Signature field added",
        "Nov  2 13:28:02 gate CROND[1]: (root) CMD (sendmail -q)",
    ],
)
def test_lines_of_others_are_not_claimed(text):
    assert not FORMAT.claims(Head("maillog", text + "\n"))


def test_a_program_called_sendmail_does_not_claim_the_log_of_another_server():
    tagged = line("Authentication-Warning: gate: bo set sender to al using -f", tag="sendmail[1]", queue=None)
    assert FORMAT.claims(Head("maillog", tagged))
    assert not FORMAT.claims(Head("maillog", tagged + line("removed", tag="postfix/qmgr[1]", queue="A17F830001CA")))


@pytest.mark.parametrize(
    "text",
    [
        line("starting daemon (8.17.1): SMTP+queueing@00:30:00", queue=None),
        line("lost input channel from h.example.net [192.0.2.1] to MTA after rcpt"),
        line("h.example.net [192.0.2.1] did not issue MAIL/EXPN/VRFY/ETRN during connection to MTA"),
        line("[192.0.2.1]: possible SMTP attack: command=AUTH, count=5"),
        line("Milter add: header: X-Spam-Status: No, reject=no"),
        line("AUTH=server, relay=h.example.net [192.0.2.1], authid=bo, mech=LOGIN, bits=0", queue=None),
        line(
            "STARTTLS=client, error: connect failed=-1, reason=x, SSL_error=1, errno=0, retry=-1, relay=h.", queue=None
        ),
        line("timeout waiting for input from mx.fabrikam.com. during client greeting"),
        line("SYSERR(root): collect: I/O error on connection from h.example.net, from=<x@example.com>"),
        line("<list@contoso.com>... aliased to bo, al"),
        line("done; delay=00:00:01, ntries=1"),
        line("NOQUEUE: connect from h.example.net [192.0.2.1]", queue=None),
        line("to=<bo@fabrikam.com>, nothing of ours", tag="postfix/smtp[1]"),
        "Nov  2 13:28:02 gate last message repeated 3 times\n",
    ],
)
def test_lines_that_state_no_outcome_are_context(text):
    assert {name: number for name, number in counts(text).items() if number} == {"rows": 1, "context": 1}


@pytest.mark.parametrize(
    "text",
    [
        line("to=<bo@fabrikam.com>, delay=00:00:01, xdelay=00:0"),
        line("from=<bo@fabrikam.com>, si"),
        line("ruleset=check_rcpt, arg1=<bo@fabrikam.com>, relay=h.exam"),
        to("Sent", at="Nov 31 13:28:02"),
        "the end of a line, stat=Sent\n",
    ],
)
def test_lines_that_cannot_be_understood_are_rejects(text):
    assert counts(text)["rejects"] == 1


def test_all_lines_of_a_mail_are_used():
    text = arrival() + to("Deferred") + to("Sent", at="Nov  2 14:00:00", dsn="2.0.0")
    assert counts(text)["used"] == 3

"""Postfix mail logs: lines are joined by queue id, over reuse, files and slices."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailtrend.formats.postfix import FORMAT
from mailtrend.ingest import slices
from mailtrend.ingest.trial import parse
from support.maillog import QUEUE, YEAR, arrival, attempts, line, read, to


def test_a_queue_id_that_is_used_again_is_another_mail():
    text = (
        arrival(at="Nov  2 10:00:00", sender="one@contoso.com")
        + to("sent (250 Ok)", at="Nov  2 10:00:05", dsn="2.0.0")
        + line(f"{QUEUE}: removed", at="Nov  2 10:00:06", tag="postfix/qmgr[1]")
        + arrival(at="Nov  3 10:00:00", sender="two@contoso.com")
        + to("deferred (no)", at="Nov  3 10:00:05")
    )
    found = [(event["sender"], event["outcome"]) for event in attempts(read(text))]
    assert found == [("one@contoso.com", "delivered"), ("two@contoso.com", "deferred")]
    assert len(read(text)) == 4


def test_the_same_queue_id_on_another_host_or_instance_is_another_mail():
    text = (
        arrival(sender="one@contoso.com") + arrival(sender="two@contoso.com", host="mail2")
        + arrival(sender="three@contoso.com", tag="postfix-out/x[1]")
        + to("deferred (no)") + to("deferred (no)", host="mail2") + to("deferred (no)", tag="postfix-out/smtp[1]", at="Nov  2 13:29:00")
    )  # fmt: skip
    assert sorted(event["sender"] for event in attempts(read(text))) == [
        "one@contoso.com", "three@contoso.com", "two@contoso.com",
    ]  # fmt: skip


def test_a_bounce_has_the_empty_sender():
    text = line("1310930001DB: message-id=<x@mail>", tag="postfix/cleanup[1]")
    text += line("1310930001DB: from=<>, size=2000, nrcpt=1 (queue active)", tag="postfix/qmgr[1]")
    text += to("sent (250 Ok)", queue="1310930001DB")
    assert [event["sender"] for event in read(text)] == ["", ""]


def test_long_queue_ids_and_local_submission_are_read():
    queue = "4Ydfwv5YPnz9rvKt"
    text = line(f"{queue}: uid=1000 from=<jo>", tag="postfix/pickup[1]")
    text += line(f"{queue}: from=<jo@mail>, size=300, nrcpt=1 (queue active)", tag="postfix/qmgr[1]")
    text += to("sent (250 Ok)", queue=queue)
    received, sent = sorted(read(text), key=lambda event: event["event"])
    assert (received["outcome"], received["connector"], received["remote_ip"]) == ("received", "pickup", None)
    assert (sent["queue_id"], sent["sender"]) == (queue, "jo@mail")


def test_a_mail_that_is_taken_up_again_arrives_once():
    again = line(f"{QUEUE}: from=<erp@contoso.com>, size=4321, nrcpt=1 (queue active)", at="Nov  2 14:00:00",
                 tag="postfix/qmgr[1]")  # fmt: skip
    text = arrival() + to("deferred (no)") + again + to("sent (250 Ok)", at="Nov  2 14:00:01")
    assert [event["outcome"] for event in read(text)] == ["received", "deferred", "delivered"]


@pytest.mark.parametrize("slice_bytes", [48 << 20, 1])
def test_a_mail_goes_on_in_the_next_file(monkeypatch, slice_bytes):
    monkeypatch.setattr(slices, "SLICE", slice_bytes)
    lines = (arrival() + to("sent (250 Ok)")).splitlines(keepends=True)
    for cut in range(1, len(lines)):
        filler = "".join(line("connect from x[203.0.113.5]", tag="postfix/smtpd[1]") for _ in range(20))
        found = read(filler + "".join(lines[:cut]), "".join(lines[cut:]))
        [sent] = attempts(found)
        assert (sent["sender"], sent["message_id"], len(found)) == ("erp@contoso.com", f"{QUEUE}@contoso.com", 2)


def test_a_deferral_is_held_for_the_expiry_in_the_next_slice(monkeypatch):
    monkeypatch.setattr(slices, "SLICE", 1)
    filler = "".join(line("connect from x[203.0.113.5]", tag="postfix/smtpd[1]") for _ in range(20))
    first = arrival() + to("deferred (try one)") + to("deferred (try two)", at="Nov  2 15:00:00") + filler
    last = line(f"{QUEUE}: from=<erp@contoso.com>, status=expired, returned to sender", at="Nov  3 15:00:00",
                tag="postfix/qmgr[1]")  # fmt: skip
    found = attempts(read(first, filler, last))
    assert [(event["outcome"], event["recipient"], event["response"], event["sender"]) for event in found] == [
        ("deferred", "bo@fabrikam.com", "try one", "erp@contoso.com"),
        ("deferred", "bo@fabrikam.com", "try two", "erp@contoso.com"),
        ("expired", "bo@fabrikam.com", "try two", "erp@contoso.com"),
    ]


def test_an_older_rotated_file_that_is_read_later_still_names_the_sender():
    newer = to("sent (250 Ok)", at="Nov  2 15:00:00")
    older = arrival(at="Nov  2 14:59:00")
    assert [event["sender"] for event in attempts(read(newer, older))] == ["erp@contoso.com"]


def test_the_same_lines_in_two_logs_count_once():
    whole = arrival() + to("deferred (no)")
    found = parse(FORMAT, whole.encode(), (whole + to("sent (250 Ok)", at="Nov  2 14:00:00")).encode(), options=YEAR)
    assert sorted(found.events["outcome"].to_pylist()) == ["deferred", "delivered", "received"]


OUTCOMES = {"sent": "delivered", "deferred": "deferred", "bounced": "failed"}


@settings(max_examples=6, deadline=None)
@given(dice=st.randoms(use_true_random=False), share=st.floats(0, 1), one_slice=st.booleans())
def test_every_attempt_finds_its_mail_wherever_the_log_is_cut(dice, share, one_slice):
    """Few queue ids, used over and over by mails that overlap in time on two hosts."""
    rows, expected = [], []
    for host in ("mail", "mail2"):
        for queue in ("AAAAAAAAAA", "BBBBBBBBBB"):
            at = dice.randrange(50)
            for mail in range(dice.randrange(1, 4)):
                sender = f"{host}.{queue}.{mail}@contoso.com".lower()
                where = {"host": host}
                for text in arrival(queue, sender=sender, at="@", **where).splitlines(keepends=True):
                    rows.append((at, text))
                    at += dice.randrange(1, 4)
                for attempt in range(dice.randrange(1, 4)):
                    word = dice.choice(list(OUTCOMES))
                    recipient = f"r{attempt}@fabrikam.com"
                    rows.append((at, to(f"{word} (x)", queue=queue, recipient=f"<{recipient}>", at="@", **where)))
                    expected.append((host, queue, sender, recipient, OUTCOMES[word]))
                    at += dice.randrange(1, 9)
                rows.append((at, line(f"{queue}: removed", tag="postfix/qmgr[1]", at="@", **where)))
                at += dice.randrange(1, 30)
    rows.sort(key=lambda row: row[0])
    text = [row.replace("@", f"Nov  2 10:{at // 60:02d}:{at % 60:02d}", 1) for at, row in rows]
    cut = int(share * len(text))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(slices, "SLICE", 48 << 20 if one_slice else 1)
        found = attempts(read("".join(text[:cut]), "".join(text[cut:])))
    keys = ("server", "queue_id", "sender", "recipient", "outcome")
    assert sorted(tuple(event[key] for key in keys) for event in found) == sorted(expected)

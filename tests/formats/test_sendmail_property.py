"""Whatever a Sendmail log has gone through: each line is accounted for once, and no attempt that stands in it is lost."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailtrend.formats.base import Options
from mailtrend.formats.sendmail import FORMAT
from mailtrend.ingest import slices
from mailtrend.ingest.trial import Trial, parse

STATS = {
    "dsn=2.0.0, stat=Sent (ok, queued=1)": ("delivered", "ok, queued=1"),
    "dsn=4.2.0, stat=Deferred: 450 4.2.0 wait, stat=no": ("deferred", "450 4.2.0 wait, stat=no"),
    "dsn=5.1.1, stat=User unknown": ("failed", "User unknown"),
}
DEBRIS = (
    ": ", "]: ", "[", "<", ">", ", stat=", ", delay=", ", relay=", "to=", "from=", ", size=", ", reject=", "ruleset=check_rcpt, arg1=",
    "Milter: data, reject=", "Milter: ", "<a@b>... ", "clone ", ", owner=", "discarded", "STARTTLS=client, version=", '"', "\\", "|",
    "<22>", "ä", "€", "\t", "2+", "Nov 31 99:99:99 ", "[ID 8 mail.info] ", "sender notify: Cannot send message for 5 days", "NOQUEUE: ", "",
)  # fmt: skip
ATTEMPT = ("queue_id", "sender", "message_id", "recipient", "outcome", "response")


class Mail:
    """The lines of one mail, and what a reader should make of its attempts."""

    def __init__(self, number: int, dice: Random) -> None:
        self.queue = f"6A2A0{number % 10}a{number % 10}0018{number:02d}"
        sender, message_id = dice.choice((f"s{number}@contoso.com", "")), f"m{number}, x@contoso.com"
        rest = (
            f"class=0, nrcpts=3, msgid=<{message_id}>, proto=ESMTP, daemon=MTA, relay=erp01.contoso.com [203.0.113.5]"
        )
        self.lines = [f"from=<{sender}>, size=4321, {rest}"]
        self.expected: list[tuple] = []
        for each in range(dice.randrange(1, 4)):
            stat, names = (
                dice.choice(list(STATS)),
                [f"r{each}{letter}@fabrikam.com" for letter in "ab"[: dice.choice((1, 2))]],
            )
            peer = "mailer=esmtp, pri=1, relay=mx.fabrikam.com. [203.0.113.25]"
            to = ",".join(f"<{name}>" for name in names)
            self.lines.append(f"to={to}, ctladdr=<x@y> (1/1), delay=00:00:01, xdelay=00:00:01, {peer}, {stat}")
            self.expected += [(self.queue, sender, message_id, name, *STATS[stat]) for name in names]


def interleaved(mails: list[Mail], dice: Random) -> list[str]:
    """The lines of all mails, those of each in their order, a second apart."""
    turns = [mail for mail in mails for _ in mail.lines]
    dice.shuffle(turns)
    left = {mail.queue: iter(mail.lines) for mail in mails}
    return [
        f"Nov  2 10:{at // 60:02d}:{at % 60:02d} gate sm-mta[{100 + at}]: {mail.queue}: {next(left[mail.queue])}\n"
        for at, mail in enumerate(turns)
    ]


def attempts(found: Trial) -> list[tuple]:
    """Its events but the arrivals, as they can be compared."""
    rows = [row for row in found.events.to_pylist() if row["outcome"] != "received"]
    return sorted((tuple(row[name] for name in ATTEMPT) for row in rows), key=repr)


def read(slice_bytes: int, *texts: str) -> Trial:
    """These files, in slices of so many bytes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(slices, "SLICE", slice_bytes)
        return parse(FORMAT, *(text.encode() for text in texts), options=Options(year=2026))


def garbled(line: str, dice: Random) -> str:
    """A line as a broken disk, a cut or another program leaves it."""
    for _ in range(dice.choice((0, 0, 1, 1, 3))):
        at = dice.randrange(len(line) + 1)
        line = line[:at] + dice.choice(DEBRIS) + line[at + dice.choice((0, 0, 1, 5, 30)) :]
    return line[: dice.randrange(1, len(line) + 1)] if line and dice.random() < 0.2 else line


MAILS = st.integers(1, 12)
DICE = st.randoms(use_true_random=False)


@settings(max_examples=6, deadline=None)
@given(dice=DICE, count=MAILS, one_slice=st.booleans())
def test_every_line_of_a_garbled_log_is_accounted_for_once(dice, count, one_slice):
    mails = [Mail(number, dice) for number in range(count)]
    texts = [garbled(line.rstrip("\n"), dice) for line in interleaved(mails, dice)]
    kept = [text for text in texts if text.strip()]
    half = len(kept) // 2
    files = ["".join(f"{text}\n" for text in part) for part in (kept[:half], kept[half:]) if part]
    counts = read(48 << 20 if one_slice else 1, *files).counts
    assert counts["rows"] == len(kept)
    assert counts["used"] + counts["context"] + counts["duplicates"] + counts["rejects"] == len(kept)


@settings(max_examples=6, deadline=None)
@given(dice=DICE, count=MAILS, share=st.floats(0, 1))
def test_files_and_slices_cut_between_lines_lose_no_attempt_and_no_sender(dice, count, share):
    mails = [Mail(number, dice) for number in range(count)]
    lines = interleaved(mails, dice)
    at = int(share * len(lines))
    found = attempts(read(1, *("".join(part) for part in (lines[:at], lines[at:]) if part)))
    assert found == sorted((row for mail in mails for row in mail.expected), key=repr)


@settings(max_examples=6, deadline=None)
@given(dice=DICE, count=MAILS, share=st.floats(0, 1))
def test_a_log_that_breaks_off_keeps_every_attempt_whose_line_is_there(dice, count, share):
    mails = [Mail(number, dice) for number in range(count)]
    whole = "".join(interleaved(mails, dice))
    head = whole[: max(1, int(share * len(whole)))]
    there = {
        (row[0], row[3])
        for mail in mails
        for row in mail.expected
        for line in head.splitlines(keepends=True)
        if line.endswith("\n") and f" {row[0]}: to=" in line and f"<{row[3]}>" in line
    }
    found = {(row[0], row[3]) for row in attempts(read(48 << 20, head))}
    assert there <= found
    assert len(found - there) <= 2, "at most the line that was cut"


OTHER = "Nov  2 10:00:00 gate CROND[7]: a slice is never held as a whole\n"


def test_what_was_deferred_in_an_earlier_slice_expires_in_a_later_one():
    stamp, rest = "Nov  2 10:00:0{} gate sm-mta[7]: 6A2A00aa001800: ", "delay=00:00:01, mailer=esmtp, pri=1, relay=mx."
    found = read(
        1,
        OTHER
        + stamp.format(0)
        + f"to=<a@fabrikam.com>,<b@fabrikam.com>, {rest}, dsn=4.0.0, stat=Deferred: Connection reset by mx.\n",
        OTHER + stamp.format(1) + f"to=<b@fabrikam.com>, {rest}, dsn=2.0.0, stat=Sent\n",
        OTHER + stamp.format(2) + "6A2A00aa001801: sender notify: Cannot send message for 5 days\n",
    )
    told = [(event["recipient"], event["outcome"], event["cause"]) for event in found.events.to_pylist()]
    assert ("a@fabrikam.com", "expired", "connection_reset") in told
    assert len(told) == 4


def test_a_mail_refused_in_one_slice_has_its_recipients_in_the_next():
    stamp = "Nov  2 10:00:0{} gate sm-mta[7]: 6A2A00aa001800: "
    client = "class=0, nrcpts=1, proto=SMTP, daemon=MTA, relay=h.example.net [192.0.2.7]"
    found = read(
        1,
        OTHER + stamp.format(0) + f"from=<x@example.com>, size=9, {client}\n",
        OTHER + stamp.format(1) + "Milter: data, reject=554 5.7.1 no\n",
        OTHER + stamp.format(2) + "to=<a@contoso.com>, delay=00:00:01, pri=1, stat=no\n",
    )
    told = [(event["recipient"], event["outcome"], event["response"]) for event in found.events.to_pylist()]
    assert told == [("a@contoso.com", "rejected", "554 5.7.1 no")]

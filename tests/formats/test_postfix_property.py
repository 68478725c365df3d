"""Whatever a Postfix log has gone through: each line is accounted for once, and no attempt that stands in it is lost."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailtrend.formats.base import Options
from mailtrend.formats.postfix import FORMAT
from mailtrend.ingest import slices
from mailtrend.ingest.trial import Trial, parse

OPTIONS = Options(year=2026)
STATUSES = {
    "sent (250 2.0.0 Ok: queued as 4F2)": "delivered",
    "deferred (host mx.fabrikam.com[192.0.2.69] said: 450 4.2.0 wait, please (in reply to RCPT TO command))": "deferred",
    "bounced (host mx.fabrikam.com[192.0.2.69] said: 550 5.1.1 no such user (in reply to RCPT TO command))": "failed",
}
DEBRIS = (
    ": ", "]: ", "[", "<", ">", ",", ", status=", ", size=", "to=<", "from=<", "removed", "NOQUEUE: ", "reject: ", "client=",
    "message-id=", " ", "|", "<22>", "/", "(", ")", "ä", "€", "\t", "Feb 30 ", "2026-08-26T01:33:38.5+02:00 ", "", "",
)  # fmt: skip
ATTEMPT = ("server", "queue_id", "sender", "message_id", "recipient", "outcome", "response")


class Mail:
    """The lines of one mail, and what a reader should make of its attempts."""

    def __init__(self, number: int, dice: Random) -> None:
        self.host = dice.choice(("mail", "mail2"))
        self.queue = f"{number:010X}" if number % 2 else f"4Ydfwv5YPnz9r{number:03d}"
        self.expected: list[tuple] = []
        sender = dice.choice((f"s{number}@contoso.com", ""))
        message_id = f"m{number}@contoso.com"
        facts = [
            ("smtpd[1]", "client=erp01.contoso.com[203.0.113.5]"), ("cleanup[2]", f"message-id=<{message_id}>"),
            ("qmgr[3]", f"from=<{sender}>, size=4321, nrcpt=1 (queue active)"),
        ]  # fmt: skip
        for each in range(dice.randrange(1, 4)):
            status, recipient = dice.choice(list(STATUSES)), f"r{each}@fabrikam.com"
            relay = "relay=mx.fabrikam.com[192.0.2.69]:25, delay=0.7, delays=0/0/0.6/0.1, dsn=2.0.0"
            facts.append(("smtp[4]", f"to=<{recipient}>, {relay}, status={status}"))
            text = status.split("(", 1)[1][:-1] if STATUSES[status] != "delivered" else None
            self.expected.append((self.host, self.queue, sender, message_id, recipient, STATUSES[status], text))
        facts.append(("qmgr[3]", "removed"))
        self.lines = [f"@ {self.host} postfix/{daemon}: {self.queue}: {fact}" for daemon, fact in facts]


def interleaved(mails: list[Mail], dice: Random) -> list[str]:
    """The lines of all mails, those of each in their order, a second apart."""
    turns = [mail for mail in mails for _ in mail.lines]
    dice.shuffle(turns)
    left = {mail.queue: iter(mail.lines) for mail in mails}
    texts = [next(left[mail.queue]) for mail in turns]
    return [text.replace("@", f"Nov  2 10:{at // 60:02d}:{at % 60:02d}", 1) + "\n" for at, text in enumerate(texts)]


def attempts(found: Trial) -> list[tuple]:
    rows = [row for row in found.events.to_pylist() if row["outcome"] != "received"]
    return sorted((tuple(row[name] for name in ATTEMPT) for row in rows), key=repr)


def read(slice_bytes: int, *texts: str) -> Trial:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(slices, "SLICE", slice_bytes)
        return parse(FORMAT, *(text.encode() for text in texts), options=OPTIONS)


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
@given(dice=DICE, count=MAILS)
def test_mails_that_overlap_in_time_give_what_they_give_one_after_another(dice, count):
    mails = [Mail(number, dice) for number in range(count)]
    apart = attempts(read(48 << 20, "".join(text for mail in mails for text in interleaved([mail], dice))))
    together = attempts(read(48 << 20, "".join(interleaved(mails, dice))))
    assert together == apart == sorted((row for mail in mails for row in mail.expected), key=repr)


@settings(max_examples=6, deadline=None)
@given(dice=DICE, count=MAILS, share=st.floats(0, 1))
def test_a_log_that_breaks_off_keeps_every_attempt_whose_line_is_there(dice, count, share):
    mails = [Mail(number, dice) for number in range(count)]
    whole = "".join(interleaved(mails, dice))
    head = whole[: max(1, int(share * len(whole)))]
    there = {
        (mail.queue, row[4])
        for mail in mails
        for row in mail.expected
        for line in head.splitlines(keepends=True)
        if line.endswith("\n") and f": {mail.queue}: to=<{row[4]}>" in line
    }
    found = {(row[1], row[4]) for row in attempts(read(48 << 20, head))}
    assert there <= found
    assert len(found - there) <= 1, "at most the line that was cut"

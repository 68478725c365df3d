"""Whatever an Exim log has gone through: each line is accounted for once, and no attempt that stands in it is lost."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailtrend.formats.base import Options
from mailtrend.formats.exim import FORMAT
from mailtrend.ingest import slices
from mailtrend.ingest.trial import Trial, parse

STATUSES = {
    '=> {who} R=d T=smtp H=mx.fabrikam.com [203.0.113.25] C="250 Ok"': ("delivered", "250 Ok"),
    "== {who} R=d T=smtp defer (-44) H=mx.fabrikam.com [203.0.113.25]: SMTP error: 450 4.2.0 wait": (
        "deferred", "SMTP error: 450 4.2.0 wait",
    ),
    "** {who} R=d T=smtp: host mx.fabrikam.com [203.0.113.25]: 550 5.1.1 no: such": (
        "failed", "host mx.fabrikam.com [203.0.113.25]: 550 5.1.1 no: such",
    ),
}  # fmt: skip
DEBRIS = (
    ": ", "]: ", "[", "<", ">", " <= ", " => ", " ** ", " == ", "[1/2] ", "[2\\3] ", " R=", " T=", " H=", ' T="', ' C="', "\\", "\\303",
    '"', " (", ") ", " F=<", "rejected RCPT <", "rejected ", " authenticator failed for ", " ", "|", "<22>", "ä", "€", "\t", " QT=", "2026-13-40 99:99:99 ", "+0100 ",
    "Nov  2 10:00:00 mx exim[7]: ", "removed by ", "Completed", " defer (", "- ", "",
)  # fmt: skip
ATTEMPT = ("queue_id", "sender", "message_id", "recipient", "outcome", "response")


class Mail:
    """The lines of one mail, and what a reader should make of its attempts."""

    def __init__(self, number: int, dice: Random) -> None:
        self.queue = f"1vDb{number:02d}-0000aT-5x" if number % 2 else f"1vDb{number:02d}-00000000aT5-0xYz"
        sender = dice.choice((f"s{number}@contoso.com", ""))
        message_id = f"m{number}@contoso.com"
        self.lines = [f"<= {sender or '<>'} H=erp01.contoso.com [203.0.113.5] P=esmtp S=4321 id={message_id}"]
        self.expected: list[tuple] = []
        for each in range(dice.randrange(1, 4)):
            status, who = dice.choice(list(STATUSES)), f"r{each}@fabrikam.com"
            self.lines.append(status.format(who=who))
            self.expected.append((self.queue, sender, message_id, who, *STATUSES[status]))
        self.lines.append("Completed")


def interleaved(mails: list[Mail], dice: Random, *, syslog: bool = False) -> list[str]:
    """The lines of all mails, those of each in their order, a second apart; a syslog cuts some of them."""
    turns = [mail for mail in mails for _ in mail.lines]
    dice.shuffle(turns)
    left = {mail.queue: iter(mail.lines) for mail in mails}
    out: list[str] = []
    for at, mail in enumerate(turns):
        clock, text = f"10:{at // 60:02d}:{at % 60:02d}", f"{mail.queue} {next(left[mail.queue])}"
        if not syslog:
            out.append(f"2026-11-02 {clock} {text}\n")
            continue
        cut = dice.randrange(len(text)) if dice.random() < 0.4 else 0
        parts = [f"[1/2] {text[:cut]}", f"[2/2] {text[cut:]}"] if cut else [text]
        out += [f"Nov  2 {clock} mx exim[{100 + at}]: {part}\n" for part in parts]
    return out


def attempts(found: Trial) -> list[tuple]:
    rows = [row for row in found.events.to_pylist() if row["outcome"] != "received"]
    return sorted((tuple(row[name] for name in ATTEMPT) for row in rows), key=repr)


def read(slice_bytes: int, *texts: str) -> Trial:
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
@given(dice=DICE, count=MAILS, one_slice=st.booleans(), syslog=st.booleans())
def test_every_line_of_a_garbled_log_is_accounted_for_once(dice, count, one_slice, syslog):
    mails = [Mail(number, dice) for number in range(count)]
    texts = [garbled(line.rstrip("\n"), dice) for line in interleaved(mails, dice, syslog=syslog)]
    kept = [text for text in texts if text.strip()]
    half = len(kept) // 2
    files = ["".join(f"{text}\n" for text in part) for part in (kept[:half], kept[half:]) if part]
    counts = read(48 << 20 if one_slice else 1, *files).counts
    assert counts["rows"] == len(kept)
    assert counts["used"] + counts["context"] + counts["duplicates"] + counts["rejects"] == len(kept)


@settings(max_examples=6, deadline=None)
@given(dice=DICE, count=MAILS, syslog=st.booleans())
def test_mails_that_overlap_in_time_give_what_stands_in_their_lines(dice, count, syslog):
    mails = [Mail(number, dice) for number in range(count)]
    together = attempts(read(48 << 20, "".join(interleaved(mails, dice, syslog=syslog))))
    assert together == sorted((row for mail in mails for row in mail.expected), key=repr)


@settings(max_examples=6, deadline=None)
@given(dice=DICE, count=MAILS, syslog=st.booleans(), share=st.floats(0, 1))
def test_files_and_slices_cut_between_lines_lose_no_attempt_and_no_sender(dice, count, syslog, share):
    mails = [Mail(number, dice) for number in range(count)]
    lines = interleaved(mails, dice, syslog=syslog)
    at = int(share * len(lines))
    if at < len(lines) and "]: [2/2]" in lines[at]:
        at += 1
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
        if line.endswith("\n") and f"{row[0]} " in line and f" {row[3]} R=" in line
    }
    found = {(row[0], row[3]) for row in attempts(read(48 << 20, head))}
    assert there <= found
    assert len(found - there) <= 1, "at most the line that was cut"

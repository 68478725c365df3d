"""Whatever the pipelining, the interleaving and the place of a cut: every recipient gets the reply that was meant for it."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailtrend.formats.exchange_smtp_receive import FORMAT as RECEIVE
from mailtrend.formats.exchange_smtp_send import FORMAT as SEND
from mailtrend.ingest import slices
from mailtrend.ingest.trial import parse
from support.dialogues import START, Session, rows_of

FORMATS = {"Send": SEND, "Receive": RECEIVE}
WORDS = {
    "Send": {2: "delivered", 4: "deferred", 5: "failed"},
    "Receive": {2: "received", 4: "deferred", 5: "rejected"},
}
CODES = (250, 250, 250, 450, 451, 550, 554)


class Writer:
    """Writes one session of random messages and notes what a reader should make of it."""

    def __init__(self, side: str, number: int, dice: Random) -> None:
        self.side, self.dice = side, dice
        self.ask, self.answer = (">", "<") if side == "Send" else ("<", ">")
        self.session = Session(
            id=f"08DE{number:012X}", connector="EX01\\C" if side == "Receive" else "C",
            at=START + timedelta(milliseconds=dice.randrange(20_000)),
        )  # fmt: skip
        self.expected: list[tuple] = []
        self.number = number

    def exchange(self, pairs: list[tuple[str, str]], piped: bool) -> None:
        """Commands with their replies: one by one, or all commands before all replies."""
        if piped:
            self.session.talk(*(f"{self.ask} {command}" for command, _ in pairs))
            self.session.talk(*(f"{self.answer} {reply}" for _, reply in pairs))
            return
        for command, reply in pairs:
            self.session.talk(f"{self.ask} {command}", f"{self.answer} {reply}")

    def note(self, recipient: str, event: str, code: int, text: str) -> None:
        outcome = WORDS[self.side][code // 100]
        self.expected.append((self.session.id, recipient, event, outcome, None if code < 400 else text))

    def message(self, place: int, piped: bool) -> None:
        dice = self.dice
        refused = dice.random() < 0.1
        start = (f"MAIL FROM:<s{place}@contoso.com>", f"{'553 5.1.8 no' if refused else '250 2.1.0 ok'} {place}")
        people = [f"r{self.number}.{place}.{at}@example.org" for at in range(dice.randrange(1, 5))]
        replies = [503 if refused else dice.choice(CODES) for _ in people]
        texts = [
            f"{code} {code // 100}.1.{at} about {person}"
            for at, (person, code) in enumerate(zip(people, replies, strict=True))
        ]
        self.exchange(
            [start, *((f"RCPT TO:<{person}>", text) for person, text in zip(people, texts, strict=True))], piped
        )
        accepted = []
        for person, code, text in zip(people, replies, texts, strict=True):
            if refused:
                self.note(person, "MAIL 553", 553, start[1])
            elif code >= 400:
                self.note(person, f"RCPT {code}", code, text)
            else:
                accepted.append(person)
        if accepted and not refused:
            self.body(accepted, piped)
        if dice.random() < 0.5 or refused or not accepted:
            self.exchange([("RSET", "250 2.0.0 reset")], piped)

    def body(self, accepted: list[str], piped: bool) -> None:
        code = self.dice.choice(CODES)
        text = f"{code} {code // 100}.6.0 body {self.dice.randrange(1000)}"
        if self.dice.random() < 0.5:
            self.session.talk(f"{self.ask} DATA", f"{self.answer} 354 go on", f"{self.answer} {text}")
            verb = "DATA"
        else:
            parts = [(f"BDAT {size}", "250 2.0.0 part") for size in range(self.dice.randrange(3))]
            self.exchange([*parts, ("BDAT 10 LAST", text)], piped)
            verb = "BDAT"
        for person in accepted:
            self.note(person, f"{verb} {code}", code, text)

    def write(self) -> None:
        piped = self.dice.random() < 0.5
        self.session.greet(we_send=self.side == "Send")
        for place in range(self.dice.randrange(1, 4)):
            self.message(place, piped)
        self.exchange([("QUIT", "221 2.0.0 bye")], False)
        self.session.talk("- Local")


def read(side: str, *data: bytes) -> list[tuple]:
    events = parse(FORMATS[side], *data).events.to_pylist()
    return sorted(
        (event["queue_id"], event["recipient"], event["event"], event["outcome"], event["response"])
        for event in events
    )  # fmt: skip


@pytest.mark.parametrize("side", ["Send", "Receive"])
@settings(max_examples=6, deadline=None)
@given(dice=st.randoms(use_true_random=False), share=st.floats(0, 1), one_slice=st.booleans())
def test_every_recipient_gets_its_reply(side, dice, share, one_slice):
    writers = [Writer(side, number, dice) for number in range(dice.randrange(1, 9))]
    for writer in writers:
        writer.write()
    rows = sorted((row for writer in writers for row in writer.session.rows), key=lambda row: row[0])
    cut = int(share * len(rows))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(slices, "SLICE", 48 << 20 if one_slice else 1)
        found = read(side, rows_of(side, rows[:cut]), rows_of(side, rows[cut:]))
    assert found == sorted(each for writer in writers for each in writer.expected)

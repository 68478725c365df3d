"""Whatever is interleaved, refused or cut into slices: each recipient of the Windows SMTP service gets its own reply."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailtrend.formats.iis_smtp import FORMAT
from mailtrend.ingest import slices
from mailtrend.ingest.reading import FileReader
from mailtrend.ingest.trial import parse
from support.iis import dialogue, log, spoken

WORDS = {2: "delivered", 4: "deferred", 5: "failed"}
CODES = (250, 250, 250, 421, 451, 550, 554)
LOG_HEAD = log()


def connection(number: int, dice: Random) -> tuple[list[str], list[tuple]]:
    """The rows of one connection with one message, and what they tell of each recipient."""
    people = [f"r{number}-{at}@fabrikam.com" for at in range(dice.randrange(1, 5))]
    codes = {person: dice.choice((250, 250, 450, 553)) for person in people}
    refused = {person.partition("@")[0]: f"{code}+for+{person}" for person, code in codes.items() if code >= 400}
    mail, end = dice.choice((250, 250, 250, 452)), dice.choice(CODES)
    sender = f"s{number}@contoso.com"
    if mail >= 400:
        return dialogue([], sender=sender, mail=f"{mail}+no"), [(sender, None, f"MAIL {mail}", "deferred")]
    expected = [
        (sender, person, f"RCPT {code}" if code >= 400 else f"DATA {end}", WORDS[(code if code >= 400 else end) // 100])
        for person, code in codes.items()
    ]
    return dialogue(people, refused, sender=sender, end=f"{end}+{number}"), expected


def woven(talks: list[list[str]], dice: Random) -> list[str]:
    """Rows of connections to different servers, in any order that keeps each one's own."""
    left = [[spoken(line, ip=f"198.51.100.{at + 1}") for line in lines] for at, lines in enumerate(talks)]
    rows = []
    while any(left):
        rows.append(dice.choice([lines for lines in left if lines]).pop(0))
    return rows


def told(*data: str) -> list[tuple]:
    events = parse(FORMAT, *(text.encode("utf-8") for text in data)).events.to_pylist()
    return sorted(
        ((event["sender"], event["recipient"], event["event"], event["outcome"]) for event in events), key=str
    )


@settings(max_examples=6, deadline=None)
@given(dice=st.randoms(use_true_random=False))
def test_connections_to_different_servers_may_interlace(dice):
    made = [connection(number, dice) for number in range(dice.randrange(1, 9))]
    rows = woven([lines for lines, _ in made], dice)
    assert told(LOG_HEAD + "".join(f"{row}\r\n" for row in rows)) == sorted(
        (each for _, expected in made for each in expected), key=str
    )


@settings(max_examples=6, deadline=None)
@given(dice=st.randoms(use_true_random=False), size=st.integers(9_000, 30_000))
def test_a_connection_may_go_on_in_the_next_slice(dice, size):
    made = [connection(number, dice) for number in range(30)]
    text = log(*(line for lines, _ in made for line in lines))
    whole = FileReader.pieces
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(slices, "SLICE", 1)
        patch.setattr(FileReader, "pieces", lambda self: whole(self, size))
        found = told(text)
    assert found == sorted((each for _, expected in made for each in expected), key=str)


@settings(max_examples=6, deadline=None)
@given(dice=st.randoms(use_true_random=False))
def test_connections_to_one_server_in_step_keep_their_recipients_apart(dice):
    ends = [dice.choice(CODES) for _ in range(dice.randrange(2, 6))]
    talks = [
        dialogue([f"r{at}@fabrikam.com"], sender=f"s{at}@contoso.com", end=f"{code}+{at}")
        for at, code in enumerate(ends)
    ]
    rows = [line for step in zip(*talks, strict=True) for line in step]
    assert told(log(*rows)) == [
        (f"s{at}@contoso.com", f"r{at}@fabrikam.com", f"DATA {code}", WORDS[code // 100])
        for at, code in enumerate(ends)
    ]

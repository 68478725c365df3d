"""Sessions that go by the book take a shortcut; it gives what the algorithm for any dialogue gives."""

from __future__ import annotations

import csv
import dataclasses
from datetime import timedelta
from random import Random
from string import Template

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailtrend.formats import shared_sql
from mailtrend.formats._smtp_protocol import SHAPE, sessions_sql
from mailtrend.formats.exchange_smtp_receive import FORMAT as RECEIVE
from mailtrend.formats.exchange_smtp_send import FORMAT as SEND
from mailtrend.ingest.parsing import NOTHING_HELD
from mailtrend.ingest.trial import parse
from support.dialogues import START, Session, log

FORMATS = {"Send": SEND, "Receive": RECEIVE}
BANNERS = ("220 mx.fabrikam.com ESMTP", "220 mx.fabrikam.com ESMTP", "220 ESMTP", "421 4.3.2 Busy", "554 5.7.1 No")
GREETINGS = ("250  mx.fabrikam.com Hello", "250  mx2.fabrikam.com Hello SIZE", "250-mx.fabrikam.com", "250 2.mx.org Hi")
SENDERS = ("MAIL FROM:<s@contoso.com> SIZE=100", "MAIL FROM:<>", "mail from:<x@contoso.com> size=7")
PEOPLE = ("RCPT TO:<{}@b.org> NOTIFY=NEVER", "rcpt to:<{}@b.org>", 'RCPT TO:<"{} > x"@b.org>', "RCPT TO:{}@b.org")
ENDS = ("BDAT 10 LAST", "bdat 10 last ", "BDAT 10 LAST ")
FAILURES = ("450 4.1.1 Later", "550 5.1.1 No", "550-5.1.1 Long", "421 4.4.2 Bye", "25x Odd", "2")
ODDITIES = (
    "A 250 Ok", "A 451 4.3.0 Later", "A 221 Bye", "C RSET", "C NOOP", "C QUIT", "C DATA", "C MAIL FROM:<z@b.org>",
    "C RCPT TO:<z@b.org>", "* TLS negotiation failed", "* Failed to connect. Destination domain: b.org, x", "? odd",
)  # fmt: skip


class Talker:
    """Writes the lines of one session; commands begin with C, answers with A. `care` is how often nothing goes wrong."""

    def __init__(self, dice: Random, care: float) -> None:
        self.dice, self.care = dice, care
        self.lines: list[str] = ["+"]

    def answer(self, good: str) -> str:
        return good if self.dice.random() < self.care else self.dice.choice(FAILURES)

    def ask(self, *pairs: tuple[str, str]) -> None:
        """Commands with their replies: one by one, or all commands before all replies."""
        if self.dice.random() < 0.4:
            self.lines += [f"C {command}" for command, _ in pairs] + [f"A {reply}" for _, reply in pairs]
        else:
            self.lines += [line for command, reply in pairs for line in (f"C {command}", f"A {reply}")]

    def message(self, place: int) -> None:
        dice = self.dice
        if dice.random() < 0.7:
            self.lines.append(f"* sending message with RecordId {place} and InternetMessageId <m{place}@contoso.com>")
        people = [dice.choice(PEOPLE).format(f"r{place}.{at}") for at in range(dice.choice((0, 1, 1, 1, 3)))]
        self.ask(
            (dice.choice(SENDERS), self.answer("250 2.1.0 Ok")),
            *((person, self.answer("250 2.1.5 Ok")) for person in people),
        )
        queued = self.answer(f"250 2.6.0 <m{place}@b.org> [InternalId={place}, Hostname=x] Queued")
        if dice.random() < 0.4:
            self.lines += ["C DATA", "A 354 Go on", f"A {queued}"]
        elif dice.random() < 0.9:
            parts = [("BDAT 5", self.answer("250 2.0.0 Part"))] * dice.choice((0, 0, 1, 2))
            self.ask(*parts, (dice.choice(ENDS), queued))
        else:
            self.ask(("RSET", "250 2.0.0 Reset"))

    def write(self) -> list[str]:
        dice = self.dice
        if dice.random() < 0.9:
            self.lines.append(f"A {BANNERS[0] if dice.random() < self.care else dice.choice(BANNERS)}")
        self.ask(("EHLO mail.contoso.com", dice.choice(GREETINGS)))
        if dice.random() < 0.3:
            self.ask(("STARTTLS", "220 2.0.0 Ready"))
            self.lines.append(f"* TLS protocol SP_PROT_TLS1_{dice.choice('123')}_CLIENT negotiation succeeded")
        for place in range(dice.choice((0, 1, 1, 1, 2, 5))):
            self.message(place)
        if dice.random() < 0.9:
            self.ask(("QUIT", "221 2.0.0 Bye"))
        self.lines.append(dice.choice(("- Local", "- Local", "- Remote(SocketError)")))
        while dice.random() > self.care:
            self.spoil()
        return self.lines

    def spoil(self) -> None:
        """Drop a line, say one twice, swap two, or say something odd."""
        dice, lines = self.dice, self.lines
        at, other = dice.randrange(len(lines)), dice.randrange(len(lines))
        match dice.randrange(4):
            case 0 if len(lines) > 1:
                del lines[at]
            case 1:
                lines.insert(at, lines[other])
            case 2:
                lines[at], lines[other] = lines[other], lines[at]
            case _:
                lines.insert(at, dice.choice(ODDITIES))


def session(side: str, number: int, lines: list[str], numbers: Random | None = None) -> Session:
    """These lines as the log of one side has them; with `numbers`, a sequence number may jump or come again."""
    marks = {"C": ">", "A": "<"} if side == "Send" else {"C": "<", "A": ">"}
    found = Session(id=f"08DE{number:012X}", connector="EX01\\C", at=START + timedelta(milliseconds=37 * number))
    for line in lines:
        if numbers and numbers.random() < 0.01:
            found.number += numbers.choice((-1, 2, 150))
        found.talk(f"{marks.get(line[0], line[0])}{line[1:]}")
    return found


def told(side: str, data: bytes, *, shortcut: bool) -> tuple[list[dict], list[dict], dict]:
    sql = {"sessions": sessions_sql(side, shortcut=shortcut)}
    found = parse(dataclasses.replace(FORMATS[side], prepare=lambda *_: sql), data)
    key = {"key": lambda row: sorted((name, str(value)) for name, value in row.items())}
    return sorted(found.events.to_pylist(), **key), sorted(found.rejects.to_pylist(), **key), found.counts


def entangled(side: str, *sessions: Session) -> set[str]:
    """The ids of the sessions that do not take the shortcut."""
    cells = list(csv.reader(text for each in sessions for _, text in each.rows))
    raw = pa.table(dict(zip(SHAPE.columns, map(list, zip(*cells, strict=True)), strict=True)))
    raw = raw.append_column("file_no", pa.array([0] * len(cells), pa.int32()))
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        con.execute(shared_sql())
        con.register("raw", raw.append_column("line", pa.array(range(len(cells)), pa.int64())))
        con.execute(Template(FORMATS[side].sql).substitute(sessions=sessions_sql(side), hold=NOTHING_HELD))
        ids = "SELECT DISTINCT session_id FROM raw SEMI JOIN entangled ON session = hash(connector_id, session_id)"
        return {name for (name,) in con.execute(ids).fetchall()}


@pytest.mark.parametrize("side", ["Send", "Receive"])
@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 2**32), care=st.sampled_from((0.7, 0.95, 1.0)))
def test_the_shortcut_changes_nothing(side, seed, care):
    dice = Random(seed)
    sessions = [session(side, number, Talker(dice, care).write(), dice) for number in range(dice.randrange(1, 60))]
    data = log(side, *sessions)
    assert told(side, data, shortcut=True) == told(side, data, shortcut=False)


MAIL = ("C MAIL FROM:<s@contoso.com>", "A 250 2.1.0 Ok")
RCPT = ("C RCPT TO:<r@b.org>", "A 250 2.1.5 Ok")
BODY = ("C BDAT 10 LAST", "A 250 2.6.0 <m@b.org> [InternalId=1] Queued")
HELLO = ("+", "A 220 mx.b.org ESMTP", "C EHLO mail.contoso.com", "A 250  mx.b.org Hello")
BYE = ("C QUIT", "A 221 Bye", "- Local")


@pytest.mark.parametrize("side", ["Send", "Receive"])
@pytest.mark.parametrize(
    "lines",
    [
        (*HELLO, *MAIL, *RCPT, *BODY, *BYE),
        (*HELLO, MAIL[0], RCPT[0], RCPT[0], MAIL[1], RCPT[1], RCPT[1], *BODY, *BYE),
        (*HELLO, *MAIL, *RCPT, *BODY, *MAIL, *RCPT, *RCPT, "C DATA", "A 354 Go on", "A 250 Ok", *BYE),
        (*HELLO, *MAIL, *RCPT, "C BDAT 5", "A 250 Part", *BODY, "C RSET", "A 250 Reset", *BYE),
        (*MAIL, *RCPT, *BODY),
        (*HELLO, *BYE),
    ],
    ids=["plain", "pipelined", "two messages", "parts", "cut", "no message"],
)
def test_sessions_by_the_book_take_the_shortcut(side, lines):
    assert entangled(side, session(side, 1, list(lines))) == set()


@pytest.mark.parametrize("side", ["Send", "Receive"])
@pytest.mark.parametrize(
    "lines",
    [
        (*HELLO, *MAIL, RCPT[0], "A 550 5.1.1 No", *BODY, *BYE),
        (*HELLO, "A 250 Nobody asked", *MAIL, *RCPT, *BODY, *BYE),
        (*HELLO, *MAIL, *RCPT, BODY[0], *BYE),
        (*HELLO, *MAIL, *MAIL, *RCPT, *BODY, *BYE),
        (*HELLO, *RCPT, *MAIL, *BODY, *BYE),
        (*HELLO, *MAIL, *RCPT, *BYE),
        (*HELLO, MAIL[0], RCPT[0], BODY[0], MAIL[1], RCPT[1], BODY[1], *BYE),
    ],
    ids=["failing", "unasked", "unanswered", "MAIL twice", "no MAIL", "no body", "body piped"],
)
def test_all_others_are_looked_at_closely_and_leave_their_neighbours_alone(side, lines):
    odd, plain = session(side, 1, list(lines)), session(side, 2, [*HELLO, *MAIL, *RCPT, *BODY, *BYE])
    assert entangled(side, odd, plain) == {odd.id}
    alone = told(side, log(side, plain), shortcut=True)[0]
    both = told(side, log(side, odd, plain), shortcut=True)[0]
    strip = {"line", "file_id"}
    assert [
        {name: value for name, value in event.items() if name not in strip}
        for event in both
        if event["queue_id"] == plain.id
    ] == [{name: value for name, value in event.items() if name not in strip} for event in alone]

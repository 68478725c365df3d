"""Whole reports, log lines and rows as an admin pastes them say what reports/truth.tsv and lines.tsv say of them."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.labels import Told, labelled, read_codes, read_server
from mailtrend.contracts import CAUSES
from mailtrend.knowledge.pasted import Pasted, read

HERE = Path(__file__).parent
REPORTS = HERE / "reports"
NONE = "-"
PIECES = [
    "\n",
    "\n\n",
    "> ",
    "=20\n",
    "=\n",
    "=3D",
    "<br>",
    "&lt;",
    "<td>",
    "kai@example.org",
    "<kai@example.org>: ",
    "550 5.1.1 unknown",
    "Remote Server returned '",
    "'",
    "Final-Recipient: rfc822;",
    "Status: ",
    "Diagnostic-Code: smtp;",
    "Remote-MTA: dns; ",
    "mx.example.org",
    " [192.0.2.9]",
    "(reason: ",
    ")",
    "<<< ",
    "while talking to ",
    ":",
    "Original message headers:",
    "Received: from x",
    "Error: ",
    '{"Detail": "',
    '"}',
    "2026-10-26T02:08:08.550Z,",
    ",",
    "relay=",
    "dsn=4.4.1, ",
    "status=deferred (",
    "\0",
    "\ud800",
    "\\n",
    "4.4.x",
    "10061",
]


class Truth(NamedTuple):
    """What a report says, by hand."""

    name: str
    codes: tuple[int | None, str | None, int | None, str | None]
    cause: str
    server: tuple[str | None, str | None]
    recipient: str | None
    others: list[tuple[str, tuple[int | None, str | None]]]

    @property
    def text(self) -> str:
        return (REPORTS / f"{self.name}.txt").read_text(encoding="utf-8")


def truths() -> list[Truth]:
    lines = (REPORTS / "truth.tsv").read_text(encoding="utf-8").splitlines()
    return [_truth(line) for line in lines if not line.startswith("# ")]


def _truth(line: str) -> Truth:
    name, codes, cause, server, recipient, others = line.split("\t")
    outer, _, inner = codes.partition(" > ")
    told = [one.partition(" ") for one in others.split("|") if one != NONE]
    return Truth(
        name,
        (*read_codes(outer), *read_codes(inner)),
        cause,
        read_server(server),
        None if recipient == NONE else recipient,
        [(to, read_codes(written)) for to, _, written in told],
    )


class Line(NamedTuple):
    """A line of a log and what it says."""

    where: str
    text: str
    told: Told


def log_lines() -> list[Line]:
    return [
        _line(number, line)
        for number, line in enumerate((HERE / "lines.tsv").read_text(encoding="utf-8").splitlines(), 1)
        if line and not line.startswith("# ")
    ]


def _line(number: int, line: str) -> Line:
    codes, cause, server, text = line.split("\t")
    outer, _, inner = codes.partition(" > ")
    told = Told(*read_codes(outer), *read_codes(inner), *read_server(server), None if cause == NONE else cause)
    return Line(f"lines:{number}", text, told)


def said(pasted: Pasted) -> tuple[object, ...]:
    """What is compared with the truth."""
    found = pasted.found
    return (
        (found.reply_code, found.status_code, found.remote_reply_code, found.remote_status_code),
        found.cause,
        (found.remote_host, found.remote_ip),
        pasted.recipient,
        [(to, (one.reply_code, one.status_code)) for to, one in pasted.others],
    )


@pytest.fixture(scope="module")
def read_reports() -> dict[str, Pasted]:
    return dict(zip((one.name for one in truths()), read([one.text for one in truths()]), strict=True))


def test_every_report_has_its_truth():
    assert sorted(path.stem for path in REPORTS.glob("*.txt")) == sorted(one.name for one in truths())


@pytest.mark.parametrize("truth", truths(), ids=lambda truth: truth.name)
def test_a_whole_report(truth, read_reports):
    assert said(read_reports[truth.name]) == truth[1:]


def test_a_report_is_read_alike_however_its_lines_end_and_whoever_quotes_it():
    damages = {
        "Windows": lambda text: text.replace("\n", "\r\n"),
        "quoted": lambda text: "".join(f"> {line}\n" for line in text.splitlines()),
        "quoted twice": lambda text: "".join(f"> > {line}\n" for line in text.splitlines()),
        "blank lines at both ends": lambda text: f"\n\n{text}\n\n",
        "no-break blanks": lambda text: text.replace(" (", "\u00a0("),
    }
    for what, damage in damages.items():
        told = read([damage(one.text) for one in truths()])
        wrong = {one.name: said(got) for one, got in zip(truths(), told, strict=True) if said(got) != one[1:]}
        assert wrong == {}, what


def test_headers_of_the_report_and_of_the_message_change_nothing():
    before = "Received: from a.example.net (2001:db8:450::7) by b.example.net id 15.20.5501.1; 450 4.4.1\nX-Code: 550 5.7.1\n\n"
    after = "\n\nOriginal message headers:\n\nReceived: from a.example.net ([192.0.2.250]) by b; 550 5.4.1\nX-Size: 450 4.2.2\n"
    plain = [one for one in truths() if "\n" in one.text.strip() and "From:" not in one.text]
    told = read([before + one.text + after for one in plain])
    wrong = {one.name: said(got) for one, got in zip(plain, told, strict=True) if said(got) != one[1:]}
    assert wrong == {}


@pytest.fixture(scope="module")
def read_lines() -> dict[str, Pasted]:
    return dict(zip((one.where for one in log_lines()), read([one.text for one in log_lines()]), strict=True))


@pytest.mark.parametrize("line", log_lines(), ids=lambda line: line.where)
def test_a_line_of_a_log_or_an_export(line, read_lines):
    found = read_lines[line.where].found
    assert tuple(getattr(found, name) for name in line.told._fields) == tuple(line.told)


def test_of_several_lines_of_a_log_the_first_that_failed_counts():
    frame = "Oct 26 02:08:08 mx1 postfix/smtp[1234]: 4XyZ450Bz: "
    text = (
        f"{frame}from=<ben@contoso.com>, size=5501, nrcpt=3 (queue active)\n"
        f"{frame}to=<a@example.net>, relay=mx.example.net[192.0.2.9]:25, delay=1, dsn=2.0.0, status=sent (250 2.0.0 Ok)\n"
        f"{frame}to=<b@example.net>, relay=none, delay=1, dsn=4.4.1, status=deferred (connect to mx.example.net[192.0.2.9]:25: Connection refused)\n"
        f"{frame}to=<c@example.net>, relay=mx.example.net[192.0.2.9]:25, delay=1, dsn=5.1.1, status=bounced (host mx.example.net[192.0.2.9] said: 550 5.1.1 unknown)\n"
    )
    told = read([text])[0]
    assert (told.recipient, told.found.status_code, told.found.cause) == (
        "b@example.net",
        "4.4.1",
        "connection_refused",
    )
    assert [(to, one.status_code) for to, one in told.others] == [("c@example.net", "5.1.1")]


def test_replies_are_read_as_they_were():
    known = labelled()
    for one, told in zip(known, read([one.text for one in known]), strict=True):
        assert tuple(getattr(told.found, name) for name in one.told._fields) == tuple(one.told), one.text


@pytest.mark.parametrize(
    "text",
    [
        "[" * 50_000, "a@b.example\n" * 20_000, "> " * 50_000 + "\n", "<p " * 50_000, "=3D" * 50_000, " " * 100_000 + "\n" * 50_000,
        "Remote Server returned '" * 8_000 + "\nx", "<<< 550 x\n" * 15_000, "relay=a.example, " * 8_000 + "stat",
        "Final-Recipient: rfc822;x@y.example\n" * 8_000, "<style>" * 25_000 + "<br>", "2026-01-01T00:00,a,b,c,\0,d",
        '2026-01-01T00:00,"' + "x" * 150_000 + '",b,c,d,e', '{"a": ' * 10_000, "&#999999999;<br>", "<br>" * 40_000,
        "=FF=FE=\n\\n=3D", "10061" * 20, "5.7.x" * 5,
    ],
    ids=range(19),
)  # fmt: skip
def test_hostile_texts_have_an_answer(text):
    assert len(read([text])) == 1


@given(st.lists(st.lists(st.sampled_from(PIECES), min_size=1, max_size=14).map("".join), min_size=1, max_size=40))
@settings(max_examples=8, deadline=None, derandomize=True, database=None)
def test_any_mixture_of_pieces_has_an_answer(texts):
    told = read(texts)
    assert len(told) == len(texts)
    for one in told:
        assert one.found.cause is None or one.found.cause in CAUSES
        assert one.found.verdict.steps


def test_equals_signs_of_a_log_are_no_quoted_printable():
    line = "Oct 26 02:08:08 mx1 postfix/smtp[1]: A: to=<a=20b@example.net>, relay=mx.example.net[192.0.2.9]:25, delay=20, dsn=4.2.0, status=deferred (host mx.example.net[192.0.2.9] said: 450 4.2.0 id=20AB try later)"
    found = read([line])[0].found
    assert (found.status_code, found.remote_ip) == ("4.2.0", "192.0.2.9")


def test_addresses_and_hosts_in_angle_brackets_are_no_markup():
    text = "Generating server: EX01.contoso.com\n\nkai@fabrikam.com\n#<mx.fabrikam.com #5.1.1 smtp;550 5.1.1 <kai@fabrikam.com> unknown user> #SMTP#<br>"
    assert (read([text])[0].found.reply_code, read([text])[0].found.status_code) == (550, "5.1.1")

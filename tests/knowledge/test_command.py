"""`mailtrend explain` as a user meets it: a code, a pasted text, lines on stdin, and what goes wrong."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from knowledge.labels import labelled
from support.cli import mailtrend

KEYS = [
    "reply_code", "status_code", "remote_reply_code", "remote_status_code", "remote_host", "remote_ip", "cause", "class",
    "owner", "title", "meaning", "steps", "confidence", "basis", "issuer", "owners", "owner_depends_on",
    "owner_kind", "connector", "partner", "entry", "reference",
    "certificate_problem", "certificate_subject", "certificate_expected",
    "certificate_thumbprint", "certificate_not_after",
]  # fmt: skip
LED = (
    "Reason: [{LED=450 4.4.317 Cannot establish session with remote server [Message=451 5.7.3 STARTTLS is required to send mail] "
    "[LastAttemptedServerName=edge.contoso.com] [LastAttemptedIP=192.0.2.40:25]};{MSG=};{FQDN=edge.contoso.com};{IP=192.0.2.40};{LRT=}]"
)


class Typed(io.TextIOWrapper):
    """Bytes on stdin."""

    def __init__(self, raw: bytes, *, terminal: bool = False) -> None:
        super().__init__(io.BytesIO(raw), encoding="utf-8")
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal


@pytest.fixture
def stdin(monkeypatch):
    def put(raw: bytes, *, terminal: bool = False) -> None:
        monkeypatch.setattr("sys.stdin", Typed(raw, terminal=terminal))

    return put


@pytest.mark.parametrize(
    ("code", "title"),
    [
        ("4.4.316", "4.4.316: Connection refused"),
        ("450 4.4.316", "450 4.4.316: Connection refused"),
        ("5.7.320", "5.7.320: Message expired: certificate validation failed"),
        ("4.4.7", "4.4.7: Message delayed or expired"),
        ("5.1.10", "5.1.10: Recipient not found"),
        ("#5.1.10", "5.1.10: Recipient not found"),
        ("450", "450: Mailbox not available now"),
        ("5.7.610", "5.7.610: Sending address is on Microsoft's block list"),
    ],
)
def test_a_code(code, title):
    done = mailtrend("explain", code)
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines()[0] == title


def test_a_code_is_told_in_full():
    out = mailtrend("explain", "4.4.316").out
    for head in (
        "Cause:", "Class:", "Expires as:", "Who has to act:", "Usual causes", "What to do", "If it is your own server",
        "If it is a partner's server", "If mail goes there by MX", "after a migration", "Source: https://",
    ):  # fmt: skip
        assert head in out
    assert max(map(len, out.splitlines())) <= 110
    assert "undetermined" not in out


def test_the_code_of_an_expired_message_names_the_one_before():
    assert "Began as:       4.4.316" in mailtrend("explain", "5.4.316").out


def test_a_pasted_text():
    out = mailtrend("explain", LED).out
    assert out.startswith("450 4.4.317: Cannot connect to remote server: TLS is required but was not offered\n")
    assert "451 5.7.3" in out
    assert "edge.contoso.com 192.0.2.40" in out
    assert "Find out who runs edge.contoso.com" in out


def test_words_need_no_quotes():
    assert mailtrend("explain", "450", "4.4.316", "Connection", "refused").out.startswith("450 4.4.316: ")


def test_json_has_the_keys_of_the_contract():
    done = mailtrend("explain", LED, "--format", "json")
    told = json.loads(done.out)
    assert list(told) == KEYS
    assert (told["reply_code"], told["remote_status_code"], told["remote_ip"]) == (450, "5.7.3", "192.0.2.40")
    assert (told["cause"], told["class"], told["owner"]) == ("starttls_not_offered", "transient", "undetermined")
    assert all(isinstance(step, str) for step in told["steps"])


def test_csv_and_files(tmp_path):
    assert mailtrend("explain", "4.4.316", "--format", "csv").out.splitlines()[0] == ",".join(KEYS)
    mailtrend("explain", "4.4.316", "-o", tmp_path / "told.json")
    assert json.loads((tmp_path / "told.json").read_text(encoding="utf-8"))["status_code"] == "4.4.316"
    mailtrend("explain", "4.4.316", "-o", tmp_path / "told.txt")
    assert (tmp_path / "told.txt").read_text(encoding="utf-8").startswith("4.4.316: Connection refused\n")


def test_stdin_without_an_argument(stdin):
    stdin(b"450 4.4.316\r\nConnection refused\r\n")
    assert mailtrend("explain").out.startswith("450 4.4.316: Connection refused\n")


def test_lines_keep_their_order(stdin):
    texts = [one.text for one in labelled()]
    stdin("".join(f"{text}\n" for text in texts).encode())
    plain = [json.loads(line) for line in mailtrend("explain", "--lines").out.splitlines()]
    stdin("".join(json.dumps(text) + "\r\n" for text in texts).encode())
    quoted = [json.loads(line) for line in mailtrend("explain", "--lines").out.splitlines()]
    assert plain == quoted
    for one, told in zip(labelled(), plain, strict=True):
        assert {name: told[name] for name in one.told._fields} == one.told._asdict()


def test_an_empty_or_odd_line_has_an_answer_too(stdin):
    stdin('450 4.4.316\n\n"not closed\n[1]\n"550 5.1.1\\nUser unknown"\nA\u2028B\x0bC\n'.encode())
    told = [json.loads(line) for line in mailtrend("explain", "--lines").out.splitlines()]
    assert [one["status_code"] for one in told] == ["4.4.316", None, None, None, "5.1.1", None]
    assert all(list(one) == KEYS for one in told)


def test_no_lines_give_no_lines(stdin):
    stdin(b"")
    assert mailtrend("explain", "--lines") == (0, "", "")


@pytest.mark.parametrize(
    "raw",
    [
        "550 5.1.1 Empfänger unbekannt\n".encode("cp1252"),
        "550 5.1.1 Empfänger unbekannt\n".encode("utf-16"),
        "\ufeff550 5.1.1 Empfänger unbekannt\n".encode(),
    ],
)
def test_encodings_of_stdin(stdin, raw):
    stdin(raw)
    (line,) = mailtrend("explain", "--lines").out.splitlines()
    assert json.loads(line)["status_code"] == "5.1.1"


@pytest.mark.parametrize("word", ["9.9.9", "nonsense", "5.7.1234", "123", "4.4.99999", "9.9", "AS(999999)"])
@pytest.mark.parametrize("form", ["table", "json"])
def test_a_word_that_is_no_code(word, form):
    done = mailtrend("explain", word, "--format", form)
    assert (done.code, done.out) == (2, "")
    assert f"'{word}' is no status code" in done.err
    assert "4.4.316" in done.err


def test_a_text_that_says_nothing_known_is_no_error():
    done = mailtrend("explain", "the cat sat on the mat", "--format", "json")
    assert done.code == 0
    assert json.loads(done.out)["cause"] == "unclassified"


def test_nothing_to_explain(stdin):
    for raw, terminal in ((b"", False), (b" \n", False), (b"", True)):
        stdin(raw, terminal=terminal)
        done = mailtrend("explain")
        assert done.code == 2
        assert "nothing to explain" in done.err


def test_lines_and_an_argument_do_not_go_together(stdin):
    stdin(b"450\n")
    done = mailtrend("explain", "--lines", "4.4.316")
    assert done.code == 2
    assert "--lines" in done.err


@pytest.mark.parametrize("word", ["9.9.x", "5.12345.x", "5.7.5xxx"])
def test_a_range_that_cannot_be(word):
    done = mailtrend("explain", word)
    assert (done.code, done.out) == (2, "")
    assert f"'{word}' is no range of status codes" in done.err
    assert "5.7.606-649" in done.err


def test_a_range_that_is_one_entry_is_told_like_a_code():
    out = mailtrend("explain", "5.7.606-649").out
    assert out.startswith("5.7.606-649: Sending address is on Microsoft's block list\n")
    assert "What to do" in out


def test_a_family_of_codes_is_a_list():
    out = mailtrend("explain", "5.7.5xx").out
    assert out.startswith("5.7.5xx: Security or policy\n")
    assert "\n  5.7.509      DMARC failed" in out
    assert max(map(len, out.splitlines())) <= 100


def test_a_family_of_codes_in_json_has_its_entries_beside_the_usual_keys():
    told = json.loads(mailtrend("explain", "4.4.x", "--format", "json").out)
    assert list(told) == [*KEYS, "entries"]
    assert (told["status_code"], told["class"]) == ("4.4.x", "transient")
    assert list(told["entries"][0]) == ["codes", "title", "cause", "class", "owner", "severity"]


def test_a_family_of_codes_in_csv_is_a_row_an_entry():
    rows = mailtrend("explain", "45x", "--format", "csv").out.splitlines()
    assert rows[0] == "codes,title,cause,class,owner,severity"
    assert [row[:4] for row in rows[1:4]] == ["450,", "451,", "452,"]


def test_a_report_on_stdin_names_its_recipients(stdin):
    report = Path(__file__).parent / "reports" / "exchange_two_recipients.txt"
    stdin(report.read_bytes())
    out = mailtrend("explain").out
    assert out.startswith("554 5.2.2: Mailbox full\n")
    assert "Recipient:      kai@fabrikam.com" in out
    assert "Further recipients in this text\n  - ida@fabrikam.com: 550 5.1.1 " in out
    stdin(report.read_bytes())
    told = json.loads(mailtrend("explain", "--format", "json").out)
    assert told["others"] == [
        {
            "recipient": "ida@fabrikam.com", "reply_code": 550, "status_code": "5.1.1", "remote_reply_code": None,
            "remote_status_code": None, "cause": "recipient_unknown",
        }
    ]  # fmt: skip


def test_lines_may_be_log_lines_ranges_and_marks(stdin):
    stdin(
        b"Oct 26 02:08:08 mx1 postfix/smtp[12]: 4XyZ: to=<a@example.net>, relay=none, delay=450, dsn=4.4.1, status=deferred "
        b"(connect to mx.example.net[192.0.2.9]:25: Connection refused)\n5.7.606-649\n10061\n"
    )
    told = [json.loads(line) for line in mailtrend("explain", "--lines").out.splitlines()]
    assert [one["status_code"] for one in told] == ["4.4.1", "5.7.606-649", None]
    assert [one["cause"] for one in told] == ["connection_refused", "spam_or_reputation", "connection_refused"]


def test_what_is_no_code_has_no_code_in_front():
    assert mailtrend("explain", "10061").out.startswith("Winsock error 10061 (connection refused): ")
    assert mailtrend("explain", "connection_refused").out.startswith("The server refused the connection\n")

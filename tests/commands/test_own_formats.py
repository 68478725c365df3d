"""Formats of the user's own: they work with no code, and a bad one is refused with how far each sample got."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest

from support.cli import mailtrend

DOC = Path(__file__).parents[2] / "docs" / "own-formats.md"
LINES, TABLE = re.findall(r"```toml\n(.*?)```", DOC.read_text(encoding="utf-8"), re.DOTALL)
LOG = """\
2026-10-01T08:00:00Z gw1 acme[7]: started
2026-10-01T08:00:01Z gw1 acme[7]: to=<bo@fabrikam.com> via=mx.fabrikam.com[203.0.113.25] result=sent
2026-10-01T10:00:02+02:00 gw1 acme[7]: to=<cy@fabrikam.com> via=mx.fabrikam.com[203.0.113.25] result=bounce "550 5.1.1 No such user"
something else
"""
CSV = """\
From,To,Date,Result,Server_Answer,More
ada@contoso.com,bo@fabrikam.com,10/13/2026 9:00:00 AM,Temporary failure,450 4.4.316 Connection refused,x
ada@contoso.com,cy@fabrikam.com,10/13/2026 9:05:00 AM,OK,,x
"""


def described(tmp_path: Path, text: str) -> Path:
    """A TOML file with this text."""
    file = tmp_path / "acme.toml"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A working directory with mailtrend.toml, and no settings elsewhere."""
    (tmp_path / "mailtrend.toml").write_text('lake = "lake"\n', encoding="utf-8")
    for name in ("XDG_CONFIG_HOME", "APPDATA", "HOME"):
        monkeypatch.setenv(name, str(tmp_path / "elsewhere"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def events(columns: str):
    done = mailtrend("sql", f"SELECT {columns} FROM events ORDER BY event_time", "--format", "json")
    assert done.code == 0, done.err
    return [tuple(row.values()) for row in json.loads(done.out)]


@pytest.mark.parametrize("place", ["acme.format.toml", "formats/acme.toml", "elsewhere/mailtrend/formats/acme.toml"])
def test_a_described_log_is_read_with_no_code(home, place):
    (home / place).parent.mkdir(parents=True, exist_ok=True)
    (home / place).write_text(LINES, encoding="utf-8")
    (home / "gw.log").write_text(LOG, encoding="utf-8")
    done = mailtrend("run", "gw.log", "--report", "report.md")
    assert done.code == 0, done.err
    assert "4 rows = 2 used + 1 context + 0 duplicates + 1 rejects" in done.err
    assert events("source, recipient, outcome, connector, status_code, cause") == [
        ("acme_gateway", "bo@fabrikam.com", "delivered", "edge", None, None),
        ("acme_gateway", "cy@fabrikam.com", "failed", "edge", "5.1.1", "recipient_unknown"),
    ]
    listed = json.loads(mailtrend("formats", "--format", "json").out)
    assert [row["reference"] for row in listed if row["format"] == "acme_gateway"] == [str((home / place).resolve())]
    # The lake stays readable when the description is gone.
    (home / place).unlink()
    assert json.loads(mailtrend("ask", "failures-by-code", "--format", "json").out)[0]["status_code"] == "5.1.1"


def test_a_described_table_is_read_by_its_header_whatever_its_order_and_spelling(home):
    (home / "mine").mkdir()
    (home / "mine" / "report.toml").write_text(TABLE, encoding="utf-8")
    (home / "mailtrend.toml").write_text('lake = "lake"\nformats = "mine"\n', encoding="utf-8")
    (home / "report.csv").write_text(CSV, encoding="utf-8")
    assert mailtrend("ingest", "report.csv").code == 0
    assert events("event_time, recipient, outcome, status_code, direction") == [
        ("2026-10-13T09:00:00Z", "bo@fabrikam.com", "deferred", "4.4.316", "outbound"),
        ("2026-10-13T09:05:00Z", "cy@fabrikam.com", "delivered", None, "outbound"),
    ]


def test_source_names_a_format_of_ones_own(home):
    (home / "acme.format.toml").write_text(LINES, encoding="utf-8")
    (home / "gw.log").write_text("something else\n" * 20 + LOG, encoding="utf-8")
    assert mailtrend("ingest", "gw.log").code == 2
    assert mailtrend("ingest", "gw.log", "--source", "acme_gateway").code == 0


def test_a_bad_format_stops_the_ingest_with_its_file_its_fault_and_what_to_do(home):
    (home / "acme.format.toml").write_text(LINES.replace("> via=mx", "> by=mx"), encoding="utf-8")
    (home / "gw.log").write_text(LOG, encoding="utf-8")
    done = mailtrend("ingest", "gw.log")
    assert done.code == 2
    assert "acme.format.toml" in done.err
    assert "here it stops" in done.err
    assert "mend:" in done.err
    assert "Traceback" not in done.err


def test_a_format_to_begin_with_is_printed_and_reads_its_samples(home):
    printed = mailtrend("formats", "--new", "my_gateway")
    assert printed.code == 0
    done = mailtrend("formats", "--check", described(home, printed.out))
    assert (done.code, done.err) == (0, "")
    assert mailtrend("formats", "--new", "My Gateway").code == 2


def test_what_the_source_cannot_tell_stands_in_the_report_and_needs_no_description_that_is_right(home):
    file = home / "acme.format.toml"
    file.write_text('notes = ["It never names the server."]\n' + LINES, encoding="utf-8")
    (home / "gw.log").write_text(LOG, encoding="utf-8")
    assert mailtrend("run", "gw.log", "--report", "report.md").code == 0
    assert "It never names the server." in (home / "report.md").read_text(encoding="utf-8")
    file.write_text("name = 1\n", encoding="utf-8")
    assert mailtrend("report", "-o", "report.md").code == 0


def test_what_comes_by_a_pipe_is_read_as_a_format_of_ones_own_once(home, monkeypatch):
    (home / "acme.format.toml").write_text(LINES, encoding="utf-8")
    for new in (2, 0):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(LOG.encode())))
        done = mailtrend("ingest", "-", "--format", "json")
        assert done.code == 0, done.err
        assert len(events("recipient")) == 2, new
    kept = mailtrend("sql", "SELECT source, rows, used, context, rejects FROM files", "--format", "json")
    assert json.loads(kept.out) == [{"source": "acme_gateway", "rows": 4, "used": 2, "context": 1, "rejects": 1}]


def test_a_file_that_a_built_in_format_claims_too_is_refused_unless_the_user_says_which(home):
    text = """
name = "all_lines"
title = "claims whatever stands in a syslog"
kind = "lines"
unmatched = "context"
set = { outcome = "info" }
[[pattern]]
regex = '^(?P<time>\\S+) (?P<server>\\S+) postfix/smtp\\[\\d+\\]: \\w+: to=<(?P<recipient>[^>]*)>'
[[sample]]
text = "2026-10-01T08:00:00Z gw1 postfix/smtp[7]: 4XYZ: to=<bo@fabrikam.com>, relay=none, status=deferred (x)"
expect = { recipient = "bo@fabrikam.com" }
"""
    file = home / "all.format.toml"
    file.write_text(text, encoding="utf-8")
    checked = mailtrend("formats", "--check", file)
    assert (checked.code, checked.out) == (0, f"{file}: all samples are read as expected\n")
    assert (
        "sample 1 is claimed by the built-in format postfix too: read such files with --source all_lines" in checked.err
    )
    (home / "mail.log").write_text(re.search('text = "(.+?)"', text)[1] + "\n", encoding="utf-8")
    refused = mailtrend("ingest", "mail.log")
    assert refused.code == 2
    assert "could be postfix and all_lines" in refused.err
    assert mailtrend("ingest", "mail.log", "--source", "all_lines").code == 0
    assert events("source") == [("all_lines",)]


def test_two_formats_of_one_name_and_a_missing_folder_are_refused(home):
    for name in ("a", "b"):
        (home / f"{name}.format.toml").write_text(LINES, encoding="utf-8")
    assert "also the name of" in mailtrend("formats").err
    for name in ("a", "b"):
        (home / f"{name}.format.toml").unlink()
    (home / "mailtrend.toml").write_text('formats = "nowhere"\n', encoding="utf-8")
    assert mailtrend("formats").code == 2

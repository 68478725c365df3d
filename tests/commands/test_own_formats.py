"""Formats of the user's own: they work with no code, and a bad one is refused with how far each sample got."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailtrend.errors import SettingsError
from mailtrend.formats.own import how_far, load, made
from mailtrend.ingest.samples import sample_faults
from mailtrend.ingest.trial import parse
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


def test_a_sample_that_does_not_fit_shows_how_far_it_got(tmp_path):
    file = described(tmp_path, LINES.replace("> via=mx", "> by=mx"))
    done = mailtrend("formats", "--check", file)
    assert done.code == 2
    shown = DOC.read_text(encoding="utf-8").split("```\n")[1]
    assert done.out.startswith(shown.split("  fits:")[0])
    assert re.search(r"^  stops: via=", done.out, re.MULTILINE)


def test_a_bad_format_stops_the_ingest_with_its_file_its_fault_and_what_to_do(home):
    (home / "acme.format.toml").write_text(LINES.replace("> via=mx", "> by=mx"), encoding="utf-8")
    (home / "gw.log").write_text(LOG, encoding="utf-8")
    done = mailtrend("ingest", "gw.log")
    assert done.code == 2
    assert "acme.format.toml" in done.err
    assert "here it stops" in done.err
    assert "mend:" in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        ("[[pattern]]", "[[patern]]", "unknown key 'patern'"),
        ('outcome = "deferred"', 'outcome = "failed"', "sample 1: outcome is 'deferred' where 'failed' is expected"),
        ("expect = []", "", ""),
        ("(?P<recipient>", "(?P<receiver>", "'receiver' is no column of events"),
        ("(?P<recipient>", "(", "has a group without a name"),
        ("(?P<time>", "(?P<time", "is no regular expression"),
        ("(?P<time>", "(?P<server2>", "'server2' is no column of events"),
        ('sent = "delivered"', 'sent = "gone"', "'gone' is no outcome"),
        ('name = "acme_gateway"', 'name = "postfix"', "'postfix' is the name of a built-in format"),
        ('name = "acme_gateway"', 'name = "Acme Gateway"', "must be lower case letters"),
        ("2026-10-01T08:00:00Z gw1 acme[7]: to", "yesterday gw1 acme[7]: to", "unreadable time 'yesterday'"),
        ('format = "any" ', 'format = "%d.%m.%Y"', "unreadable time '2026-10-01T08:00:00Z'"),
        ("^(?P<time>", "^(?=2)(?P<time>", "invalid perl operator"),
        ('kind = "lines"', 'kind = "xml"', "kind"),
        ('title = "ACME mail gateway"', "", "title: is missing"),
        ("title =", "title == ", "is not valid TOML"),
        ("[[sample]]", "[[pattern]]\nregex = '(?P<time>never)'\n[[sample]]", "pattern 2 fits no sample"),
    ],
)
def test_what_is_wrong_is_said(tmp_path, old, new, wanted):
    file = described(tmp_path, LINES.replace(old, new, 1))
    done = mailtrend("formats", "--check", file)
    assert wanted in done.out + done.err
    assert done.code == (2 if wanted else 0)
    assert "Traceback" not in done.err


def test_two_formats_of_one_name_and_a_missing_folder_are_refused(home):
    for name in ("a", "b"):
        (home / f"{name}.format.toml").write_text(LINES, encoding="utf-8")
    assert "also the name of" in mailtrend("formats").err
    for name in ("a", "b"):
        (home / f"{name}.format.toml").unlink()
    (home / "mailtrend.toml").write_text('formats = "nowhere"\n', encoding="utf-8")
    assert mailtrend("formats").code == 2


def test_quotes_dollars_and_semicolons_in_a_pattern_are_text(tmp_path):
    text = """
name = "odd"
title = "it's odd"
kind = "lines"
ignore = ["'; DROP TABLE x; --"]
set = { connector = "o'neil; $body" }
[[pattern]]
regex = '''^\\$(?P<time>[^']+)' (?P<recipient>\\S+) costs \\$\\d+$'''
[[sample]]
text = "$2026-10-01T08:00:00Z' bo@fabrikam.com costs $5"
expect = { connector = "o'neil; $body", recipient = "bo@fabrikam.com" }
"""
    assert sample_faults(load(described(tmp_path, text))) == []


@pytest.mark.parametrize(
    ("regex", "text", "place"),
    [
        (r"^a(?P<x>b+)c$", "abbd", 3),
        (r"^(?:one|two) (?P<n>\d+)", "two x", 4),
        (r"x=(?P<a>[^ ]+) y=(?P<b>\d+)", "x=1 z=2", 4),
        (r"^nothing", "something", 0),
    ],
)
def test_how_far_is_the_longest_beginning_that_fits(regex, text, place):
    far = how_far(regex, text)
    assert far.place == place
    assert far.fits + far.stops == regex


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(seed=st.integers(0, 2**32 - 1))
def test_each_line_of_a_damaged_file_is_accounted_for(tmp_path, seed):
    fmt = made(load(described(tmp_path, LINES)))
    dice = random.Random(seed)
    lines = [line for line in LOG.splitlines() if line]
    for _ in range(dice.randint(0, 8)):
        at = dice.randrange(len(lines))
        cut = dice.randrange(len(lines[at]) or 1)
        lines[at] = lines[at][:cut] + dice.choice(["", "x", "'", '"', ">", "[", "\x00", "é"]) + lines[at][cut + 1 :]
        lines.insert(dice.randrange(len(lines)), lines[at])
    filled = [line for line in lines if line.strip()]
    counts = parse(fmt, "\n".join([*filled, ""]).encode()).counts
    assert counts["rows"] == len(filled)
    assert counts["rows"] == counts["used"] + counts["context"] + counts["duplicates"] + counts["rejects"]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32 - 1))
def test_a_damaged_description_is_refused_or_read_and_never_a_bug(tmp_path, seed):
    dice = random.Random(seed)
    text = dice.choice([LINES, TABLE])
    for _ in range(dice.randint(1, 4)):
        at = dice.randrange(len(text))
        text = (
            text[:at]
            + dice.choice(["", "x", "'", '"', "[", "]", "=", "(", ")", "\n", "$"])
            + text[at + dice.randint(0, 2) :]
        )
    file = described(tmp_path, text)
    refused = ""
    try:
        faults = sample_faults(load(file))
    except SettingsError as error:
        faults, refused = [], error.where
    assert refused in ("", str(file))
    assert all(isinstance(fault, str) for fault in faults)

"""A bad format of the user's own is refused with its fault, and with how far each of its samples got."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailtrend.errors import SettingsError
from mailtrend.formats.own import load
from mailtrend.ingest.samples import sample_faults
from support.cli import mailtrend

DOC = Path(__file__).parents[2] / "docs" / "own-formats.md"
LINES, TABLE = re.findall(r"```toml\n(.*?)```", DOC.read_text(encoding="utf-8"), re.DOTALL)


def described(tmp_path: Path, text: str) -> Path:
    """A TOML file with this text."""
    file = tmp_path / "acme.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_sample_that_does_not_fit_shows_how_far_it_got(tmp_path):
    file = described(tmp_path, LINES.replace("> via=mx", "> by=mx"))
    done = mailtrend("formats", "--check", file)
    assert done.code == 2
    shown = DOC.read_text(encoding="utf-8").split("```\n")[1]
    assert done.out.startswith(shown.split("  fits:")[0])
    assert re.search(r"^  stops: via=", done.out, re.MULTILINE)


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
        ("^(?P<time>", "^(?P<time>.)(?P<time>", "has two groups of the name 'time'"),
        ('set = { direction = "outbound"', 'set = { direction = "out"', "[[pattern]] 1, set: 'out' is no direction"),
        ('connector = "edge"', "size_bytes = 'much'", "[[pattern]] 1, set: size_bytes is 'much', which is no number"),
        ('connector = "edge"', "connektor = 'x'", "[[pattern]] 1, set: 'connektor' is no column of events"),
        ("bounce = ", "SENT = ", "outcome.words: 'SENT' means two outcomes"),
        ('by = "event"', 'by = "status"', "outcome.by: 'status' is no column of events"),
        ("(?P<event>", "(?P<queue_id>", "delivery does not tell the outcome: it needs the column 'event'"),
        ('retry = "deferred"', 'later = "deferred"', "sample 1, line 1: no outcome for 'retry'"),
        ('format = "any" ', 'format = "iso"', "time.format: 'iso' is no way to write times"),
        ('format = "any" ', 'format = "%Q"', "sample 1: "),
        ("[time]", '[time]\ntimezone = "Europe/Berln"', "time.timezone: no time zone 'Europe/Berln'"),
        ("kind = ", "delimiter = ';'\nkind = ", 'delimiter has no meaning for kind = "lines"'),
        ("# claims = 'acme", "claims = 'other", "claims = 'other\\[\\d+\\]: ' fits none of them"),
        ('name = "acme_gateway"', 'name = "changes"', "'changes' is the name of a built-in format"),
        ('name = "acme_gateway"', "name = [[[", "is not valid TOML"),
        ("expect = []", 'expect = { recipent = "x" }', "[[sample]] 2, expect: 'recipent' is no column of events"),
        ("expect = []", "expect = {}", "sample 2: gives 0 events where 1 are expected"),
        (
            "[[sample]]",
            "[[pattern]]\nregex = '(?P<time>never)'\nset = { outcome = 'info' }\n[[sample]]",
            "pattern 2 fits no sample",
        ),
    ],
)
def test_what_is_wrong_is_said(tmp_path, old, new, wanted):
    file = described(tmp_path, LINES.replace(old, new, 1))
    done = mailtrend("formats", "--check", file)
    assert wanted in done.out + done.err
    assert done.code == (2 if wanted else 0)
    assert "Traceback" not in done.err


TABLE_FAULTS = """\
sample 1, line 3: unreadable time '2026-13-41 08:00'
  2026-13-41 08:00,cy@fabrikam.com,OK
sample 1, line 4: no outcome for 'Nope'
  2026-10-01 08:00,dan@fabrikam.com,Nope
sample 1, line 5: 2 columns where 3 were expected
  2026-10-01 08:00,dan@fabrikam.com
sample 2: has no column time (its columns: Datum, To, Result)
  wanted: time = Date or Time stamp, recipient = To, event = Result
sample 3: outcome is 'delivered' where 'failed' is expected
"""


def test_of_a_table_every_row_that_fails_is_shown_with_what_fails_in_it(tmp_path):
    text = """
name = "rep"
title = "Report"
kind = "csv"
columns = { time = ["Date", "Time stamp"], recipient = "To", event = "Result" }
outcome = { words = { OK = "delivered" } }
[[sample]]
text = '''
Date,To,Result
2026-10-01 08:00,bo@fabrikam.com,OK
2026-13-41 08:00,cy@fabrikam.com,OK
2026-10-01 08:00,dan@fabrikam.com,Nope
2026-10-01 08:00,dan@fabrikam.com
'''
expect = [{ outcome = "delivered" }, { outcome = "delivered" }]
[[sample]]
text = "Datum,To,Result\\n2026-10-01 08:00,bo@fabrikam.com,OK"
expect = { outcome = "failed" }
[[sample]]
text = "Date,To,Result\\n2026-10-01 08:00,bo@fabrikam.com,OK"
expect = { outcome = "failed" }
"""
    done = mailtrend("formats", "--check", described(tmp_path, text))
    assert (done.code, done.out) == (2, TABLE_FAULTS)


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

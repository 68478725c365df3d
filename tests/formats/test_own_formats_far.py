"""How far a pattern of the user's own gets in a line, and patterns and texts that are made to do harm."""

from __future__ import annotations

import pytest

from mailtrend.formats.base import Head
from mailtrend.formats.own import Description, how_far, made
from mailtrend.ingest.samples import sample_faults
from support.ownformats import LINES, description, read


def test_a_pattern_that_makes_other_engines_go_back_and_forth_for_ever_takes_no_time():
    text = LINES.replace("^(?P<time>\\S+) ", "^(?:a+)+(?:x+x+)+y(?P<time>\\S+) ")
    line = "a" * 40_000 + "x" * 40_000
    assert not made(description(text)).claims(Head("x", line))
    assert read(text, line + "\n").counts["rejects"] == 1
    assert how_far("^(?:a+)+(?:x+x+)+y", line).place == 80_000


def test_quotes_dollars_braces_and_backslashes_are_text_wherever_they_stand():
    odd = "it's $body ${x} $$ {0} \\ \" ; -- /* ü \u2028 %"
    regex = "^\\$'(?P<time>[^']+)' \"(?P<recipient>.*)\" \\{0\\} \\\\$"
    line = "$'2026-10-01T08:00:00Z' \"bo@fabrikam.com\" {0} \\"
    values = {
        "name": "hand_made", "title": odd, "kind": "lines", "notes": [odd], "ignore": ["'; DROP TABLE raw; --"],
        "recipient_separator": "'", "set": {"connector": odd, "outcome": "info"},
        "pattern": [{"name": odd, "regex": regex}],
        "sample": [{"text": line, "expect": {"connector": odd, "recipient": "bo@fabrikam.com"}}],
    }  # fmt: skip
    assert sample_faults(Description(**values)) == []


def test_a_line_of_a_sample_ends_where_a_line_of_a_file_does():
    text = LINES.replace("sent bo@fabrikam.com", "bounced bo@fabrikam.com a\\u2028b\\u0085c\\fd\\r\\n")
    assert sample_faults(description(text.replace('"delivered" }', '"failed" }'))) == []


@pytest.mark.parametrize(
    ("regex", "text", "fits", "place"),
    [
        (r"^a(?P<x>b+)c$", "abbd", r"^a(?P<x>b+)", 3),
        (r"x=(?P<a>[^ ]+) y=(?P<b>\d+)", "x=1 z=2", r"x=(?P<a>[^ ]+) ", 4),
        (r"^(?:one|two) (?P<n>\d+)", "two x", r"^(?:one|two) ", 4),
        (r"^(?:one|two) (?P<n>\d+)", "six x", r"^", 0),
        (r"^a(?: b(?: c)?)? d$", "a b e", r"^a(?: b(?: c)?)? ", 4),
        (r"^\[[]x]\] é{2,3}?ü", "[x] ééé!", r"^\[[]x]\] é{2,3}?", 6),
        (r"^\Q(a\E(?P<b>b)", "(ac", r"^\Q(a\E", 2),
        (r"(?i)^ABC\.D", "abcd", r"(?i)^ABC", 3),
        (r"^(?P<a>[[:alpha:]]+)\d", "ab-", r"^(?P<a>[[:alpha:]]+)", 2),
        (r"^nothing", "something", r"^", 0),
        (r"^.*x", "line", r"^.*", 4),
    ],
)
def test_how_far_is_the_longest_beginning_of_the_pattern_that_is_found(regex, text, fits, place):
    far = how_far(regex, text)
    assert (far.fits, far.place) == (fits, place)
    assert far.fits + far.stops == regex


FAR = """\
sample 1, line 2: fits no pattern; delivery gets furthest
  2026-10-01T08:00:00Z\tgw1 to=<bo@fabrikam.com> reply "450 4.2.0 Try again later"
                      \t                           ^ here it stops
  fits:  ^(?P<time>\\S+)\\s(?P<server>\\S+) to=<(?P<recipient>[^>]*)> re
  stops: sult=(?P<event>\\w+)(?: "(?P<response>.*)")?$"""


def test_of_a_line_that_does_not_fit_the_sample_is_shown_with_the_place_where_the_pattern_stops():
    frame = r"^(?P<time>\S+)\s(?P<server>\S+) "
    delivery = frame + r'to=<(?P<recipient>[^>]*)> result=(?P<event>\w+)(?: "(?P<response>.*)")?$'
    text = (
        "2026-10-01T08:00:00Z gw1 from=<ada@contoso.com>\n"
        '2026-10-01T08:00:00Z\tgw1 to=<bo@fabrikam.com> reply "450 4.2.0 Try again later"'
    )
    values = {
        "name": "hand_made", "title": "a log made by hand", "kind": "lines",
        "pattern": [{"name": "arrival", "regex": frame + "from=<(?P<sender>[^>]*)>$", "set": {"outcome": "received"}},
                    {"name": "delivery", "regex": delivery}],
        "outcome": {"words": {"retry": "deferred"}},
        "sample": [{"text": text, "expect": [{"outcome": "received"}, {"outcome": "deferred"}]}],
    }  # fmt: skip
    assert sample_faults(Description(**values)) == [FAR]

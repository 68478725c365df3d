"""Formats of the user's own, as TOML: which events their rows give, by outcome, cell and column."""

from __future__ import annotations

from datetime import datetime

from mailtrend.formats.base import Head
from mailtrend.formats.own import load, made, starter
from mailtrend.ingest.samples import sample_faults
from support.ownformats import LINES, PLACED, TABLE, column, description, read, reasons, times

# Outcomes


def test_a_word_nobody_explained_is_a_reject_and_never_a_guess():
    trial = read(LINES, "2026-10-01T08:00:00Z sent a@example.org\n2026-10-01T08:00:00Z lost b@example.org\n")
    assert column(trial, "outcome") == ["delivered"]
    assert reasons(trial) == ["no outcome for 'lost'"]


def test_a_default_takes_the_words_that_nobody_explained():
    text = LINES.replace("[outcome]", '[outcome]\ndefault = "info"')
    assert column(read(text, "2026-10-01T08:00:00Z lost b@example.org\n"), "outcome") == ["info"]


def test_a_row_whose_word_means_context_gives_no_event_and_is_no_reject():
    trial = read(LINES, "2026-10-01T08:00:00Z hello a@example.org\nyesterday HELLO a@example.org\n")
    assert trial.counts == {"rows": 2, "used": 0, "context": 2, "duplicates": 0, "rejects": 0, "events": 0}


def test_words_are_found_in_any_case_and_those_with_a_star_by_their_beginning_the_longest_first():
    text = LINES.replace("sent = ", '"4*" = "deferred", "45*" = "failed", SENT = ').replace("sent b", "Sent b")
    data = "".join(f"2026-10-01T08:00:00Z {word} a@example.org\n" for word in ("sEnT", "421", "451"))
    assert column(read(text, data), "outcome") == ["delivered", "deferred", "failed"]


def test_the_words_of_a_pattern_come_before_those_of_all_and_a_fixed_outcome_before_both():
    text = LINES.replace(
        "[outcome]",
        """
[[pattern]]
regex = '^in (?P<time>\\S+) (?P<event>\\w+)$'
words = { sent = "received" }
[[pattern]]
regex = '^out (?P<time>\\S+) (?P<event>\\w+)$'
set = { outcome = "expired", reply_code = 550 }
[outcome]""",
    )
    at = "2026-10-01T08:00:00Z"
    trial = read(text, f"in {at} sent\nin {at} bounced\nout {at} sent\n")
    assert column(trial, "outcome") == ["received", "failed", "expired"]
    assert column(trial, "reply_code") == [None, None, 550]


def test_a_table_that_names_outcomes_as_mailtrend_does_needs_no_words():
    text = TABLE.replace('event = "What"', 'outcome = "What"').replace("sent = ", "zzz = ")
    trial = read(
        text, "When,To,What\n2026-10-01 08:00:00,a@example.org,Deferred\n2026-10-01 08:00:00,b@x.example,gone\n"
    )
    assert column(trial, "outcome") == ["deferred"]
    assert trial.counts["rejects"] == 1


# Cells


def test_addresses_codes_hosts_and_directions_are_cleaned():
    text = """
name = "hand_made"
title = "a table made by hand"
kind = "csv"
set = { outcome = "failed" }
[columns]
time = "t"
sender = "f"
recipient = "r"
remote_ip = "ip"
remote_host = "h"
direction = "d"
size_bytes = "s"
message_id = "m"
[[sample]]
text = '''
t,f,r,ip,h,d,s,m
2026-10-01 08:00,"Ada, A. <ada@contoso.com>",<bo@fabrikam.com>,[203.0.113.25],mx.fabrikam.com.,Outgoing,"1,024",<1@contoso.com>
2026-10-01 08:01,<>,bo@fabrikam.com,,,sideways,x,
'''
expect = [
    { sender = "ada@contoso.com", recipient = "bo@fabrikam.com", remote_ip = "203.0.113.25", remote_host = "mx.fabrikam.com", direction = "outbound", size_bytes = 1024, message_id = "1@contoso.com" },
    { sender = "", recipient = "bo@fabrikam.com", remote_ip = "", direction = "unknown", size_bytes = "" },
]
"""
    assert sample_faults(description(text)) == []


def test_several_recipients_of_one_row_get_an_event_each():
    text = LINES.replace('kind = "lines"', 'kind = "lines"\nrecipient_separator = ","')
    trial = read(text, "2026-10-01T08:00:00Z sent a@example.org,<b@example.org>,,\n2026-10-01T08:00:00Z sent ,\n")
    assert column(trial, "recipient") == ["a@example.org", "b@example.org", None]
    assert trial.counts["used"] == 2


def test_what_is_to_be_ignored_comes_before_the_patterns():
    text = LINES.replace('kind = "lines"', "kind = \"lines\"\nignore = ['probe@']")
    trial = read(text, "2026-10-01T08:00:00Z sent probe@example.org\n2026-10-01T08:00:00Z sent a@example.org\n")
    assert (trial.counts["used"], trial.counts["context"]) == (1, 1)


def test_what_stands_in_any_order_is_found_by_expressions_of_its_own():
    text = """
name = "hand_made"
title = "key=value"
kind = "lines"
[[pattern]]
regex = '^datetime=(?P<time>[^|]+)\\|'
also = ['\\|Rcpt=(?P<recipient>[^|]*)', '\\|Err=(?P<response>[^|]*)', '\\|Ok=(?P<event>[^|]*)', '\\|To=(?P<recipient>[^|]*)']
[outcome]
words = { true = "delivered", false = "failed" }
[[sample]]
text = '''
datetime=2026-10-01T10:00:00+0200|Ok=false|Err=550 5.1.1 No such user|Rcpt=bo@fabrikam.com|To=x@example.org
datetime=2026-10-01T10:00:00+0200|To=cy@fabrikam.com|Rcpt=|Ok=true
'''
expect = [
    { recipient = "bo@fabrikam.com", outcome = "failed", status_code = "5.1.1", event_time = 2026-10-01T08:00:00Z },
    { recipient = "cy@fabrikam.com", outcome = "delivered", response = "" },
]
"""
    assert sample_faults(description(text)) == []


def test_a_delay_may_be_written_as_a_span():
    text = LINES.replace("(?P<event>", "(?P<delay_seconds>\\S+) (?P<event>").replace("Z sent", "Z 1 sent")
    written = {
        "62": 62,
        "1.5": 1.5,
        "0,5": 0.5,
        "1m2s": 62,
        "00:01:02": 62,
        "1+00:00:01": 86401,
        "250ms": 0.25,
        "x": None,
    }
    data = "".join(f"2026-10-01T08:00:{at:02d}Z {each} sent a@example.org\n" for at, each in enumerate(written))
    assert column(read(text, data), "delay_seconds") == list(written.values())


def test_groups_may_be_named_in_either_way():
    text = LINES.replace("(?P<time>", "(?<time>")
    assert times(read(text, "2026-10-01T08:00:00Z sent a@example.org\n")) == [datetime(2026, 10, 1, 8)]


# Tables


def test_a_table_may_be_parted_by_any_character():
    text = TABLE.replace("[columns]", 'delimiter = "|"\n[columns]').replace("When,To,What", "When|To|What")
    text = text.replace("00,bo@fabrikam.com,sent", '00|"bo@fabrikam.com"|sent')
    assert sample_faults(description(text)) == []
    head = Head("x", "What|When, local|Rcpt|When\nsent|x|a@example.org|2026-10-01 08:00\n")
    assert made(description(text)).claims(head)
    assert column(read(text, head.text), "recipient") == ["a@example.org"]


def test_columns_of_a_table_without_a_header_are_known_by_their_place():
    assert sample_faults(description(PLACED)) == []
    rows = "QUEUE,2026-10-01 08:00:00,sent,a@example.org\nQUEUE,2026-10-01 08:00:01,sent,b@example.org\nQUEUE,x\n"
    trial = read(PLACED, rows, rows)
    assert column(trial, "line") == [1, 2]
    assert trial.counts == {"rows": 6, "used": 2, "context": 0, "duplicates": 2, "rejects": 2, "events": 2}
    assert made(description(PLACED)).claims(Head("x", rows))
    assert not made(description(PLACED)).claims(Head("x", rows.replace("QUEUE", "OTHER")))
    damaged = read(PLACED, "QUEUE,20\n" + rows.splitlines()[0] + "\n")
    assert (damaged.counts["used"], damaged.counts["rejects"]) == (1, 1)
    short = sample_faults(description(PLACED.replace("recipient = 4", "recipient = 9")))
    assert short == [
        "sample 1: has 6 columns where 9 or more were expected\n  wanted: time = 2, recipient = 9, event = 3"
    ]


def test_a_table_is_known_by_the_columns_that_it_needs():
    text = TABLE.replace("[columns]", 'optional = ["recipient"]\n[columns]')
    assert made(description(text)).claims(Head("x", "what;when;more\n"))
    assert not made(description(TABLE)).claims(Head("x", "what;when;more\n"))
    assert column(read(text, "what;when;more\nsent;2026-10-01;x\n"), "recipient") == [None]


def test_the_starter_reads_its_samples(tmp_path):
    file = tmp_path / "mine.format.toml"
    file.write_text(starter("mine"), encoding="utf-8")
    told = load(file)
    assert told.name == "mine"
    assert sample_faults(told) == []

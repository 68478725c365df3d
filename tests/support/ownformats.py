"""Small formats of the user's own, and what they make of some text."""

from __future__ import annotations

import tomllib
from datetime import datetime

from mailtrend.formats.base import Options
from mailtrend.formats.own import Description, made
from mailtrend.ingest.trial import Trial, parse

LINES = """
name = "hand_made"
title = "a log made by hand"
kind = "lines"
[[pattern]]
regex = '^(?P<time>\\S+) (?P<event>\\w+) (?P<recipient>\\S+)(?: (?P<response>.+))?$'
[outcome]
words = { sent = "delivered", bounced = "failed", hello = "context" }
[[sample]]
text = "2026-10-01T08:00:00Z sent bo@fabrikam.com"
expect = { event_time = 2026-10-01T08:00:00Z, outcome = "delivered" }
"""
TABLE = """
name = "hand_made"
title = "a table made by hand"
kind = "csv"
[columns]
time = "When"
recipient = ["To", "Rcpt"]
event = "What"
[outcome]
words = { sent = "delivered", bounced = "failed" }
[[sample]]
text = '''
When,To,What
2026-10-01 08:00:00,bo@fabrikam.com,sent
'''
expect = { event_time = 2026-10-01T08:00:00Z, outcome = "delivered" }
"""
PLACED = """
name = "hand_made"
title = "a table without a header"
kind = "csv"
header = false
claims = '^QUEUE,'
columns = { time = 2, recipient = 4, event = 3 }
outcome = { words = { sent = "delivered" } }
[[sample]]
text = "QUEUE,2026-10-01 08:00:00,sent,bo@fabrikam.com,and,more"
expect = { event_time = 2026-10-01T08:00:00Z, recipient = "bo@fabrikam.com", outcome = "delivered" }
"""


def description(text: str) -> Description:
    """What the TOML says, its samples left out of account."""
    return Description(**tomllib.loads(text))


def read(text: str, *data: str, **options: object) -> Trial:
    """What a format makes of files."""
    return parse(made(description(text)), *(each.encode() for each in data), options=Options(**options))


def times(trial: Trial) -> list[datetime]:
    """When the events happened."""
    return trial.events["event_time"].to_pylist()


def column(trial: Trial, name: str) -> list[object]:
    """One column of the events."""
    return trial.events[name].to_pylist()


def reasons(trial: Trial) -> list[str]:
    """Why rows were rejected."""
    return trial.rejects["reason"].to_pylist()

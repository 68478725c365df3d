"""What an incident has to reach, in figures that a user may set."""

from __future__ import annotations

from typing import NamedTuple


class Thresholds(NamedTuple):
    """Limits below which nothing is an incident, however unlikely it is.

    least_failures: failures in it, each message once an hour where messages are known. least_ratio: failures over
    those expected. least_messages, least_recipients: distinct ones that failed in it, where the series counts them.
    most_q: the share of findings that may be chance (Benjamini and Hochberg). silence_hours: covered hours without an
    attempt. silence_expected: attempts that were usual in them.
    """

    least_failures: int = 5
    least_ratio: float = 2.0
    least_messages: int = 3
    least_recipients: int = 3
    most_q: float = 0.01
    silence_hours: int = 20
    silence_expected: float = 15.0

"""What message tracking logs have in common, as files and as exports: the words of their events, and their SQL."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from string import Template
from typing import Final

STEP: Final = "step"
"""A step inside the organization, or mere redundancy: understood, and no delivery."""
SENT: Final = "sent"
"""Handed to another server: delivered, unless that is one of the same organization."""
EVENTS: Final = {
    "RECEIVE": "received",
    "DELIVER": "delivered",
    "SEND": SENT,
    "SENDEXTERNAL": SENT,
    "DEFER": "deferred",
    "SUBMITDEFER": "deferred",
    "FAIL": "failed",
    "DELIVERFAIL": "failed",
    "SUBMITFAIL": "failed",
    "BADMAIL": "failed",
    "POISONMESSAGE": "failed",
    "DROP": "dropped",
    "EXPAND": "expanded",
    "MODERATORREJECT": "filtered",
    "MODERATIONEXPIRE": "expired",
    # Worth keeping, but no outcome: the store had it already; held back for a while; sent no more.
    "DUPLICATEDELIVER": "info",
    "THROTTLE": "info",
    "SUPPRESSED": "info",
} | dict.fromkeys(
    (
        "AGENTINFO", "CLIENTSUBMISSION", "DSN", "DUPLICATEEXPAND", "DUPLICATEREDIRECT", "HADISCARD", "HARECEIVE",
        "HAREDIRECT", "HAREDIRECTFAIL", "INITMESSAGECREATED", "LOAD", "MODERATORAPPROVE", "MODERATORSALLNDR",
        "NOTIFYMAPI", "NOTIFY", "NOTIFYSHADOW", "PROCESS", "PROCESSMEETINGMESSAGE", "REDIRECT", "RESOLVE", "RESUBMIT",
        "RESUBMITDEFER", "RESUBMITFAIL", "SUBMIT", "TRANSFER", "AGENT", "JOURNALREPORT",
    ),
    STEP,
)  # fmt: skip
"""Event id → outcome, or what decides it. A failed RESUBMIT or HA… concerns the spare copy alone, and the failures that
a DSN tells of have rows of their own."""
REFERENCE: Final = "https://learn.microsoft.com/exchange/mail-flow/transport-logs/message-tracking"
NOTES: Final = (
    "A step from one server of the organization to the next is context; with the logs of one server alone, a message "
    "may end in it.",
    "Recipients and their replies are paired by their places in two lists; where the lists differ in length, the whole "
    "text stands for each recipient.",
    "Connections and TLS handshakes are not logged: the version of TLS is rarely told.",
)


@cache
def lists_sql() -> str:
    """SQL that gives each recipient of a row its own reply."""
    return files("mailtrend.formats").joinpath("_tracking_lists.sql").read_text(encoding="utf-8")


@cache
def events_sql(*, lost: str = "false", zone_known: bool = True) -> str:
    """SQL that makes events of the view `cells`.

    `lost` says of a row that its recipients did not get into the export. Delays are told from two times only where the
    zone of both is known.
    """
    text = files("mailtrend.formats").joinpath("_tracking_events.sql").read_text(encoding="utf-8")
    words = ", ".join(f"('{word}', '{meaning}')" for word, meaning in EVENTS.items())
    return Template(text).substitute(
        words=words, lost=lost, lists=lists_sql(), zone_known="true" if zone_known else "false"
    )

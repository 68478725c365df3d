"""SMTP send protocol logs as a test writes them, and the events that are read from them."""

from __future__ import annotations

from mailtrend.formats.exchange_smtp_send import FORMAT as SEND
from mailtrend.ingest.trial import parse
from support.dialogues import Session, log

MAIL = "> MAIL FROM:<ines@contoso.com> SIZE=18019"
OK = "< 250 2.1.0 Sender OK"


def told(*sessions: Session) -> list[dict]:
    """Events of a log with these sessions."""
    return parse(SEND, log("Send", *sessions)).events.to_pylist()


def short(events: list[dict]) -> list[tuple]:
    """Who, what and its outcome, of each event."""
    return sorted((event["recipient"] or "-", event["event"], event["outcome"]) for event in events)


def greeted(**given) -> Session:
    """A session that got as far as EHLO."""
    session = Session(**given)
    session.greet()
    return session

"""How much an incident matters: critical, warning or notice."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from mailtrend.diagnose.facts import Facts

PERSONAL: Final = frozenset({
    "recipient_unknown", "recipient_disabled", "mailbox_full", "greylisted", "content_rejected", "message_too_large",
    "relay_denied", "policy_rule", "malware", "spam_or_reputation", "sender_rejected", "rate_limited",
})  # fmt: skip
"""Causes that concern one message or mailbox at a time, unless very many are hit at once."""
_WAVE: Final = 20
_FEW_MESSAGES: Final = 5
_MANY_MESSAGES: Final = 10
_FEW_RECIPIENTS: Final = 3
_LONG: Final = timedelta(hours=2)
_HEAVY: Final = 0.3
_NOTED: Final = 0.1
_LASTING: Final = frozenset({"sustained", "new_code", "drift"})


def severity(facts: Facts) -> str:
    """`critical`: lasts, loses mail or is about to, and nothing gets through. `notice`: small, over or usual."""
    if facts.kind in {"recurring", "silence"} or _own_refusals(facts):
        return "notice"
    if facts.messages < _FEW_MESSAGES or facts.recipients < _FEW_RECIPIENTS:
        return "notice"
    if facts.cause in PERSONAL:
        wave = facts.ended_at is None and facts.recipients >= _WAVE and _rate(facts) >= _HEAVY
        return "warning" if wave else "notice"
    return _going(facts) if facts.ended_at is None else _over(facts)


def _going(facts: Facts) -> str:
    if facts.kind in _LASTING and (facts.lost or facts.at_risk) and not facts.successes_since:
        return "critical"
    return "warning" if facts.messages >= _MANY_MESSAGES and _rate(facts) >= _NOTED else "notice"


def _over(facts: Facts) -> str:
    """An outage of hours, or one that lost mail, is worth reading about after it has ended."""
    ended, begun = facts.ended_at, facts.started_at
    long = ended is not None and ended - begun >= _LONG
    heavy = facts.messages >= _MANY_MESSAGES and _rate(facts) >= _HEAVY
    return "warning" if heavy and (long or facts.lost) else "notice"


def _own_refusals(facts: Facts) -> bool:
    """Mostly refusals of one's own server towards others, which are its work and not its fault."""
    return facts.failures > 0 and 2 * facts.inbound >= facts.failures


def _rate(facts: Facts) -> float:
    return facts.failures / facts.attempts if facts.attempts else 0.0

"""How much an incident matters: critical, warning or notice."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from mailtrend.diagnose import hybrid
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
_BUSY: Final = 200
"""Attempts that a route has to have had before its silence is more than a notice."""
_TAKEN_ON: Final = 2
"""Times the deliveries of before that another route has to have since, to have taken mail on."""
_LASTING: Final = frozenset({"sustained", "new_code", "drift"})


def severity(facts: Facts) -> str:
    """`critical`: lasts, loses mail or is about to, and nothing gets through. `notice`: small, over or usual."""
    if facts.kind == "silence":
        return _silent(facts)
    if facts.kind == "recurring" or _own_refusals(facts):
        return "notice"
    if facts.messages < _FEW_MESSAGES or facts.recipients < _FEW_RECIPIENTS:
        return "notice"
    if facts.cause in PERSONAL and not hybrid.applies(facts):
        wave = facts.ended_at is None and facts.recipients >= _WAVE and _rate(facts) >= _HEAVY
        return "warning" if wave else "notice"
    return _going(facts) if facts.ended_at is None else _over(facts)


def _silent(facts: Facts) -> str:
    """Silence loses no mail that anybody saw. One of a busy route is told louder where no other took its mail on.

    Where the whole tenant is silent with it, exports are missing, and that is told elsewhere.
    """
    told = facts.surroundings
    if facts.ended_at is not None or told is None or facts.other_attempts < _BUSY:
        return "notice"
    moved = any(route.deliveries > _TAKEN_ON * route.before for route in told.elsewhere)
    dark = told.tenant_usual is not None and told.tenant_attempts * _TAKEN_ON < told.tenant_usual
    return "notice" if moved or dark else "warning"


def _going(facts: Facts) -> str:
    """One address of several is no more than a warning: its mail finds the others. On all connectors at once, mail
    that is lost or waits is critical though some gets through.
    """
    harm = bool(facts.lost or facts.at_risk)
    everywhere = facts.scope == "all" and _rate(facts) >= _HEAVY
    shut = facts.kind in _LASTING and not facts.successes_since
    if harm and (everywhere or shut) and facts.scope != "remote_ip":
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

"""What an incident tells beside its reading: what one's own servers saw, and who would lose mail by the advice."""

from __future__ import annotations

from typing import Final

from mailtrend.diagnose import firewall, interlock, refused
from mailtrend.diagnose.facts import Facts
from mailtrend.diagnose.hybrid import may_apply

CAUSES: Final = frozenset({
    "connection_refused", "connection_timed_out", "connection_reset", "network_unreachable", "service_unavailable",
    "starttls_not_offered", "tls_negotiation_failed", "certificate_expired", "certificate_name_mismatch",
    "certificate_untrusted", "certificate_revoked", "certificate_invalid",
})  # fmt: skip
"""Faults of which the server at the other end may have seen something, or tellingly nothing."""


def matters(facts: Facts) -> bool:
    """Is it worth looking at what stands behind the place? Facts without `behind`."""
    reached = facts.cause in CAUSES or facts.status_code in refused.CODES
    own = facts.owner_kind in {"own", "undetermined"} and 2 * facts.inbound <= facts.failures
    return facts.kind != "silence" and ((reached and own) or may_apply(facts))


def evidence(facts: Facts, confidence: float) -> list[str]:
    """Sentences with their numbers, after those of the reading; `confidence` is the reading's."""
    if not matters(facts) or may_apply(facts):
        return []
    if not refused.applies(facts):
        return firewall.evidence(facts, concluding=True)
    return [*firewall.evidence(facts), *refused.evidence(facts, confidence)]


def would_bounce(facts: Facts) -> list[str]:
    """contracts.INCIDENTS.would_bounce: only where somebody may think of making the domain Authoritative."""
    return interlock.would_bounce(facts) if refused.applies(facts) and facts.kind != "silence" else []

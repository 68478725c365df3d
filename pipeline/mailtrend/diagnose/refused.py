"""A refused connection to one's own server: switched off after the migration, or behind a firewall?"""

from __future__ import annotations

from datetime import timedelta
from typing import Final, NamedTuple

from mailtrend.diagnose import phrases
from mailtrend.diagnose.facts import Change, Facts
from mailtrend.diagnose.words import Words

CODES: Final = frozenset({"4.4.316", "5.4.316"})
_LONG: Final = timedelta(hours=24)


class Candidate(NamedTuple):
    """One of the two readings: score 0 to 1, and one sentence with what speaks for it and against it."""

    score: float
    owner: str
    diagnosis: str
    argument: str
    actions: tuple[str, ...]


def applies(facts: Facts) -> bool:
    """Is it a refused connection to a server of one's own, or one that may be?"""
    refused = facts.status_code in CODES or facts.cause == "connection_refused"
    named = facts.connector is not None or facts.owner_kind == "own"
    return refused and named and facts.owner_kind in {"own", "undetermined"}


def migration(facts: Facts) -> Change | None:
    """The migration before it: one that names the place, else the nearest, if the place is known to be one's own."""
    moved = [change for change in facts.changes if change.kind == "migration"]
    named = [change for change in moved if change.matches]
    return named[0] if named else moved[0] if moved and facts.owner_kind == "own" else None


def readings(facts: Facts, words: Words) -> tuple[Candidate, Candidate]:
    """The switched-off reading and the firewall reading, their scores adding up to 1; `words` say what to do."""
    change = migration(facts)
    score = round(_switched_off(facts, change), 2)
    fors, againsts = _signs(facts, change)
    head = f"{phrases.what(facts, words.title)} {phrases.place(facts)}, {phrases.lasting(facts)}"
    if change is not None:
        head += f", {phrases.after(facts, change)}"
    off = _argument("a switched-off on-premises system", score, fors, againsts)
    wall = _argument("a firewall or a stopped SMTP service", 1 - score, againsts, fors)
    owner = "network" if facts.owner_kind == "own" else "undetermined"
    return (
        Candidate(score, "your_organization", _off_sentence(head), off, words.steps_migrated or words.steps),
        Candidate(1 - score, owner, f"{head}{_wall_sentence(facts)}", wall, _wall_actions(facts, words.steps)),
    )


def _works(facts: Facts) -> bool:
    """The interlock: mail that still gets through would be cut off by disabling the connector."""
    return facts.successes_since > 0 or facts.recipients_succeeding > 0 or facts.ended_at is not None


def _switched_off(facts: Facts, change: Change | None) -> float:
    if _works(facts):
        return 0.05
    score = 0.1
    if change is not None:
        score = 0.5 if phrases.is_step(change) else 0.7 if change.matches else 0.6
        score += 0.1 * (facts.owner_kind == "own") + 0.05 * any(kind == "InternalRelay" for _, kind in facts.accepted)
    lasted = (facts.last_failure or phrases.begun(facts)) - phrases.begun(facts) >= _LONG
    return min(0.95, score + 0.1 * lasted)


def _signs(facts: Facts, change: Change | None) -> tuple[list[str], list[str]]:
    """What speaks for a switched-off system, and what against."""
    fors, againsts = [], []
    if change is not None:
        fors.append(f"it began {phrases.after(facts, change)}")
    else:
        againsts.append("no migration is named in the seven days before it")
    if facts.ended_at is not None:
        againsts.append(f"it ended on {phrases.when(facts.last_failure or facts.ended_at)}")
    if facts.successes_since:
        againsts.append(f"{phrases.count(facts.successes_since, 'delivery')} succeeded there since")
    elif facts.ended_at is None:
        fors.append(f"no delivery succeeded there since, while {phrases.count(facts.failures, 'attempt')} failed")
    if facts.recipients_succeeding:
        againsts.append(
            f"{phrases.count(facts.recipients_succeeding, 'recipient')} that failed had a success there as well"
        )
    relayed = [domain for domain, kind in facts.accepted if kind == "InternalRelay"]
    if relayed and facts.ended_at is None:
        domains = phrases.joined(relayed)
        fors.append(f"the accepted domain {domains} is InternalRelay, so mail to unknown recipients is sent there")
    return fors, againsts


def _argument(name: str, score: float, fors: list[str], againsts: list[str]) -> str:
    told = f"For it: {'; '.join(fors) or 'nothing seen'}. Against it: {'; '.join(againsts) or 'nothing seen'}"
    return f"Reading '{name}' ({score:.2f}). {told}"


def _off_sentence(head: str) -> str:
    return (
        f"{head}; no delivery has succeeded there since: this looks like the switched-off on-premises system. "
        "Disable the connector and make the accepted domain Authoritative; check again after an hour"
    )


def _wall_sentence(facts: Facts) -> str:
    if facts.ended_at is not None:
        return (
            "; it is over: this looked like a firewall that refused Microsoft 365's addresses, "
            "or a stopped SMTP service, since put right"
        )
    wall = (
        "this looks like a firewall that refuses Microsoft 365's addresses, or a stopped SMTP service. "
        "Let Microsoft 365's addresses through to port 25 and see that the SMTP service runs; check again after an hour"
    )
    if not facts.successes_since:
        return f"; no delivery has succeeded there since: {wall}"
    seen = f"{phrases.count(facts.successes_since, 'delivery')} succeeded there since, so the server is still in use"
    return f"; {seen}: {wall}. Do not disable the connector while mail still gets through"


def _wall_actions(facts: Facts, steps: tuple[str, ...]) -> tuple[str, ...]:
    if facts.owner_kind != "own":
        return steps
    if facts.ended_at is not None or _works(facts):
        return steps
    return (
        *steps,
        "If this server was switched off for good, name the migration in changes.csv: then the advice is another one.",
    )

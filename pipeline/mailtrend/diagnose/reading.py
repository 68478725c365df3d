"""What an incident looks like: the reading that fits its facts best, with what speaks for it and against it."""

from __future__ import annotations

from dataclasses import replace

from mailtrend.diagnose import hybrid, patterns, refused
from mailtrend.diagnose.facts import Facts
from mailtrend.diagnose.patterns import ladder
from mailtrend.diagnose.patterns.forming import Judged, destination_of, gist, reading
from mailtrend.diagnose.words import Book, Reading, Words


def read(facts: Facts, book: Book) -> Reading:
    """The reading of one incident. `book` says what codes mean.

    Patterns of shape go first, then a refused connection, then mailboxes refused as unknown, then faults of a single
    place, then the code alone.
    """
    words = _words(facts, book)
    return (
        patterns.first(patterns.SHAPES, facts, words)
        or _refused(facts, words)
        or (hybrid.reading(facts, words) if hybrid.applies(facts) else None)
        or patterns.first(patterns.FAULTS, facts, words)
        or _by_code(facts, words)
    )


def _words(facts: Facts, book: Book) -> Words:
    """What the book says of its code; of one that changed, of the code it has now."""
    rung = ladder.now(facts)
    asked = replace(facts, status_code=rung.status_code, cause=rung.cause) if rung else facts
    return book(
        asked.status_code,
        asked.cause,
        asked.owner_kind,
        asked.connector,
        destination_of(asked),
        domain=_domain(asked),
        address=asked.remote_ips[0] if len(asked.remote_ips) == 1 else None,
        direction="inbound" if 2 * asked.inbound > asked.failures else None,
    )


def _domain(facts: Facts) -> str | None:
    """The one domain that steps may name: the only one, else the only accepted one that is relayed."""
    relayed = [domain for domain, kind in facts.accepted if kind != "Authoritative"]
    return next((names[0] for names in (facts.domains, relayed) if len(names) == 1), None)


def _refused(facts: Facts, words: Words) -> Reading | None:
    """A server of one's own that refuses: switched off, or behind a firewall?"""
    if not refused.applies(facts):
        return None
    found = refused.readings(facts, words)
    best = max(found, key=lambda each: each.score)
    evidence = tuple(each.argument for each in sorted(found, key=lambda each: -each.score))
    return Reading(best.owner, best.diagnosis, round(best.score, 2), evidence, best.actions)


def _by_code(facts: Facts, words: Words) -> Reading:
    """What the code says, where nothing else is known."""
    made = reading(facts, words, Judged(words.owner, gist(words)))
    if words.owner != "undetermined" or not words.owner_depends_on:
        return made
    return replace(made, evidence=(f"Who has to act hangs on {words.owner_depends_on}",))

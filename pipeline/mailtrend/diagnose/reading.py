"""What an incident looks like: the reading that fits its facts best, with what speaks for it and against it."""

from __future__ import annotations

from typing import Final

from mailtrend.diagnose import phrases, refused
from mailtrend.diagnose.facts import Facts
from mailtrend.diagnose.words import Book, Reading, Words

LOOKS_INTO: Final = 0.5
"""Confidence where the code alone speaks: it names the fault, not its reason."""
_NEARLY_ALL: Final = 0.9


def read(facts: Facts, book: Book) -> Reading:
    """The reading of one incident. `book` says what codes mean."""
    words = book(
        facts.status_code,
        facts.cause,
        facts.owner_kind,
        facts.connector,
        facts.destination,
        domain=_domain(facts),
        address=facts.remote_ips[0] if len(facts.remote_ips) == 1 else None,
        direction="inbound" if 2 * facts.inbound > facts.failures else None,
    )
    if facts.kind == "silence":
        return _silent(facts)
    if refused.applies(facts):
        found = refused.readings(facts, words)
        best = max(found, key=lambda each: each.score)
        evidence = tuple(each.argument for each in sorted(found, key=lambda each: -each.score))
        return Reading(best.owner, best.diagnosis, round(best.score, 2), evidence, best.actions)
    return _by_code(facts, words)


def _domain(facts: Facts) -> str | None:
    """The one domain that steps may name: the only one, else the only accepted one that is relayed."""
    relayed = [domain for domain, kind in facts.accepted if kind != "Authoritative"]
    return next((names[0] for names in (facts.domains, relayed) if len(names) == 1), None)


def _by_code(facts: Facts, words: Words) -> Reading:
    change = next((change for change in facts.changes if change.matches), None)
    since = f", {phrases.after(facts, change)}" if change else ""
    head = f"{phrases.what(facts, words.title)} {phrases.place(facts)}, {phrases.lasting(facts)}{since}"
    diagnosis = f"{head}{_deliveries(facts)}. {words.meaning}".rstrip()
    open_owner = words.owner == "undetermined" and words.owner_depends_on
    evidence = (f"Who has to act hangs on {words.owner_depends_on}",) if open_owner else ()
    return Reading(
        words.owner, diagnosis, _confidence(facts, words), evidence, tuple(words.steps), words.title, words.ask
    )


def _deliveries(facts: Facts) -> str:
    if facts.ended_at is not None:
        return ""
    if facts.successes_since:
        return f"; {phrases.count(facts.successes_since, 'delivery')} succeeded there since"
    return "; no delivery has succeeded there since"


def _confidence(facts: Facts, words: Words) -> float:
    """Surer where the code is known, one cause stands behind nearly all of it, and it is known who runs the place."""
    total = sum(number for _, number in facts.causes)
    named = facts.cause not in {None, "unclassified"}
    one_cause = named and total > 0 and facts.causes[0][1] >= _NEARLY_ALL * total
    known = words.owner != "undetermined" and facts.owner_kind != "undetermined"
    return round(LOOKS_INTO + 0.2 * one_cause + 0.2 * known, 2)


def _silent(facts: Facts) -> Reading:
    diagnosis = (
        f"{phrases.what(facts, '')} {phrases.place(facts)}, {phrases.lasting(facts)}, though data covers these hours: "
        "mail no longer comes this way, or the export leaves it out."
    )
    actions = (
        "See whether the export still covers this connector and destination.",
        "See whether mail to these domains now takes another route, as after a change of connector or MX.",
        "If neither, look for the queue or application that used to send it.",
    )
    return Reading("undetermined", diagnosis, 0.4, (), actions)

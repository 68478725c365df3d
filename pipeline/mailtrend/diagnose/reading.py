"""What an incident looks like: the reading that fits its facts best, with what speaks for it and against it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

from mailtrend.diagnose import phrases, refused
from mailtrend.diagnose.facts import Facts

LOOKS_INTO: Final = 0.5
"""Confidence where the code alone speaks: it names the fault, not its reason."""
_NEARLY_ALL: Final = 0.9


class Words(Protocol):
    """What the knowledge book says of a code: knowledge.Verdict has these and more."""

    @property
    def owner(self) -> str:
        """Who has to act (contracts.OWNERS)."""

    @property
    def title(self) -> str:
        """Short name of the code."""

    @property
    def meaning(self) -> str:
        """What it says, in one or two sentences."""

    @property
    def steps(self) -> tuple[str, ...]:
        """What to do, in order."""

    @property
    def steps_migrated(self) -> tuple[str, ...]:
        """What to do instead if the server was switched off after a migration; empty where that cannot be."""

    @property
    def ask(self) -> str:
        """What to ask a partner for; empty where a partner can do nothing."""

    @property
    def owner_depends_on(self) -> str:
        """What would settle an owner that is undetermined."""


class Book(Protocol):
    """knowledge.verdict is one."""

    def __call__(
        self, status_code: str | None, cause: str | None, owner_kind: str, connector: str | None,
        destination: str | None, *, domain: str | None, address: str | None, direction: str | None,
    ) -> Words:  # fmt: skip
        """What a failure means at that place, and who has to act."""


@dataclass(frozen=True)
class Reading:
    """One reading of the facts: who has to act, what it looks like, how sure that is (0 to 1), and what to do."""

    owner: str
    diagnosis: str
    confidence: float
    evidence: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    title: str = ""
    """What the code means, in short."""
    ask: str = ""
    """What to ask a partner for."""


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

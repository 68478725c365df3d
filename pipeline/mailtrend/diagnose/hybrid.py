"""The reverse of a switched-off server: a domain made Authoritative while mailboxes still live on-premises."""

from __future__ import annotations

from typing import Final

from mailtrend.diagnose import phrases
from mailtrend.diagnose.behind import Person
from mailtrend.diagnose.facts import Facts
from mailtrend.diagnose.interlock import SHOWN, by_servers, domain_literal
from mailtrend.diagnose.phrases import count, when
from mailtrend.diagnose.words import Reading, Words

CODES: Final = frozenset({"5.1.1", "5.1.10", "5.4.1"})
_ALONE: Final = 0.6
_NEARLY_ALL: Final = 0.8
_SOME: Final = 0.3


def applies(facts: Facts) -> bool:
    """Are recipients of an Authoritative domain refused as unknown who are known to have mailboxes on-premises?"""
    return may_apply(facts) and bool(_on_premises(facts))


def may_apply(facts: Facts) -> bool:
    """The same, as far as it can be told without looking for mailboxes."""
    unknown = facts.status_code in CODES or facts.cause == "recipient_unknown"
    return unknown and facts.kind != "silence" and bool(_strict(facts)) and facts.owner_kind != "partner"


def reading(facts: Facts, words: Words) -> Reading:
    """Internal Relay, a connector to the server that still runs, or mail users: with the recipients that show it."""
    there = _on_premises(facts)
    domain = _strict(facts)[0]
    failing = max(facts.recipients, len(there))
    told = (
        f"{phrases.what(facts, words.title)} {phrases.place(facts)}, {phrases.lasting(facts)}; "
        f"{len(there):,} of {count(failing, 'recipient')} refused as unknown had mail on-premises lately: the "
        f"accepted domain {domain} is Authoritative while mailboxes still live there, so Exchange Online refuses whom "
        "it does not know. Make the domain Internal Relay, with an outbound connector to the on-premises server, "
        "or create mail users for them"
    )
    return Reading(
        "your_organization", told, _confidence(len(there) / failing), (_evidence(there),),
        (*_actions(facts, there, domain), *_rest(words)), words.title, words.ask,
    )  # fmt: skip


def _rest(words: Words) -> tuple[str, ...]:
    """Of the book's steps for an unknown recipient only the last, on how long a change takes: the others ask why."""
    return words.steps[-1:]


def _on_premises(facts: Facts) -> list[Person]:
    """Recipients that were refused and had mail on-premises lately; moved ones are not among them."""
    people = facts.behind.people if facts.behind is not None else ()
    found = [each for each in people if each.failures and (each.before or each.since)]
    return [each for each in found if each.cloud is None or each.cloud < (each.since or each.before or each.cloud)]


def _strict(facts: Facts) -> list[str]:
    return [domain for domain, kind in facts.accepted if kind == "Authoritative"]


def _confidence(share: float) -> float:
    """Surer the more of the refused recipients are known to live there."""
    return round(_ALONE + _SOME * min(1.0, share / _NEARLY_ALL), 2)


def _evidence(there: list[Person]) -> str:
    last = max(at for each in there for at in (each.before, each.since) if at is not None)
    return f"{len(there):,} of the refused recipients had mail on-premises, the last on {when(last)}{by_servers(there)}"


def _actions(facts: Facts, there: list[Person], domain: str) -> tuple[str, ...]:
    routes = facts.behind.own_routes if facts.behind is not None else ()
    if routes:
        route = f"See that connector {phrases.joined(list(routes[:SHOWN]))} takes mail for {domain} and works"
    else:
        route = f"Create an outbound connector for {domain} to the on-premises server, as none is among the exports"
    them = "this recipient" if len(there) == 1 else f"these {len(there):,} recipients"
    return (
        f"{route}: without it Internal Relay sends mail in a loop.",
        f"Set the accepted domain {domain} to Internal Relay: `Set-AcceptedDomain -Identity {domain_literal(domain)} "
        "-DomainType InternalRelay`.",
        f"Or keep it Authoritative and let directory synchronization, or `New-MailUser`, make {them} known to "
        "Exchange Online; `mailtrend ask which-side-saw-what` names them.",
    )

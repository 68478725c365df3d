"""DNS: one domain that is gone or whose servers fail, or a resolver that answers nobody."""

from __future__ import annotations

from typing import Final

from mailtrend.diagnose import phrases
from mailtrend.diagnose.facts import Facts
from mailtrend.diagnose.hosts import MANY, one_sided, owners_of
from mailtrend.diagnose.patterns.forming import Clue, Judged, gist, looks, reading
from mailtrend.diagnose.patterns.near import change_of, changed, from_exchange_online, from_own_servers, others
from mailtrend.diagnose.patterns.senders import by_sender
from mailtrend.diagnose.surroundings import around
from mailtrend.diagnose.words import Reading, Words

CAUSES: Final = frozenset({"dns_no_such_domain", "dns_server_failure", "dns_no_records", "dnssec_invalid"})
GONE: Final = "dns_no_such_domain"


def applies(facts: Facts) -> bool:
    """Does the name of the destination lead nowhere?"""
    return facts.kind != "silence" and facts.cause in CAUSES


def read(facts: Facts, words: Words) -> Reading:
    """Many unrelated domains: the resolver, or Microsoft's; names that never existed: those who write to them.

    One domain: its zone. Surer with: a change of DNS before it, deliveries there until it began, other connectors that
    deliver meanwhile, or systems with resolvers of their own that all fail. Less sure where nothing was ever delivered.
    """
    names = owners_of(facts.destinations or facts.domains)
    many = facts.scope in {"connector", "all"} and len(names) >= MANY and not one_sided(facts)
    if many and facts.cause == GONE and not _known(facts):
        return reading(facts, words, _misspelled(facts, len(names)))
    judged = _resolver(facts, words, len(names)) if many else _one(facts, words)
    return reading(facts, words, judged)


def _resolver(facts: Facts, words: Words, number: int) -> Judged:
    change = change_of(facts, "dns", "network", "isp", "firewall")
    clues = [
        Clue(0.15, f"The names of {number} unrelated owners failed at once: what they share is who asks for them"),
        *changed(facts, change, 0.15, 0.1),
        *others(facts, 0.0, 0.1),
    ]
    if from_own_servers(facts):
        says = (
            f"{number} unrelated domains do not lose their DNS at one time: {looks(facts)} the resolver that your own "
            "server asks, or its way out on port 53."
        )
        return Judged("dns", says, clues, OWN_RESOLVER)
    if from_exchange_online(facts):
        says = (
            f"{number} unrelated domains do not lose their DNS at one time: {looks(facts)} the resolvers of Exchange "
            "Online, which only Microsoft can mend."
        )
        return Judged("microsoft", says, clues, MICROSOFT)
    says = f"{number} unrelated domains fail for Exchange Online and for your own servers alike. {gist(words)}".rstrip()
    return Judged(words.owner, says, clues)


def _misspelled(facts: Facts, number: int) -> Judged:
    clues = [Clue(0.15, f"None of the {number} domains has ever taken mail of yours"), *by_sender(facts, 0.05)]
    says = (
        f"{number} domains that never existed: {looks(facts)} a list of addresses with typing errors, or invented "
        "ones, and no fault of DNS."
    )
    return Judged("sender", says, clues, LIST)


def _one(facts: Facts, words: Words) -> Judged:
    change = change_of(facts, "dns", named=True)
    clues = [*changed(facts, change, 0.15), *_history(facts), *_seen_by(facts)]
    if change is not None:
        says = f"{looks(facts).capitalize()} what that change left behind."
        return Judged(words.owner, says, clues, UNDO)
    if facts.cause == GONE and _before(facts):
        says = (
            "The name existed until then and is gone for everybody: its registration lapsed, or its zone or record was "
            "removed. Only the domain's owner can put it back."
        )
        return Judged(words.owner, says, clues, LAPSED)
    if facts.cause == GONE and not _known(facts):
        says = "Nothing was ever delivered to that name, so it may be spelled wrongly."
        return Judged(words.owner, says, clues)
    return Judged(words.owner, gist(words), clues)


def _before(facts: Facts) -> int:
    """Deliveries before it, at the place or to the same domains: what finds no server is logged without one."""
    return max(facts.successes_before, around(facts).domain_before)


def _known(facts: Facts) -> bool:
    """Was anything ever delivered there?"""
    return bool(_before(facts) or facts.successes_since or around(facts).domain_since)


def _history(facts: Facts) -> list[Clue]:
    if _before(facts):
        return [Clue(0.1, "")]  # how many, and until when, is told of any incident
    return [] if _known(facts) else [Clue(-0.1, "Nothing was ever delivered to that name")]


def _seen_by(facts: Facts) -> list[Clue]:
    """Systems that ask different resolvers and all fail; or one that gets through."""
    sources = around(facts).sources
    both = sources and not from_own_servers(facts) and not from_exchange_online(facts)
    if both:
        told = "Exchange Online and servers of your own ask different resolvers and fail alike: it is the domain"
        return [Clue(0.15, told)]
    if facts.ended_at is None and (since := max(facts.successes_since, around(facts).domain_since)):
        told = f"{phrases.count(since, 'delivery')} found the way while others failed: some of its name servers answer"
        return [Clue(0.0, told)]
    return []


SHARED: Final = (
    "See whether these domains share their name servers, `Resolve-DnsName DOMAIN -Type NS -Server 1.1.1.1`: then it is "
    "their DNS host that fails, and no resolver."
)
OWN_RESOLVER: Final = (
    "On the server that sends, ask its own resolver and a public one for a domain that fails: `Resolve-DnsName DOMAIN "
    "-Type MX`, and the same with `-Server 1.1.1.1`. Only the second answers: mend or replace the resolver.",
    "Neither answers: the firewall or the line stops port 53, for UDP or for TCP.",
    SHARED,
)
MICROSOFT: Final = (
    "See whether Microsoft names an incident at that time, at {place.service_health}; where there is none, open a "
    "support case ({place.support}) with two of the texts.",
    "Ask a public resolver for some of the domains, `Resolve-DnsName DOMAIN -Type MX -Server 1.1.1.1`: they answer if "
    "the fault is Microsoft's. Queued messages go by themselves once it is over.",
    SHARED,
)
LIST: Final = ("See who writes to these domains, and have the list of addresses cleaned: they bounce every time.",)
LAPSED: Final = (
    "Tell the owner of {domain} by phone that the name is gone from DNS: mail reached it before, so it is no typing "
    "error. WHOIS says whether its registration lapsed.",
)
UNDO: Final = (
    "Compare the zone with what it was before the change: `Resolve-DnsName {domain} -Type MX -Server 1.1.1.1`, and put "
    "back the record that is missing.",
)

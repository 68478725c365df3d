"""TLS that is not offered any more, or cannot be agreed upon, where it used to work."""

from __future__ import annotations

from typing import Final

from mailtrend.diagnose import phrases
from mailtrend.diagnose.facts import Facts
from mailtrend.diagnose.hosts import owners_of, unrelated
from mailtrend.diagnose.patterns.forming import Clue, Judged, gist, looks, reading
from mailtrend.diagnose.patterns.near import change_of, changed, from_exchange_online
from mailtrend.diagnose.surroundings import around
from mailtrend.diagnose.words import Reading, Words

CAUSES: Final = frozenset({"starttls_not_offered", "tls_negotiation_failed"})


def applies(facts: Facts) -> bool:
    """Does TLS fail before any certificate is judged?"""
    return facts.kind != "silence" and facts.cause in CAUSES


def read(facts: Facts, words: Words) -> Reading:
    """A renewal before it: the new certificate is not bound. A firewall: inspection. Many owners: one's own side.

    Surer with: deliveries with TLS at the place before it, and a change before it that explains it. Less sure where no
    delivery there is on record: then nobody knows that it ever offered TLS.
    """
    if unrelated(facts):
        return reading(facts, words, _ours(facts))
    renewed = change_of(facts, "certificate", named=True)
    inspected = change_of(facts, "firewall", "network", "isp")
    clues = [*_before(facts), *changed(facts, renewed, 0.15)]
    if renewed is not None:
        says = (
            f"It offered TLS until a certificate was renewed: {looks(facts)} a server that has no usable certificate "
            "bound to SMTP, and then does not announce STARTTLS."
        )
        return reading(facts, words, Judged(words.owner, says, clues, REBIND if facts.owner_kind == "own" else ()))
    if inspected is not None and facts.owner_kind in {"own", "undetermined"}:
        clues += changed(facts, inspected, 0.15, 0.05)
        says = (
            f"{looks(facts).capitalize()} a firewall that inspects SMTP and takes the offer of TLS out of the session."
        )
        owner = "network" if facts.owner_kind == "own" else words.owner
        return reading(facts, words, Judged(owner, says, clues, UNINSPECT))
    return reading(facts, words, Judged(words.owner, gist(words), clues))


def _before(facts: Facts) -> list[Clue]:
    told = around(facts)
    if told.tls_before:
        version = f" ({told.tls_version})" if told.tls_version else ""
        last = f", the last one on {phrases.when(told.tls_last)}" if told.tls_last else ""
        text = f"Before it, {phrases.count(told.tls_before, 'delivery')} there went over TLS{version}{last}"
        return [Clue(0.15, text)]
    if not facts.successes_before and not facts.successes_since:
        return [Clue(-0.1, "No delivery there is on record, so it may never have offered TLS")]
    return []


def _ours(facts: Facts) -> Judged:
    owners = len(owners_of(facts.destinations))
    change = change_of(facts, "connector", "firewall", "network", "policy", "certificate")
    told = f"It began at servers of {owners} owners at once: what they share is who sends to them"
    clues = [Clue(0.15, told), *changed(facts, change, 0.15, 0.1)]
    if from_exchange_online(facts):
        says = (
            f"{looks(facts).capitalize()} what the connector demands, not the servers: it asks {owners} unrelated "
            "owners for TLS that they do not give."
        )
        return Judged("your_organization", says, clues, DEMANDED if facts.connector else ())
    says = (
        f"{looks(facts).capitalize()} your own side: TLS settings of your server, or a firewall that inspects SMTP on "
        "its way out."
    )
    return Judged("on_premises", says, clues, OUTGOING)


REBIND: Final = (
    "See first which certificate is bound to SMTP since the renewal: `Get-ExchangeCertificate | Format-Table "
    "Thumbprint, Services, NotAfter, Subject`. The new one has to carry the service SMTP and its private key.",
)
UNINSPECT: Final = (
    "See first what the change of the firewall did to port 25: switch SMTP inspection (ESMTP fixup, mail guard) off "
    "for {destination}.",
)
DEMANDED: Final = (
    "See what connector {connector} demands, and whether it has to: `Get-OutboundConnector -Identity {connector} | "
    "Format-List TlsSettings, TlsDomain, RecipientDomains`.",
)
OUTGOING: Final = (
    "From your own server, see whether STARTTLS is announced: `openssl s_client -starttls smtp -connect HOST:25`, with "
    "a host of a large provider. Asterisks in its place: a firewall of yours takes it out of outgoing sessions.",
)

"""Certificates that do not pass: one server's, or what one's own side demands of all of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from mailtrend.diagnose import phrases
from mailtrend.diagnose.facts import Change, Facts
from mailtrend.diagnose.hosts import owners_of, unrelated
from mailtrend.diagnose.patterns.dates import moment
from mailtrend.diagnose.patterns.forming import Clue, Judged, gist, looks, percent, reading
from mailtrend.diagnose.patterns.near import change_of, changed, from_exchange_online, in_part
from mailtrend.diagnose.surroundings import around
from mailtrend.diagnose.words import Reading, Words

CAUSES: Final = frozenset({
    "certificate_expired", "certificate_name_mismatch", "certificate_untrusted", "certificate_revoked",
    "certificate_invalid",
})  # fmt: skip
AT_THE_END: Final = timedelta(hours=2)
"""So soon after the end of a certificate's life its first failure comes, if mail goes there all day."""
JUST_AFTER: Final = timedelta(minutes=15)


def applies(facts: Facts) -> bool:
    """Does a certificate fail?"""
    return facts.kind != "silence" and facts.cause in CAUSES


def read(facts: Facts, words: Words) -> Reading:
    """Many owners at one time: one's own side; one server, or one certificate at all of them: whoever runs it.

    Surer with: a certificate or connector changed within three days before; names that the texts tell; a first failure
    at the end of life that a text tells, or just after midnight or noon UTC, when certificates end. Less sure where
    deliveries get through beside the failures.
    """
    one_provider = len(around(facts).presented) == 1
    judged = _ours(facts) if unrelated(facts) and not one_provider else _theirs(facts, words)
    return reading(facts, words, judged)


def _ours(facts: Facts) -> Judged:
    change = change_of(facts, "certificate", "connector", "policy")
    owners = len(owners_of(facts.destinations))
    clues = [
        Clue(0.15, f"It began at servers of {owners} owners at once: what they share is who sends to them"),
        *changed(facts, change, 0.15, 0.1),
    ]
    if facts.scope == "all" and change is None and from_exchange_online(facts):
        says = (
            f"Certificates of {owners} unrelated owners do not fail at the same time by themselves, and nothing of "
            f"your own was changed: {looks(facts)} a fault in how Microsoft checks them."
        )
        return Judged("microsoft", says, clues, MICROSOFT_FIRST)
    says = (
        f"Certificates of {owners} unrelated owners do not fail at the same time by themselves: {looks(facts)} your "
        "own side, what the connector demands of them, the certificate you show, or the clock and trusted roots of "
        "your own server."
    )
    owner = "your_organization" if from_exchange_online(facts) or change is not None else "on_premises"
    return Judged(owner, says, clues, OURS_FIRST if facts.connector else ())


def _theirs(facts: Facts, words: Words) -> Judged:
    change = change_of(facts, "certificate", named=True)
    clues = [*_names(facts), *changed(facts, change, 0.15), *_expiry(facts), *_partly(facts)]
    demanded = change_of(facts, "connector", named=True) if facts.cause == "certificate_name_mismatch" else None
    if demanded is not None:
        clues += changed(facts, demanded, 0.1)
        says = f"The name that the connector expects was changed, not the server: {looks(facts)} a setting of your own."
        return Judged("your_organization", says, clues, DEMANDED_FIRST if facts.connector else ())
    first = BOUND_FIRST if facts.owner_kind == "own" and _fell_back(facts) else ()
    return Judged(words.owner, _what(facts, change) or gist(words), clues, first)


def _what(facts: Facts, change: Change | None) -> str:
    """The reason, where more than the code is known."""
    told = around(facts)
    if facts.cause == "certificate_name_mismatch" and told.presented:
        expected = (
            f"The connector expects {told.expected[0]}, the server shows" if told.expected else "The server shows"
        )
        return f"{expected} {told.presented[0]}."
    if facts.cause in {"certificate_expired", "certificate_invalid"} and (ended := _life(facts)):
        return f"The certificate ended on {phrases.when(ended)}."
    if change is not None and facts.cause == "certificate_untrusted":
        return "After a renewal it is most often the intermediate certificate that is missing."
    if change is not None:
        return "It began with a renewal, so the new certificate is missing on a server, or another one is bound."
    return ""


def _names(facts: Facts) -> list[Clue]:
    told = around(facts)
    if not told.presented:
        return []
    expected = f"the name expected is {phrases.joined(list(told.expected))}, " if told.expected else ""
    shown = f"the certificate shown is {phrases.joined(list(told.presented))}"
    clues = [Clue(0.1, f"The texts say: {expected}{shown}")]
    if _fell_back(facts):
        clues.append(Clue(0.05, "A name without a dot is the certificate that a server made for itself"))
    return clues


def _fell_back(facts: Facts) -> bool:
    return any("." not in name.split(",")[0] for name in around(facts).presented)


def _expiry(facts: Facts) -> list[Clue]:
    """When it began against when certificates end."""
    if facts.cause not in {"certificate_expired", "certificate_invalid"}:
        return []
    begun = phrases.begun(facts)
    ended = _life(facts)
    if ended is not None:
        late = begun - ended
        on_time = timedelta(0) <= late <= AT_THE_END
        told = f"The texts name its end, {phrases.when(ended)}; the first failure came on {phrases.when(begun)}"
        return [Clue(0.2 if on_time else 0.05, told)]
    past = timedelta(hours=begun.hour % 12, minutes=begun.minute, seconds=begun.second)
    if past <= JUST_AFTER:
        half = "midnight" if begun.hour < 12 else "noon"  # noqa: PLR2004  # hours of half a day
        return [
            Clue(0.1, f"The first failure came at {begun:%H:%M} UTC, just after {half}, when many certificates end")
        ]
    return []


def _life(facts: Facts) -> datetime | None:
    """The one end of validity that the texts tell, if they agree and it came before the last failure."""
    ends = {moment(text) for text in around(facts).not_after}
    last = facts.last_failure or phrases.begun(facts)
    (ended,) = ends if len(ends) == 1 else (None,)
    return ended if ended is not None and ended <= last else None


def _partly(facts: Facts) -> list[Clue]:
    if not in_part(facts):
        return []
    whole = facts.successes_since + facts.failures
    told = (
        f"{phrases.count(facts.successes_since, 'delivery')} got through beside {facts.failures:,} failures "
        f"({percent(facts.successes_since, whole)}), as when only one of several hosts shows the bad certificate"
    )
    return [Clue(-0.1, told)]


OURS_FIRST: Final = (
    "See what connector {connector} demands: `Get-OutboundConnector -Identity {connector} | Format-List TlsSettings, "
    "TlsDomain, SmartHosts`. A TlsDomain fits one owner only; for all of them it has to be empty.",
    "From your own server: compare its clock and its trusted roots with another one, and the certificate that its "
    "send connector names: `Get-SendConnector | Format-List Name, TlsCertificateName, TlsAuthLevel`.",
)
MICROSOFT_FIRST: Final = (
    "See whether Microsoft names an incident of Exchange Online at that time, at {place.service_health}; where there "
    "is none, open a support case with two of the texts: {place.support}.",
)
DEMANDED_FIRST: Final = (
    "See which name connector {connector} expects since then, `Get-OutboundConnector -Identity {connector} | "
    "Format-List TlsSettings, TlsDomain`, and put the one back that the server shows: `Set-OutboundConnector -Identity "
    "{connector} -TlsSettings DomainValidation -TlsDomain NAME`.",
)
BOUND_FIRST: Final = (
    "The server shows the certificate that it made for itself: bind the public one again, with the step below that "
    "names the receive connector.",
)

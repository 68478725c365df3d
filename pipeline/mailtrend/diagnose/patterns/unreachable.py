"""No connection: time-outs are packets dropped on the way, refusals a host that answers and does not listen."""

from __future__ import annotations

from typing import Final

from mailtrend.diagnose import phrases
from mailtrend.diagnose.facts import Facts
from mailtrend.diagnose.patterns.forming import Clue, Judged, gist, looks, percent, reading
from mailtrend.diagnose.patterns.near import change_of, changed, in_part, is_of
from mailtrend.diagnose.surroundings import around
from mailtrend.diagnose.words import Reading, Words

SILENT: Final = frozenset({"connection_timed_out", "network_unreachable"})
REFUSED: Final = frozenset({"connection_refused"})
CUT: Final = frozenset({"connection_reset"})
CAUSES: Final = SILENT | REFUSED | CUT
SOME: Final = 0.1
"""A share of the failures that is more than a stray few."""


def applies(facts: Facts) -> bool:
    """Is there no connection, or none that lasts?"""
    return facts.kind != "silence" and facts.cause in CAUSES


def read(facts: Facts, words: Words) -> Reading:
    """By what the failures are: silence, refusal, both, or only some of the attempts.

    Surer with: one kind of failure only, a change of line, network or firewall before it.
    Less sure where kinds are mixed, or where some deliveries get through.
    """
    change = change_of(facts, "isp", "network", "firewall")
    clues = [*_shares(facts), *changed(facts, change, 0.15, 0.1)]
    own = facts.owner_kind == "own"
    if facts.kind == "flapping":
        return reading(facts, words, _on_and_off(facts, words, clues))
    if in_part(facts):
        return reading(facts, words, _in_part(facts, words, clues))
    if own and change is not None and is_of(change, "isp", "network"):
        says = (
            f"{looks(facts).capitalize()} the new line: the public address changed, and the connector, the name in DNS "
            "or the rule that forwards port 25 still has the old one."
        )
        return reading(facts, words, Judged("network", says, clues, NEW_LINE))
    if own and change is not None:
        says = f"{looks(facts).capitalize()} a rule of that firewall: {_kind(facts)}."
        return reading(facts, words, Judged("network", says, clues, RULE))
    mixed = f"{_kind(facts).capitalize()}." if min(shares(facts)) >= SOME else ""
    return reading(facts, words, Judged(words.owner, mixed or gist(words), clues))


def shares(facts: Facts) -> tuple[float, float]:
    """The share of failures that met silence, and of those that were refused."""
    total = sum(number for _, number in facts.causes)
    silent = sum(number for cause, number in facts.causes if cause in SILENT)
    refused = sum(number for cause, number in facts.causes if cause in REFUSED)
    return (silent / total, refused / total) if total else (0.0, 0.0)


def _kind(facts: Facts) -> str:
    silent, refused = shares(facts)
    if silent >= SOME and refused >= SOME:
        return (
            "partly refused and partly unanswered, as when a firewall rejects some and drops others, or a server goes "
            "up and down"
        )
    if facts.cause in SILENT:
        return "packets are dropped on the way (firewall, address translation, routing), or the host is down"
    return "the host answers, but nothing listens there, or a firewall rejects the sender"


def _shares(facts: Facts) -> list[Clue]:
    silent, refused = shares(facts)
    total = sum(number for _, number in facts.causes)
    if silent >= SOME and refused >= SOME:
        told = f"{percent(silent, 1)} of the attempts met silence, {percent(refused, 1)} were refused"
        return [Clue(-0.1, told)]
    if facts.cause in SILENT and total:
        return [Clue(0.05, f"{percent(silent, 1)} of the failures met silence, {percent(refused, 1)} were refused")]
    if facts.cause in REFUSED and total:
        return [Clue(0.05, f"{percent(refused, 1)} of the failures were refused, {percent(silent, 1)} met silence")]
    return []


def _in_part(facts: Facts, words: Words, clues: list[Clue]) -> Judged:
    whole = facts.successes_since + facts.failures
    got = percent(facts.successes_since, whole)
    clues.append(Clue(-0.05, f"{phrases.count(facts.successes_since, 'delivery')} got through beside it, {got}"))
    failing = {address.ip for address in around(facts).addresses if address.failures}
    healthy = {address.ip for address in around(facts).addresses if not address.failures}
    if failing and healthy:
        told = f"Attempts at {phrases.joined(sorted(failing))} failed, none at {phrases.joined(sorted(healthy))}"
        clues.append(Clue(0.15, told))
    says = (
        f"{got} of the attempts got through, so the place is not down: {looks(facts)} one of several servers behind "
        "that name, or a server that takes no more connections than it can."
    )
    return Judged(words.owner, says, clues, EACH)


def _on_and_off(facts: Facts, words: Words, clues: list[Clue]) -> Judged:
    """All is well between its hours: something drops out and comes back, which one of several servers does not do."""
    what = {
        "own": "a line, firewall or server of your own",
        "partner": "a line, firewall or server of the partner",
    }.get(facts.owner_kind, "a line, firewall or server there")
    says = f"It comes and goes, with hours between in which mail gets through: {looks(facts)} {what} that drops out."
    return Judged(words.owner, says, clues, ON_AND_OFF)


NEW_LINE: Final = (
    "Compare three addresses: the line's new public one, the one in DNS (`Resolve-DnsName {destination} -Server "
    "1.1.1.1`), and the smart host of the connector (`Get-OutboundConnector -Identity {connector} | Format-List "
    "SmartHosts`). Correct the one that is old; for the connector: `Set-OutboundConnector -Identity {connector} "
    "-SmartHosts HOST`.",
    "Forward port 25 of the new address to the server, and ask the provider whether it blocks that port.",
)
RULE: Final = (
    "Look first at what that change of the firewall did to port 25 towards {destination}, and take it back.",
)
ON_AND_OFF: Final = (
    "Hold its hours against what else happens then: the log of the line and of the firewall (failover, reconnects), "
    "restarts of the server, backups. `mailtrend ask failures-over-time` gives them.",
)
EACH: Final = (
    "Try each address behind the name by itself: `Resolve-DnsName {destination} -Server 1.1.1.1`, then "
    "`Test-NetConnection -ComputerName ADDRESS -Port 25` for each.",
)

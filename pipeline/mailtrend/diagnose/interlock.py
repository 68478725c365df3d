"""The interlock: who would lose mail if a connector were disabled, or an accepted domain made Authoritative.

Sentences go into mails and tickets, so they give numbers and servers and name nobody; who it is stands in
`would_bounce` alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from mailtrend.diagnose import phrases
from mailtrend.diagnose.behind import NAMED, Person
from mailtrend.diagnose.facts import Facts
from mailtrend.diagnose.phrases import count, when

SHOWN: Final = 5
LISTED: Final = " (they are listed with this incident, as `would_bounce`)"
ENOUGH_DAYS: Final = 7
"""So many days of deliveries before it make it telling that a recipient had none."""
_DOMAIN: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]*\.)+[a-z0-9-]+")


def in_question(facts: Facts) -> bool:
    """May somebody think of disabling the connector? Not where it is over, or where nobody's mailbox could be there.

    Of a server that no export says to be one's own, an accepted domain or a migration that names it has to say so.
    """
    if facts.ended_at is not None or facts.behind is None:
        return False
    named = bool(facts.accepted) or any(change.kind == "migration" and change.matches for change in facts.changes)
    return facts.owner_kind == "own" or (facts.owner_kind == "undetermined" and named)


def live(facts: Facts) -> list[Person]:
    """Recipients who had mail there since it began, or in a mailbox on a server that stands there."""
    return [each for each in _people(facts) if each.since is not None and _behind(facts, each)]


def elsewhere(facts: Facts) -> list[Person]:
    """Recipients who had mail since it began in a mailbox on-premises, on a server not known to stand there."""
    return [each for each in _people(facts) if each.since is not None and not _behind(facts, each)]


def _behind(facts: Facts, person: Person) -> bool:
    sides = facts.behind.sides if facts.behind is not None else None
    return person.server is None or sides is None or (sides.known_by != "none" and person.server in sides.servers)


def recent(facts: Facts) -> list[Person]:
    """Recipients who had mail there before it began and none since, and no mailbox in Exchange Online that is known."""
    return [each for each in _people(facts) if each.since is None and each.before is not None and _unmoved(each)]


def leftovers(facts: Facts) -> list[Person]:
    """Recipients who fail and never had a delivery there, nor one in Exchange Online."""
    return [each for each in _people(facts) if each.since is None and each.before is None and each.cloud is None]


def would_bounce(facts: Facts) -> list[str]:
    """Recipients whose mail would be refused for good if the domain became Authoritative, by name; at most NAMED.

    All who fail there or were reached there lately, but those whose mailbox is in Exchange Online by now.
    """
    if not in_question(facts):
        return []
    people = (*live(facts), *elsewhere(facts), *recent(facts), *leftovers(facts))
    return sorted({each.address for each in people})[:NAMED]


def evidence(facts: Facts) -> list[str]:
    """What is known of mailboxes behind the connector, and what the quota for invalid recipients has to do with it."""
    if not in_question(facts):
        return []
    told = []
    there = live(facts)
    if there:
        told.append(f"{_most(len(there))} had mail on-premises since it began{_last(there)}")
    apart = elsewhere(facts)
    if apart:
        told.append(
            f"{_most(len(apart))} had mail since on other servers of yours, not known to stand behind this "
            f"connector{_last(apart)}"
        )
    bounce, never = would_bounce(facts), leftovers(facts)
    if bounce:
        reached = len(recent(facts)) + len(there) + len(apart)
        parts = [f"{reached:,} had a delivery there before or since"] if reached else []
        parts += [f"{len(never):,} {_never(facts)}"] if never else []
        told.append(
            f"{_most(len(bounce))} would be refused at once (5.1.10) if {_domains(facts)} became Authoritative, unless "
            f"Exchange Online knows them as mailbox, mail user or contact: {', '.join(parts)}"
        )
    moved = [each for each in _people(facts) if each.cloud is not None and each.since is None and not _unmoved(each)]
    if moved:
        told.append(f"{_most(len(moved))} got mail in Exchange Online after their last one there")
    return told


def quota(facts: Facts) -> str:
    """The risk of leaving it as it is. Microsoft tells of the quota, but gives no number: the incident's own stands."""
    return (
        f"As far as they do not exist, these {count(facts.recipients, 'recipient')}{_strangers(facts)} count against "
        "the organization's quota for invalid recipients, which can hold up all its mail: "
        f"{count(facts.messages, 'message')} and {count(facts.failures, 'attempt')} so far; Microsoft publishes no "
        "number for it"
    )


def _strangers(facts: Facts) -> str:
    behind = facts.behind
    if behind is None or behind.days_before < ENOUGH_DAYS:
        return ""
    never = behind.failing - behind.failing_before
    if never == behind.failing > 0:
        return " (none of whom ever had a delivery)"
    return f" ({never:,} of whom never had a delivery)" if never else ""


def _never(facts: Facts) -> str:
    """What it means that no delivery is on record: little, where the record is short."""
    days = facts.behind.days_before if facts.behind is not None else 0
    return "never had one (likely leftovers)" if days >= ENOUGH_DAYS else "have none on record, which begins too late"


def before_switching_off(facts: Facts) -> list[str]:
    """What has to be done before the connector is disabled and the domain made Authoritative, if anything."""
    if not in_question(facts):
        return []
    there, unsure = live(facts), [*elsewhere(facts), *recent(facts)]
    told = []
    if there:
        told.append(
            f"Do not disable the connector and do not make {_domains(facts)} Authoritative yet: migrate "
            f"{_mailboxes(len(there))} first, or make them mail users or mail contacts{LISTED}."
        )
    if unsure:
        told.append(
            f"Before {_domains(facts)} becomes Authoritative, see with `Get-Recipient -Identity ADDRESS` that Exchange "
            f"Online knows {_those(unsure)}, delivered to on-premises until lately{LISTED}."
        )
    return told


def domain_literal(name: str) -> str:
    """A domain as an argument of a command; DOMAIN where it is not plainly one."""
    return name if _DOMAIN.fullmatch(name) else "DOMAIN"


def _people(facts: Facts) -> Sequence[Person]:
    return facts.behind.people if facts.behind is not None else ()


def _unmoved(person: Person) -> bool:
    """Was its last delivery on-premises? One in Exchange Online after it shows that the mailbox has moved."""
    if person.cloud is None:
        return True
    last = max((at for at in (person.before, person.since) if at is not None), default=None)
    return last is not None and person.cloud <= last


def _domains(facts: Facts) -> str:
    relayed = [domain for domain, kind in facts.accepted if kind != "Authoritative"]
    return phrases.joined(relayed[:SHOWN]) or "the accepted domain"


def _last(people: Sequence[Person]) -> str:
    """When the last one had it, and by which servers."""
    last = max((each.since for each in people if each.since is not None), default=None)
    return f"{f', the last on {when(last)}' if last else ''}{by_servers(people)}"


def by_servers(people: Sequence[Person]) -> str:
    """By EX01; by EX01 and EX02; nothing where none is known."""
    names = sorted({each.server for each in people if each.server})
    more = f" and {len(names) - SHOWN:,} more" if len(names) > SHOWN else ""
    told = f"{', '.join(names[:SHOWN])}{more}" if more else phrases.joined(names)
    return f", by {told}" if names else ""


def _most(number: int) -> str:
    return f"{'At least ' if number >= NAMED else ''}{count(number, 'recipient')}"


def _mailboxes(number: int) -> str:
    return "this mailbox" if number == 1 else f"these {number:,} mailboxes"


def _those(people: Sequence[Person]) -> str:
    return "this recipient" if len(people) == 1 else f"these {len(people):,} recipients"

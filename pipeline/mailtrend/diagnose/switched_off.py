"""What speaks for a server that was switched off on purpose, and what against, from what Exchange Online saw of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from mailtrend.diagnose import phrases
from mailtrend.diagnose.behind import Behind
from mailtrend.diagnose.facts import Change, Facts
from mailtrend.diagnose.interlock import ENOUGH_DAYS
from mailtrend.diagnose.phrases import count, when
from mailtrend.diagnose.signs import Sign

NETWORK: Final = frozenset({"firewall", "network", "nat", "router", "isp", "provider", "proxy", "vpn"})
"""Kinds of change that can close a way."""
ENOUGH: Final = 20
"""Attempts, or deliveries of a week, below which a share says nothing."""
_DAY: Final = timedelta(hours=24)
_AT_FIRST: Final = timedelta(hours=2)
_WEEK: Final = timedelta(days=7)
_ALL: Final = 0.98
_MIXED: Final = 0.8
_FEW, _MOST = 0.2, 0.8
_RAN_OUT, _FELL, _USUAL = 0.25, 0.6, 0.8
_LEAST_PEOPLE: Final = 3
_LEAST_WEEKS: Final = 3


def migration(facts: Facts) -> Change | None:
    """The migration of the week before it: one that names the place, else the nearest if the place is one's own.

    One that is finished says more than a step of it.
    """
    moved = [change for change in facts.changes if change.kind == "migration"]
    named = [change for change in moved if change.matches] or (moved if facts.owner_kind == "own" else [])
    return next((change for change in named if not phrases.is_step(change)), named[0] if named else None)


def signs(facts: Facts) -> list[Sign]:
    """Signs from the incident's own figures, from changes, and from what is known of recipients and routes."""
    found = [*_changes(facts), *_course(facts), *_refusals(facts), *_exports(facts)]
    if facts.behind is not None:
        found += [*_people(facts, facts.behind), *_traffic(facts.behind), *_routes(facts, facts.behind)]
    return found


def _changes(facts: Facts) -> list[Sign]:
    found = []
    change = migration(facts)
    if change is not None:
        finished = "migration_finished" if change.matches else "migration_finished_elsewhere"
        step = phrases.is_step(change)
        found.append(Sign("migration_step" if step else finished, f"it began {phrases.after(facts, change)}"))
    if facts.behind is not None and (change is None or phrases.is_step(change)):
        found += _far_migrations(facts, facts.behind, told=change)
    for shut in facts.changes:
        if shut.kind.lower() in NETWORK and shut.matches:
            found.append(Sign("change_of_the_network", f"it began {phrases.after(facts, shut)}"))
            break
    return found


def _far_migrations(facts: Facts, behind: Behind, told: Change | None) -> list[Sign]:
    """Of those that were finished weeks before, or are named only afterwards; `told` is a step that came before."""
    begun = phrases.begun(facts)
    earlier = [each for each in behind.migrations if each.time <= begun and not phrases.is_step(each)]
    if earlier:
        return [Sign("migration_finished_long_ago", f"it began {phrases.after(facts, earlier[0])}")]
    later = [each for each in behind.migrations if each.time > begun]
    if not later or (told is not None and later[0].time - begun > _DAY):
        return []
    length = phrases.span(later[0].time - begun)
    if later[0].time - begun <= _DAY and not phrases.is_step(later[0]):
        return [Sign("migration_same_day", f"a migration was told as finished {length} after it began")]
    return [Sign("migration_later", f"the migration is named only {length} after it began")]


def _course(facts: Facts) -> list[Sign]:
    begun = phrases.begun(facts)
    last = facts.last_failure or begun
    if facts.ended_at is not None:
        return [Sign("ended", f"it ended on {when(last)}")]
    if facts.kind in {"flapping", "recurring"}:
        return [Sign("comes_and_goes", "it comes and goes")]
    lasted = last - begun
    if facts.successes_since:
        return _deliveries(facts, lasted)
    if facts.behind is not None and facts.behind.traced:
        went = count(facts.behind.traced, "message")
        return [Sign("delivered_since", f"{went} got through to the same address since, by the message trace")]
    return _lasting(lasted, f"no delivery succeeded there since, while {count(facts.failures, 'attempt')} failed")


def _lasting(lasted: timedelta, told: str) -> list[Sign]:
    if lasted < _DAY:
        return []
    return [Sign("lasts_a_week" if lasted >= _WEEK else "lasts_a_day", told)]


def _deliveries(facts: Facts, lasted: timedelta) -> list[Sign]:
    """Deliveries since it began. They say little where they stop within two hours and nothing follows for a day."""
    begun, last = phrases.begun(facts), facts.last_success
    told = f"{count(facts.successes_since, 'delivery')} succeeded there since"
    if facts.recipients_succeeding:
        told += f", to {count(facts.recipients_succeeding, 'recipient')} that failed as well"
    if last is not None and last - begun <= _AT_FIRST and lasted >= _DAY + _AT_FIRST:
        first = Sign("delivered_at_first", f"{told}, the last one on {when(last)}, within two hours of its beginning")
        return [first, *_lasting(lasted, f"none has succeeded after that, for {phrases.span(lasted)}")]
    return [Sign("delivered_since", told)]


def still_delivers(facts: Facts) -> bool:
    """Does mail get through there, so that disabling the connector would cut it off?"""
    return any(sign.name in {"delivered_since", "ended", "comes_and_goes"} for sign in _course(facts))


def _refusals(facts: Facts) -> list[Sign]:
    found = []
    tried = facts.attempts - facts.successes_since
    silent = facts.cause in {"connection_timed_out", "network_unreachable"}
    were, did = ("got no answer", "never answered") if silent else ("were refused", "refused all the time")
    if facts.attempts >= ENOUGH and tried > 0:
        share = facts.failures / tried
        if share >= _ALL and not facts.successes_since:
            found.append(Sign("all_refused", f"{facts.failures:,} of {count(facts.attempts, 'attempt')} {were}"))
        elif share < _MIXED:
            others = count(tried - facts.failures, "attempt")
            found.append(Sign("mixed_with_others", f"{others} there failed in another way meanwhile"))
    if facts.scope == "remote_ip":
        found.append(Sign("one_address_of_several", f"only {facts.remote_ip} of several addresses refuses"))
    elif len(facts.remote_ips) == 1 and facts.failures >= ENOUGH:
        found.append(Sign("same_address", f"{facts.remote_ips[0]} {did}"))
    elif len(facts.remote_ips) > 1:
        found.append(Sign("several_addresses", f"{count(len(facts.remote_ips), 'address')[:-1]}es refused"))
    return found


def _exports(facts: Facts) -> list[Sign]:
    if facts.ended_at is not None:
        return []
    found = []
    relayed = [domain for domain, kind in facts.accepted if kind == "InternalRelay"]
    strict = [domain for domain, kind in facts.accepted if kind == "Authoritative"]
    if relayed:
        domains = phrases.joined(relayed)
        told = f"the accepted domain {domains} is InternalRelay, so mail to unknown recipients is sent there"
        found.append(Sign("relayed_domain", told))
    elif strict:
        domains = phrases.joined(strict)
        told = (
            f"the accepted domain {domains} is Authoritative, so only recipients known to be on-premises are sent there"
        )
        found.append(Sign("authoritative_domain", told))
    if facts.connector_enabled is False:
        found.append(Sign("connector_disabled", "the newest export has the connector disabled"))
    return found


def _people(facts: Facts, behind: Behind) -> list[Sign]:
    """Leftovers, or people who were reached there? Only where a week of data comes before it."""
    if behind.failing < _LEAST_PEOPLE or behind.days_before < ENOUGH_DAYS or facts.ended_at is not None:
        return []
    share = behind.failing_before / behind.failing
    if share <= _FEW:
        never = behind.failing - behind.failing_before
        told = f"of {count(behind.failing, 'recipient')} that fail, {never:,} never had a delivery there"
        known = f", and {behind.failing_unknown:,} were refused as unknown" if behind.failing_unknown else ""
        return [Sign("leftovers_only", f"{told} in the {behind.days_before:.0f} days before{known}")]
    if share >= _MOST:
        told = (
            f"{behind.failing_before:,} of {count(behind.failing, 'recipient')} that fail had deliveries there before"
        )
        return [Sign("recipients_in_use", told)]
    return []


def _traffic(behind: Behind) -> list[Sign]:
    """Mailboxes that are moved away in batches take their mail along: traffic runs out before the end."""
    earlier = behind.weeks[1:7]
    if len(behind.weeks) < _LEAST_WEEKS or max(earlier) < ENOUGH:
        return []
    last, peak = behind.weeks[0], max(earlier)
    told = f"{last:,} in the week before it, {peak:,} in the best week of the {len(earlier)} before that"
    if last <= _RAN_OUT * peak:
        return [Sign("traffic_ran_out", f"deliveries there had run out: {told}")]
    if last <= _FELL * peak:
        return [Sign("traffic_fell", f"deliveries there had fallen: {told}")]
    return [Sign("traffic_as_usual", f"deliveries there went on as usual: {told}")] if last >= _USUAL * peak else []


def _routes(facts: Facts, behind: Behind) -> list[Sign]:
    found = []
    if behind.others_delivered:
        told = f"{count(behind.others_delivered, 'delivery')} to the same host succeeded over other connectors since"
        found.append(Sign("other_routes_deliver", told))
    elif behind.others_failed >= ENOUGH:
        told = f"other connectors to the same host fail as well ({count(behind.others_failed, 'attempt')})"
        found.append(Sign("other_routes_fail", told))
    if behind.host_delivered and facts.scope == "pair":
        told = f"{count(behind.host_delivered, 'delivery')} over the same connector to another host succeeded since"
        found.append(Sign("other_hosts_deliver", told))
    return found

"""A message that can be sent to a partner as it is: what fails at their server, since when, what to look at there."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from mailtrend.diagnose import phrases
from mailtrend.diagnose.facts import Facts
from mailtrend.diagnose.patterns.hours import slot
from mailtrend.diagnose.surroundings import around

SHOWN: Final = 5
HOURS: Final = (
    "Is this a window for maintenance or backup at your side? If it is, tell us its hours, so that we expect them; "
    "if not, see what runs on that server at these hours. May we deliver to another host meanwhile?"
)


def partner_message(facts: Facts, title: str, ask: str, now: datetime) -> str | None:
    """Subject and text, or None where no partner has to act. It names no user: neither senders nor recipients.

    title: what the code means. ask: what they should check, of the cause's guide. now: UTC without zone.
    """
    if facts.owner_kind != "partner" or facts.kind == "silence" or not ask:
        return None
    code = " ".join(part for part in (facts.status_code, title) if part)
    hosts = (facts.destination,) if facts.destination else facts.destinations or facts.smart_hosts[:1]
    host = phrases.joined(list(hosts)) if 0 < len(hosts) <= SHOWN else "your mail servers"
    over = facts.ended_at is not None
    begun = phrases.when(phrases.begun(facts))
    since = f"from {begun} to {phrases.when(facts.last_failure or facts.ended_at or now)}" if over else f"since {begun}"
    fails = "failed" if over else "have been failing"
    if facts.kind == "recurring":
        found = slot(facts)
        fails = (
            f"{'failed' if over else 'fail'} {f'between {found.told}' if found else 'at the same hours'} on many days"
        )
    return "\n".join([
        f"Subject: Mail from us to {facts.partner or host} {'failed' if over else 'fails'} at {host}: {code}",
        "",
        "Hello,",
        "",
        f"Deliveries of our mail to {host} {fails} {since}.",
        "",
        *_figures(facts, code, host),
        "",
        *([] if over else [HOURS if facts.kind == "recurring" else ask, ""]),
        *_close(facts, now),
    ])  # fmt: skip


def _figures(facts: Facts, code: str, host: str) -> list[str]:
    """What they can hold against their own logs."""
    domains = f" to {_some(facts.domains)}" if facts.domains else ""
    addresses = [address for address in facts.remote_ips if address != host]
    last = phrases.when(facts.last_failure) if facts.last_failure else ""
    last_success = facts.last_success or around(facts).domain_last
    success = phrases.when(last_success) if last_success else "none on record"
    return [
        f"  Error:            {code}",
        f"  Server:           {host}{f' ({_some(addresses)})' if addresses else ''}",
        f"  First failure:    {phrases.when(phrases.begun(facts))}",
        *([f"  Last failure:     {last}"] if last else []),
        f"  Last success:     {success}",
        f"  Failed attempts:  {facts.failures:,} of {facts.attempts:,}",
        f"  Messages hit:     {facts.messages:,}{domains}",
    ]


def _close(facts: Facts, now: datetime) -> list[str]:
    if facts.ended_at is not None:
        return ["It works again from our side. Could you tell us what happened, so that we know it will not come back?"]
    told = ["Could you tell us what you find, and when something was changed? We then check again from our side."]
    if facts.at_risk and facts.next_expiry is not None and facts.next_expiry > now:
        told.insert(
            0,
            f"{facts.at_risk:,} of these messages still wait here; the first is returned to its sender on "
            f"{phrases.when(facts.next_expiry)}.",
        )
    return told


def _some(values: tuple[str, ...] | list[str]) -> str:
    more = f" and {len(values) - SHOWN:,} more" if len(values) > SHOWN else ""
    return f"{', '.join(values[:SHOWN])}{more}"

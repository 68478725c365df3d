"""What goes on around an incident: other incidents, other routes, the other direction, its hours, senders and texts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from mailtrend.diagnose.facts import Change, Facts


class Beside(NamedTuple):
    """Another incident of the tenant that overlaps this one in time."""

    status_code: str | None
    cause: str | None
    connector: str | None
    destination: str | None
    kind: str
    started_at: datetime
    ended_at: datetime | None


class Address(NamedTuple):
    """One server address at the place: attempts there while it lasted, and how many failed with its code."""

    ip: str
    attempts: int
    failures: int


class Route(NamedTuple):
    """Another way that mail took: connector and destination (None where none is logged), and deliveries."""

    connector: str | None
    destination: str | None
    deliveries: int
    before: int = 0
    """Deliveries that way in as many hours before it."""


@dataclass(frozen=True)
class Surroundings:
    """All of it as counted, never judged. Empty tuples, zeros and None mean that nothing is known. Times are UTC.

    Hours of the day are tuples of 24 counts, index 0 for 00:00–00:59 UTC. What is compared with usual traffic is
    counted over the first day of the incident at most; usual is the number of the same hours a week before.
    """

    beside: tuple[Beside, ...] = ()
    """Nearest onset first."""
    changes: tuple[Change, ...] = ()
    """All changes of the three days before it, whatever they name; nearest first."""
    sources: tuple[str, ...] = ()
    """Sources that logged its failures, most failures first."""
    failures_by_destination: tuple[tuple[str, int], ...] = ()
    """Its destinations with the most failures, five at most."""
    load_by_hour: tuple[int, ...] = ()
    """Deliveries at the place, over all the data."""
    tried_by_hour: tuple[int, ...] = ()
    """Messages tried at the place while it lasted, once an hour each."""
    failed_by_hour: tuple[int, ...] = ()
    """Of these, the ones that failed with its code."""
    days_failing: int = 0
    days_tried: int = 0
    """Calendar days (UTC) of it with failures, and with attempts at all."""
    hours_failing: int = 0
    hours_mixed: int = 0
    """Hours of it with failures, and of these the ones with deliveries as well."""
    failed_at_weekends: int = 0
    """Of the failing messages, those on a Saturday or Sunday (UTC)."""
    same_code_connectors: int = 0
    same_code_destinations: int = 0
    """Places of the tenant at which the code failed within its first two hours."""
    outbound: int = 0
    outbound_usual: float | None = None
    """Deliveries of the tenant by other connectors than its own; usual is None where a week before has no data."""
    inbound: int = 0
    inbound_usual: float | None = None
    """Deliveries of the tenant from outside."""
    senders: tuple[tuple[str, int], ...] = ()
    """Senders of its failing messages with the most of them, and how many each; three at most."""
    sender_count: int = 0
    replies: tuple[str, ...] = ()
    """Its error texts as logged, most frequent first; five at most."""
    presented: tuple[str, ...] = ()
    expected: tuple[str, ...] = ()
    not_after: tuple[str, ...] = ()
    """Certificate names that servers showed and connectors expected, and the ends of validity, as texts write them."""
    tls_before: int = 0
    tls_version: str | None = None
    tls_last: datetime | None = None
    """Deliveries with TLS at the place before it, the version of the last one and its time."""
    addresses: tuple[Address, ...] = ()
    """Most failures first."""
    elsewhere: tuple[Route, ...] = ()
    """Where mail for its domains has been delivered since, other than here; most deliveries first, three at most."""
    domain_before: int = 0
    domain_since: int = 0
    domain_last: datetime | None = None
    """Deliveries to its recipients' domains by any way: of the 30 days before it, since it began, the last before."""
    tenant_attempts: int = 0
    tenant_usual: float | None = None
    """Attempts of the whole tenant."""


def around(facts: Facts) -> Surroundings:
    """Its surroundings, or such of which nothing is known."""
    return facts.surroundings or Surroundings()

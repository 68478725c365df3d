"""What stands behind a connector: who gets mail there, how much went there, and what one's own servers saw of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

if TYPE_CHECKING:
    from mailtrend.diagnose.facts import Change

NAMED: Final = 200
"""So many recipients are named in a list of an incident."""


class Person(NamedTuple):
    """A recipient that failed there, or was delivered to there lately. Times are UTC."""

    address: str
    failures: int = 0
    """Failing attempts within the incident."""
    before: datetime | None = None
    """Last delivery there, or into a mailbox on-premises, before it began."""
    since: datetime | None = None
    """Last delivery there, or into a mailbox on-premises, since it began."""
    server: str | None = None
    """The server that logged a delivery into a mailbox on-premises since it began."""
    cloud: datetime | None = None
    """Last delivery into a mailbox of Exchange Online."""


@dataclass(frozen=True)
class Sides:
    """What the logs of one's own servers show of the time of an incident; `since` means from its first failure on."""

    servers: tuple[str, ...]
    """Servers whose logs are in the lake: those known to stand behind the connector, else all of the tenant."""
    known_by: Literal["mail", "name", "domain", "none"]
    """How they are known to stand there.

    They logged mail that went over it; the smart host is named so; they are Exchange Servers with mailboxes of its
    domains; not at all.
    """
    log_from: datetime | None = None
    log_until: datetime | None = None
    """Time of their first and last row."""
    hours: int = 0
    """Hours of the incident."""
    covered: int = 0
    """Of these, hours in which they logged anything."""
    accepted: int = 0
    """Mail they took from Exchange Online since."""
    refused: int = 0
    """Mail and sessions of Exchange Online they refused since, from the greeting on."""
    tls_failed: int = 0
    """Sessions of Exchange Online that failed at TLS since."""
    dropped: int = 0
    """Sessions of Exchange Online that broke off since."""
    sessions_before: int = 0
    """Mail and sessions of Exchange Online in the fortnight before it."""
    last_session: datetime | None = None
    arrivals: int = 0
    """Mail they took from anybody since, each recipient once a log."""
    mailboxes: int = 0
    """Deliveries into their mailboxes since."""
    handed_up: int = 0
    """Deliveries to Exchange Online since, each recipient once a log."""
    failing_seen: int = 0
    """Of the messages that failed in it, those that any of one's own servers names at all."""
    failing_accepted: int = 0
    """Of these, those that it took."""

    @property
    def sessions(self) -> int:
        """Everything from Exchange Online that reached them since."""
        return self.accepted + self.refused + self.tls_failed + self.dropped

    @property
    def cover(self) -> float:
        """Share of the incident's hours in which they logged anything."""
        return self.covered / self.hours if self.hours else 0.0


@dataclass(frozen=True)
class Behind:
    """What is known of the mailboxes and servers behind a place, for the incidents that it matters for."""

    people: tuple[Person, ...] = ()
    """Recipients: those delivered to since first, then those with most failures; at most NAMED of each."""
    failing: int = 0
    """Recipients that failed in it."""
    failing_before: int = 0
    """Of them, those that had a delivery there before it."""
    failing_unknown: int = 0
    """Of them, those that the server there had refused as unknown before it."""
    live: int = 0
    """Recipients with a delivery there, or into a mailbox on-premises, since it began."""
    recent: int = 0
    """Recipients with the last one in the fortnight before it, none since."""
    days_before: float = 0.0
    """So many days of data at this place come before it."""
    weeks: tuple[int, ...] = ()
    """Deliveries in each full week before it, the nearest first."""
    migrations: tuple[Change, ...] = ()
    """Migrations from sixty days before it to a fortnight after, nearest first."""
    others_delivered: int = 0
    others_failed: int = 0
    """Over other connectors to the same host since."""
    host_delivered: int = 0
    """Over the same connector to its other hosts since."""
    traced: int = 0
    """Deliveries to the failing addresses since that only a message trace knows, which names no connector."""
    own_routes: tuple[str, ...] = ()
    """Outbound connectors to servers of one's own that are enabled."""
    sides: Sides | None = None
    """None where no log of one's own servers is in the lake."""

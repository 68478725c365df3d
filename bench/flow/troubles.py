"""What goes wrong: a fault as a function of time, way, address and recipient, and the words it is told in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flow.places import Way
from synth import clock
from synth.faults import Fault
from synth.world import Route

NEVER: Final = clock.END
WORKING_DAYS: Final = 5
_MONDAY: Final = clock.START

TIMED_OUT: Final = Fault(
    "connect", 450, "4.4.315", "Connection timed out", "Socket error code 10060",
    "550 5.4.315 Message expired, connection timed out(Socket error code 10060)",
)  # fmt: skip
DROPPED: Final = Fault(
    "connect", 450, "4.4.318", "Connection was closed abruptly", "SuspiciousRemoteServerError",
    "550 5.4.318 Message expired, connection was closed abruptly(SuspiciousRemoteServerError)",
)  # fmt: skip
NO_SUCH_DOMAIN: Final = Fault(
    "dns", 450, "4.4.312", "DNS query failed", "InfoDomainNonexistent",
    "550 5.4.312 Message expired, DNS query failed(InfoDomainNonexistent)",
)  # fmt: skip
NO_STARTTLS: Final = Fault(
    "connect", 450, "4.4.317", "Cannot connect to remote server", "451 5.7.3 STARTTLS is required to send mail",
    "550 5.4.317 Message expired, cannot connect to remote server(451 5.7.3 STARTTLS is required to send mail)",
)  # fmt: skip
WRONG_NAME: Final = Fault(
    "connect", 450, "4.4.317", "Cannot connect to remote server",
    "SubjectMismatch Expected Subject: mail.contoso.com. Presented Subject: CN=EX01. "
    "Thumbprint: 5C1B0F3E9A7D42E68B10C2D4F6A8E0B1.",
    "550 5.4.317 Message expired, cannot connect to remote server(SubjectMismatch)",
)  # fmt: skip
NO_TLS: Final = Fault(
    "connect", 450, "4.4.317", "Cannot connect to remote server",
    "451 4.4.0 TLS negotiation failed with error NoCredentials",
    "550 5.4.317 Message expired, cannot connect to remote server(451 4.4.0 TLS negotiation failed with error "
    "NoCredentials)",
)  # fmt: skip
EXPIRED: Final = "550 4.4.7 QUEUE.Expired; message expired"
OVERLOADED: Final = Fault("remote", 452, "4.3.1", "Insufficient system resources (UsedVersionBuckets)", "", EXPIRED)
NOT_ACTIVE: Final = Fault("remote", 421, "4.3.2", "Service not active", "", EXPIRED)
PROXY: Final = Fault("store", 451, "4.7.0", "Temporary server error. Please try again later. PRX2", "", EXPIRED)
TENANT: Final = Fault(
    "store", 550, "5.7.705", "Service unavailable. Access denied, tenant has exceeded threshold. AS(7230)"
)
SENDER: Final = Fault(
    "store", 550, "5.1.90", "Your message can't be sent because you've reached your daily limit for message recipients"
)
NOT_IN_DIRECTORY: Final = Fault("store", 550, "5.1.1", "RESOLVER.ADR.ExRecipNotFound; not found")


@dataclass(frozen=True)
class Trouble:
    """One fault: what it does to which attempts, between two times."""

    fault: Fault
    start: int
    end: int = NEVER
    ways: tuple[str, ...] = ()
    """Keys; none: every way out of the tenant."""
    incident: str = ""
    """The expected incident that it belongs to; none for what is nobody's outage."""
    ips: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    hours: tuple[int, int] = (0, 24)
    """Of the day, UTC."""
    working_days: bool = False
    share: tuple[float, float] = (1.0, 1.0)
    """Of the attempts, at its start and at its end."""
    retries: bool = False
    """Does it hit only what has failed before?"""

    def hits(self, way: Way, route: Route, recipient: str, at: int, number: int, draw: float) -> bool:
        """Does it hit attempt `number` (from 0), given a `draw` between 0 and 1?"""
        if not self.start <= at < self.end or (self.retries and number == 0):
            return False
        place = way.key in self.ways if self.ways else not way.inbound
        place = place and (not self.ips or route.ip in self.ips)
        place = place and (not self.recipients or recipient in self.recipients)
        hour, day = at // clock.HOUR % 24, (at - _MONDAY) // clock.DAY % 7
        open_now = self.hours[0] <= hour < self.hours[1] and not (self.working_days and day >= WORKING_DAYS)
        first, last = self.share
        grown = first + (last - first) * (at - self.start) / (self.end - self.start)
        return place and open_now and draw < grown

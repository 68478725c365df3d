"""Ways that mail takes: a connector, the hosts behind it, the domain it is for and the people there."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from synth import clock, faults, world
from synth.faults import Fault
from synth.world import Route

END: Final = clock.ms("2026-10-29T15:00")
"""When the last export ran, the same in all scenarios: a Thursday afternoon, with mail under way."""
ON_PREMISES: Final = "To on-premises"
FABRIKAM: Final = "Fabrikam partner TLS"
INTERNET: Final = world.DEFAULT_CONNECTOR

Noise = tuple[tuple[float, Fault], ...]
OWN_NOISE: Final[Noise] = ((0.004, faults.NOT_FOUND), (0.003, faults.CLOSED))
PARTNER_NOISE: Final[Noise] = ((0.004, faults.UNKNOWN_USER), (0.0015, faults.SPAM_REJECT), (0.002, faults.CLOSED))
INTERNET_NOISE: Final[Noise] = (
    (0.014, faults.UNKNOWN_USER), (0.007, faults.SPAM_REJECT), (0.005, faults.RATE_LIMITED), (0.004, faults.TIMED_OUT),
)  # fmt: skip


class Surge(NamedTuple):
    """Between two times, so many times the usual mail."""

    start: int
    end: int
    factor: float


class Way(NamedTuple):
    """One way of mail. Where several hosts stand behind it, each attempt takes one of them by chance."""

    key: str
    connector: str
    hosts: tuple[tuple[str, str], ...]
    """Name and address."""
    domain: str
    per_hour: float
    """Messages in a full working hour."""
    noise: Noise = INTERNET_NOISE
    people: tuple[str, ...] = world.PEOPLE
    writers: tuple[str, ...] = world.PEOPLE
    """Who sends it."""
    profile: Literal["office", "flat"] = "office"
    since: int = 0
    until: int = END
    surges: tuple[Surge, ...] = ()

    @property
    def inbound(self) -> bool:
        """Does its mail come from outside to mailboxes of the tenant?"""
        return not self.connector

    @property
    def routes(self) -> tuple[Route, ...]:
        """The same as the renderers know it, a route for each host."""
        key = "inbound" if self.inbound else self.key
        return tuple(Route(key, self.domain, host, ip, self.connector, self.per_hour) for host, ip in self.hosts)


ONPREM: Final = Way(
    "onprem", ON_PREMISES, (("mail.contoso.com", "203.0.113.25"),), "contoso.com", 1.2, OWN_NOISE, world.LEFT_BEHIND
)
PARTNER: Final = Way(
    "fabrikam", FABRIKAM, (("mail.fabrikam.com", "198.51.100.25"),), "fabrikam.com", 1.5, PARTNER_NOISE
)
TAILSPIN: Final = Way("tailspin", INTERNET, (("mx1.tailspintoys.com", "198.51.100.77"),), "tailspintoys.com", 1.2)
WINGTIP: Final = Way("wingtip", INTERNET, (("mx.wingtiptoys.com", "198.51.100.140"),), "wingtiptoys.com", 0.8)
LITWARE: Final = Way("litware", INTERNET, (("mx01.litwareinc.com", "203.0.113.170"),), "litwareinc.com", 0.7)
EXAMPLE_NET: Final = Way(
    "example_net", INTERNET, (("mx.example.net", "192.0.2.44"),), "example.net", 0.6,
    ((0.12, faults.GREYLISTED), *INTERNET_NOISE),
)  # fmt: skip
EXAMPLE_ORG: Final = Way("example_org", INTERNET, (("mx.example.org", "192.0.2.81"),), "example.org", 0.5)
INBOUND: Final = Way("inbound", "", (("", ""),), "contoso.com", 1.0, ((0.004, faults.RULE_REJECT),))

DOMAINS: Final = (
    ("contoso.com", "contoso.com", "InternalRelay", "True"),
    ("contoso.onmicrosoft.com", "contoso.onmicrosoft.com", "Authoritative", "False"),
)
"""Accepted domains of a hybrid: name, domain, type, default."""


def usual(*instead: Way, without: tuple[str, ...] = ()) -> tuple[Way, ...]:
    """The tenant's ways, those of the same key replaced and others added."""
    plain = (ONPREM, PARTNER, TAILSPIN, WINGTIP, LITWARE, EXAMPLE_NET, EXAMPLE_ORG, INBOUND)
    keys = {way.key for way in instead} | set(without)
    return (*(way for way in plain if way.key not in keys), *instead)


def connectors(
    on_premises: str = "mail.contoso.com", changed: str = "3/4/2024 8:15:00 AM"
) -> tuple[tuple[str, ...], ...]:
    """The export of outbound connectors; `on_premises` are the smart hosts of the tenant's own server."""
    return (
        (ON_PREMISES, "True", "OnPremises", "HybridWizard", "contoso.com", on_premises, "False",
         "CertificateValidation", "", "True", "False", "False", "False", changed),
        (FABRIKAM, "True", "Partner", "Default", "fabrikam.com", "mail.fabrikam.com", "False", "DomainValidation",
         "mail.fabrikam.com", "False", "False", "False", "False", "6/18/2025 1:40:12 PM"),
    )  # fmt: skip

"""Scenarios that the logs of the tenant's own server decide, and one of a sender who sent too much."""

from __future__ import annotations

from typing import Final

from flow.places import EXAMPLE_NET, ON_PREMISES, ONPREM, TAILSPIN, WINGTIP, usual
from flow.scenario import Expected, Scenario
from flow.troubles import NO_TLS, SENDER, Trouble
from synth import clock, faults

_START: Final = clock.ms("2026-10-17T00:00")
_FEW: Final = ("example_net", "example_org", "litware", "wingtip")

HANDSHAKE: Final = Scenario(
    "tls-fails-on-own-server",
    "On 28 October at 13:00 the own server was patched, and since 13:20 its service may not read the key of its "
    "certificate: Exchange Online connects and says STARTTLS, and the handshake fails. Its receive log shows each of "
    "these sessions, so it is neither the firewall nor a server that is gone.",
    _START,
    usual(ONPREM._replace(per_hour=1.0, noise=()), without=(*_FEW, "fabrikam")),
    (Trouble(NO_TLS, clock.ms("2026-10-28T13:20"), ways=("onprem",), incident="handshake"),),
    (
        Expected(
            "handshake", "4.4.317", ON_PREMISES, "mail.contoso.com",
            scope=("pair",), kind=("sustained", "new_code"), owner=("on_premises",), cause=("tls_negotiation_failed",),
            severity=("critical", "warning"), first_action=("TLS", "certificate"),
            not_advised=("Set-OutboundConnector", "Authoritative"), over=False,
        ),
    ),
    receive_logs=True,
)  # fmt: skip

MAILBOXES: Final = Scenario(
    "migration-finished-but-tracking-log",
    "A migration is named as finished on 27 October, and on the 28th at 07:30 the firewall's rule for Exchange Online "
    "was taken out: every connection to the own server is refused. But its message tracking log shows that devices of "
    "the plant go on writing to mailboxes that live there. Whoever switches the connector off cuts these off for good.",
    _START,
    usual(ONPREM._replace(per_hour=1.4, noise=()), without=_FEW),
    (Trouble(faults.REFUSED, clock.ms("2026-10-28T07:30"), ways=("onprem",), incident="refused"),),
    (
        Expected(
            "refused", "4.4.316", ON_PREMISES, "mail.contoso.com",
            scope=("pair",), kind=("sustained", "new_code"), owner=("network", "on_premises"),
            cause=("connection_refused",), severity=("critical",), first_action=("deliver", "firewall", "address"),
            not_advised=("Set-OutboundConnector", "Authoritative"), says=("mailbox",), over=False,
        ),
    ),
    (("2026-10-27T18:00:00Z", "migration", "mail.contoso.com", "Migration finished: all batches moved"),),
    tracking_logs=True,
)  # fmt: skip

_NEWS: Final = tuple(
    way._replace(
        key=f"news_{way.key}", per_hour=4.0, noise=(), writers=("newsletter",), since=clock.ms("2026-10-27T08:00"),
        until=clock.ms("2026-10-28T10:00"),
    )
    for way in (TAILSPIN, WINGTIP, EXAMPLE_NET)
)  # fmt: skip
NEWSLETTER: Final = Scenario(
    "limit-of-one-sender",
    "On 27 October a newsletter goes out from one mailbox. At 11:40 it has addressed as many recipients as a mailbox "
    "may within 24 hours: until next morning everything it sends is refused, whoever it is for. Others send as ever.",
    _START,
    usual(*_NEWS, without=("example_org", "litware")),
    (
        Trouble(
            SENDER, clock.ms("2026-10-27T11:40"), clock.ms("2026-10-28T08:10"), ways=tuple(way.key for way in _NEWS),
            incident="limit",
        ),
    ),
    (
        Expected(
            "limit", "5.1.90", "", "",
            scope=("all", "connector"), kind=("burst", "sustained", "new_code"), owner=("your_organization", "sender"),
            cause=("rate_limited", "tenant_blocked"), severity=("warning", "notice", "critical"),
            first_action=("newsletter@contoso.com", "account", "sender"),
        ),
    ),
)  # fmt: skip

STORIES: Final = (HANDSHAKE, MAILBOXES, NEWSLETTER)

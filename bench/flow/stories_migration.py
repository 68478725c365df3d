"""Scenarios around a migration: switched off on purpose, or not, and what must not be advised."""

from __future__ import annotations

from typing import Final

from flow.places import ON_PREMISES, ONPREM, usual
from flow.scenario import Expected, Scenario
from flow.troubles import NOT_IN_DIRECTORY, Trouble
from synth import clock, faults, world

_REFUSED: Final = Expected(
    "refused", "4.4.316", ON_PREMISES, "mail.contoso.com",
    scope=("pair",), kind=("sustained", "new_code"), owner=("your_organization",), cause=("connection_refused",),
    severity=("critical",), first_action=("deliveries", "disable", "Authoritative"),
    advised=("Set-OutboundConnector", "Authoritative"),
    says=("switched-off",), over=False,
)  # fmt: skip
_FINISHED: Final = clock.ms("2026-10-22T05:30")
_LAST_BATCH: Final = (
    "2026-10-22T05:30:00Z", "migration", "mail.contoso.com",
    "Migration finished: the last batch was moved to Exchange Online, the old server is shut down",
)  # fmt: skip
_BATCHES: Final = (
    ("2026-10-14T19:00:00Z", "migration", "mail.contoso.com", "Batch 3 of 5 moved to Exchange Online"),
    ("2026-10-19T20:15:00Z", "migration", "mail.contoso.com", "Batch 4 of 5 moved to Exchange Online"),
)

MIGRATION_FINISHED: Final = Scenario(
    "migration-finished",
    "The last mailboxes were moved to Exchange Online in the night to 22 October, and the old server was switched off "
    "that morning at 09:40. Nobody switched off the connector to it: since then every message that still goes that way "
    "is refused, retried for a day and returned. Nothing has succeeded there since.",
    clock.ms("2026-10-12T00:00"),
    usual(ONPREM._replace(per_hour=0.9)),
    (Trouble(faults.REFUSED, clock.ms("2026-10-22T09:40"), ways=("onprem",), incident="refused"),),
    (_REFUSED,),
    (*_BATCHES, _LAST_BATCH),
)

_FORMER: Final = tuple(f"former.{name}" for name in world.PEOPLE[:14])
MIGRATION_RESIDUAL: Final = Scenario(
    "migration-residual-recipients",
    "All mailboxes were moved by 22 October and the old server is gone. What still goes to it is mail to people who "
    "left long ago: the domain is an internal relay, so Exchange Online hands unknown recipients to the old server, "
    "which used to refuse them one by one. Since it is gone they are queued for a day instead. None of these "
    "recipients ever had a delivery.",
    clock.ms("2026-10-12T00:00"),
    usual(
        ONPREM._replace(until=_FINISHED, per_hour=1.2),
        ONPREM._replace(key="residual", people=_FORMER, per_hour=0.55, noise=()),
    ),
    (
        Trouble(faults.NOT_FOUND, clock.START, clock.ms("2026-10-22T09:40"), ways=("residual",)),
        Trouble(faults.REFUSED, clock.ms("2026-10-22T09:40"), ways=("residual",), incident="refused"),
    ),
    (_REFUSED,),
    (*_BATCHES, _LAST_BATCH),
)

INTERLOCK: Final = Scenario(
    "migration-but-mailboxes-left",
    "A migration is named as finished on 26 October, but the plant's mailboxes are still on-premises. On the morning "
    "of 27 October the firewall lets in only a part of Exchange Online's addresses: seven attempts in ten are "
    "refused, the others are delivered. Whoever disables the connector now cuts off living mailboxes.",
    clock.ms("2026-10-12T00:00"),
    usual(ONPREM._replace(per_hour=2.0)),
    (Trouble(faults.REFUSED, clock.ms("2026-10-27T08:10"), ways=("onprem",), incident="refused", share=(0.7, 0.7)),),
    (
        Expected(
            "refused", "4.4.316", ON_PREMISES, "mail.contoso.com",
            scope=("pair",), kind=("sustained", "new_code"), owner=("network",), cause=("connection_refused",),
            severity=("warning", "critical"), first_action=("deliver", "firewall", "address"),
            not_advised=("Set-OutboundConnector", "Authoritative"), says=("firewall",), over=False,
        ),
    ),
    (("2026-10-26T18:00:00Z", "migration", "mail.contoso.com", "Migration finished: all batches moved"),),
)  # fmt: skip

LIVE_HYBRID: Final = Scenario(
    "live-hybrid-authoritative",
    "Half of the mailboxes live on-premises and have no object in the cloud. On 27 October at 07:30 somebody set the "
    "accepted domain to Authoritative. Since then Exchange Online refuses everything to them as unknown, at once and "
    "for good: 5.1.1 for many recipients who had mail the day before. The domain has to be Internal Relay again.",
    clock.ms("2026-10-12T00:00"),
    usual(ONPREM._replace(per_hour=2.0)),
    (Trouble(NOT_IN_DIRECTORY, clock.ms("2026-10-27T07:30"), ways=("onprem",), incident="unknown"),),
    (
        Expected(
            "unknown", "5.1.1", "", "contoso.com",
            scope=("pair",), kind=("sustained", "new_code"), owner=("your_organization",), cause=("recipient_unknown",),
            severity=("critical", "warning"), first_action=("InternalRelay", "Internal Relay", "accepted domain"),
            advised=("InternalRelay",), over=False,
        ),
    ),
    (("2026-10-27T07:25:00Z", "domain", "contoso.com", "Accepted domain set to Authoritative"),),
    domains=(
        ("contoso.com", "contoso.com", "Authoritative", "True"),
        ("contoso.onmicrosoft.com", "contoso.onmicrosoft.com", "Authoritative", "False"),
    ),
)  # fmt: skip

STORIES: Final = (MIGRATION_FINISHED, MIGRATION_RESIDUAL, INTERLOCK, LIVE_HYBRID)

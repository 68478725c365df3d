"""Scenarios of lines, hosts and firewalls."""

from __future__ import annotations

from typing import Final

from flow.places import FABRIKAM, ON_PREMISES, ONPREM, PARTNER, connectors, usual
from flow.scenario import Expected, Scenario
from flow.troubles import DROPPED, TIMED_OUT, Trouble
from synth import clock, faults

FIREWALL: Final = Scenario(
    "firewall-after-address-change",
    "Microsoft changed its addresses and the firewall's list was brought up to date on 27 October at 12:30, wrongly: "
    "from 13:20 on it refuses every connection of Exchange Online. The server behind it is alive; others hand "
    "it mail as before, and the people there send. No migration is under way.",
    clock.ms("2026-10-15T00:00"),
    usual(ONPREM._replace(per_hour=1.6)),
    (Trouble(faults.REFUSED, clock.ms("2026-10-27T13:20"), ways=("onprem",), incident="refused"),),
    (
        Expected(
            "refused", "4.4.316", ON_PREMISES, "mail.contoso.com",
            scope=("pair",), kind=("sustained", "new_code"), owner=("network",), cause=("connection_refused",),
            severity=("critical",), first_action=("firewall", "deliver", "address"),
            not_advised=("Set-OutboundConnector", "Authoritative"), says=("firewall",), over=False,
        ),
    ),
    (("2026-10-27T12:30:00Z", "firewall", "mail.contoso.com", "Microsoft 365 address list brought up to date"),),
    receive_logs=True,
)  # fmt: skip

ONE_OF_TWO: Final = Scenario(
    "one-smart-host-of-two",
    "Two servers take mail from Exchange Online under one name. On 26 October at 08:15 one of them stops answering; "
    "attempts that happen to go to it time out, the next ones mostly reach the other. On 27 October at 11:30 it is "
    "up again. Everything arrives, some of it late.",
    clock.ms("2026-10-12T00:00"),
    usual(
        ONPREM._replace(per_hour=4.0, hosts=tuple(("mail.contoso.com", f"203.0.113.{n}") for n in (25, 26)))
    ),
    (
        Trouble(
            TIMED_OUT, clock.ms("2026-10-26T08:15"), clock.ms("2026-10-27T11:30"), ways=("onprem",), incident="host",
            ips=("203.0.113.26",),
        ),
    ),
    (
        Expected(
            "host", "4.4.315", ON_PREMISES, "mail.contoso.com",
            scope=("remote_ip",), remote_ip="203.0.113.26", kind=("sustained", "burst", "new_code"),
            owner=("on_premises", "network"), cause=("connection_timed_out",), severity=("warning", "notice"),
            first_action=("203.0.113.26",),
        ),
    ),
)  # fmt: skip

ISP: Final = Scenario(
    "isp-change",
    "The site got a new line on 26 October at 17:45, and with it new addresses. Its firewall drops port 25 on the new "
    "line, so that from 18:00 on every attempt to the own server times out; next morning at 11:20 the rule is added.",
    clock.ms("2026-10-12T00:00"),
    usual(ONPREM._replace(per_hour=2.0)),
    (
        Trouble(
            TIMED_OUT, clock.ms("2026-10-26T18:00"), clock.ms("2026-10-27T11:20"), ways=("onprem",), incident="line"
        ),
    ),
    (
        Expected(
            "line", "4.4.315", ON_PREMISES, "mail.contoso.com",
            scope=("pair",), kind=("sustained", "burst", "new_code"), owner=("network",),
            cause=("connection_timed_out",), severity=("warning",),
            first_action=("line", "port 25", "firewall", "address"), says=("new line",),
        ),
    ),
    (("2026-10-26T17:45:00Z", "network", "mail.contoso.com", "Cut over to the new line of another provider"),),
)  # fmt: skip

EXPIRES: Final = Scenario(
    "expires-after-a-day",
    "From 20 October 06:30 to 22 October 09:10 a partner's server closes every connection. Exchange Online defers with "
    "4.4.318, and what is a day old is returned with 5.4.318: one outage with deferred, late and lost mail.",
    clock.ms("2026-10-05T00:00"),
    usual(PARTNER._replace(per_hour=1.2, noise=()), without=("example_org", "litware")),
    (
        Trouble(
            DROPPED, clock.ms("2026-10-20T06:30"), clock.ms("2026-10-22T09:10"), ways=("fabrikam",), incident="closed"
        ),
    ),
    (
        Expected(
            "closed", "4.4.318", FABRIKAM, "mail.fabrikam.com",
            scope=("pair",), kind=("sustained", "new_code", "burst"), owner=("partner",), cause=("connection_reset",),
            severity=("warning",), first_action=("partner", "fabrikam", "ask"), status_codes=("4.4.318", "5.4.318"),
        ),
    ),
)  # fmt: skip

STILL_GOING: Final = Scenario(
    "still-going-at-the-end",
    "Since 28 October 09:30 a partner's server does not answer. The data ends on the 29th at 15:00 with the outage: "
    "the first messages have been returned, others are queued and will be lost one after another.",
    clock.ms("2026-10-12T00:00"),
    usual(PARTNER._replace(per_hour=2.0)),
    (Trouble(TIMED_OUT, clock.ms("2026-10-28T09:30"), ways=("fabrikam",), incident="down"),),
    (
        Expected(
            "down", "4.4.315", FABRIKAM, "mail.fabrikam.com",
            scope=("pair",), kind=("sustained", "new_code"), owner=("partner",), cause=("connection_timed_out",),
            severity=("critical",), first_action=("partner", "fabrikam", "ask", "port 25"), over=False,
        ),
    ),
)  # fmt: skip

GATEWAY: Final = "Outbound gateway"
CLUSTER: Final = Scenario(
    "both-hosts-of-a-gateway",
    "Mail to example.com leaves through a provider's gateway of two hosts, each with a name of its own. On 27 October "
    "at 10:10 both stop answering; next morning at 09:00 they are back. It is the connector that fails, not a host.",
    clock.ms("2026-10-12T00:00"),
    usual(
        PARTNER._replace(
            key="gateway", connector=GATEWAY, domain="example.com", per_hour=4.0,
            hosts=tuple((f"gw{n}.wingtiptoys.com", f"198.51.100.14{n}") for n in (1, 2)),
        ),
        without=("example_org", "litware", "fabrikam"),
    ),
    (
        Trouble(
            TIMED_OUT, clock.ms("2026-10-27T10:10"), clock.ms("2026-10-28T09:00"), ways=("gateway",), incident="down"
        ),
    ),
    (
        Expected(
            "down", "4.4.315", GATEWAY, "",
            scope=("connector",), kind=("sustained", "burst", "new_code"), owner=("partner",),
            cause=("connection_timed_out",), severity=("warning",),
            first_action=("partner", "example.com", "wingtiptoys.com", "ask", "port 25"), says=("2 destinations",),
        ),
    ),
    connectors=(
        *connectors(),
        (GATEWAY, "True", "Partner", "Default", "example.com", "gw1.wingtiptoys.com;gw2.wingtiptoys.com", "False",
         "EncryptionOnly", "", "False", "False", "False", "False", "5/5/2025 9:00:00 AM"),
    ),
)  # fmt: skip

_FLAPS: Final = range(clock.ms("2026-10-26T06:20"), clock.ms("2026-10-28T20:00"), 5 * clock.HOUR)
FLAPPING: Final = Scenario(
    "line-on-and-off",
    "From the morning of 26 October to the evening of the 28th the own site's line comes and goes: of every five hours "
    "about two and a half in which sessions are cut, then two and a half in which all is well. One fault that flaps, "
    "and not thirteen.",
    clock.ms("2026-10-12T00:00"),
    usual(ONPREM._replace(per_hour=4.0, noise=()), without=("example_org", "litware")),
    tuple(
        Trouble(DROPPED, at, at + clock.HOUR * 5 // 2, ways=("onprem",), incident="flaps") for at in _FLAPS
    ),
    (
        Expected(
            "flaps", "4.4.318", ON_PREMISES, "mail.contoso.com",
            scope=("pair",), kind=("flapping",), owner=("on_premises", "network"), cause=("connection_reset",),
            severity=("warning", "notice"), first_action=("session", "line", "log", "server"), end_within=3.0,
        ),
    ),
)  # fmt: skip

STORIES: Final = (FIREWALL, ONE_OF_TWO, ISP, EXPIRES, STILL_GOING, CLUSTER, FLAPPING)

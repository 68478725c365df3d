"""Scenarios of lines, hosts and firewalls."""

from __future__ import annotations

from typing import Final

from flow.places import FABRIKAM, ON_PREMISES, ONPREM, PARTNER, usual
from flow.scenario import Expected, Scenario
from flow.troubles import DROPPED, TIMED_OUT, Trouble
from synth import clock, faults

FIREWALL: Final = Scenario(
    "firewall-after-address-change",
    "Microsoft changed its addresses and the firewall's list was brought up to date on 27 October at 12:30, wrongly: "
    "from 13:20 on it refuses every connection of Exchange Online. The server behind it is alive; others hand "
    "it mail as before, and the people there send. No migration is under way.",
    clock.ms("2026-10-12T00:00"),
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
    usual(PARTNER._replace(per_hour=1.2, noise=())),
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

STORIES: Final = (FIREWALL, ONE_OF_TWO, ISP, EXPIRES, STILL_GOING)

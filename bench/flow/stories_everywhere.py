"""Scenarios of names and of whole tenants: a lapsed domain, resolvers, Microsoft's own trouble, a tenant's limit."""

from __future__ import annotations

from typing import Final

from flow.places import LITWARE, usual
from flow.scenario import Expected, Scenario
from flow.troubles import NO_SUCH_DOMAIN, PROXY, TENANT, Trouble
from synth import clock, faults

_START: Final = clock.ms("2026-10-12T00:00")
BY_MX: Final = ("tailspin", "wingtip", "litware", "example_net", "example_org")

LAPSED: Final = Scenario(
    "expired-domain",
    "Nobody paid for litwareinc.com: since 25 October it does not exist in DNS any more. Mail to it is deferred and "
    "after a day returned. All other domains resolve.",
    _START,
    usual(LITWARE._replace(per_hour=1.2)),
    (Trouble(NO_SUCH_DOMAIN, clock.ms("2026-10-25T00:00"), ways=("litware",), incident="lapsed"),),
    (
        Expected(
            "lapsed", "4.4.312", "", "litwareinc.com",
            scope=("pair",), kind=("sustained", "new_code"), owner=("dns", "recipient_organization"),
            cause=("dns_no_such_domain",), severity=("critical",),
            first_action=("registr", "domain", "Resolve-DnsName"), over=False,
        ),
    ),
)  # fmt: skip

RESOLVERS: Final = Scenario(
    "resolvers-fail",
    "On 21 October from 08:10 to 12:20 look-ups of MX records fail for every domain at once. Servers that connectors "
    "name are known and take mail as before. It is no domain's fault: it is the resolvers'.",
    _START,
    usual(),
    (
        Trouble(faults.DNS, clock.ms("2026-10-21T08:10"), clock.ms("2026-10-21T12:20"), ways=BY_MX, incident="names"),
    ),
    (
        Expected(
            "names", "4.4.312", "", "",
            scope=("all", "connector"), kind=("burst", "sustained", "new_code"), owner=("microsoft", "dns"),
            cause=("dns_server_failure",), severity=("warning", "notice"),
            first_action=("resolver", "Resolve-DnsName", "service health", "status"),
        ),
    ),
)  # fmt: skip

MICROSOFT: Final = Scenario(
    "microsoft-side-hour",
    "On 27 October from 09:20 to 10:20 Exchange Online cannot hand on mail over any connector: temporary server "
    "errors of its own, before any server is reached. An hour later all of it has been delivered.",
    _START,
    usual(*(way._replace(per_hour=1.2) for way in usual() if not way.inbound)),
    (Trouble(PROXY, clock.ms("2026-10-27T09:20"), clock.ms("2026-10-27T10:20"), incident="proxy"),),
    (
        Expected(
            "proxy", "4.7.0", "", "",
            scope=("all",), kind=("burst", "sustained"), owner=("microsoft",),
            cause=("service_unavailable", "throttled_by_microsoft"), severity=("warning", "notice"),
            first_action=("service health", "Microsoft"),
        ),
    ),
)  # fmt: skip

LIMIT: Final = Scenario(
    "tenant-limit",
    "On 22 October from 08:20 to 13:40 Exchange Online refuses all mail that leaves the tenant: an account that was "
    "taken over sent too much the night before, and the whole tenant is blocked. Everything is lost at once.",
    _START,
    usual(),
    (Trouble(TENANT, clock.ms("2026-10-22T08:20"), clock.ms("2026-10-22T13:40"), incident="limit"),),
    (
        Expected(
            "limit", "5.7.705", "", "",
            scope=("all",), kind=("burst", "sustained", "new_code"), owner=("your_organization",),
            cause=("tenant_blocked",), severity=("warning", "critical"),
            first_action=("source", "sender", "account"),
        ),
    ),
)  # fmt: skip

STORIES: Final = (LAPSED, RESOLVERS, MICROSOFT, LIMIT)

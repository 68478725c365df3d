"""Scenarios of load and of the clock: overload, maintenance, rate limits, retry echoes, a route that falls silent."""

from __future__ import annotations

from typing import Final

from flow.places import FABRIKAM, INTERNET, ON_PREMISES, ONPREM, PARTNER, TAILSPIN, usual
from flow.scenario import Expected, Scenario
from flow.troubles import NOT_ACTIVE, OVERLOADED, TIMED_OUT, Trouble
from synth import clock, faults

_START: Final = clock.ms("2026-10-12T00:00")
_CALM: Final = ((0.014, faults.UNKNOWN_USER), (0.007, faults.SPAM_REJECT))

OVERLOAD: Final = Scenario(
    "overload-in-business-hours",
    "Since Monday 19 October the own server runs out of resources in the busy hours: on working days from 10 to 16 h "
    "it turns six attempts in ten away with 452 4.3.1. In the evening everything gets through.",
    clock.ms("2026-10-05T00:00"),
    usual(ONPREM._replace(per_hour=2.2), without=("example_org", "litware")),
    (
        Trouble(
            OVERLOADED, clock.ms("2026-10-19T00:00"), ways=("onprem",), incident="busy", hours=(10, 16),
            working_days=True, share=(0.6, 0.6),
        ),
    ),
    (
        Expected(
            "busy", "4.3.1", ON_PREMISES, "mail.contoso.com",
            scope=("pair",), kind=("recurring", "flapping"), owner=("on_premises",), cause=("insufficient_resources",),
            severity=("warning", "notice"), first_action=("resource", "memory", "UsedVersionBuckets"),
            over=False, start_within=24.0,
        ),
    ),
)  # fmt: skip

NIGHTLY: Final = Scenario(
    "nightly-maintenance",
    "A partner's server is taken down every night from 02:00 to 03:00, since 15 October. An application sends there "
    "around the clock; what fails is delivered an hour later.",
    _START,
    usual(PARTNER._replace(per_hour=2.0, profile="flat"), without=("example_org", "litware", "wingtip")),
    (
        Trouble(
            NOT_ACTIVE, clock.ms("2026-10-15T00:00"), ways=("fabrikam",), incident="night", hours=(2, 3)
        ),
    ),
    (
        Expected(
            "night", "4.3.2", FABRIKAM, "mail.fabrikam.com",
            scope=("pair",), kind=("recurring",), owner=("partner",), cause=("service_unavailable",),
            severity=("notice",), first_action=("partner", "fabrikam", "ask", "maintenance"), over=False,
            start_within=24.0,
        ),
    ),
)  # fmt: skip

DRIFT: Final = Scenario(
    "rate-limit-drift",
    "A big provider accepts less and less at a time: from 6 October on the share of attempts that it turns away with "
    "a rate limit grows from 1 to 40 in a hundred. Nothing is lost yet, but mail gets slower week by week.",
    clock.ms("2026-09-28T00:00"),
    usual(
        TAILSPIN._replace(per_hour=3.2, noise=_CALM),
        without=("onprem", "example_net", "example_org", "litware", "wingtip"),
    ),
    (
        Trouble(
            faults.RATE_LIMITED, clock.ms("2026-10-06T00:00"), clock.ms("2026-10-30T00:00"), ways=("tailspin",),
            incident="limit", share=(0.01, 0.4),
        ),
    ),
    (
        Expected(
            "limit", "4.7.0", INTERNET, "mx1.tailspintoys.com",
            scope=("pair",), kind=("drift",), owner=("your_organization",), cause=("rate_limited",),
            severity=("notice", "warning"), first_action=("sends", "rate", "slow"), over=False, start_within=120.0,
            slack=0.25,
        ),
    ),
)  # fmt: skip

ECHOES: Final = Scenario(
    "retry-echoes",
    "On 21 October from 09:05 to 10:20 a big provider's server does not answer. When it is back, everything that was "
    "queued comes at once, and until 12:00 a third of these retries time out again. One short outage with its echoes.",
    _START + 4 * clock.DAY,
    usual(TAILSPIN._replace(per_hour=8.0, noise=_CALM), without=("example_net", "example_org", "litware", "wingtip")),
    (
        Trouble(
            TIMED_OUT, clock.ms("2026-10-21T09:05"), clock.ms("2026-10-21T10:20"), ways=("tailspin",), incident="short"
        ),
        Trouble(
            TIMED_OUT, clock.ms("2026-10-21T10:20"), clock.ms("2026-10-21T12:00"), ways=("tailspin",), incident="short",
            share=(0.33, 0.33), retries=True,
        ),
    ),
    (
        Expected(
            "short", "4.4.315", INTERNET, "mx1.tailspintoys.com",
            scope=("pair",), kind=("burst",), owner=("recipient_organization",), cause=("connection_timed_out",),
            severity=("notice", "warning"), first_action=("answer", "port 25", "postmaster", "recipient"),
        ),
    ),
)  # fmt: skip

SILENCE: Final = Scenario(
    "route-falls-silent",
    "An application sends orders to a partner around the clock. On 26 October at 10:00 it stops, and nobody notices: "
    "nothing fails, there is just no mail any more on that connector, while all other mail goes on.",
    _START,
    usual(PARTNER._replace(per_hour=2.0, profile="flat", until=clock.ms("2026-10-26T10:00"))),
    expected=(
        Expected(
            "silent", "", FABRIKAM, "mail.fabrikam.com",
            scope=("pair",), kind=("silence",), owner=("undetermined", "your_organization"), cause=(),
            severity=("notice", "warning"), first_action=("export", "route"), over=False,
            silent_since=clock.ms("2026-10-26T10:00"),
        ),
    ),
)  # fmt: skip

STORIES: Final = (OVERLOAD, NIGHTLY, DRIFT, ECHOES, SILENCE)

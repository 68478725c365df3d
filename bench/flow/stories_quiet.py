"""Scenarios in which nothing may be found: ordinary noise, much mail, missing exports."""

from __future__ import annotations

from typing import Final

from flow.places import END, TAILSPIN, WINGTIP, Surge, usual
from flow.scenario import Scenario
from flow.troubles import Trouble
from flow.truth import Sight
from synth import clock, faults

QUIET: Final = Scenario(
    "quiet",
    "Three weeks of ordinary mail: typing errors, greylisting, a spam filter here and there. Nothing happened.",
    clock.ms("2026-10-12T00:00"),
)
SURGE: Final = Scenario(
    "eightfold-volume",
    "On 21 October from 08:00 to 18:00 a mailing brings eight times the usual mail to two domains. As much of it fails "
    "as always, in per cent; more of it in numbers. That is no fault.",
    clock.ms("2026-10-12T00:00"),
    usual(
        *(
            way._replace(surges=(Surge(clock.ms("2026-10-21T08:00"), clock.ms("2026-10-21T18:00"), 8.0),))
            for way in (TAILSPIN, WINGTIP)
        )
    ),
)
_HOLE: Final = (clock.ms("2026-10-20T00:00"), clock.ms("2026-10-22T00:00"))
GAP: Final = Scenario(
    "gap-of-two-days",
    "Nobody exported 20 and 21 October. Mail flowed as ever; the export knows nothing of it. That is no silence.",
    clock.ms("2026-10-12T00:00"),
    extended=(Sight(clock.ms("2026-10-12T00:00"), _HOLE[0], _HOLE[0]), Sight(_HOLE[1], END, END)),
    traces=(Sight(clock.ms("2026-10-12T00:00"), _HOLE[0], _HOLE[0]), Sight(_HOLE[1], END, END)),
)
FULL: Final = Scenario(
    "one-full-mailbox",
    "One recipient's mailbox is full from 19 to 28 October. A system writes there every hour, and each message is "
    "tried for a day: hundreds of failed attempts, all to one person.",
    clock.ms("2026-10-12T00:00"),
    usual(WINGTIP._replace(key="reports", people=("karin.ivers",), per_hour=0.3, profile="flat", noise=())),
    (
        Trouble(
            faults.FULL_REMOTE, clock.ms("2026-10-19T03:00"), clock.ms("2026-10-28T04:00"), ways=("reports",),
            recipients=("karin.ivers@wingtiptoys.com",),
        ),
    ),
)  # fmt: skip

_HOLIDAY: Final = (Surge(clock.ms("2026-10-26T00:00"), clock.ms("2026-10-27T00:00"), 0.03),)
HOLIDAY: Final = Scenario(
    "public-holiday",
    "Monday 26 October is a public holiday: from Friday evening to Tuesday morning hardly anybody writes. Routes that "
    "are used by few have no mail at all for three days. The office is closed; nothing fell silent.",
    clock.ms("2026-10-05T00:00"),
    tuple(way._replace(surges=_HOLIDAY) for way in usual(without=("inbound",))),
)

STORIES: Final = (QUIET, SURGE, GAP, FULL, HOLIDAY)

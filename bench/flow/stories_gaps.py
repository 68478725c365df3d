"""Scenarios of what the exports do not show: an outage that runs into a gap, a source that is late."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from flow.places import END, FABRIKAM, PARTNER, usual
from flow.scenario import Expected, Scenario
from flow.troubles import TIMED_OUT, Trouble
from flow.truth import Sight
from synth import clock

_START: Final = clock.ms("2026-10-12T00:00")
_HOLE: Final = (clock.ms("2026-10-20T00:00"), clock.ms("2026-10-22T00:00"))
_DOWN: Final = Expected(
    "down", "4.4.315", FABRIKAM, "mail.fabrikam.com",
    scope=("pair",), kind=("sustained", "burst", "new_code"), owner=("partner",), cause=("connection_timed_out",),
    severity=("warning", "critical", "notice"), first_action=("partner", "fabrikam", "ask", "port 25"),
)  # fmt: skip
_SIDES: Final = (Sight(_START, _HOLE[0], _HOLE[0]), Sight(_HOLE[1], END, END))

INTO_GAP: Final = Scenario(
    "outage-into-a-gap",
    "On 19 October at 12:30 a partner's server goes down; on the 20th at 13:00 it is up. Nobody exported the 20th and "
    "the 21st, so that its end is not to be seen: it lies somewhere in the gap, and on the 22nd all is well.",
    _START,
    usual(PARTNER._replace(per_hour=3.0)),
    (
        Trouble(
            TIMED_OUT, clock.ms("2026-10-19T12:30"), clock.ms("2026-10-20T13:00"), ways=("fabrikam",), incident="down"
        ),
    ),
    (replace(_DOWN, ended=clock.ms("2026-10-21T00:00"), end_within=24.0),),
    extended=_SIDES,
    traces=_SIDES,
)  # fmt: skip

_LATE: Final = clock.ms("2026-10-29T09:00")
LATE: Final = Scenario(
    "late-source",
    "A partner's server is down since 29 October 05:30. The Extended report ends at 09:00, the message trace goes on "
    "to 15:00 and shows mail as pending. That the report has no failures after 09:00 is no recovery.",
    _START,
    usual(PARTNER._replace(per_hour=6.0), without=("litware", "example_org", "wingtip")),
    (Trouble(TIMED_OUT, clock.ms("2026-10-29T05:30"), ways=("fabrikam",), incident="down"),),
    (replace(_DOWN, over=False),),
    extended=(Sight(_START, _LATE, _LATE),),
)

STORIES: Final = (INTO_GAP, LATE)

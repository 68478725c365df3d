"""Scenarios of more than one incident: two at once, and one that comes back."""

from __future__ import annotations

from typing import Final

from flow.places import FABRIKAM, ON_PREMISES, ONPREM, PARTNER, usual
from flow.scenario import Expected, Scenario
from flow.troubles import TIMED_OUT, WRONG_NAME, Trouble
from synth import clock

_START: Final = clock.ms("2026-10-16T00:00")
_FEWER: Final = ("example_net", "example_org", "litware", "wingtip")
_DOWN: Final = Expected(
    "down", "4.4.315", FABRIKAM, "mail.fabrikam.com",
    scope=("pair",), kind=("sustained", "burst", "new_code"), owner=("partner",), cause=("connection_timed_out",),
    severity=("warning", "notice", "critical"), first_action=("partner", "fabrikam", "ask", "port 25"),
)  # fmt: skip

AT_ONCE: Final = Scenario(
    "two-places-at-once",
    "On 26 October at 09:10 a partner's server stops answering. Half an hour later, without any connection to it, the "
    "own server is given a certificate of another name. The partner is back at 16:30, the certificate is put right at "
    "18:20. Two faults, two owners: two incidents.",
    _START,
    usual(ONPREM._replace(per_hour=1.9, noise=()), PARTNER._replace(per_hour=1.9, noise=()), without=_FEWER),
    (
        Trouble(
            TIMED_OUT, clock.ms("2026-10-26T09:10"), clock.ms("2026-10-26T16:30"), ways=("fabrikam",), incident="down"
        ),
        Trouble(
            WRONG_NAME, clock.ms("2026-10-26T09:40"), clock.ms("2026-10-26T18:20"), ways=("onprem",), incident="name"
        ),
    ),
    (
        _DOWN,
        Expected(
            "name", "4.4.317", ON_PREMISES, "mail.contoso.com",
            scope=("pair",), kind=("sustained", "burst", "new_code"), owner=("on_premises",),
            cause=("certificate_name_mismatch",), severity=("warning", "notice"),
            first_action=("name", "certificate"),
        ),
    ),
)  # fmt: skip

BACK: Final = Scenario(
    "comes-back-after-three-days",
    "On 20 October from 08:40 to 14:10 a partner's server does not answer. It was started again, and nobody asked why "
    "it had stopped: on the 23rd at 09:30 it stops once more, until 15:20. Two incidents; the second names the first.",
    _START,
    usual(PARTNER._replace(per_hour=2.6, noise=()), without=(*_FEWER, "onprem")),
    tuple(
        Trouble(TIMED_OUT, clock.ms(start), clock.ms(end), ways=("fabrikam",), incident=name)
        for name, start, end in (
            ("down", "2026-10-20T08:40", "2026-10-20T14:10"),
            ("again", "2026-10-23T09:30", "2026-10-23T15:20"),
        )
    ),
    (
        _DOWN,
        Expected(
            "again", _DOWN.status_code, _DOWN.connector, _DOWN.destination,
            scope=_DOWN.scope, kind=_DOWN.kind, owner=_DOWN.owner, cause=_DOWN.cause, severity=_DOWN.severity,
            first_action=_DOWN.first_action, says=("come back", "the same failed here from"),
        ),
    ),
)  # fmt: skip

STORIES: Final = (AT_ONCE, BACK)

"""Scenarios of certificates and STARTTLS, and of a fault that changes its face while it is mended."""

from __future__ import annotations

from typing import Final

from flow.places import END, FABRIKAM, ON_PREMISES, ONPREM, PARTNER, usual
from flow.scenario import Expected, Scenario
from flow.troubles import NO_STARTTLS, WRONG_NAME, Trouble
from flow.truth import Sight
from synth import clock, faults

_START: Final = clock.ms("2026-10-12T00:00")

STARTTLS: Final = Scenario(
    "starttls-lost-after-renewal",
    "On 21 October at 20:00 the certificate of the own server was renewed, but not bound to SMTP. From 20:10 on the "
    "server no longer offers STARTTLS, which the connector demands. It is put right next morning at 10:15.",
    _START,
    usual(ONPREM._replace(per_hour=5.0), without=("example_org", "litware")),
    (
        Trouble(
            NO_STARTTLS, clock.ms("2026-10-21T20:10"), clock.ms("2026-10-22T10:15"), ways=("onprem",), incident="tls"
        ),
    ),
    (
        Expected(
            "tls", "4.4.317", ON_PREMISES, "mail.contoso.com",
            scope=("pair",), kind=("sustained", "burst", "new_code"), owner=("on_premises",),
            cause=("starttls_not_offered",), severity=("warning",),
            first_action=("STARTTLS", "certificate"), says=("Yearly renewal",),
        ),
    ),
    (("2026-10-21T20:00:00Z", "certificate", "mail.contoso.com", "Yearly renewal of the certificate"),),
)  # fmt: skip

WRONG: Final = Scenario(
    "certificate-wrong-name",
    "On 27 October at 19:00 the own server's certificate was renewed; the one bound now is self-issued for EX01. The "
    "connector expects mail.contoso.com, so Exchange Online ends every connection. Nobody has noticed yet.",
    _START,
    usual(ONPREM._replace(per_hour=2.0)),
    (Trouble(WRONG_NAME, clock.ms("2026-10-27T19:05"), ways=("onprem",), incident="name"),),
    (
        Expected(
            "name", "4.4.317", ON_PREMISES, "mail.contoso.com",
            scope=("pair",), kind=("sustained", "new_code"), owner=("on_premises",),
            cause=("certificate_name_mismatch",), severity=("critical",),
            first_action=("name", "certificate"), says=("Yearly renewal",), over=False,
        ),
    ),
    (("2026-10-27T19:00:00Z", "certificate", "mail.contoso.com", "Yearly renewal of the certificate"),),
)  # fmt: skip

PARTNERS: Final = Scenario(
    "certificate-expired-at-a-partner",
    "On 26 October at 12:00 the certificate of one partner's server expires. Mail over all other connectors goes on. "
    "There is a message trace, and the events of what had trouble; an Extended report there is not.",
    _START,
    usual(PARTNER._replace(per_hour=1.6)),
    (Trouble(faults.CERTIFICATE, clock.ms("2026-10-26T12:00"), ways=("fabrikam",), incident="expired"),),
    (
        Expected(
            "expired", "4.7.320", FABRIKAM, "mail.fabrikam.com",
            scope=("pair",), kind=("sustained", "new_code"), owner=("partner",), cause=("certificate_expired",),
            severity=("critical",), first_action=("certificate", "partner", "fabrikam", "date"), over=False,
        ),
    ),
    details=(Sight(_START, END, END),),
)  # fmt: skip

_RUNGS: Final = (
    (faults.REFUSED, "2026-10-26T08:00", "2026-10-26T14:00"),
    (NO_STARTTLS, "2026-10-26T14:00", "2026-10-26T18:30"),
    (faults.CERTIFICATE, "2026-10-26T18:30", "2026-10-27T09:40"),
)
LADDER: Final = Scenario(
    "ladder",
    "On 26 October at 08:00 the own server refuses every connection: its SMTP service hangs. Restarted at 14:00, it "
    "answers without STARTTLS; with a certificate bound at 18:30 it offers it, but that certificate has expired. "
    "On 27 October at 09:40 the right one is bound, and mail flows. One outage, three codes one after another.",
    _START,
    usual(ONPREM._replace(per_hour=3.0, noise=()), without=("example_org", "litware")),
    tuple(
        Trouble(fault, clock.ms(start), clock.ms(end), ways=("onprem",), incident="ladder")
        for fault, start, end in _RUNGS
    ),
    (
        Expected(
            "ladder", "4.7.320", ON_PREMISES, "mail.contoso.com",
            scope=("pair",), kind=("sustained", "burst", "new_code"), owner=("on_premises",),
            cause=("certificate_expired",), severity=("warning",), first_action=("certificate", "date"),
            status_codes=("4.4.316", "4.4.317", "4.7.320"), says=("4.4.316", "4.4.317"),
        ),
    ),
)  # fmt: skip

STORIES: Final = (STARTTLS, WRONG, PARTNERS, LADDER)

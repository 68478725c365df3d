"""The four planted incidents, the benign changes around them, and the ordinary noise that is none."""

from __future__ import annotations

from typing import Final, NamedTuple

from synth import clock, faults
from synth.dice import Dice
from synth.faults import Fault
from synth.world import FULL_MAILBOX, FULL_OWN_MAILBOX, Route


class Incident(NamedTuple):
    """One planted fault: what it does to which route, since when, until when, and who has to act."""

    name: str
    route: str
    fault: Fault
    twin: str
    connector: str
    destination: str
    start: int
    end: int | None
    """None: still going at the end of the data."""
    cause: str
    owner: str
    change: str = ""
    """Time of the change in changes.csv that it follows."""

    def covers(self, route: str, at: int) -> bool:
        """Does it hit an attempt on this route at this time?"""
        return route == self.route and self.start <= at < (self.end or clock.END)


INCIDENTS: Final = (
    Incident(
        "branch_firewall", "branch", faults.REFUSED, "5.4.316", "Branch office", "smtp.branch.contoso.com",
        clock.ms("2026-09-23T07:10"), clock.ms("2026-09-23T16:20"), "connection_refused", "network",
    ),
    Incident(
        "fabrikam_certificate", "fabrikam", faults.CERTIFICATE, "5.7.320", "Fabrikam partner TLS", "mail.fabrikam.com",
        clock.ms("2026-10-05T12:00"), clock.ms("2026-10-09T14:20"), "certificate_expired", "partner",
    ),
    Incident(
        "tailspin_dns", "tailspin", faults.DNS, "5.4.312", "", "tailspintoys.com",
        clock.ms("2026-10-13T08:05"), clock.ms("2026-10-15T15:40"), "dns_server_failure", "dns",
    ),
    Incident(
        "switched_off_on_premises", "onprem", faults.REFUSED, "5.4.316", "To on-premises", "mail.contoso.com",
        clock.ms("2026-10-22T09:40"), None, "connection_refused", "your_organization", "2026-10-22T05:30:00Z",
    ),
)  # fmt: skip

CHANGES: Final = (
    ("2026-09-10T19:00:00Z", "policy", "Disclaimer rule", "New wording of the footer, all outbound mail"),
    ("2026-09-29T18:30:00Z", "certificate", "mail.contoso.com", "Yearly renewal, bound to SMTP, tested"),
    ("2026-10-01T20:00:00Z", "migration", "mail.contoso.com", "Batch 4 of 6 moved to Exchange Online"),
    ("2026-10-19T20:15:00Z", "migration", "mail.contoso.com", "Batch 5 of 6 moved to Exchange Online"),
    (
        "2026-10-22T05:30:00Z", "migration", "mail.contoso.com",
        "Migration finished: last batch of the on-premises mail system moved to Exchange Online",
    ),
    ("2026-10-28T18:00:00Z", "policy", "Safe Links", "Policy widened to all users"),
)  # fmt: skip

_OWN: Final = ((0.004, faults.NOT_FOUND), (0.002, faults.TIMED_OUT), (0.0015, faults.CLOSED))
_PARTNER: Final = ((0.004, faults.UNKNOWN_USER), (0.002, faults.TIMED_OUT), (0.0015, faults.SPAM_REJECT))
_INTERNET: Final = (
    (0.014, faults.UNKNOWN_USER), (0.007, faults.SPAM_REJECT), (0.006, faults.RATE_LIMITED), (0.004, faults.TIMED_OUT),
    (0.002, faults.CLOSED),
)  # fmt: skip
NOISE: Final = {
    "onprem": _OWN,
    "branch": _OWN,
    "fabrikam": _PARTNER,
    "tailspin": _PARTNER,
    "litware": ((0.30, faults.GREYLISTED), *_INTERNET),
    "example_net": ((0.12, faults.GREYLISTED), *_INTERNET),
    "inbound": ((0.004, faults.RULE_REJECT),),
}
_FULL_REMOTE: Final = (clock.ms("2026-09-27T00:00"), clock.ms("2026-10-03T00:00"))
_FULL_OWN: Final = (clock.ms("2026-10-19T08:00"), clock.ms("2026-10-21T08:00"))


def outage(route: str, at: int) -> Fault | None:
    """The fault of the incident that covers this route at this time."""
    return next((each.fault for each in INCIDENTS if each.covers(route, at)), None)


def full_mailbox(recipient: str, at: int) -> Fault | None:
    """The two people whose mailbox is full for a while."""
    if recipient == FULL_MAILBOX and _FULL_REMOTE[0] <= at < _FULL_REMOTE[1]:
        return faults.FULL_REMOTE
    if recipient == FULL_OWN_MAILBOX and _FULL_OWN[0] <= at < _FULL_OWN[1]:
        return faults.FULL_OWN
    return None


def noise(route: Route, dice: Dice) -> Fault | None:
    """Ordinary bad luck of a first attempt."""
    draw = dice.below(1_000_000) / 1_000_000
    for share, fault in NOISE.get(route.key, _INTERNET):
        if draw < share:
            return fault
        draw -= share
    return None

"""A finding as a case: where it is, which faults it has, when it was, and how two of them lie to each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from mailtrend.diagnose.facts import Rung

TOGETHER: Final = timedelta(hours=2)
"""What begins within this time began together."""
EXPIRY_CODES: Final = frozenset({"4.4.7", "5.4.7", "5.4.300", "4.4.300"})
"""Codes that only say that time ran out: whatever failed there before is what happened."""
EVER: Final = datetime.max - timedelta(days=30)

_STAGES: Final = (
    frozenset({"4.4.312", "4.4.310", "4.1.2", "4.4.4"}),
    frozenset({"4.4.315", "4.4.316", "4.4.1", "4.4.311"}),
    frozenset({"4.4.317", "4.4.318", "4.4.2"}),
    frozenset({"4.7.320", "4.7.321", "4.7.322", "4.7.323", "4.7.324", "4.7.325", "4.7.5", "4.4.8"}),
)
"""Codes in the order in which a connection gets further: name, connection, conversation, certificate."""
_STAGE_OF_CAUSE: Final = {
    "dns_no_such_domain": 1, "dns_server_failure": 1, "dns_no_records": 1, "dnssec_invalid": 1,
    "connection_timed_out": 2, "connection_refused": 2, "network_unreachable": 2,
    "connection_reset": 3, "service_unavailable": 3, "starttls_not_offered": 3, "tls_negotiation_failed": 3,
    "certificate_expired": 4, "certificate_name_mismatch": 4, "certificate_untrusted": 4, "certificate_revoked": 4,
    "certificate_invalid": 4, "mta_sts_policy": 4, "dane_tlsa_invalid": 4,
}  # fmt: skip
_NETWORK: Final = 3
"""Up to this stage, several codes at once may be one thing: the way to the server, or its first words."""


class Fault(NamedTuple):
    """One code family, or, where failures carry no code, one cause."""

    status_code: str | None
    cause: str | None

    @property
    def stage(self) -> int:
        """How far a connection gets with it: 1 name, 2 connection, 3 conversation, 4 certificate; else 0."""
        if self.status_code is None:
            return _STAGE_OF_CAUSE.get(self.cause or "", 0)
        return next((at for at, codes in enumerate(_STAGES, 1) if self.status_code in codes), 0)

    @property
    def of_the_network(self) -> bool:
        """Is it one of the faults on the way to a server, of which several come at once?"""
        return 0 < self.stage <= _NETWORK


class Sight(NamedTuple):
    """What the attempts in the time of a finding show beside its hours.

    hit: places (numbers) that failed with it and delivered no more than that. active: places of its scope that were
    tried at all; everywhere: of the tenant. worst: the place with
    the most failures, and its share of them. waiting_until: end of the last hour in which it put mail off.
    only_returned: it put none off, it only gave up or refused. others_deliver: did other addresses of the place deliver
    meanwhile (scope remote_ip)? by_address: do deliveries tell their address, so that attempts are told apart by it?
    """

    hit: frozenset[int] = frozenset()
    active: int = 0
    everywhere: int = 0
    worst: int | None = None
    share_of_worst: float = 0.0
    waiting_until: datetime | None = None
    only_returned: bool = False
    others_deliver: bool = True
    by_address: bool = True


UNSEEN: Final = Sight()


@dataclass(frozen=True)
class Case:
    """One finding with what its series stands for. `members` are the series of the findings that it takes in.

    `faults` are all its code families, the oldest first; status_code and cause are those of the last rung, or those
    with the most failures. `numbers` are the findings it stands on.
    """

    series_id: str
    scope: str
    tenant: str
    status_code: str | None
    cause: str | None
    connector: str | None
    destination: str | None
    domains: frozenset[str]
    kind: str
    started_at: datetime
    ended_at: datetime | None
    failures: int
    expected: float
    p_value: float
    evidence: tuple[str, ...]
    members: int = 1
    remote_ip: str | None = None
    place: int | None = None
    faults: tuple[Fault, ...] = ()
    rungs: tuple[Rung, ...] = ()
    numbers: tuple[int, ...] = ()
    sight: Sight = UNSEEN

    @property
    def until(self) -> datetime:
        """Its end, or beyond all time while it lasts."""
        return self.ended_at or EVER

    @property
    def stalled_until(self) -> datetime:
        """Until when it put mail off: returns of old mail may come for a day after."""
        waited = self.sight.waiting_until
        return self.until if waited is None or self.sight.only_returned else min(self.until, waited)

    @property
    def spot(self) -> tuple[object, ...]:
        """Scope and place: what two findings of one place have in common."""
        destination = None if self.scope == "remote_ip" else self.destination
        return (self.tenant, self.scope, self.connector, destination, self.remote_ip)


def case_of(number: int, finding: Mapping[str, Any], key: Mapping[str, Any], sight: Sight) -> Case:
    """A finding (row of contracts.FINDINGS) and the key of its series (row of warehouse.Series.keys) as a case."""
    return Case(
        series_id=key["series_id"],
        scope=key["scope"],
        tenant=key["tenant"],
        status_code=key["status_code"],
        cause=key["cause"],
        connector=key["connector"],
        destination=key["destination"],
        remote_ip=key.get("remote_ip"),
        place=key.get("place"),
        domains=frozenset(key["domains"] or ()),
        kind=finding["kind"],
        started_at=finding["started_at"],
        ended_at=finding["ended_at"],
        failures=finding["failures"],
        expected=finding["expected"],
        p_value=finding["p_value"],
        evidence=tuple(finding["evidence"] or ()),
        faults=() if finding["kind"] == "silence" else (Fault(key["status_code"], key["cause"]),),
        numbers=(number,),
        sight=sight,
    )


def overlap(one: Case, other: Case) -> bool:
    """Is there a time in which both were?"""
    return one.started_at < other.until and other.started_at < one.until


def begin_together(one: Case, other: Case) -> bool:
    """Do they start within two hours of each other?"""
    return abs(one.started_at - other.started_at) <= TOGETHER


def same_fault(one: Case, other: Case) -> bool:
    """Have they a code family in common?"""
    return one.tenant == other.tenant and bool(set(one.faults) & set(other.faults))


def within(part: Case, whole: Case) -> bool:
    """Does the place of `part` lie in that of `whole`? A place lies in itself."""
    if part.tenant != whole.tenant:
        return False
    if whole.scope == "all":
        return True
    if whole.scope == "connector":
        return part.scope in {"pair", "connector", "remote_ip"} and part.connector == whole.connector
    if whole.scope == "destination":
        return part.scope in {"pair", "destination"} and part.destination == whole.destination
    return part.spot == whole.spot

"""What is known of one incident before it is judged: its figures, its place, and what was changed before it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

from mailtrend.diagnose.behind import Behind
from mailtrend.diagnose.ruled import NOT_ASKED, Ruled
from mailtrend.diagnose.surroundings import Surroundings

OwnerKind = Literal["own", "partner", "internet", "microsoft", "undetermined"]
Scope = Literal["pair", "connector", "destination", "remote_ip", "all"]


class Rung(NamedTuple):
    """One code of a fault that changed its face at the same place: refused first, then TLS, then the certificate."""

    status_code: str | None
    cause: str | None
    started_at: datetime
    ended_at: datetime | None
    failures: int


@dataclass(frozen=True)
class Change:
    """One change that came before: when, what kind, what was changed, and the admin's note."""

    time: datetime
    kind: str
    subject: str | None
    note: str | None
    matches: bool = True
    """Does its subject name the incident's connector, destination or domain?"""


@dataclass(frozen=True)
class Facts:
    """One finding, or several that are one, with everything the diagnosis may want to know. Times are UTC, no zone.

    `scope` tells whether it is one pair of connector and destination, or runs over all of one side. Counts are those of
    the incident's time; `successes_since` those at the same place from its first failure on.
    """

    tenant: str
    kind: str
    status_code: str | None
    cause: str | None
    connector: str | None
    destination: str | None
    scope: Scope
    started_at: datetime
    ended_at: datetime | None
    expected: float
    p_value: float
    evidence: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    """The code family: status_code and its twins."""
    rungs: tuple[Rung, ...] = ()
    """The codes it went through one after another, oldest first; empty where it was the same all the time."""
    remote_ip: str | None = None
    """The one address of several that fails (scope remote_ip)."""
    by_address: bool = True
    """Are attempts told apart by address? If not, those of the whole connector stand against it (scope remote_ip)."""
    bare_causes: tuple[str | None, ...] = ()
    """Causes of its failures that carry no code; None for failures without a cause."""
    destinations: tuple[str, ...] = ()
    connectors: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    attempts: int = 0
    failures: int = 0
    messages: int = 0
    recipients: int = 0
    first_failure: datetime | None = None
    last_failure: datetime | None = None
    other_attempts: int = 0
    other_failures: int = 0
    """Attempts and failures with this code at the same place outside the incident."""
    delivered_late: int = 0
    lost: int = 0
    at_risk: int = 0
    next_expiry: datetime | None = None
    as_of: datetime | None = None
    """Up to when the data of its tenant reach, where that is known."""
    late_p50_seconds: float | None = None
    late_p90_seconds: float | None = None
    late_max_seconds: float | None = None
    successes_since: int = 0
    successes_before: int = 0
    recipients_succeeding: int = 0
    """Recipients that failed in it and were delivered to at the same place after its first failure."""
    last_success: datetime | None = None
    causes: tuple[tuple[str, int], ...] = ()
    remote_ips: tuple[str, ...] = ()
    inbound: int = 0
    """Failures that were replies of one's own server to others."""
    owner_kind: OwnerKind = "undetermined"
    partner: str | None = None
    """What to call the partner whose server it is; None where it is none, or has no name."""
    smart_hosts: tuple[str, ...] = ()
    connector_enabled: bool | None = None
    accepted: tuple[tuple[str, str], ...] = ()
    """Accepted domains among `domains` and what type each is."""
    changes: tuple[Change, ...] = ()
    """Nearest before the start first."""
    surroundings: Surroundings | None = None
    """What goes on around it; None where nobody looked."""
    behind: Behind | None = None
    """What stands behind the place; None where it does not matter or nobody looked."""
    ruled: Ruled = NOT_ASKED
    """What rules of mailtrend.toml ask of it."""

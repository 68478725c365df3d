"""One incident of a report with its chart, and one rule of the user's with what it did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Step:
    """One stretch of an incident's own chart: `hours` long, from `at` on."""

    at: datetime
    hours: int
    attempts: int
    failures: int


@dataclass(frozen=True)
class Incident:
    """One incident of the contract, with the title of its code and its chart."""

    incident_id: str
    kind: str
    severity: str
    state: str
    tenant: str
    status_code: str | None
    connector: str | None
    destination: str | None
    cause: str | None
    started_at: datetime
    ended_at: datetime | None
    attempts: int | None
    failures: int | None
    failure_rate: float | None
    baseline_rate: float | None
    messages: int | None
    recipients: int | None
    delivered_late: int | None
    lost: int | None
    at_risk: int | None
    next_expiry: datetime | None
    owner: str
    diagnosis: str
    confidence: float | None
    evidence: tuple[str, ...]
    actions: tuple[str, ...]
    query: str
    partner_message: str | None = None
    scope: str = "pair"
    remote_ip: str | None = None
    status_codes: tuple[str, ...] = ()
    late_p50_seconds: float | None = None
    late_p90_seconds: float | None = None
    late_max_seconds: float | None = None
    found_at: datetime | None = None
    revisions: tuple[str, ...] = ()
    would_bounce: tuple[str, ...] = ()
    vip_recipients: int | None = None
    set_aside: str | None = None
    rules: tuple[str, ...] = ()
    severity_found: str | None = None
    title: str = ""
    meaning: str = ""
    timeline: tuple[Step, ...] = ()

    @property
    def open(self) -> bool:
        """Is it still going?"""
        return self.ended_at is None

    @property
    def needs_acting(self) -> bool:
        """Is it more than a notice, and not set aside by a rule of the user's?"""
        return self.severity in {"critical", "warning"} and self.set_aside is None


@dataclass(frozen=True)
class Rule:
    """One rule of mailtrend.toml. `label` is its place in the file, `says` what it says, `remark` what is odd about it.

    `acted` are the ids of the incidents of the period on which it acted.
    """

    label: str
    says: str
    acted: tuple[str, ...] = ()
    remark: str = ""

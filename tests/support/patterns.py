"""Facts made by hand for the patterns of incidents, and which pattern reads them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from mailtrend.diagnose import Change, Facts, Reading, refused
from mailtrend.diagnose.patterns import FAULTS, SHAPES
from mailtrend.diagnose.reading import read
from mailtrend.diagnose.surroundings import Surroundings
from mailtrend.knowledge import verdict

BEGAN = datetime(2026, 10, 20, 9, 37)
ENDED = datetime(2026, 10, 20, 17)
MANY = ("mail.fabrikam.com", "mx.litwareinc.com", "mx1.tailspintoys.com", "smtp.wingtiptoys.com")
"""Servers of four owners."""
EXO = ("exo_trace_detail",)
OWN_SERVERS = ("exchange_smtp_send",)
WORKDAY = (0, 0, 0, 0, 0, 0, 10, 40, 80, 90, 90, 80, 60, 80, 90, 80, 60, 40, 10, 0, 0, 0, 0, 0)
FLAT = (10,) * 24
BASE = Facts(
    tenant="default", kind="sustained", status_code="4.4.315", cause="connection_timed_out",
    connector="Fabrikam partner TLS", destination="mail.fabrikam.com", scope="pair", started_at=BEGAN.replace(minute=0),
    ended_at=None, expected=1.0, p_value=1e-12, attempts=300, failures=300, messages=60, recipients=30,
    first_failure=BEGAN, last_failure=datetime(2026, 10, 21, 17), successes_before=400, owner_kind="partner",
    partner="fabrikam.com", domains=("fabrikam.com",),
)  # fmt: skip
OWN = {"connector": "To on-premises", "destination": "mail.contoso.com", "owner_kind": "own", "partner": None}
INTERNET = {"connector": "To_DefaultOpportunisticTLS", "owner_kind": "internet", "partner": None}
WIDE = {**INTERNET, "scope": "connector", "destination": None, "destinations": MANY}
EVERYWHERE = {
    "scope": "all", "connector": None, "destination": None, "destinations": MANY, "owner_kind": "undetermined",
    "partner": None, "connectors": ("A", "B"),
}  # fmt: skip


def facts(code: str | None, cause: str | None, around: dict[str, Any] | None = None, **known: Any) -> Facts:
    """An incident with this code and cause at a partner's server, but for what is `known` of it and `around` it."""
    causes = ((cause, 300),) if cause else ()
    given = {"status_code": code, "cause": cause, "causes": causes, **known}
    return replace(BASE, surroundings=Surroundings(**(around or {})), **given)


def change(kind: str, subject: str | None = None, day: int = 20, matches: bool = True) -> Change:
    """A change in October, on the day it began unless told otherwise."""
    return Change(datetime(2026, 10, day, 7), kind, subject, None, matches)


def told(known: Facts) -> Reading:
    """The reading, with the book that is shipped."""
    return read(known, verdict)


def pattern_of(known: Facts) -> str:
    """Name of the pattern that reads it, `refused`, or `code` where none does."""
    for patterns in (SHAPES, None, FAULTS):
        if patterns is None:
            if refused.applies(known):
                return "refused"
            continue
        for one in patterns:
            if one.applies(known):
                return str(getattr(one, "__name__", "")).rpartition(".")[2]
    return "code"

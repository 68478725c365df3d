"""A report model on which every rule of mailtrend.toml has acted, with all that a card may show."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from mailtrend.report.model import Model, Rule
from support.reportmodel import busy
from support.reportparts import HOSTILE, incident

BOUNCING = tuple(f"left{number:02d}@contoso.com" for number in range(23))
NOTE = f"test traffic {HOSTILE[0]} {HOSTILE[3]}"


def ruled() -> Model:
    """The busy week, with an incident of every scope and one set aside in every way."""
    ladder = incident(
        incident_id="ladder01", severity="warning", state="reopened", scope="remote_ip", remote_ip="192.0.2.25",
        status_codes=("4.4.316", "5.4.316", "4.4.317", "4.7.320"), delivered_late=72, late_p50_seconds=3_900.0,
        late_p90_seconds=21_600.0, late_max_seconds=86_000.0, found_at=datetime(2026, 10, 22, 18), vip_recipients=3,
        revisions=("It began 2 hours earlier than told: on Thu 22 Oct 2026 07:00 UTC",), severity_found="notice",
        would_bounce=BOUNCING, rules=("severity raised from notice to warning: 3 VIP recipients (vip)",),
    )  # fmt: skip
    wide = incident(
        incident_id="wide0001", scope="connector", destination=None, severity="critical", severity_found="warning",
        rules=("severity raised from warning to critical, as set: payroll ([[severity]] 1)",),
    )  # fmt: skip
    ignored = incident(
        incident_id="ignored1", connector="Test 7", set_aside="ignored", rules=(f"ignored: {NOTE} ([[ignore]] 1)",)
    )
    known = incident(
        incident_id="known001", status_code="4.7.320", title="Certificate validation failed", severity="warning",
        destination="mail.fabrikam.com", set_aside="acknowledged",
        rules=("acknowledged until Fri 12 Jun 2026 00:00 UTC: certificate ordered, ticket 4711 ([[acknowledge]] 1)",),
    )  # fmt: skip
    works = incident(
        incident_id="works001", severity="notice", state="resolved", ended_at=datetime(2026, 10, 22, 14),
        set_aside="maintenance",
        rules=(
            "maintenance from Thu 22 Oct 2026 08:00 UTC to Thu 22 Oct 2026 13:00 UTC: all 40 messages first failed in "
            "it: patch day ([[maintenance]] 1)",
        ),
    )  # fmt: skip
    rules = (
        Rule("[[ignore]] 1", f"connector Test *: {NOTE}", ("ignored1",)),
        Rule("[[ignore]] 2", "connector Tset 2", (), "matched nothing in this period"),
        Rule("[[acknowledge]] 1", "destination mail.fabrikam.com, until Fri 12 Jun 2026 00:00 UTC", ("known001",)),
        Rule("[[severity]] 1", "connector To on-premises, severity critical: payroll", ("wide0001",)),
        Rule("[[maintenance]] 1", "everything, Thu 08:00 to 13:00: patch day", ("works001",)),
        Rule("vip", "4 addresses and 1 domain", ("ladder01",)),
    )
    return replace(busy(), incidents=(wide, ladder, *busy().incidents[1:], ignored, known, works), rules=rules)

"""Report models made by hand: one busy week with hostile names, a small one to read, a quiet one, an empty one."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from mailtrend.report.model import Change, CodeMeaning, Limit, Model, Totals
from mailtrend.report.understood import sentences
from support.reportparts import AS_OF, HOSTILE, SINCE, UNTIL, classified, data, figure, figures, incident


def busy() -> Model:
    """A week with four incidents and a notice; two names in it are hostile."""
    certificate = incident(
        incident_id="fabrikam1",
        severity="warning",
        state="resolved",
        status_code="4.7.320",
        connector="Fabrikam partner TLS",
        destination="mail.fabrikam.com",
        cause="certificate_expired",
        started_at=datetime(2026, 10, 19, 12),
        ended_at=datetime(2026, 10, 23, 14),
        attempts=1502,
        failures=1478,
        failure_rate=1478 / 1502,
        messages=262,
        recipients=54,
        delivered_late=72,
        lost=200,
        at_risk=0,
        next_expiry=None,
        owner="partner",
        confidence=0.84,
        title="Certificate validation failed",
        diagnosis="The certificate of mail.fabrikam.com had expired.",
        evidence=("1,478 failures where 2.0 ± 1.6 were expected (×739).",),
        actions=("Ask the partner to renew it.",),
    )
    dns = incident(
        incident_id="tailspin",
        severity="warning",
        state="ongoing",
        status_code="4.4.312",
        connector=None,
        destination="tailspintoys.com",
        cause="dns_server_failure",
        started_at=datetime(2026, 10, 25, 8),
        attempts=431,
        failures=419,
        failure_rate=419 / 431,
        messages=79,
        recipients=40,
        delivered_late=1,
        lost=0,
        at_risk=42,
        next_expiry=datetime(2026, 10, 26, 8, 6),
        owner="dns",
        confidence=0.62,
        title="DNS query failed",
        diagnosis="The name servers of tailspintoys.com do not answer.",
        evidence=("419 failures where 0.6 ± 0.8 were expected.",),
        actions=("Tell them.", "Wait for their DNS."),
    )
    hostile = incident(
        incident_id="hostile1",
        severity="warning",
        state="new",
        connector=HOSTILE[0],
        destination=HOSTILE[1],
        started_at=datetime(2026, 10, 24, 3),
        diagnosis=HOSTILE[3],
        evidence=(HOSTILE[2], HOSTILE[4]),
        actions=(HOSTILE[5], HOSTILE[6]),
        query=f"SELECT '{HOSTILE[5]}' -- ``` {HOSTILE[3]}",
        owner="network",
    )
    mailbox = incident(
        incident_id="fullbox1",
        severity="notice",
        kind="recurring",
        status_code="4.2.2",
        connector=None,
        destination="litwareinc.com",
        failures=61,
        messages=3,
        at_risk=0,
        next_expiry=None,
        lost=2,
        title="Mailbox full",
        diagnosis="One full mailbox, tried again and again.",
        evidence=("One recipient makes 61 of 61 failures.",),
        actions=(),
    )
    return Model(
        tenants=("contoso",),
        since=SINCE,
        until=UNTIL,
        as_of=AS_OF,
        standing="critical",
        verdict="4.4.316 Connection refused on connector To on-premises to mail.contoso.com, failing since "
        "Thu 22 Oct 2026 09:00 UTC: 152 lost, 19 at risk. 2 other incidents still going. 1 incident of this "
        "period is over. Your organization has to act first.",
        totals=Totals(48_210, 44_902, 3_308, 590, 131, 354, 61, datetime(2026, 10, 26, 1, 5)),
        incidents=(incident(), hostile, dns, certificate, mailbox),
        changes=(
            Change(datetime(2026, 10, 19, 20, 15), "migration", "mail.contoso.com", "Batch 5 of 6 moved", "contoso"),
            Change(
                datetime(2026, 10, 22, 5, 30),
                "migration",
                "mail.contoso.com",
                "Migration finished: last batch moved",
                "contoso",
            ),
        ),
        compared=(
            figure(
                "week-against-week",
                "status_code connector failures failures_before change",
                ("4.4.316", "To on-premises", 1250, 3, 1247),
                ("4.7.320", "Fabrikam partner TLS", 1478, 0, 1478),
                ("4.4.312", None, 419, 2, 417),
                ("5.1.1", None, 98, 104, -6),
                ("5.7.1", HOSTILE[0], 40, 39, 1),
                ("4.2.2", None, 0, 33, -33),
            ),
        ),
        new_codes=("4.7.320",),
        gone_codes=("4.2.2",),
        figures=figures(),
        data=data(),
        warnings=("MTSummary_20261014.csv: the export ends 26 h before the trace does.", HOSTILE[1]),
        limits=(Limit("exo_message_trace", "No reason text: why something failed is not told."),),
        meanings=(CodeMeaning("4.4.316", "Connection refused", f"The server did not take it. {HOSTILE[1]}"),),
        understood=sentences(data()[0]),
        version="0.1.0",
    )


def small() -> Model:
    """One incident and one figure of each part: a report that can be read in one go."""
    files = figure("files", "path rows used context duplicates rejects", ("a_b.csv", 100, 90, 4, 5, 1))
    codes = figure(
        "failures-by-code",
        "status_code title failures share",
        ("4.4.316", "Connection refused", 1250, 0.95),
        (None, None, 63, 0.0004),
        total=14,
    )
    return replace(
        busy(),
        incidents=(incident(evidence=("3 * 4 failures_a | b",), actions=("Disable the connector `x`.",)),),
        changes=busy().changes[:1],
        new_codes=("4.4.316",),
        gone_codes=(),
        compared=(),
        figures=(codes, figure("unknown-codes", "status_code failures")),
        data=(
            classified(
                ("all", 1313, 1250, 1300, 13), ("postfix", 63, 0, 50, 13), ("exo_trace_detail", 1250, 1250, 1250, 0)
            ),
            figure("unknown-replies", "reply failures", ("550 ~ you | smell `funny`", 12), (None, 1)),
            files,
        ),
        warnings=("a_b.csv: exactly 1,000 rows.",),
        meanings=(CodeMeaning("4.4.316", "Connection refused", "The server did not take it."),),
        understood="Of 1,313 failures, 1,300 (99 %) have a known cause. `mailtrend ask x` gives *more*.",
    )


def quiet() -> Model:
    """Data, and not one failure."""
    empty = {found.key: replace(found, rows=(), total=0) for found in busy().figures}
    return replace(
        busy(),
        standing="no failures",
        verdict="No failures: 1,200 delivery attempts, none failed.",
        totals=Totals(attempts=1200, delivered=1200),
        incidents=(),
        changes=(),
        compared=(),
        new_codes=(),
        gone_codes=(),
        figures=tuple(empty.values()),
        data=busy().data[2:],
        understood="",
        warnings=(),
    )


def empty() -> Model:
    """A lake with nothing in it."""
    return Model(
        tenants=(),
        since=None,
        until=None,
        as_of=None,
        standing="no data",
        verdict="No data: the lake holds no events. This does not mean that nothing failed.",
        totals=Totals(),
        incidents=(),
        changes=(),
        compared=(),
        new_codes=(),
        gone_codes=(),
        figures=(),
        data=(),
        warnings=(),
        limits=(),
    )

"""The sentences that the product exists for, word for word, and the interlock between them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

from mailtrend import contracts, diagnose
from mailtrend.diagnose import Change, Facts

NOW = datetime(2026, 11, 1, 23, 55)
BEGAN = datetime(2026, 10, 22, 9, 49, 49)
FINISHED = Change(datetime(2026, 10, 22, 5, 30), "migration", "mail.contoso.com", "Migration finished")
OUTAGE = Facts(
    tenant="default",
    kind="new_code",
    status_code="4.4.316",
    codes=("4.4.316", "5.4.316"),
    cause="connection_refused",
    causes=(("connection_refused", 2948),),
    connector="To on-premises",
    destination="mail.contoso.com",
    scope="pair",
    started_at=datetime(2026, 10, 22, 9),
    ended_at=None,
    expected=0.6,
    p_value=1e-12,
    evidence=("2,948 failures where 0.6 were expected",),
    attempts=2952,
    failures=2948,
    messages=479,
    recipients=18,
    first_failure=BEGAN,
    last_failure=datetime(2026, 11, 1, 23, 40),
    other_attempts=2417,
    lost=477,
    at_risk=19,
    next_expiry=datetime(2026, 11, 2, 1, 53),
    successes_before=2400,
    last_success=datetime(2026, 10, 22, 9, 22),
    owner_kind="own",
    domains=("contoso.com",),
    accepted=(("contoso.com", "InternalRelay"),),
    changes=(FINISHED,),
)


@dataclass(frozen=True)
class Words:
    """A fake page of the book."""

    owner: str = "partner"
    title: str = "Connection refused"
    meaning: str = "What it means."
    steps: tuple[str, ...] = ("Do this.",)
    steps_migrated: tuple[str, ...] = ("Disable it.", "Make it Authoritative.")
    ask: str = "Please see that port 25 is open."
    owner_depends_on: str = ""


def book(*_: object, **__: object) -> Words:
    return Words()


def told(facts: Facts, words: Words | None = None, before: pa.Table | None = None) -> dict[str, Any]:
    table = diagnose.incidents([facts], before=before, now=NOW, verdict=lambda *_, **__: words or Words())
    assert table.schema == contracts.INCIDENTS
    (row,) = table.to_pylist()
    return row


def test_a_switched_off_system_is_named_with_what_to_do() -> None:
    row = told(OUTAGE)
    assert row["diagnosis"] == (
        "4.4.316 Connection refused on connector To on-premises to mail.contoso.com, "
        "sustained since Thu 22 Oct 2026 09:49 UTC, 4 hours after the migration finished; "
        "no delivery has succeeded there since: this looks like the switched-off on-premises system. "
        "Disable the connector and make the accepted domain Authoritative; check again after an hour"
    )
    assert (row["owner"], row["severity"], row["state"]) == ("your_organization", "critical", "new")
    assert row["confidence"] >= 0.9
    assert row["actions"][:4] == [
        "Act within 1 hour: 19 still queued, the first is returned on Mon 2 Nov 2026 01:53 UTC.",
        "Disable it.",
        "Make it Authoritative.",
        "Ask the senders to send again what was lost (477), once it is mended.",
    ]


def test_one_success_since_turns_it_into_the_firewall_reading() -> None:
    row = told(replace(OUTAGE, successes_since=1, recipients_succeeding=1, last_success=NOW))
    assert row["diagnosis"] == (
        "4.4.316 Connection refused on connector To on-premises to mail.contoso.com, "
        "sustained since Thu 22 Oct 2026 09:49 UTC, 4 hours after the migration finished; "
        "1 delivery succeeded there since, so the server is still in use: "
        "this looks like a firewall that refuses Microsoft 365's addresses, or a stopped SMTP service. "
        "Let Microsoft 365's addresses through to port 25 and see that the SMTP service runs; "
        "check again after an hour. Do not disable the connector while mail still gets through"
    )
    assert row["owner"] == "network"
    assert row["severity"] == "warning"
    assert not any("Disable it" in action or "Authoritative" in action for action in row["actions"])


def test_without_a_migration_it_is_the_firewall_reading_with_a_hint() -> None:
    row = told(replace(OUTAGE, changes=()))
    assert "no delivery has succeeded there since: this looks like a firewall" in row["diagnosis"]
    assert row["owner"] == "network"
    assert any("name the migration in changes.csv" in action for action in row["actions"])


def test_both_readings_are_told_with_their_scores_the_better_one_first() -> None:
    readings = [text for text in told(OUTAGE)["evidence"] if text.startswith("Reading ")]
    assert readings[0].startswith("Reading 'a switched-off on-premises system' (0.95). For it: it began 4 hours after")
    assert readings[1].startswith("Reading 'a firewall or a stopped SMTP service' (0.05). For it: nothing seen")


def test_only_a_step_of_the_migration_is_less_sure_and_says_so() -> None:
    step = replace(FINISHED, note="Batch 5 of 6 moved to Exchange Online")
    row = told(replace(OUTAGE, changes=(step,)))
    assert "4 hours after a step of the migration" in row["diagnosis"]
    assert row["confidence"] < told(OUTAGE)["confidence"]


def test_an_outage_that_ended_was_no_switched_off_system() -> None:
    row = told(replace(OUTAGE, ended_at=datetime(2026, 10, 23), last_failure=datetime(2026, 10, 22, 23, 50), at_risk=0))
    assert row["diagnosis"].endswith(
        "from Thu 22 Oct 2026 09:49 UTC to Thu 22 Oct 2026 23:50 UTC, 14 hours, 4 hours after the migration finished; "
        "it is over: this looked like a firewall that refused Microsoft 365's addresses, or a stopped SMTP service, "
        "since put right"
    )
    assert (row["owner"], row["severity"], row["state"]) == ("network", "warning", "resolved")


def test_a_partners_refusal_is_the_partners_whatever_was_migrated() -> None:
    row = told(replace(OUTAGE, owner_kind="partner"))
    assert row["owner"] == "partner"
    assert "switched-off" not in row["diagnosis"]


def test_other_codes_speak_in_the_words_of_the_book() -> None:
    facts = replace(OUTAGE, status_code="4.7.320", cause="certificate_expired", owner_kind="partner", changes=())
    words = Words(title="Certificate validation failed: the certificate has expired")
    row = told(facts, words)
    assert row["diagnosis"] == (
        "4.7.320 Certificate validation failed (the certificate has expired) on connector To on-premises to "
        "mail.contoso.com, sustained since Thu 22 Oct 2026 09:49 UTC; no delivery has succeeded there since. "
        "What it means."
    )
    assert "Do this." in row["actions"]


@pytest.mark.parametrize(("hours", "says"), [(71, True), (73, False)])
def test_what_starts_within_three_days_of_a_change_says_so(hours: int, says: bool) -> None:
    change = Change(BEGAN - timedelta(hours=hours), "certificate", "mail.contoso.com", "renewed")
    evidence = told(replace(OUTAGE, status_code="4.7.320", cause="certificate_expired", changes=(change,)))["evidence"]
    assert any("after the change of certificate for mail.contoso.com (renewed)" in text for text in evidence) is says


def test_a_roll_up_names_how_many_places_it_runs_over() -> None:
    facts = replace(
        OUTAGE, scope="connector", destination=None, destinations=("a.example.com", "b.example.com"), changes=()
    )
    row = told(facts)
    assert "on connector To on-premises to 2 destinations" in row["diagnosis"]
    assert "It runs over 2 destinations: a.example.com, b.example.com" in row["evidence"]


def test_names_with_quotes_stay_texts_in_the_query() -> None:
    assert "connector := 'Bob''s route'" in told(replace(OUTAGE, connector="Bob's route"))["query"]


def test_rates_are_those_inside_and_outside_of_it() -> None:
    row = told(replace(OUTAGE, attempts=200, failures=150, other_attempts=1000, other_failures=10))
    assert (row["failure_rate"], row["baseline_rate"]) == (0.75, 0.01)


def test_one_mailbox_or_one_message_is_no_incident() -> None:
    for facts in (replace(OUTAGE, recipients=1), replace(OUTAGE, messages=1)):
        assert diagnose.incidents([facts], now=NOW, verdict=book).num_rows == 0


def test_a_silence_asks_before_it_accuses() -> None:
    facts = replace(OUTAGE, kind="silence", status_code=None, cause=None, failures=0, messages=0, recipients=0,
                    first_failure=None, last_failure=None, lost=0, at_risk=0, next_expiry=None, changes=())  # fmt: skip
    row = told(facts)
    assert row["severity"] == "notice"
    assert row["diagnosis"].startswith(
        "No delivery attempt on connector To on-premises to mail.contoso.com, silent since Thu 22 Oct 2026 09:00 UTC"
    )

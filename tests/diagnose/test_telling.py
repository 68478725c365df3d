"""What the evidence says of delays and of the scope of an incident."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from mailtrend.diagnose import Change, Facts
from mailtrend.diagnose.facts import Rung
from mailtrend.diagnose.phrases import lasting
from mailtrend.diagnose.surroundings import Surroundings
from mailtrend.diagnose.telling import actions, evidence

BASE = Facts(
    tenant="default", kind="sustained", status_code="4.4.316", cause="connection_refused", connector="A",
    destination="mail.contoso.com", scope="pair", started_at=datetime(2026, 10, 5, 8), ended_at=None, expected=0.1,
    p_value=1e-9, messages=500, recipients=90, delivered_late=412, lost=3, at_risk=1, late_p50_seconds=4200.0,
    late_p90_seconds=21600.0, late_max_seconds=75600.0,
)  # fmt: skip


def test_delays_stand_behind_what_was_delivered_late() -> None:
    wanted = "412 delivered late (half within 1 h 10 min, nine in ten within 6 h, the longest 21 h), 3 lost"
    assert any(wanted in told for told in evidence(BASE))


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (40.0, "40 s"),
        (719.0, "12 min"),
        (3599.0, "1 h"),
        (4200.0, "1 h 10 min"),
        (86400.0, "24 h"),
        (259200.0, "3 days"),
    ],
)
def test_of_few_late_messages_the_longest_delay_is_told(seconds: float, told: str) -> None:
    few = replace(BASE, delivered_late=2, late_max_seconds=seconds)
    assert any(f"2 delivered late (the longest after {told})," in line for line in evidence(few))


def test_without_known_delays_none_are_told() -> None:
    unknown = replace(BASE, late_p50_seconds=None, late_p90_seconds=None, late_max_seconds=None)
    assert any("412 delivered late, 3 lost" in told for told in evidence(unknown))


def test_the_one_address_that_fails_and_all_at_once_are_named() -> None:
    member = replace(BASE, scope="remote_ip", remote_ip="192.0.2.26", remote_ips=("192.0.2.26",))
    assert any(told.startswith("Only the address 192.0.2.26 fails") for told in evidence(member))
    everything = replace(BASE, scope="all", connectors=("A", "B"), destinations=("a", "b", "c"))
    assert "It runs over 2 connectors and 3 destinations: a, b, c" in evidence(everything)
    assert "It runs over 3 destinations: a, b, c" in evidence(replace(everything, connectors=()))


def test_what_the_facts_tell_exactly_is_not_told_again_by_the_detector() -> None:
    seen = (
        "145 failures where 0.039 ± 0.2 were expected",
        "94% of 155 attempts failed, in 10 of 10 hours; the worst hour holds 17% of the failures",
        "About 24 different recipients, up to 13 within one hour; 10 deliveries came where 44 are usual",
        "Quiet before: no failure in 743 attempts over 16 days",
    )
    told = evidence(replace(BASE, evidence=seen, attempts=155, failures=145), ("The reading.",))
    assert told[0] == seen[0]
    assert told[1].startswith("500 messages to 90 recipients failed in 145 of 155 attempts: ")
    assert told[-1] == seen[-1], "what makes the detectors sure comes last"
    assert told.index("The reading.") < told.index(seen[-1])
    assert not {seen[1], seen[2]} & set(told)


def test_of_a_ladder_it_is_said_which_code_the_detector_saw() -> None:
    rungs = tuple(Rung(code, None, BASE.started_at, None, 9) for code in ("4.4.316", "4.7.320"))
    told = evidence(replace(BASE, evidence=("9 failures where 0.1 were expected",), rungs=rungs, status_code="4.7.320"))
    assert told[0] == "Of 4.7.320: 9 failures where 0.1 were expected"


@pytest.mark.parametrize(
    ("seen", "begins"),
    [(1109, "With what failed beside it: 1,109 "), (1108, "1,108 "), (900, "Of the part that stands out: 900 ")],
)
def test_a_count_of_the_detectors_that_is_not_the_incidents_is_told_as_another(seen: int, begins: str) -> None:
    sentence = f"{seen:,} failures where 0.55 were expected"
    told = evidence(replace(BASE, attempts=1121, failures=1108, evidence=(sentence,)))
    assert told[0].startswith(begins)


def test_of_several_steps_of_a_migration_the_nearest_is_told() -> None:
    steps = [Change(datetime(2026, 10, day), "migration", None, f"Batch {day}") for day in (5, 4, 3)]
    told = [line for line in evidence(replace(BASE, changes=tuple(steps))) if "migration" in line]
    assert told == ["It began 8 hours after a step of the migration (Batch 5)"]


def test_where_no_server_is_logged_deliveries_to_the_domains_stand_for_those_there() -> None:
    bare = replace(BASE, attempts=500, failures=500)
    assert "No delivery there is on record, before it or since" in evidence(bare)
    known = Surroundings(domain_before=239, domain_last=datetime(2026, 10, 5, 7))
    assert (
        "239 deliveries to its domains came before, the last one on Mon 5 Oct 2026 07:00 UTC, 0 since; "
        "the data name no server for them"
    ) in evidence(replace(bare, surroundings=known))


ENDED = replace(BASE, ended_at=datetime(2026, 10, 6), last_failure=datetime(2026, 10, 5, 23), at_risk=0)


@pytest.mark.parametrize(
    ("facts", "first"),
    [
        (replace(ENDED, lost=0), ": nothing has to be done now. The other steps are for when it comes back."),
        (ENDED, ". Ask the senders to send again what was lost (3). The other steps are for when it comes back."),
        (replace(ENDED, lost=0, delivered_late=0), ", or the data do: they do not tell what became of its mail."),
        (
            replace(ENDED, cause="tenant_blocked"),
            ", but what caused it may still be there: take the steps all the same.",
        ),
    ],
)
def test_what_is_over_says_first_what_is_left_to_do(facts: Facts, first: str) -> None:
    told = actions(facts, ("Step.",), datetime(2026, 10, 9))
    assert told[0].startswith(f"It ended on Mon 5 Oct 2026 23:00 UTC{first}")
    assert told[1:] == ["Step."]


def test_where_a_message_counts_for_each_recipient_it_is_said() -> None:
    many = replace(BASE, messages=10, delivered_late=8, lost=3, at_risk=0)
    assert any(told.endswith("; a message counts once for each recipient") for told in evidence(many))
    assert not any("counts once" in told for told in evidence(replace(many, messages=11)))


def test_what_is_refused_for_good_has_no_retries() -> None:
    seen = ("9 failures", "3 more failures until Mon 5 Oct 2026 09:00 UTC are retries of that fault: far fewer fail")
    assert seen[1] in evidence(replace(BASE, evidence=seen, codes=("4.4.316", "5.4.316")))
    assert seen[1] not in evidence(replace(BASE, evidence=seen, status_code="5.1.90", codes=("5.1.90",)))
    assert seen[1] in evidence(replace(BASE, evidence=seen, status_code=None, codes=()))


LAST = datetime(2026, 11, 1, 15, 45)
OVER = replace(BASE, attempts=900, failures=800, ended_at=datetime(2026, 10, 6, 8), last_success=LAST)


def test_a_delivery_after_it_is_not_told_as_one_while_it_lasted() -> None:
    told = evidence(replace(OVER, successes_since=33, recipients_succeeding=18))
    assert "33 deliveries succeeded there while it lasted, to 18 recipients that failed as well" in told
    going = evidence(replace(OVER, ended_at=None, successes_since=33))
    assert "33 deliveries succeeded there while it lasted, the last one on Sun 1 Nov 2026 15:45 UTC" in going


def test_deliveries_before_and_the_newest_one_are_told_apart_when_it_is_over() -> None:
    told = evidence(replace(OVER, successes_before=738))
    wanted = "before, 738 had; the newest on record is of Sun 1 Nov 2026 15:45 UTC"
    assert f"No delivery succeeded there while it lasted; {wanted}" in told


def test_a_climb_is_told_from_where_it_begins() -> None:
    climb = replace(BASE, kind="drift", first_failure=datetime(2026, 10, 7, 6))
    assert lasting(climb) == "climbing since Mon 5 Oct 2026 08:00 UTC"
    assert lasting(replace(climb, kind="sustained")) == "sustained since Wed 7 Oct 2026 06:00 UTC"


@pytest.mark.parametrize(
    ("last", "told"),
    [
        (datetime(2026, 10, 5, 8, 59), "less than an hour"),
        (datetime(2026, 10, 5, 16, 59), "9 hours"),
        (datetime(2026, 10, 7, 7, 29), "47 hours"),
        (datetime(2026, 10, 7, 22, 30), "3 days"),
    ],
)
def test_how_long_it_lasted_is_told_to_the_nearest(last: datetime, told: str) -> None:
    over = replace(BASE, ended_at=datetime(2026, 10, 8), first_failure=BASE.started_at, last_failure=last)
    assert lasting(over).endswith(f", {told}")

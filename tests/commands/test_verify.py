"""mailtrend verify over one lake of many tenants: a firewall opened, a connector switched off, the next fault, a host."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mailtrend import contracts, warehouse
from mailtrend.diagnose.verified import Verification, verify
from mailtrend.warehouse import naming
from mailtrend.warehouse.verification import figures
from support.fixes import HOST, HOUR, LAKE, MINUTE, NAME, T
from support.lakes import rows
from support.smallweek import filled


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("verify") / "lake"
    told = [row | {"tenant": name} for name, events in LAKE.items() for row in events]
    known = [
        {"tenant": name, "name": NAME, "enabled": name != "off", "direction": "outbound"}
        for name in ("off", "export only")
    ]
    filled(root, told, connectors=rows(contracts.CONNECTORS, *known))
    return root


Ask = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def verdict(lake: Path) -> Iterator[Ask]:
    """What `mailtrend verify` works out of a tenant's events, without the command around it."""
    with warehouse.connect(lake) as con:
        warehouse.settle(con)

        def ask(tenant: str, code: str | None = "4.4.316", destination: str | None = None, propagation: timedelta = HOUR,
                since: datetime = T) -> dict[str, Any]:  # fmt: skip
            place = naming.asked(con, NAME, since, since + propagation, destination, tenant)
            found: Verification = verify(figures(con, place, naming.fault_of(con, place, naming.checked_code(code))))
            return found.to_dict()

        yield ask


def test_a_firewall_that_was_opened_lets_the_backlog_through(verdict):
    told = verdict("opened")
    expected = {
        "verdict": "fixed", "code": "4.4.316", "connector": NAME, "since": T, "judged_from": T + HOUR, "until": T + 2 * HOUR,
        "attempts": 24, "messages": 24, "new_messages": 4, "delivered": 24, "failures": 0, "other_failures": [],
        "returned_late": 0, "queued": 0, "queued_at_change": 20, "queued_delivered_since": 20, "queued_lost_since": 0,
        "queued_still": 0, "failure_rate": 0.0, "failure_rate_before": 1.0, "messages_while_spreading": 1,
        "failures_while_spreading": 1, "next_expiry": None, "wait_until": None, "destination": None, "confidence": 0.999,
        "cause": "connection_refused",
    }  # fmt: skip
    assert {key: told[key] for key in expected} == expected
    assert "24 of 24 messages over To on-premises since Mon 2 Nov 2026 13:00 UTC were delivered" in told["reason"]
    assert "before the change 20 of 20 did (100%)" in told["reason"]
    assert "Of 20 messages that waited at the change, 20 got through since." in told["reason"]


def test_without_the_hour_of_spreading_its_failure_counts(verdict):
    told = verdict("spread", propagation=timedelta(0))
    assert (told["verdict"], told["failures"], told["judged_from"]) == ("not fixed", 4, T)
    assert (told["new_failures"], "all of which waited already" in told["reason"]) == (0, True)
    assert verdict("spread")["verdict"] == "too early"


def test_a_connector_that_was_switched_off_is_fixed_because_nothing_is_tried_and_mail_goes_elsewhere(verdict):
    told = verdict("off")
    assert (told["verdict"], told["messages"], told["queued"], told["queued_delivered_since"]) == ("fixed", 0, 0, 20)
    assert told["reason"].startswith(
        "The connector is disabled: nothing is tried over To on-premises any more and nothing waits there: "
        "no attempt in 11 hours of data since Mon 2 Nov 2026 13:00 UTC, where about 11 messages would be usual. "
        "It is fixed by switching off: mail to the domains that failed goes its way without a connector (20 delivered) now."
    )
    assert told["elsewhere"] == [{"connector": None, "delivered": 20, "failed": 0}]
    assert told["confidence"] == 0.999


def test_switched_off_with_mail_that_goes_nowhere_is_not_fixed(verdict):
    told = verdict("off and lost")
    assert (told["verdict"], told["queued_lost_since"]) == ("replaced by another code", 20)
    assert "is not delivered elsewhere either: its way without a connector (0 delivered, 20 failed)" in told["reason"]
    assert "20 came back or were given up" in told["reason"]


def test_silence_without_data_or_with_mail_waiting_is_no_proof(verdict):
    ends = verdict("ends")
    assert (ends["verdict"], ends["queued"], ends["next_expiry"]) == ("too early", 20, T + 4 * HOUR)
    assert "The data of this connector end on Mon 2 Nov 2026 11:00 UTC, before the change" in ends["reason"]
    lost = verdict("lost sight")
    assert (lost["verdict"], lost["queued"], lost["queued_at_change"], lost["queued_unaccounted"]) == (
        "too early", 0, 20, 20)  # fmt: skip
    assert "20 left the queue without any data saying how" in lost["reason"]
    waits = verdict("one waits")
    assert (waits["verdict"], waits["queued"], waits["queued_delivered_since"], waits["queued_still"]) == (
        "too early", 1, 19, 1)  # fmt: skip
    assert "1 message still in the queue" in waits["reason"]


def test_one_of_two_hosts_that_still_refuses_is_named(verdict):
    told = verdict("two hosts")
    assert (told["verdict"], told["failures"], told["delivered"]) == ("not fixed", 8, 20)
    assert "mail2.contoso.com (8 of 8)" in told["reason"]
    alone = verdict("two hosts", destination="MAIL.contoso.com")
    assert (alone["verdict"], alone["messages"], alone["destination"]) == ("fixed", 20, HOST)


def test_a_firewall_opened_halfway_shows_the_next_fault_which_is_progress(verdict):
    told = verdict("halfway")
    assert told["verdict"] == "replaced by another code"
    assert (told["failures"], told["queued"]) == (0, 32)
    assert told["other_failures"] == [
        {"status_code": "4.4.317", "cause": "starttls_not_offered", "failures": 12, "since": T + 90 * MINUTE}
    ]
    assert "That is progress: the connection opens and the service answers now, and the next fault" in told["reason"]
    assert "`mailtrend explain 4.4.317`" in told["reason"]


def test_a_change_that_lost_the_name_is_a_step_back(verdict):
    told = verdict("backwards")
    assert told["verdict"] == "replaced by another code"
    assert "a step back" in told["reason"]


def test_few_messages_are_too_few_and_the_clock_follows_the_usual_traffic(verdict):
    told = verdict("few")
    assert (told["verdict"], told["messages"], told["confidence"], told["messages_missing"]) == (
        "too early",
        3,
        None,
        2,
    )
    assert "about 2 more without it would do" in told["reason"]
    assert told["wait_until"] == T + 4 * HOUR  # an hour each, from 13:50 on
    assert told["chance_gone"] == pytest.approx(1 - 0.5**4, abs=1e-3)


def test_mail_that_comes_back_after_its_day_in_the_queue_is_no_evidence_against_the_fix(verdict):
    told = verdict("returned")
    assert (told["verdict"], told["returned_late"], told["failures"], told["messages"]) == ("fixed", 20, 0, 8)
    assert told["queued_lost_since"] == 20
    assert "20 messages from before the change came back since" in told["reason"]


@pytest.mark.parametrize("tenant", ["began 20", "began 24"])
def test_mail_that_began_after_the_change_and_comes_back_is_evidence(verdict, tenant):
    told = verdict(tenant)
    assert (told["verdict"], told["failures"], told["returned_late"]) == ("not fixed", 6, 0)


def test_returned_mail_whose_beginning_no_export_shows_began_a_day_before(verdict):
    told = verdict("unseen")
    assert (told["verdict"], told["returned_late"]) == ("fixed", 6)


def test_an_expiry_that_does_not_say_why_counts_to_what_put_the_message_off(verdict):
    told = verdict("unsaid")
    assert (told["failures"], told["failed_attempts"], told["other_failures"]) == (6, 12, [])


def test_a_message_that_is_tried_again_and_again_is_one_failure(verdict):
    told = verdict("retried")
    assert (told["verdict"], told["messages"], told["failures"]) == ("not fixed", 6, 6)
    assert (told["attempts"], told["failed_attempts"]) == (54, 54)


def test_retries_of_mail_that_waited_are_not_new_failures(verdict):
    told = verdict("old still fail")
    assert (told["verdict"], told["failures"], told["new_failures"], told["new_messages"]) == ("fixed", 9, 0, 20)
    assert "All of these waited already; new mail gets through." in told["reason"]
    only = verdict("only old")
    assert (only["verdict"], only["failures"], only["new_failures"]) == ("not fixed", 9, 0)


def test_a_first_attempt_that_fails_after_the_change_is_a_failure_though_the_next_one_succeeds(verdict):
    told = verdict("failed first")
    assert (told["failures"], told["new_failures"], told["messages"], told["delivered"]) == (6, 6, 8, 8)
    assert told["messages_since_last_failure"] == 8
    assert told["verdict"] == "fixed"


def test_a_short_fault_is_held_against_its_own_time_and_not_against_the_quiet_day_before(verdict):
    told = verdict("short")
    assert (told["failures_before"], told["messages_before"], told["before_from"]) == (6, 6, T - 2 * HOUR)
    assert (told["verdict"], told["failure_rate_before"], told["messages"]) == ("fixed", 1.0, 6)


def test_what_had_stopped_before_the_change_was_not_ended_by_it(verdict):
    told = verdict("over before", since=T + 20 * HOUR)
    assert told["verdict"] == "fixed"
    assert "It had stopped before: the last failure was 21 hours before the change, with 36 messages" in told["reason"]


def test_a_trace_that_names_no_connector_tells_of_deliveries_to_the_same_domains(verdict):
    told = verdict("trace")
    assert (told["verdict"], told["messages"], told["until"]) == ("fixed", 9, T + 170 * MINUTE)
    assert "names no connector" in told["reason"]
    assert verdict("trace pending")["verdict"] == "too early"


def test_a_failed_connect_without_a_message_is_an_attempt_but_waits_in_no_queue(verdict):
    told = verdict("connects", None)
    assert (told["verdict"], told["code"], told["failures"], told["queued"]) == ("not fixed", None, 4, 0)
    assert told["reason"].startswith("connection timed out goes on")


def test_the_expired_code_asks_for_the_same_fault(verdict):
    assert verdict("fabrikam", code="5.4.316") == verdict("fabrikam")
    assert verdict("fabrikam", code="450 4.4.316")["code"] == "4.4.316"


def test_a_connector_that_only_its_export_names_has_nothing_to_judge(verdict):
    told = verdict("export only")
    assert (told["verdict"], told["until"], told["messages"]) == ("too early", None, 0)
    assert "holds no attempt over To on-premises" in told["reason"]

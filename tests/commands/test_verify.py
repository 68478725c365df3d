"""mailtrend verify over small lakes: a firewall opened, a connector switched off, a host forgotten, the next fault."""

from __future__ import annotations

import json
import shlex
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from mailtrend import contracts
from mailtrend.knowledge import book
from mailtrend.knowledge.filling import afterwards, filler
from support.cli import mailtrend
from support.lakes import event, rows
from support.smallweek import DETAIL, EXTENDED, SEND, TRACE, filled

T = datetime(2026, 11, 2, 12)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
NAME = "To on-premises"
HOST = "mail.contoso.com"
WAITING = 20


def mail(at: datetime, message: str, outcome: str, code: str | None = None, **columns: Any) -> dict[str, Any]:
    """One event of a message of its own, over the connector unless told otherwise."""
    to = f"{message}@contoso.com"
    known = {
        "source": DETAIL, "event": outcome, "direction": "outbound", "connector": NAME, "destination": HOST,
        "sender": "anna@fabrikam.com", "sender_domain": "fabrikam.com", "recipient": to, "recipient_domain": "contoso.com",
        "network_message_id": message, "message_id": f"{message}@fabrikam.com", "status_code": code,
    }  # fmt: skip
    causes = {"4": "connection_refused", "5": "connection_refused"}
    return event(at, outcome=outcome, **(known | {"cause": causes.get((code or " ")[0])} | columns))


def before() -> list[dict[str, Any]]:
    """Twenty messages, one an hour up to the change, each refused once: all of them wait when the change is made."""
    return [mail(T - (WAITING - at) * HOUR, f"old{at}", "deferred", "4.4.316") for at in range(WAITING)]


def fresh(count: int, outcome: str, code: str | None = None, start: timedelta = 90 * MINUTE, **columns: Any):
    """So many new messages, ten minutes apart from an hour and a half after the change on."""
    name = f"{outcome}{code or ''}{start}{columns.get('destination', '')}".replace(" ", "")
    return [mail(T + start + at * 10 * MINUTE, f"{name}{at}", outcome, code, **columns) for at in range(count)]


def elsewhere(hours: int) -> list[dict[str, Any]]:
    """A message an hour over another connector, told by the same source."""
    return [
        mail(T + at * HOUR, f"other{at}", "delivered", connector="Branch office", destination="smtp.branch.contoso.com",
             recipient=f"other{at}@branch.contoso.com", recipient_domain="branch.contoso.com")
        for at in range(-WAITING, hours)
    ]  # fmt: skip


def verdict(folder: Path, events: list[dict[str, Any]], *more: object, code: str = "4.4.316") -> dict[str, Any]:
    """What `mailtrend verify` says of a lake with these events."""
    if not (folder / "lake").exists():
        filled(folder / "lake", events)
    done = mailtrend(
        "verify", "--lake", folder / "lake", "--connector", NAME, "--code", code, "--since", "2026-11-02T12:00Z",
        "--format", "json", *more,
    )  # fmt: skip
    assert done.code == 0, done.err
    told: dict[str, Any] = json.loads(done.out)
    return told


def test_a_firewall_that_was_opened_lets_the_backlog_through(tmp_path):
    delivered = [mail(T + 70 * MINUTE, f"old{at}", "delivered") for at in range(WAITING)]
    hour = [mail(T + 30 * MINUTE, "old3", "deferred", "4.4.316")]
    told = verdict(tmp_path, before() + hour + delivered + fresh(4, "delivered"))
    assert told["verdict"] == "fixed"
    expected = {
        "code": "4.4.316", "connector": NAME, "since": "2026-11-02T12:00:00Z", "judged_from": "2026-11-02T13:00:00Z",
        "until": "2026-11-02T14:00:00Z", "attempts": 24, "delivered": 24, "failures": 0, "other_failures": [],
        "returned_late": 0, "queued": 0, "queued_at_change": 20, "queued_delivered_since": 20, "failure_rate": 0.0,
        "failure_rate_before": 1.0, "attempts_while_spreading": 1, "failures_while_spreading": 1, "next_expiry": None,
        "wait_until": None, "destination": None,
    }  # fmt: skip
    assert {key: told[key] for key in expected} == expected
    assert "24 of 24 attempts" in told["reason"]
    assert "before the change 20 of 20 (100%)" in told["reason"]


def test_without_the_hour_of_spreading_its_failure_counts(tmp_path):
    hour = [mail(T + 30 * MINUTE, f"old{at}", "deferred", "4.4.316") for at in range(4)]
    told = verdict(tmp_path, before() + hour, "--propagation", "0")
    assert (told["verdict"], told["failures"], told["judged_from"]) == ("not fixed", 4, "2026-11-02T12:00:00Z")


def test_a_connector_that_was_switched_off_is_fixed_because_nothing_is_tried_there(tmp_path):
    rerouted = [mail(T + 2 * HOUR, f"old{at}", "delivered", connector=None, destination=None) for at in range(WAITING)]
    told = verdict(tmp_path, before() + rerouted + elsewhere(12))
    assert (told["verdict"], told["attempts"], told["queued"], told["queued_delivered_since"]) == ("fixed", 0, 0, 20)
    assert "nothing is tried over To on-premises any more and nothing waits there" in told["reason"].lower().replace(
        "to on-premises", "To on-premises"
    )
    assert "switched off on purpose" in told["reason"]


def test_silence_without_data_or_with_mail_waiting_is_no_proof(tmp_path):
    rerouted = [
        mail(T + 2 * HOUR, f"old{at}", "delivered", connector=None, destination=None) for at in range(1, WAITING)
    ]
    ends = verdict(tmp_path / "ends", before())
    assert (ends["verdict"], ends["queued"], ends["wait_until"]) == ("too early", 20, "2026-11-02T18:00:00Z")
    assert ends["next_expiry"] == "2026-11-02T16:00:00Z"
    lost = verdict(tmp_path / "lost", before() + elsewhere(30))
    assert (lost["verdict"], lost["queued"], lost["queued_at_change"]) == ("too early", 0, 20)
    assert "what became of 20 is not in the data" in lost["reason"]
    waits = verdict(tmp_path / "waits", before() + rerouted + elsewhere(3))
    assert (waits["verdict"], waits["queued"], waits["queued_delivered_since"]) == ("too early", 1, 19)
    assert "1 message still in the queue" in waits["reason"]


def test_one_of_two_hosts_that_still_refuses_is_named(tmp_path):
    second = "mail2.contoso.com"
    events = before() + fresh(20, "delivered") + fresh(8, "deferred", "4.4.316", destination=second)
    told = verdict(tmp_path, events)
    assert (told["verdict"], told["failures"], told["delivered"]) == ("not fixed", 8, 20)
    assert "mail2.contoso.com (8 of 8)" in told["reason"]
    alone = verdict(tmp_path, events, "--destination", "MAIL.contoso.com")
    assert (alone["verdict"], alone["attempts"], alone["destination"]) == ("fixed", 20, HOST)


def test_a_firewall_opened_halfway_shows_the_next_fault(tmp_path):
    next_fault = fresh(12, "deferred", "4.4.317", cause="starttls_not_offered")
    told = verdict(tmp_path, before() + next_fault)
    assert told["verdict"] == "replaced by another code"
    assert (told["failures"], told["queued"]) == (0, 32)
    [other] = told["other_failures"]
    assert (other["status_code"], other["failures"], other["since"]) == ("4.4.317", 12, "2026-11-02T13:30:00Z")
    assert "`mailtrend explain 4.4.317`" in told["reason"]


def test_few_attempts_are_too_few(tmp_path):
    told = verdict(tmp_path, before() + fresh(3, "delivered"))
    assert (told["verdict"], told["attempts"]) == ("too early", 3)
    assert "5 without it would do" in told["reason"]


def test_mail_that_comes_back_after_its_day_in_the_queue_is_no_evidence_against_the_fix(tmp_path):
    returned = [
        mail(T - (WAITING - at) * HOUR + 24 * HOUR, f"old{at}", "expired", "5.4.316") for at in range(WAITING)
    ]  # fmt: skip
    told = verdict(tmp_path, before() + returned + fresh(8, "delivered"))
    assert (told["verdict"], told["returned_late"], told["failures"], told["attempts"]) == ("fixed", 20, 0, 8)
    assert "20 messages from before the change came back since" in told["reason"]


@pytest.mark.parametrize("hours", [20, 24])
def test_mail_that_began_after_the_change_and_comes_back_is_evidence(tmp_path, hours):
    late = fresh(6, "received", connector=None, event="Receive")
    back = [row | {"event_time": row["event_time"] + hours * HOUR, "outcome": "expired", "status_code": "5.4.316",
                   "cause": "connection_refused", "connector": NAME} for row in late]  # fmt: skip
    told = verdict(tmp_path, before() + late + back)
    assert (told["verdict"], told["failures"], told["returned_late"]) == ("not fixed", 6, 0)


def test_returned_mail_whose_beginning_no_export_shows_began_a_day_before(tmp_path):
    returned = [mail(T + at * HOUR, f"lost{at}", "failed", "5.4.316", source=EXTENDED) for at in range(2, 8)]
    told = verdict(tmp_path, before() + returned + fresh(8, "delivered"))
    assert (told["verdict"], told["returned_late"]) == ("fixed", 6)


def test_an_expiry_that_does_not_say_why_counts_to_what_put_the_message_off(tmp_path):
    begun = fresh(6, "deferred", "4.4.316")
    back = [row | {"event_time": row["event_time"] + 24 * HOUR, "outcome": "expired", "status_code": "4.4.7",
                   "cause": "message_expired"} for row in begun]  # fmt: skip
    told = verdict(tmp_path, before() + begun + back)
    assert (told["failures"], told["other_failures"]) == (12, [])


def test_a_trace_that_names_no_connector_tells_of_deliveries_to_the_same_domains(tmp_path):
    trace = fresh(9, "delivered", source=TRACE, connector=None, destination=None)
    told = verdict(tmp_path / "all", before() + trace)
    assert (told["verdict"], told["attempts"], told["until"]) == ("fixed", 9, "2026-11-02T14:50:00Z")
    assert "names no connector" in told["reason"]
    pending = fresh(9, "pending", source=TRACE, connector=None, destination=None, start=95 * MINUTE)
    assert verdict(tmp_path / "pending", before() + trace + pending)["verdict"] == "too early"


def test_a_failed_connect_without_a_message_is_an_attempt_but_waits_in_no_queue(tmp_path):
    def connect(at: datetime, number: int) -> dict[str, Any]:
        return mail(at, f"s{number}", "deferred", source=SEND, recipient=None, recipient_domain=None, sender=None,
                    network_message_id=None, message_id=None, queue_id=f"S{number}", server="ex1.contoso.com",
                    cause="connection_timed_out")  # fmt: skip

    events = [connect(T + at * HOUR, at) for at in range(-20, 5)]
    filled(tmp_path / "lake", events)
    done = mailtrend("verify", "--lake", tmp_path / "lake", "--connector", NAME, "--since", "2026-11-02T12:00Z",
                     "--format", "json")  # fmt: skip
    told = json.loads(done.out)
    assert (told["verdict"], told["code"], told["failures"], told["queued"]) == ("not fixed", None, 4, 0)
    assert told["reason"].startswith("connection timed out goes on")


def test_the_expired_code_asks_for_the_same_fault(tmp_path):
    events = before() + fresh(8, "delivered")
    assert verdict(tmp_path, events, code="5.4.316") == verdict(tmp_path, events)
    assert verdict(tmp_path, events, code="450 4.4.316")["code"] == "4.4.316"


@pytest.fixture(scope="module")
def going(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake in which it still fails."""
    folder = tmp_path_factory.mktemp("going")
    filled(folder / "lake", before() + fresh(8, "deferred", "4.4.316"))
    return folder / "lake"


def asked(lake: Path, *more: object, connector: str = NAME, since: str = "2026-11-02T12:00Z"):
    return mailtrend("verify", "--lake", lake, "--connector", connector, "--since", since, *more)


def test_a_script_may_stop_at_what_is_not_fixed(going):
    assert asked(going).code == 0
    assert asked(going, "--fail-on", "unfixed").code == 3
    assert asked(going, "--fail-on", "never").code == 2


def test_the_words_come_first_and_the_numbers_below(going):
    done = asked(going, connector="to ON-PREMISES")
    assert done.out.startswith("NOT FIXED: 4.4.316 over To on-premises\n\n4.4.316 goes on: 8 of 8 attempts")
    assert "failure rate before      100.0%" in done.out
    assert done.err == ""


@pytest.mark.parametrize("by_code", [True, False])
def test_the_command_that_guidance_prints_runs(going, by_code):
    names = {"connector": NAME, "code": "4.4.316", "destination": None, "domain": None, "ip": None}
    [step] = filler(names, {})(afterwards(book().takes["firewall"], by_connector=True, by_code=by_code))
    words = shlex.split(step.split("`")[1].replace("TIME_OF_CHANGE", "2026-11-02T12:00Z"))
    assert (words[:2], "--code" in words) == (["mailtrend", "verify"], by_code)
    done = mailtrend(*words[1:], "--lake", going)
    assert done.out.splitlines()[0] == "NOT FIXED: 4.4.316 over To on-premises", done.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"connector": "To on-premise"}, "did you mean 'To on-premises'?"),
        ({"connector": "zzz"}, "one of: To on-premises"),
        ({"more": ("--code", "4.4.31x")}, "'4.4.31x' is no status code of a failure"),
        ({"more": ("--code", "2.0.0")}, "'2.0.0' is no status code of a failure"),
        ({"more": ("--code", "4.7.320")}, "what failed there: 4.4.316 (28)"),
        ({"more": ("--destination", "mial.contoso.com")}, "did you mean 'mail.contoso.com'?"),
        ({"since": "yesterday"}, "unreadable time 'yesterday'"),
        ({"since": "2026-10-01"}, "nothing failed over this connector before the change"),
        ({"more": ("--tenant", "fabrikam")}, "no connector 'To on-premises' of tenant fabrikam"),
        ({"connector": "x\x1b[31m"}, "no connector 'x·[31m'"),
    ],
)
def test_what_is_not_in_the_lake_is_refused_with_a_way_out(going, arguments, said):
    done = asked(going, *arguments.pop("more", ()), **arguments)
    assert (done.code, done.out) == (2, "")
    assert said in done.err


def test_a_connector_of_two_tenants_wants_one_of_them(tmp_path):
    other = [row | {"tenant": "fabrikam"} for row in before() + fresh(8, "delivered")]
    filled(tmp_path / "lake", before() + fresh(8, "deferred", "4.4.316") + other)
    assert "--tenant with one of: default, fabrikam" in asked(tmp_path / "lake").err
    told = json.loads(asked(tmp_path / "lake", "--tenant", "fabrikam", "--format", "json").out)
    assert (told["verdict"], told["attempts"]) == ("fixed", 8)


def test_a_connector_that_only_its_export_names_has_nothing_to_judge(tmp_path):
    known = rows(contracts.CONNECTORS, {"tenant": "default", "name": NAME, "enabled": True, "direction": "outbound"})
    filled(tmp_path / "lake", elsewhere(4), connectors=known)
    told = json.loads(asked(tmp_path / "lake", "--code", "4.4.316", "--format", "json").out)
    assert (told["verdict"], told["until"], told["attempts"]) == ("too early", None, 0)
    assert "holds no attempt over To on-premises" in told["reason"]


def test_a_row_for_a_spreadsheet_and_a_table_for_others(going, tmp_path):
    asked(going, "-o", tmp_path / "told.parquet")
    [row] = pq.read_table(tmp_path / "told.parquet").to_pylist()
    assert (row["verdict"], row["other_failures"], row["since"]) == ("not fixed", [], T)
    assert asked(going, "--format", "csv").out.splitlines()[1].startswith("not fixed,")

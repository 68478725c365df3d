"""mailtrend verify over one lake of many tenants: a firewall opened, a connector switched off, the next fault, a host."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from mailtrend import contracts, warehouse
from mailtrend.diagnose.verified import Verification, verify
from mailtrend.knowledge import book
from mailtrend.knowledge.filling import afterwards, filler
from mailtrend.warehouse import naming
from mailtrend.warehouse.verification import figures
from support.cli import mailtrend
from support.lakes import event, rows
from support.smallweek import DETAIL, EXTENDED, SEND, TRACE, filled

T = datetime(2026, 11, 2, 12)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
NAME, BRANCH = "To on-premises", "Branch office"
HOST, SECOND = "mail.contoso.com", "mail2.contoso.com"
WAITING = 20
Events = list[dict[str, Any]]


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


def before() -> Events:
    """Twenty messages, one an hour up to the change, each refused once: all of them wait when the change is made."""
    return [mail(T - (WAITING - at) * HOUR, f"old{at}", "deferred", "4.4.316") for at in range(WAITING)]


def waited(
    outcome: str, code: str | None = None, at: timedelta = 70 * MINUTE, only: int = WAITING, **columns: Any
) -> Events:
    """What becomes of the messages that waited, so long after the change."""
    return [mail(T + at, f"old{number}", outcome, code, **columns) for number in range(only)]


def fresh(count: int, outcome: str, code: str | None = None, start: timedelta = 90 * MINUTE, **columns: Any) -> Events:
    """So many new messages, ten minutes apart from an hour and a half after the change on."""
    name = f"{outcome}{code or ''}{start}{columns.get('destination', '')}".replace(" ", "")
    return [mail(T + start + at * 10 * MINUTE, f"{name}{at}", outcome, code, **columns) for at in range(count)]


def elsewhere(hours: int) -> Events:
    """A message an hour over another connector, told by the same source."""
    branch = {"connector": BRANCH, "destination": "smtp.branch.contoso.com", "recipient_domain": "branch.contoso.com"}
    return [mail(T + at * HOUR, f"other{at}", "delivered", **branch, recipient=f"other{at}@branch.contoso.com")
            for at in range(-WAITING, hours)]  # fmt: skip


def again(events: Events, after: timedelta, outcome: str, code: str | None = None, **columns: Any) -> Events:
    """The same messages, tried once more so long after."""
    changed = {"outcome": outcome, "status_code": code, "cause": "connection_refused" if code else None, **columns}
    return [row | {"event_time": row["event_time"] + after, **changed} for row in events]


def connects() -> Events:
    """Failed connections of a server's own, an hour each, before any message was named."""
    bare = dict.fromkeys(("recipient", "recipient_domain", "sender", "network_message_id", "message_id"))
    return [
        mail(T + at * HOUR, "s", "deferred", **bare, source=SEND, queue_id=f"S{at}", server="ex1.contoso.com",
             cause="connection_timed_out")
        for at in range(-20, 5)
    ]  # fmt: skip


OPENED = [*before(), mail(T + 30 * MINUTE, "old3", "deferred", "4.4.316"), *waited("delivered"), *fresh(4, "delivered")]
REROUTED = {"connector": None, "destination": None}
LATE = fresh(6, "received", connector=None, event="Receive")
BEGUN = fresh(6, "deferred", "4.4.316")
LAKE: dict[str, Events] = {
    "opened": OPENED,
    "spread": before() + waited("deferred", "4.4.316", 30 * MINUTE, only=4),
    "off": before() + waited("delivered", None, 2 * HOUR, **REROUTED) + elsewhere(12),
    "off and lost": before() + waited("failed", "5.1.1", 2 * HOUR, **REROUTED) + elsewhere(12),
    "ends": before(),
    "lost sight": before() + elsewhere(30),
    "one waits": before() + waited("delivered", None, 2 * HOUR, only=WAITING - 1, **REROUTED) + elsewhere(3),
    "two hosts": before() + fresh(20, "delivered") + fresh(8, "deferred", "4.4.316", destination=SECOND),
    "halfway": before() + fresh(12, "deferred", "4.4.317", cause="starttls_not_offered"),
    "backwards": before() + fresh(12, "deferred", "4.4.312", cause="dns_no_records"),
    "few": before() + fresh(3, "delivered"),
    "returned": before() + again(before(), 24 * HOUR, "expired", "5.4.316") + fresh(8, "delivered"),
    "began 20": before() + LATE + again(LATE, 20 * HOUR, "expired", "5.4.316", connector=NAME, event="Fail"),
    "began 24": before() + LATE + again(LATE, 24 * HOUR, "expired", "5.4.316", connector=NAME, event="Fail"),
    "unseen": before() + fresh(8, "delivered") + [
        mail(T + at * HOUR, f"lost{at}", "failed", "5.4.316", source=EXTENDED) for at in range(2, 8)],
    "unsaid": before() + BEGUN + again(BEGUN, 24 * HOUR, "expired", "4.4.7", cause="message_expired"),
    "trace": before() + fresh(9, "delivered", source=TRACE, **REROUTED),
    "trace pending": before() + fresh(9, "delivered", source=TRACE, **REROUTED)
    + fresh(9, "pending", source=TRACE, start=95 * MINUTE, **REROUTED),
    "connects": connects(),
    "retried": before() + [row for at in range(1, 9) for row in again(BEGUN, at * HOUR, "deferred", "4.4.316")] + BEGUN,
    "old still fail": before() + waited("deferred", "4.4.316", 3 * HOUR, only=9) + fresh(20, "delivered"),
    "only old": before() + waited("deferred", "4.4.316", 3 * HOUR, only=9),
    "failed first": before() + BEGUN + again(BEGUN, 2 * HOUR, "delivered") + fresh(2, "delivered", start=9 * HOUR),
    "quiet": fresh(8, "delivered", start=-20 * HOUR) + fresh(8, "delivered"),
    "going": before() + fresh(8, "deferred", "4.4.316"),
    "fabrikam": before() + fresh(8, "delivered"),
    "export only": elsewhere(4),
}  # fmt: skip
"""What happened to each tenant; all of them have a connector of the same name."""


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


def test_switched_off_with_mail_that_goes_nowhere_says_so(verdict):
    told = verdict("off and lost")
    assert (told["verdict"], told["queued_lost_since"]) == ("fixed", 20)
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


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three of the tenants alone, for the whole command: it looks for incidents first."""
    root = tmp_path_factory.mktemp("command") / "lake"
    filled(root, [row | {"tenant": name} for name in ("going", "fabrikam", "quiet") for row in LAKE[name]])
    return root


def asked(small: Path, *more: object, connector: str = NAME, since: str = "2026-11-02T12:00Z", tenant: str = "going"):
    return mailtrend("verify", "--lake", small, "--connector", connector, "--since", since, "--tenant", tenant, *more)


def test_a_script_may_stop_at_what_is_not_fixed(small):
    assert asked(small).code == 0
    assert asked(small, "--fail-on", "unfixed").code == 3
    assert asked(small, "--fail-on", "unfixed", tenant="fabrikam").code == 0
    assert asked(small, "--fail-on", "never").code == 2


def test_the_words_come_first_and_the_numbers_below(small):
    done = asked(small, connector="to ON-PREMISES")
    assert done.out.startswith("NOT FIXED: 4.4.316 over To on-premises\n\n4.4.316 goes on: 8 of 8 messages over")
    assert "failure rate before      100.0%" in done.out
    assert done.err == ""
    assert len(done.out.splitlines()) <= 30


def test_a_local_time_is_read_in_the_zone_that_is_named(small):
    local = asked(small, "--format", "json", "--timezone", "Europe/Berlin", since="2026-11-02T13:00").out
    assert local == asked(small, "--format", "json").out
    told = json.loads(local)
    assert (told["verdict"], told["since"]) == ("not fixed", "2026-11-02T12:00:00Z")


@pytest.mark.parametrize("by_code", [True, False])
def test_the_command_that_guidance_prints_runs(small, by_code):
    names = {"connector": NAME, "code": "4.4.316", "destination": None, "domain": None, "ip": None}
    [step] = filler(names, {})(afterwards(book().takes["firewall"], by_connector=True, by_code=by_code))
    words = shlex.split(step.split("`")[1].replace("TIME_OF_CHANGE", "2026-11-02T12:00Z"))
    assert (words[:2], "--code" in words) == (["mailtrend", "verify"], by_code)
    done = mailtrend(*words[1:], "--lake", small, "--tenant", "going")
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
        ({"since": "2026-10-01"}, "before the change: its data go from 2026-11-01 16:00 UTC to 2026-11-02 14:40 UTC"),
        ({"tenant": "tailspintoys"}, "no connector 'To on-premises' of tenant tailspintoys"),
        ({"tenant": "quiet"}, "nothing failed over this connector before the change: none of 8 messages"),
        ({"tenant": "quiet", "more": ("--code", "4.4.316")}, "nothing ever failed there: there is nothing to verify"),
        ({"connector": "x\x1b[31m"}, "no connector 'x·[31m'"),
    ],
)
def test_what_is_not_in_the_lake_is_refused_with_a_way_out(small, arguments, said):
    given = dict(arguments)
    done = asked(small, *given.pop("more", ()), **given)
    assert (done.code, done.out) == (2, "")
    assert said in done.err


def test_a_connector_of_several_tenants_wants_one_of_them(small):
    done = mailtrend("verify", "--lake", small, "--connector", NAME, "--since", "2026-11-02T12:00Z")
    assert done.code == 2
    assert "--tenant with one of: fabrikam, going, quiet" in done.err


def test_a_row_for_a_spreadsheet_and_a_table_for_others(small, tmp_path):
    asked(small, "-o", tmp_path / "told.parquet")
    [row] = pq.read_table(tmp_path / "told.parquet").to_pylist()
    assert (row["verdict"], row["other_failures"], row["since"]) == ("not fixed", [], T)
    assert asked(small, "--format", "csv").out.splitlines()[1].startswith("not fixed,")

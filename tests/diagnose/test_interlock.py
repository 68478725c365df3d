"""Who would lose mail by the advice, and the reverse advice for a live hybrid."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from mailtrend import diagnose
from mailtrend.diagnose import Facts
from mailtrend.diagnose.behind import Behind, Person, Sides

BEGAN = datetime(2026, 10, 22, 9, 49)
NOW = datetime(2026, 11, 1, 23, 55)
BEFORE, SINCE = BEGAN - timedelta(days=3), BEGAN + timedelta(days=4)
LIVE = Person("ann@contoso.com", 4, BEFORE, SINCE, "EX01")
ELSEWHERE = Person("hub@contoso.com", 0, None, SINCE, "mx03")
RECENT = Person("bo@contoso.com", 9, BEFORE)
LEFTOVER = Person("old@contoso.com", 12)
MOVED = Person("cy@contoso.com", 2, BEFORE, None, None, SINCE)
MOVED_BACK = Person("dan@contoso.com", 2, BEFORE, None, None, BEFORE - timedelta(days=5))
EX01 = Sides(servers=("EX01",), known_by="mail", log_from=BEFORE, log_until=NOW, hours=255, covered=200)
REFUSED = Facts(
    tenant="default", kind="sustained", status_code="4.4.316", cause="connection_refused", connector="To on-premises",
    destination="mail.contoso.com", scope="pair", started_at=BEGAN, ended_at=None, expected=0.5, p_value=1e-12,
    attempts=900, failures=900, messages=140, recipients=5, first_failure=BEGAN, last_failure=NOW, owner_kind="own",
    domains=("contoso.com",), accepted=(("contoso.com", "InternalRelay"),),
)  # fmt: skip
UNKNOWN = replace(
    REFUSED, status_code="5.1.10", cause="recipient_unknown", connector=None, destination="contoso.com",
    accepted=(("contoso.com", "Authoritative"),),
)  # fmt: skip


def told(facts: Facts, *people: Person, **behind: Any) -> dict[str, Any]:
    words = SimpleNamespace(owner="sender", title="Not found", meaning="", steps=("Correct it.",), steps_migrated=(),
                            ask="", owner_depends_on="")  # fmt: skip
    known = replace(facts, behind=Behind(people=people, **behind))
    (row,) = diagnose.incidents([known], now=NOW, verdict=lambda *_, **__: words).to_pylist()
    return row


def test_all_who_fail_or_were_reached_there_are_listed_but_those_who_have_moved() -> None:
    row = told(REFUSED, LIVE, ELSEWHERE, RECENT, LEFTOVER, MOVED, MOVED_BACK, sides=EX01, days_before=30)
    assert row["would_bounce"] == [
        "ann@contoso.com", "bo@contoso.com", "dan@contoso.com", "hub@contoso.com", "old@contoso.com"
    ]  # fmt: skip
    (bounce,) = [text for text in row["evidence"] if "would be refused at once (5.1.10)" in text]
    assert bounce.startswith("5 recipients would be refused at once (5.1.10) if contoso.com became Authoritative")
    assert bounce.endswith("4 had a delivery there before or since, 1 never had one (likely leftovers)")
    assert "1 recipient got mail in Exchange Online after their last one there" in row["evidence"]


def test_live_mailboxes_are_told_with_time_and_server_and_others_apart() -> None:
    evidence = told(REFUSED, LIVE, ELSEWHERE, sides=EX01)["evidence"]
    assert "1 recipient had mail on-premises since it began, the last on Mon 26 Oct 2026 09:49 UTC, by EX01" in evidence
    assert any(
        text.startswith(
            "1 recipient had mail since on other servers of yours, not known to stand behind this connector, the last on "
        )
        for text in evidence
    )


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        (replace(REFUSED, ended_at=NOW), "it is over"),
        (replace(REFUSED, owner_kind="partner"), "no mailbox of ours is there"),
        (replace(REFUSED, owner_kind="undetermined", accepted=()), "it may be anybody's server"),
        (replace(REFUSED, status_code="4.4.315", cause="connection_timed_out"), "nobody thinks of switching off"),
    ],
)
def test_nobody_is_listed_where_the_advice_is_not_in_question(facts: Facts, why: str) -> None:
    assert told(facts, LIVE, LEFTOVER)["would_bounce"] == [], why


def test_no_more_than_two_hundred_are_listed_in_order() -> None:
    people = [Person(f"r{number:03}@contoso.com", 1) for number in range(250)]
    listed = told(REFUSED, *reversed(people))["would_bounce"]
    assert listed == [f"r{number:03}@contoso.com" for number in range(200)]


def test_the_quota_is_told_with_the_incidents_own_number_and_none_that_nobody_publishes() -> None:
    row = told(REFUSED, LEFTOVER, failing=5, failing_before=4, days_before=30)
    (quota,) = [text for text in row["evidence"] if "quota for invalid recipients" in text]
    assert quota.startswith("As far as they do not exist, these 5 recipients (1 of whom never had a delivery) count")
    assert quota.endswith("140 messages and 900 attempts so far; Microsoft publishes no number for it")
    strict = replace(REFUSED, accepted=(("contoso.com", "Authoritative"),))
    assert not any("quota" in text for text in told(strict, LEFTOVER)["evidence"])


def test_where_the_record_is_short_nobody_is_called_a_leftover() -> None:
    short = told(REFUSED, LEFTOVER, failing=1, days_before=2.0)["evidence"]
    assert any(text.endswith("or contact: 1 have none on record, which begins too late")
               for text in short)  # fmt: skip
    assert not any("never had" in text for text in short)


def test_a_refusal_tells_what_the_servers_logs_show_in_figures() -> None:
    assert (
        "The logs of EX01 cover 200 of 255 hours of it and show no session of Exchange Online, "
        "after 80 in the fortnight before"
    ) in told(REFUSED, sides=replace(EX01, sessions_before=80))["evidence"]
    seen = replace(EX01, tls_failed=6, refused=1, last_session=NOW, failing_seen=3, failing_accepted=1)
    evidence = told(REFUSED, sides=seen)["evidence"]
    assert (
        "Exchange Online as EX01 saw it since: 1 session refused and 6 sessions failed at TLS, "
        "the last on Sun 1 Nov 2026 23:55 UTC"
    ) in evidence
    assert "Of 140 messages that failed, one's own servers know 3 and took 1" in evidence


def test_other_faults_of_ones_own_server_say_what_follows_from_its_logs() -> None:
    facts = replace(REFUSED, status_code="4.4.315", cause="connection_timed_out")
    assert (
        "The logs of EX01 cover 200 of 255 hours and show 31 arrivals of other mail and no session of Exchange Online, "
        "so it never gets there. Look at firewall, address translation and provider"
    ) in told(facts, sides=replace(EX01, arrivals=31))["evidence"]
    assert (
        "6 sessions of Exchange Online reached EX01 and failed at TLS: look at its certificate and its versions of TLS"
    ) in told(facts, sides=replace(EX01, tls_failed=6))["evidence"]
    assert told(facts, sides=None)["would_bounce"] == []


def test_a_live_hybrid_with_an_authoritative_domain_is_told_to_relay() -> None:
    row = told(UNKNOWN, LIVE, LEFTOVER, own_routes=("To on-premises",))
    assert row["owner"] == "your_organization"
    assert "1 of 5 recipients refused as unknown had mail on-premises lately" in row["diagnosis"]
    assert "Make the domain Internal Relay, with an outbound connector" in row["diagnosis"]
    assert (
        "1 of the refused recipients had mail on-premises, the last on Mon 26 Oct 2026 09:49 UTC, by EX01"
        in row["evidence"]
    )
    assert row["actions"][0].startswith("See that connector To on-premises takes mail for contoso.com and works")
    assert "`Set-AcceptedDomain -Identity contoso.com -DomainType InternalRelay`" in row["actions"][1]
    assert row["actions"][-1] == "Correct it."
    # Refused recipients are each one's own matter, but not these.
    assert (row["severity"], told(UNKNOWN, LEFTOVER)["severity"]) == ("warning", "notice")


def test_it_is_the_surer_the_more_of_the_refused_are_known_to_live_there() -> None:
    several = [replace_address(LIVE, f"p{number}@contoso.com") for number in range(5)]
    assert told(UNKNOWN, *several)["confidence"] > told(UNKNOWN, LIVE)["confidence"]


def test_without_a_connector_among_the_exports_one_has_to_be_made_first() -> None:
    assert told(UNKNOWN, LIVE)["actions"][0].startswith("Create an outbound connector for contoso.com")


@pytest.mark.parametrize(
    ("facts", "person"),
    [
        (UNKNOWN, LEFTOVER),
        (UNKNOWN, MOVED),
        (UNKNOWN, ELSEWHERE),
        (replace(UNKNOWN, accepted=(("contoso.com", "InternalRelay"),)), LIVE),
        (replace(UNKNOWN, status_code="5.2.2", cause="mailbox_full"), LIVE),
    ],
    ids=["never delivered to", "moved to the cloud", "not refused", "a relayed domain", "another fault"],
)
def test_no_other_refusal_gets_the_reverse_advice(facts: Facts, person: Person) -> None:
    row = told(facts, person)
    assert not any("InternalRelay`" in action for action in row["actions"])


def test_a_domain_that_is_none_goes_into_no_command() -> None:
    hostile = replace(UNKNOWN, accepted=(("contoso.com; Remove-Mailbox", "Authoritative"),))
    command = told(hostile, LIVE)["actions"][1].partition("`")[2]
    assert command.startswith("Set-AcceptedDomain -Identity DOMAIN -DomainType InternalRelay`")


def replace_address(person: Person, address: str) -> Person:
    return person._replace(address=address)


@pytest.mark.parametrize("facts", [REFUSED, UNKNOWN])
def test_sentences_name_no_recipient(facts: Facts) -> None:
    row = told(facts, LIVE, ELSEWHERE, RECENT, LEFTOVER, MOVED, MOVED_BACK, sides=EX01, days_before=30)
    sentences = "\n".join([row["diagnosis"], *row["evidence"], *row["actions"], row["partner_message"] or ""])
    for person in (LIVE, ELSEWHERE, RECENT, LEFTOVER, MOVED, MOVED_BACK):
        assert person.address not in sentences

"""What patterns say: figures in the evidence, what raises and lowers confidence, steps that may be pasted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from knowledge.test_guidance import COMMAND, unknown
from mailtrend.diagnose import patterns
from mailtrend.diagnose.facts import Rung
from mailtrend.diagnose.surroundings import Address, Beside
from support.patterns import ENDED, EVERYWHERE, EXO, OWN, WIDE, change, facts, told

EXPIRED, TIMEOUT = "certificate_expired", "connection_timed_out"


def sure(code: str | None, cause: str | None, around: dict[str, Any] | None = None, **known: Any) -> float:
    return told(facts(code, cause, around, **known)).confidence


def test_a_first_failure_at_the_end_that_the_text_names_makes_sure_of_an_expiry() -> None:
    on_time = {"not_after": ("10/20/2026 9:30:00 AM",)}
    found = told(facts("4.7.320", EXPIRED, on_time))
    assert "The certificate ended on Tue 20 Oct 2026 09:30 UTC." in found.diagnosis
    assert any("first failure came on Tue 20 Oct 2026 09:37 UTC" in text for text in found.evidence)
    assert found.confidence > sure("4.7.320", EXPIRED, {"not_after": ("2026-10-01",)}) > sure("4.7.320", EXPIRED)


@pytest.mark.parametrize(("hour", "minute", "says"), [(0, 3, "midnight"), (12, 14, "noon"), (12, 16, ""), (9, 0, "")])
def test_certificates_end_at_midnight_or_noon(hour: int, minute: int, says: str) -> None:
    evidence = told(facts("4.7.320", EXPIRED, first_failure=datetime(2026, 10, 20, hour, minute))).evidence
    assert any("just after" in text for text in evidence) is bool(says)
    assert not says or any(says in text for text in evidence)


def test_one_host_of_several_shows_in_what_gets_through() -> None:
    both = {"hours_failing": 10, "hours_mixed": 9}
    found = told(facts("4.7.320", EXPIRED, both, successes_since=100))
    assert any(text.startswith("Against it: 100 deliveries got through beside 300 failures (25 %)") for text in
               found.evidence)  # fmt: skip
    assert found.confidence < sure("4.7.320", EXPIRED, successes_since=100)


def test_deliveries_over_tls_before_are_told_and_their_absence_lowers_confidence() -> None:
    before = {"tls_before": 250, "tls_version": "TLS1.2", "tls_last": datetime(2026, 10, 20, 8, 55)}
    found = told(facts("4.4.317", "starttls_not_offered", before))
    line = "Before it, 250 deliveries there went over TLS (TLS1.2), the last one on Tue 20 Oct 2026 08:55 UTC"
    assert line in found.evidence
    never = sure("4.4.317", "starttls_not_offered", successes_before=0)
    assert found.confidence > sure("4.4.317", "starttls_not_offered") > never


def test_a_change_that_names_the_place_weighs_more_and_is_told_once() -> None:
    named = told(facts("4.4.315", TIMEOUT, changes=(change("firewall", "mail.contoso.com"),), **OWN))
    other = told(facts("4.4.315", TIMEOUT, {"changes": (change("firewall", "VPN", matches=False),)}, **OWN))
    assert named.confidence > other.confidence
    assert not any("It began" in text for text in named.evidence)
    assert any("which does not name this place" in text for text in other.evidence)


def test_time_outs_and_refusals_together_are_told_with_their_shares() -> None:
    mixed = (("connection_timed_out", 180), ("connection_refused", 120))
    found = told(facts("4.4.315", TIMEOUT, causes=mixed))
    assert "60 % of the attempts met silence, 40 % were refused" in found.evidence[0]
    assert "Partly refused and partly unanswered" in found.diagnosis
    assert found.confidence < sure("4.4.315", TIMEOUT)


def test_what_comes_and_goes_is_not_taken_for_one_of_several_servers() -> None:
    both = {"hours_failing": 10, "hours_mixed": 9}
    found = told(facts("4.4.318", "connection_reset", both, kind="flapping", successes_since=149))
    assert "It comes and goes, with hours between in which mail gets through" in found.diagnosis
    assert "several servers" not in found.diagnosis


def rung(code: str, cause: str | None, first: int, last: int | None) -> Rung:
    end = None if last is None else datetime(2026, 10, 20, last)
    return Rung(code, cause, datetime(2026, 10, 20, first), end, 40)


UP = (rung("4.4.316", "connection_refused", 9, 11), rung("4.4.317", "starttls_not_offered", 11, None))
DOWN = (rung("4.4.317", "starttls_not_offered", 9, 11), rung("4.4.316", "connection_refused", 11, None))
BESIDE = (rung("4.4.316", "connection_refused", 9, 16), rung("4.4.317", "starttls_not_offered", 11, None))


def test_a_ladder_tells_every_rung_and_gives_the_steps_of_the_last() -> None:
    found = told(facts("4.4.316", "connection_refused", rungs=UP, **OWN))
    assert "It went 4.4.316 (connection refused), then 4.4.317 (STARTTLS not offered)" in found.diagnosis
    assert "The connection opens now" in found.diagnosis
    assert "STARTTLS" in found.actions[0]
    assert any("4.4.316 (connection refused) from Tue 20 Oct 2026 09:00 UTC, 40 failures" in text for text in
               found.evidence)  # fmt: skip


def test_a_ladder_that_goes_down_or_stands_side_by_side_is_less_sure() -> None:
    up, down, beside = (sure("4.4.316", "connection_refused", rungs=rungs, **OWN) for rungs in (UP, DOWN, BESIDE))
    assert up > beside > down
    assert "got less far" in " ".join(told(facts("4.4.316", "connection_refused", rungs=DOWN, **OWN)).evidence)


def test_the_sender_of_most_comes_first_and_others_are_not_named() -> None:
    most = {"senders": (("a@contoso.com", 45),), "sender_count": 9}
    found = told(facts("5.7.705", "tenant_blocked", most, **EVERYWHERE))
    assert '`Get-MessageTraceV2 -SenderAddress "a@contoso.com" -StartDate' in found.actions[0]
    spread = {"senders": (("a@contoso.com", 5),), "sender_count": 40}
    found = told(facts("5.7.705", "tenant_blocked", spread, **EVERYWHERE))
    assert not any("a@contoso.com" in text for text in (*found.evidence, *found.actions, found.diagnosis))
    assert "It hits 40 senders, none with more than 8 % of it" in found.evidence


@pytest.mark.parametrize("name", ["`$(calc)`@contoso.com", "a'; calc; '@contoso.com", "{connector}$(x)@contoso.com"])
def test_a_hostile_sender_never_becomes_a_command(name: str) -> None:
    around = {"senders": ((name, 60),), "sender_count": 1}
    steps = told(facts("5.1.90", "rate_limited", around, connector="B'; calc; '", destination=None)).actions
    commands = [command for step in steps for command in COMMAND.findall(step) if "SenderAddress" in command]
    quoted = {"a'; calc; '@contoso.com": "'a''; calc; ''@contoso.com'", "{connector}$(x)@contoso.com": f"'{name}'"}
    assert (
        any(quoted[name] in command for command in commands)
        if name in quoted
        else not any("calc" in command for command in commands)
    )


def test_the_number_of_a_published_limit_is_told() -> None:
    assert any("10,000 recipients" in text for text in told(facts("5.1.90", "rate_limited")).evidence)


def test_the_bad_address_stands_in_the_first_step_and_the_others_in_the_evidence() -> None:
    good = (Address("203.0.113.26", 60, 58), Address("203.0.113.25", 70, 1))
    ill = (Address("203.0.113.26", 60, 58), Address("203.0.113.25", 70, 60))
    place = {**OWN, "scope": "remote_ip", "remote_ip": "203.0.113.26"}
    found = told(facts("4.4.315", TIMEOUT, {"addresses": good}, **place))
    assert found.actions[0].startswith("Take 203.0.113.26 out of the load balancer")
    assert "46 % of the attempts hit it" in found.diagnosis
    assert "The others (203.0.113.25) failed 1 of 70 attempts" in found.evidence
    assert found.confidence > sure("4.4.315", TIMEOUT, {"addresses": ill}, **place)


def test_other_incidents_and_the_other_direction_speak_for_microsoft() -> None:
    began = datetime(2026, 10, 20, 9)
    beside = (Beside("4.4.317", None, "C", "d", "burst", began, ENDED),)
    dead = {"sources": EXO, "beside": beside, "inbound": 2, "inbound_usual": 300.0}
    found = told(facts("4.4.318", "connection_reset", dead, **EVERYWHERE))
    assert "Within two hours of it began 1 other incident: 4.4.317" in found.evidence
    assert any(text.startswith("From outside 2 messages came in") for text in found.evidence)
    living = {"sources": EXO, "inbound": 290, "inbound_usual": 300.0}
    assert found.confidence > sure("4.4.318", "connection_reset", living, **EVERYWHERE)


def test_a_partner_is_asked_nothing_where_the_fault_is_ones_own() -> None:
    assert told(facts("4.7.320", EXPIRED)).ask
    changed = (change("connector", "Fabrikam partner TLS"),)
    assert told(facts("4.4.317", "certificate_name_mismatch", changes=changed)).ask == ""


def test_what_is_over_is_told_in_the_past() -> None:
    for known in (WIDE, EVERYWHERE):
        shown = {"presented": ("CN=a", "CN=b"), "sources": EXO}
        over = told(facts("4.7.320", EXPIRED, shown, ended_at=ENDED, **known)).diagnosis
        assert "this looked like" in over
        assert "this looks like" not in over


def test_every_step_of_a_pattern_names_commands_that_exist_and_places_that_are_known() -> None:
    steps = [
        (module.__name__, step)
        for module in (*patterns.SHAPES, *patterns.FAULTS)
        for name, told_steps in vars(module).items()
        if name.isupper() and isinstance(told_steps, tuple)
        for step in told_steps
        if isinstance(step, str) and " " in step
    ]
    assert len(steps) > 30
    for name, step in steps:
        assert step.count("`") % 2 == 0, step
        for command in COMMAND.findall(step):
            assert unknown(command) == [], f"{name}: {command}"
    filled = told(facts("4.7.320", EXPIRED, {"presented": ("a", "b")}, **EVERYWHERE)).actions
    assert not any("{" in step and "place." in step for step in filled)

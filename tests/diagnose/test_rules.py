"""Rules of mailtrend.toml over incidents: what each makes of a row, and how acknowledged ones come back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

from mailtrend import contracts
from mailtrend.diagnose import Facts, Rules
from mailtrend.diagnose.ruled import InWindows, Ruled
from mailtrend.diagnose.rules import acted_on, apply
from mailtrend.errors import SettingsError
from mailtrend.settings import Settings

BEGUN, NOW = datetime(2026, 6, 1, 9), datetime(2026, 6, 3)
FACTS = Facts(
    tenant="default", kind="sustained", status_code="4.4.316", cause="connection_refused", connector="To Partner",
    destination="mx.fabrikam.com", scope="pair", started_at=BEGUN, ended_at=None, expected=1.0, p_value=1e-9,
    domains=("fabrikam.com", "fabrikam.net"),
)  # fmt: skip
WIDE = replace(FACTS, scope="connector", destination=None, destinations=("mx1.fabrikam.com", "mx2.litwareinc.com"))


def row(facts: Facts = FACTS, **given: Any) -> dict[str, Any]:
    """A row of contracts.INCIDENTS for these facts, before rules."""
    usual = dict.fromkeys(contracts.INCIDENTS.names) | {
        "incident_id": "0123456789abcdef", "tenant": facts.tenant, "kind": facts.kind, "severity": "warning",
        "status_code": facts.status_code, "status_codes": ["4.4.316", "5.4.316"], "connector": facts.connector,
        "destination": facts.destination, "cause": facts.cause, "owner": "partner", "started_at": facts.started_at,
        "ended_at": facts.ended_at, "remote_ip": facts.remote_ip, "lost": 0, "vip_recipients": facts.ruled.vip_recipients, "rules": [],
    }  # fmt: skip
    return usual | given


def ignored(facts: Facts, **matchers: Any) -> bool:
    rules = Settings(ignore=[matchers])
    return acted_on(row(facts), facts, rules, {}, NOW).set_aside == "ignored"


@pytest.mark.parametrize(
    ("matchers", "expected"),
    [
        ({"connector": "to partner"}, True),
        ({"connector": "To P*"}, True),
        ({"connector": ["Other", "*partner"]}, True),
        ({"connector": "To Part"}, False),
        ({"connector": "To.Partner"}, False),
        ({"connector": "*"}, True),
        ({"destination": "*.fabrikam.com", "connector": "To Partner"}, True),
        ({"destination": "*.contoso.com", "connector": "To Partner"}, False),
        ({"domain": "fabrikam.*"}, True),
        ({"domain": "fabrikam.com"}, False),
        ({"domain": ["fabrikam.com", "fabrikam.net"]}, True),
        ({"status_code": "4.4.*"}, True),
        ({"status_code": "5.4.316"}, True),
        ({"status_code": "4.4.31"}, False),
        ({"status_code": "4.7.*"}, False),
        ({"cause": "connection_refused"}, True),
        ({"cause": "mailbox_full"}, False),
        ({"kind": ["burst", "sustained"]}, True),
        ({"owner": "microsoft"}, False),
        ({"tenant": "default"}, True),
    ],
)
def test_a_rule_is_for_incidents_that_all_its_keys_match(matchers: dict[str, Any], expected: bool) -> None:
    assert ignored(FACTS, **matchers) is expected


def test_an_incident_over_many_places_is_set_aside_only_by_a_rule_for_all_of_them() -> None:
    assert not ignored(WIDE, destination="*.fabrikam.com")
    assert ignored(WIDE, destination=["*.fabrikam.com", "*.litwareinc.com"])
    assert ignored(WIDE, connector="To Partner")


def test_an_incident_of_several_codes_is_set_aside_only_by_a_rule_for_all_of_them() -> None:
    ladder = row(status_codes=["4.4.316", "5.4.316", "4.7.320"])
    for codes, expected in ((["4.4.316"], None), (["5.4.316", "4.7.*"], "ignored")):
        rules = Settings(ignore=[{"status_code": codes}])
        assert acted_on(ladder, FACTS, rules, {}, NOW).set_aside == expected


def test_one_address_of_several_goes_by_its_number_too() -> None:
    member = replace(WIDE, scope="remote_ip", remote_ip="192.0.2.25")
    assert ignored(member, destination="192.0.2.*")
    assert ignored(member, destination="*.com")
    assert not ignored(member, destination="198.51.100.1")


def test_an_incident_without_a_connector_is_meant_by_any_connector_and_by_no_name() -> None:
    bare = replace(FACTS, connector=None)
    assert ignored(bare, connector="*")
    assert not ignored(bare, connector="To*")


@pytest.mark.parametrize(
    ("found", "rule", "vips", "expected", "said"),
    [
        ("notice", None, 3, "warning", "severity raised from notice to warning: 3 VIP recipients (vip)"),
        ("warning", None, 1, "critical", "severity raised from warning to critical: 1 VIP recipient (vip)"),
        ("critical", None, 1, "critical", "severity stays critical: 1 VIP recipient (vip)"),
        ("notice", "critical", 0, "critical", "severity raised from notice to critical, as set: why ([[severity]] 1)"),
        (
            "critical",
            "notice",
            None,
            "notice",
            "severity lowered from critical to notice, as set: why ([[severity]] 1)",
        ),
        ("warning", "warning", None, "warning", "severity stays warning, as set: why ([[severity]] 1)"),
    ],
)
def test_severity_follows_rules_and_vips_and_says_so(
    found: str, rule: str | None, vips: int | None, expected: str, said: str
) -> None:
    given = [{"connector": "To Partner", "severity": rule, "note": "why"}] if rule else []
    acted = acted_on(row(severity=found, vip_recipients=vips), FACTS, Settings(severity=given), {}, NOW)
    assert (acted.severity, acted.sentences, acted.set_aside) == (expected, [said], None)


def test_vips_raise_what_a_rule_has_lowered() -> None:
    rules = Settings(severity=[{"connector": "*", "severity": "notice"}])
    acted = acted_on(row(severity="critical", vip_recipients=2), FACTS, rules, {}, NOW)
    assert acted.severity == "warning"
    assert len(acted.sentences) == 2


def test_a_rule_for_a_part_of_an_incident_raises_it_and_does_not_lower_it() -> None:
    part = {"destination": "mx1.fabrikam.com"}
    for level, expected in (("critical", "critical"), ("notice", "warning")):
        rules = Settings(severity=[part | {"severity": level}])
        assert acted_on(row(WIDE), WIDE, rules, {}, NOW).severity == expected


def acknowledged(
    known: pa.Table, now: datetime = NOW, until: datetime = datetime(2026, 6, 12), **given: Any
) -> tuple[dict[str, Any], pa.Table]:
    """One run: the row as it comes out, and what is remembered."""
    rules = Settings(acknowledge=[{"connector": "To Partner", "until": until, "note": "ticket 4711"}])
    one = row(**given)
    return one, apply([one], {one["incident_id"]: FACTS}, Rules(rules, known), now)


NONE = contracts.ACKNOWLEDGED.empty_table()


def test_an_acknowledged_incident_is_quiet_until_the_time_and_comes_back_then() -> None:
    first, known = acknowledged(NONE)
    assert first["set_aside"] == "acknowledged"
    assert first["rules"] == ["acknowledged until Fri 12 Jun 2026 00:00 UTC: ticket 4711 ([[acknowledge]] 1)"]
    later, known = acknowledged(known, now=datetime(2026, 6, 12))
    assert later["set_aside"] is None
    assert later["rules"] == [
        "no longer acknowledged: that was until Fri 12 Jun 2026 00:00 UTC: ticket 4711 ([[acknowledge]] 1)"
    ]
    assert known.num_rows == 0


def test_one_that_ended_while_it_was_acknowledged_stays_so_and_one_that_began_later_was_never() -> None:
    ended, _ = acknowledged(NONE, now=datetime(2026, 7, 1), ended_at=datetime(2026, 6, 10))
    assert ended["set_aside"] == "acknowledged"
    fresh, _ = acknowledged(NONE, now=datetime(2026, 7, 1), started_at=datetime(2026, 6, 20))
    assert (fresh["set_aside"], fresh["rules"]) == (None, [])


@pytest.mark.parametrize(
    ("worse", "said"),
    [
        ({"severity": "critical"}, "its severity rose from warning to critical"),
        ({"status_codes": ["4.4.316", "5.4.316", "4.7.320"]}, "it went on to 4.7.320"),
        ({"lost": 7}, "mail is being lost (7 messages)"),
    ],
)
def test_an_acknowledged_incident_that_gets_worse_is_back_and_stays_so(worse: dict[str, Any], said: str) -> None:
    _, known = acknowledged(NONE)
    back, known = acknowledged(known, now=NOW + timedelta(days=1), **worse)
    assert back["set_aside"] is None
    assert f"back although acknowledged: since it was acknowledged, {said}" in back["rules"][0]
    calm, known = acknowledged(known, now=NOW + timedelta(days=2))
    assert (calm["set_aside"], calm["rules"]) == (None, back["rules"])
    anew, _ = acknowledged(known, until=datetime(2026, 6, 20), **worse)
    assert anew["set_aside"] == "acknowledged"


def test_a_second_run_over_the_same_data_changes_nothing() -> None:
    first, known = acknowledged(NONE)
    again, kept = acknowledged(known)
    assert again == first
    assert kept == known


LYING = InWindows(
    rule=1, windows=1, begin=datetime(2026, 6, 1, 8), until=datetime(2026, 6, 1, 12), inside=40, before=0, after=0,
    between=0, echoes=9, delivered=5,
)  # fmt: skip
WORKS = {"from": datetime(2026, 6, 1, 8), "until": datetime(2026, 6, 1, 12), "note": "patch day"}


@pytest.mark.parametrize(
    ("lying", "ended", "quiet", "said"),
    [
        (LYING, True, True, "maintenance from Mon 1 Jun 2026 08:00 UTC to Mon 1 Jun 2026 12:00 UTC: all 40 messages"),
        (LYING, False, True, "maintenance from"),
        (LYING._replace(windows=3), True, True, "first failed within 3 windows"),
        (LYING._replace(after=2), True, False, "goes on after the maintenance that ended on Mon 1 Jun 2026 12:00 UTC"),
        (LYING._replace(between=2, windows=2), True, False, "2 messages first failed between the windows"),
        (LYING._replace(delivered=0), False, False, "nothing was delivered there since"),
        (LYING._replace(delivered=0), True, True, "maintenance from"),
        (LYING._replace(before=4), True, False, None),
    ],
)
def test_maintenance_sets_aside_what_began_and_ended_with_it(
    lying: InWindows, ended: bool, quiet: bool, said: str | None
) -> None:
    facts = replace(FACTS, ruled=Ruled(maintenance=(lying,)), ended_at=NOW if ended else None)
    acted = acted_on(row(facts), facts, Settings(maintenance=[WORKS]), {}, NOW)
    assert acted.set_aside == ("maintenance" if quiet else None)
    assert [said in sentence for sentence in acted.sentences] == ([True] if said else [])
    assert all(sentence.endswith(": patch day ([[maintenance]] 1)") for sentence in acted.sentences)


@pytest.mark.parametrize(("hours", "quiet"), [(4, True), (6, False)])
def test_silence_is_maintenance_if_its_hours_lie_in_the_window(hours: int, quiet: bool) -> None:
    begun = datetime(2026, 6, 1, 8)
    facts = replace(FACTS, kind="silence", started_at=begun, ended_at=begun + timedelta(hours=hours))
    acted = acted_on(row(facts), facts, Settings(maintenance=[WORKS]), {}, NOW)
    assert (acted.set_aside == "maintenance") is quiet
    assert len(acted.sentences) == 1


def test_a_cause_that_is_none_is_refused_with_the_nearest_that_is_one() -> None:
    with pytest.raises(SettingsError) as caught:
        Rules(Settings(ignore=[{"cause": "connection_refuse"}]), NONE)
    assert "[[ignore]] 1 cause: 'connection_refuse' is no cause" in caught.value.what
    assert caught.value.mend == "did you mean 'connection_refused'?"


def test_an_incident_that_outlived_its_data_keeps_what_maintenance_made_of_it() -> None:
    said = "maintenance from … ([[maintenance]] 1)"
    one = row(severity="critical", severity_found="notice", set_aside="maintenance", rules=[said])
    apply([one], {}, Rules(Settings(maintenance=[WORKS]), NONE), NOW)
    assert (one["severity"], one["set_aside"], one["rules"]) == ("notice", "maintenance", [said])

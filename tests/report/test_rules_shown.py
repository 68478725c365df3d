"""What rules of mailtrend.toml did stands in every form of the report, and what they set aside counts nowhere."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from mailtrend import report
from mailtrend.cli.options import FailOn
from mailtrend.report import ruling, saying
from mailtrend.report.incident import Incident, Rule
from mailtrend.report.model import Model, Totals
from mailtrend.report.verdict import standing, verdict
from mailtrend.settings import Settings
from support.reportparts import AS_OF, HOSTILE, incident
from support.reportrules import BOUNCING, ruled

ASIDE = incident(set_aside="ignored", rules=("ignored ([[ignore]] 1)",))


def test_what_is_set_aside_neither_alarms_nor_counts() -> None:
    some = Totals(attempts=100, failures=9)
    assert standing(some, (ASIDE,), events=100) == "quiet"
    told = verdict("quiet", some, (ASIDE,), AS_OF)
    assert "no incident" in told
    assert told.endswith("1 incident is set aside by your rules.")
    assert standing(some, (ASIDE, incident()), events=100) == "critical"


def test_every_incident_stands_in_exactly_one_list() -> None:
    model = ruled()
    lists = [found.incident_id for found in (*model.acting, *model.notices, *model.aside)]
    assert sorted(lists) == sorted(found.incident_id for found in model.incidents)
    assert [found.incident_id for found in model.aside] == ["ignored1", "known001", "works001"]


@pytest.mark.parametrize("to", ["html", "md", "json"])
def test_every_rule_stands_in_the_report_with_what_it_did(to: str) -> None:
    text = report.render(ruled(), to).replace("\\[", "[").replace("\\]", "]")
    for rule in ruled().rules:
        assert rule.label in text
    for said in ("matched nothing in this period", "certificate ordered, ticket 4711", "raised from notice to warning"):
        assert said in text


def test_a_card_says_codes_waits_and_what_changed_since() -> None:
    page = report.render(ruled(), "html")
    told = ("4.4.316, 5.4.316, 4.4.317, 4.7.320", "half up to 1 h 05 min, nine in ten up to 6 h 00 min",
            "at 192.0.2.25, one address of several", "to all its destinations", "It began 2 hours earlier than told",
            "23 recipients would bounce", "reopened", "with data up to 2026-10-22 18:00 UTC")  # fmt: skip
    assert [each for each in told if each not in page] == []


def test_recipients_that_would_bounce_are_named_in_the_page_and_the_json_only() -> None:
    model = ruled()
    for to, named in (("html", True), ("json", True), ("md", False)):
        assert (BOUNCING[0] in report.render(model, to)) is named
    assert BOUNCING[0] not in report.summary_text(model)
    assert "23 recipients would bounce" in report.render(model, "md")


def test_logs_do_not_show_who_is_in_the_directory_and_the_report_does_not_claim_so() -> None:
    for to in ("html", "md"):
        wanted = "would bounce if the domain became Authoritative, unless Exchange Online knows them"
        assert wanted in report.render(ruled(), to)


@pytest.mark.parametrize("to", ["html", "md"])
def test_a_notice_says_who_has_to_act_and_what_to_do(to: str) -> None:
    note = incident(severity="notice", owner="partner", actions=("Ask for their `hours`.", "Expect them."))
    text = report.render(replace(ruled(), incidents=(note,), rules=()), to)
    assert "Who has to act, if anybody" in text
    assert "The partner who runs the receiving server" in text
    assert text.index("Ask for their") < text.index("Expect them.")


def test_the_json_holds_rules_and_marks_what_they_set_aside() -> None:
    found = json.loads(report.render(ruled(), "json"))
    assert found["rules"][1] == {"label": "[[ignore]] 2", "says": "connector Tset 2", "acted": [],
                                 "remark": "matched nothing in this period"}  # fmt: skip
    aside = {each["incident_id"]: each["set_aside"] for each in found["incidents"] if each["set_aside"]}
    assert aside == {"ignored1": "ignored", "known001": "acknowledged", "works001": "maintenance"}


@pytest.mark.parametrize("width", [40, 80, 120])
def test_the_terminal_says_how_many_are_set_aside_by_which_rule(width: int) -> None:
    text = report.summary_text(ruled(), width=width)
    assert max(map(len, text.splitlines())) <= width
    flat = " ".join(text.split())
    assert (
        "3 incidents set aside by your rules: 1 by [[ignore]] 1, 1 by [[acknowledge]] 1, 1 by [[maintenance]] 1."
        in flat
    )
    assert "Rules that matched nothing in this period: [[ignore]] 2." in flat
    assert "Test 7" not in flat


def test_hostile_words_of_a_rule_stay_words() -> None:
    for to, harmless in (("html", "test traffic &lt;script&gt;"), ("md", "test traffic \\<script\\>")):
        text = report.render(ruled(), to)
        assert harmless in text
        assert f"test traffic {HOSTILE[0]}" not in text


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"connector": ["A", "B *"], "kind": "burst", "note": "lab"}, "connector A or B *, kind burst: lab"),
        ({"status_code": "4.4.*", "owner": "dns"}, "status code 4.4.*, owner dns"),
    ],
)
def test_a_rule_is_told_in_one_line(given: dict[str, Any], expected: str) -> None:
    assert ruling.says(Settings(ignore=[given]).ignore[0]) == expected


def shown(settings: Settings, *found: Incident) -> tuple[Rule, ...]:
    """The rules as shown, of a lake in which nothing has a name that a rule could be held against."""
    return ruling.rules(None, settings, found, AS_OF)  # type: ignore[arg-type]  # only names are asked for, and none here


def test_a_rule_names_what_it_acted_on_and_says_that_it_did_nothing() -> None:
    settings = Settings(
        ignore=[{"kind": "burst"}, {"kind": "sustained"}], vip=["ceo@contoso.com", "@board.contoso.com"]
    )
    first, second, vips = shown(settings, replace(ASIDE, rules=("ignored ([[ignore]] 2)",)))
    assert (first.acted, first.remark) == ((), "matched nothing in this period")
    assert (second.acted, second.remark) == (("onprem01",), "")
    assert (vips.label, vips.says) == ("vip", "1 address and 1 domain")


def test_an_acknowledgement_whose_time_is_over_says_so() -> None:
    (old,) = shown(Settings(acknowledge=[{"kind": "burst", "until": datetime(2026, 1, 1)}]))
    assert old.remark == "its time is over: take it out, or give it another"
    assert ruling.idle([old]) == "Rules whose time is over: [[acknowledge]] 1."


@pytest.mark.parametrize(
    ("wanted", "found", "met"),
    [
        ("critical", [("critical", None)], True),
        ("critical", [("critical", "acknowledged"), ("warning", None)], False),
        ("warning", [("notice", None), ("warning", None)], True),
        ("warning", [("critical", "ignored"), ("notice", None)], False),
    ],
)
def test_what_is_set_aside_raises_no_alarm(wanted: str, found: list[tuple[str, str | None]], met: bool) -> None:
    assert FailOn(wanted).met(found) is met


def test_where_an_incident_runs_is_part_of_its_name() -> None:
    wide = incident(scope="all", connector=None, destination=None)
    assert saying.headline(wide) == "4.4.316 Connection refused at many places at once"
    over = incident(scope="destination", connector=None)
    assert saying.headline(over) == "4.4.316 Connection refused to mail.contoso.com over all connectors"


def test_a_model_without_rules_says_nothing_of_them() -> None:
    bare: Model = replace(ruled(), incidents=(incident(),), rules=())
    for to in ("html", "md"):
        assert "Your rules" not in report.render(bare, to)
        assert "set aside" not in report.render(bare, to).lower()

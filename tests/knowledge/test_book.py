"""The book holds together: no code twice, known keys, and everything said that an admin needs."""

from __future__ import annotations

import re
from collections import Counter
from itertools import combinations

import pytest

from mailtrend.contracts import CAUSES, OWNERS, STATUS_CODES
from mailtrend.knowledge import Entry, Guide, book, family_sql, status_codes, twin_of
from mailtrend.knowledge.shapes import KINDS, PLACEHOLDERS

SIX = {
    "4.4.312": "5.4.312",
    "4.4.315": "5.4.315",
    "4.4.316": "5.4.316",
    "4.4.317": "5.4.317",
    "4.4.318": "5.4.318",
    "4.7.320": "5.7.320",
}
FLOW = [*SIX, *SIX.values(), "4.4.7", "5.4.300"]
ENTRIES = book().entries
PLACES = {f"place.{key}" for key in book().places}
GUIDES: list[tuple[str, Guide]] = [
    *((str(entry.codes[0]), entry) for entry in ENTRIES),
    *book().causes.items(),
    *((f"subject {digit}", guide) for digit, guide in book().fallback.subjects.items()),
    *((f"reply {code}", guide) for code, guide in book().fallback.replies.items()),
    ("unknown", book().fallback.unknown),
]


def of(code: str) -> Entry:
    entry = book().entry_of(code)
    assert entry is not None
    return entry


def test_no_code_has_two_meanings_unless_the_issuer_the_reply_or_the_cause_tells():
    keys = Counter((str(codes), entry.issuer, entry.reply, entry.when) for entry in ENTRIES for codes in entry.codes)
    assert [key for key, count in keys.items() if count > 1] == []


def told_apart(entry):
    return entry.issuer, entry.reply, entry.when


def test_ranges_do_not_overlap():
    told = [(codes, entry) for entry in ENTRIES for codes in entry.codes]
    for (one, entry), (other, second) in combinations(told, 2):
        same = one.stem == other.stem and one.low <= other.high and other.low <= one.high
        assert not same or told_apart(entry) != told_apart(second), f"{one} and {other}"
        assert one.low <= one.high


@pytest.mark.parametrize(("name", "guide"), GUIDES, ids=[name for name, _ in GUIDES])
def test_a_guide_says_who_and_what(name, guide):
    assert guide.title
    assert not guide.title.endswith(".")
    assert guide.meaning.endswith((".", ")"))
    assert set(guide.owners) >= set(KINDS), name
    assert set(guide.owners.values()) <= set(OWNERS)
    for kind in KINDS:
        assert guide.steps[kind], f"{name} says nothing to do for {kind}"
        for step in guide.steps[kind]:
            assert step.rstrip("`)'").endswith((".", "?", "!")), step
            assert set(re.findall(r"\{(.*?)\}", step)) <= {*PLACEHOLDERS, *PLACES}, step
            assert not re.search(r"[\"']\{\w+\}[\"']", "".join(re.findall("`[^`]*`", step))), (
                f"quotes come by themselves: {step}"
            )
    assert guide.takes is None or guide.takes in book().takes


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: str(entry.codes[0]))
def test_an_entry_has_known_causes_and_a_source(entry):
    assert entry.cause is None or entry.cause in CAUSES
    assert set(entry.covers) <= set(CAUSES)
    assert entry.severity in {1, 2, 3, 4}
    assert entry.causes
    assert entry.reference.startswith("https://")
    assert not entry.firm or entry.cause
    assert entry.when is None or entry.when in CAUSES


def test_rules_and_causes_use_the_keys_of_the_contract():
    assert {rule.cause for rule in book().rules} <= set(CAUSES)
    assert set(book().causes) == set(CAUSES)


def test_every_rule_is_a_regular_expression_of_lower_case_words():
    for rule in book().rules:
        for pattern in rule.match:
            assert re.compile(pattern).search("") is None, f"{rule.cause}: '{pattern}' fits everything"
            assert not re.search(r"(?<!\\)[A-Z]", pattern), f"{rule.cause}: '{pattern}' can never fit"


@pytest.mark.parametrize("code", FLOW)
def test_the_codes_of_mail_flow_intelligence_are_told_in_full(code):
    entry = of(code)
    assert len(entry.meaning) > 60
    assert len(entry.causes) >= 2
    assert entry.cause
    for kind in ("own", "partner", "internet"):
        assert entry.owners[kind] != "undetermined"
        assert len(entry.steps[kind]) >= 2
    assert any("24 hours" in text for text in (entry.meaning, *entry.steps["own"]))
    assert "mail-flow-intelligence" in entry.reference


@pytest.mark.parametrize(("first", "last"), list(SIX.items()))
def test_twins_point_at_each_other(first, last):
    assert (twin_of(first), twin_of(last)) == (last, first)
    assert of(first).cause == of(last).cause
    assert of(last).expired
    assert not of(first).expired
    assert "lost" in of(last).steps["own"][-1]


def test_own_server_and_partner_are_not_told_the_same():
    for code in SIX:
        assert of(code).steps["own"] != of(code).steps["partner"]
    for code in set(SIX) - {"4.4.312"}:
        assert of(code).owners == {
            "own": "on_premises",
            "partner": "partner",
            "internet": "recipient_organization",
        }


def test_a_refused_connection_can_mean_a_finished_migration():
    steps = " ".join(of("4.4.316").steps_migrated)
    assert "Authoritative" in steps
    assert "disable connector" in steps


def test_the_table_has_every_code_once_and_in_order():
    table = status_codes()
    codes = table["status_code"].to_pylist()
    assert table.schema.equals(STATUS_CODES)
    assert len(codes) == len(set(codes))
    assert set(FLOW) <= set(codes)
    assert [code for code in codes if code.startswith("4.4.31")] == sorted(
        (code for code in codes if code.startswith("4.4.31")), key=lambda code: int(code.split(".")[2])
    )


def test_a_fault_is_counted_under_one_code_before_and_after_it_expires():
    import duckdb

    told = [*SIX.values(), "4.4.316", "5.1.1"]
    rows = duckdb.sql(f"SELECT {family_sql('code')} FROM (SELECT unnest({told}) AS code)").fetchall()
    assert [row[0] for row in rows] == [*SIX, "4.4.316", "5.1.1"]

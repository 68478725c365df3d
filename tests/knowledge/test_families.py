"""Ranges, families of codes, and words that stand for an error: what is asked for is what is told."""

from __future__ import annotations

import re

import pytest

from mailtrend.contracts import CAUSES
from mailtrend.errors import SettingsError
from mailtrend.knowledge import book, reports
from mailtrend.knowledge.families import family
from mailtrend.knowledge.marks import marks
from mailtrend.knowledge.pasted import read

MARKS = [(mark, word) for mark in marks() for word in mark.examples]


@pytest.mark.parametrize(
    ("asked", "single"),
    [
        ("5.7.606-649", "5.7.606"), ("5.7.610-620", "5.7.610"), ("5.7.606-5.7.649", "5.7.606"), ("5.7.649-606", "5.7.606"),
        ("5.7.606 to 649", "5.7.606"), ("#5.7.606-649.", "5.7.606"),
    ],
)  # fmt: skip
def test_a_range_inside_one_entry_has_its_guide(asked, single):
    told = read([asked])[0]
    assert family(asked).single == single
    assert told.entries == ()
    assert told.found.cause == "spam_or_reputation"
    assert told.found.verdict.title == read([single])[0].found.verdict.title


def test_a_range_over_several_entries_lists_them_in_the_order_of_their_codes():
    told = read(["5.7.600-708"])[0]
    listed = [member.codes for member in told.entries]
    assert listed[0] == "5.7.606-649"
    assert listed[-1] == "5.7.708"
    assert listed == sorted(listed, key=lambda codes: int(re.split(r"[.-]", codes)[2]))
    assert told.found.verdict.owner == "undetermined"


@pytest.mark.parametrize(
    ("asked", "inside", "outside"),
    [
        ("5.7.5xx", "5.7.509", "5.7.606-649"), ("5.7.50x", "5.7.509", "5.7.510"), ("5.7.50*", "5.7.509", "5.7.510"),
        ("4.4.*", "4.4.316", "5.4.316"), ("4.4.x", "4.4.316", "4.7.320"), ("4.4", "4.4.316", "4.7.320"),
        ("5.x.x", "5.1.1", "4.4.316"), ("x.7.320", "4.7.320", "4.7.321"), ("4/5.7.32x", "5.7.321", "5.7.1"),
        ("5.7.5??", "5.7.509", "5.7.606-649"),
    ],
)  # fmt: skip
def test_a_family_has_the_codes_that_fit_and_no_others(asked, inside, outside):
    listed = {member.codes for member in read([asked])[0].entries}
    assert inside in listed
    assert outside not in listed


def test_every_code_of_a_class_is_in_its_family():
    listed = {member.codes for member in family("5.x").members}
    assert listed == {str(codes) for entry in book().entries for codes in entry.codes if codes.stem.startswith("5.")}


def test_reply_codes_have_families_too():
    listed = [member.codes for member in family("45x").members]
    assert listed == sorted(str(code) for code in book().fallback.replies if 450 <= code < 460)
    assert {"450", "451", "452"} <= set(listed)
    assert {member.codes[0] for member in family("5xx").members} == {"5"}


def test_a_range_of_unknown_codes_has_the_meaning_of_its_class_and_subject():
    told = read(["5.9.100-200"])[0]
    assert (told.entries, told.found.class_) == ((), "permanent")
    assert told.found.verdict.meaning


@pytest.mark.parametrize(
    "text", ["4.4.316", "450", "9.9.x", "5.7.1234", "5.7.12345-6", "x", "*", "5.7.1 no", "5..x", "55x5", "1.2.x"]
)
def test_what_is_no_family(text):
    assert family(text) is None


@pytest.mark.parametrize(("mark", "word"), MARKS, ids=[word for _, word in MARKS])
def test_a_mark_alone_is_explained_by_what_it_stands_for(mark, word):
    told = read([word])[0]
    assert told.found.verdict.title.startswith(f"{mark.what}: ")
    assert told.found.cause not in {None, "unclassified"}
    if mark.cause:
        assert told.found.cause == mark.cause
    elif re.match(r"[45]", mark.stands_for):
        assert told.found.status_code == mark.stands_for.split()[1]


@pytest.mark.parametrize(
    "text", ["Winsock error 10061", "socket error code 10061", "Winsock error code: 10061", "(10061)"]
)
def test_a_winsock_error_may_be_named_as_such(text):
    assert read([text])[0].found.cause == "connection_refused"


def test_marks_inside_a_text_do_not_take_it_over():
    assert read(["550 5.7.606 Access denied, banned sending IP. AS(1430)"])[0].by_name is False


@pytest.mark.parametrize("cause", [cause for cause in CAUSES if cause != "unclassified"])
def test_the_key_of_a_cause_is_explained(cause):
    told = read([cause])[0]
    assert (told.found.cause, told.by_name) == (cause, True)
    assert told.found.verdict.title == book().causes[cause].title


def test_components_of_exchange_are_explained():
    assert read(["RESOLVER.ADR.RecipNotFound"])[0].found.cause == "recipient_unknown"


@pytest.mark.parametrize("kind", ["report", "server"])
def test_each_shape_of_a_report_finds_what_its_examples_say(kind):
    for shape in reports.shapes(kind):
        assert shape.examples, shape.name
        for example in shape.examples:
            match = shape.pattern.search(example["text"])
            assert match, (shape.name, example["text"])
            assert any(word in example["text"].lower() for word in shape.seen), shape.name
            told = match.groupdict()
            found = reports.reported(example["text"])[0][0] if kind == "report" else None
            for part in ("host", "ip", "to"):
                assert (told.get(part) or (told.get("peer") if part == "host" else None)) == example.get(part), (
                    shape.name,
                    part,
                )
            if found is not None and found.reply == example["reply"]:
                continue
            assert (told.get("reply") or "").startswith(example.get("reply", "")), shape.name


def test_a_shape_with_an_unknown_key_is_refused():
    with pytest.raises(SettingsError, match="unknown keys"):
        reports._shape({"name": "odd", "seen": [], "pattern": "x", "examples": [], "of": "host"})

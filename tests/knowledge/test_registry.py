"""registry.toml against the published registry, entry by entry and both ways; every difference is explained here."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Final

import pytest

from mailtrend.knowledge import book, registry, verdict

PUBLISHED: Final = Path(__file__).parent / "registry_published.csv"
CLASSES: Final = {"any": {2, 4, 5}, "2xx": {2}, "4xx": {4}, "5xx": {5}}
DIFFERENT: Final = {
    ("6.10", "name"): "published without a name, as a duplicate of 6.8; a code has to be told by something",
    ("6.10", "classes"): "published without replies; a duplicate goes with the classes of 6.8",
}
"""Where registry.toml says something else than the published list, and why."""
LATER: Final = {
    "7.28": "registered between 2015 and 2019 (mail flood, by an expired draft)",
    "7.29": "registered with RFC 8617 in July 2019",
    "7.30": "registered with RFC 8689 in November 2019",
}
"""Codes that are not in the oldest copy."""
CHANGED: Final = {
    ("6.7", "name"): ("The ALT-ADDRESS is required but not specified", "RFC 5336 was replaced by RFC 6531 in 2012"),
    ("6.9", "name"): ("UTF8SMTP downgrade failed", "RFC 5336 was replaced by RFC 6531 in 2012"),
    ("6.10", "name"): (
        "UTF-8 string reply is required, but not permitted by the client",
        "RFC 6531 found it twice in RFC 5336 and kept 6.8",
    ),
    ("7.8", "name"): ("Trust relationship required", "of RFC 4468, moved to 7.14 by RFC 5248"),
    ("7.25", "references"): ("7372 7601", "RFC 7601 had joined it, its successor RFC 8601 took that back"),
}
"""What older lists say of a code, and what came in between. A text may still go by them."""


def published() -> dict[str, dict[str, str]]:
    lines = [line for line in PUBLISHED.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return {row["code"]: row for row in csv.DictReader(lines)}


def numbers(written: str) -> set[int]:
    return {int(part) for part in written.split() if part.isdigit()}


def whole_classes(written: str) -> set[int]:
    return set().union(*(CLASSES[part] for part in written.split() if not part.isdigit()))


def told_classes(row: dict[str, str]) -> set[int]:
    """The classes that the registration's text names, and those of its replies; none where both are silent."""
    of_replies = {number // 100 for number in numbers(row["replies"])}
    return numbers(row["useful"]) | of_replies | whole_classes(row["replies"])


ROWS: Final = published()


def test_every_published_code_is_in_the_registry_and_no_other():
    assert list(registry.registered()) == list(ROWS)
    assert len(ROWS) == 81


@pytest.mark.parametrize("code", ROWS)
def test_a_code_has_its_published_name_replies_and_references(code):
    ours, row = registry.registered()[code], ROWS[code]
    assert (ours.name == row["name"]) != ((code, "name") in DIFFERENT)
    assert set(ours.replies) == numbers(row["replies"])
    assert set(ours.reply_classes) == whole_classes(row["replies"])
    assert [one.removeprefix("RFC ") for one in ours.references] == row["references"].split()


@pytest.mark.parametrize("code", ROWS)
def test_a_code_goes_with_the_classes_of_its_registration(code):
    ours, told = set(registry.registered()[code].classes), told_classes(ROWS[code])
    assert ours
    assert ours <= {2, 4, 5}
    if (code, "classes") in DIFFERENT:
        assert ours == told_classes(ROWS["6.8"])
    elif told:
        assert ours == told
    else:
        assert {4, 5} <= ours


def test_codes_that_came_later_are_those_that_are_explained():
    assert {code for code, row in ROWS.items() if row["since"] != "2015"} == set(LATER)


@pytest.mark.parametrize(("code", "field"), CHANGED)
def test_older_names_and_references_are_not_ours(code, field):
    older, _ = CHANGED[code, field]
    ours = registry.registered()[code]
    assert older != {"name": ours.name, "references": " ".join(one[4:] for one in ours.references)}[field]


def test_classes_and_subjects_are_those_of_the_registry():
    names = {digit: named.name for digit, named in registry.classes().items()}
    assert names == {"2": "Success", "4": "Persistent Transient Failure", "5": "Permanent Failure"}
    assert [named.name for named in registry.subjects().values()] == [
        "Other or Undefined Status",
        "Addressing Status",
        "Mailbox Status",
        "Mail System Status",
        "Network and Routing Status",
        "Mail Delivery Protocol Status",
        "Message Content or Media Status",
        "Security or Policy Status",
    ]
    assert list(registry.subjects()) == list("01234567")


@pytest.mark.parametrize("code", ROWS)
def test_a_meaning_is_a_sentence_of_our_own(code):
    ours = registry.registered()[code]
    assert ours.meaning.endswith(".")
    assert ours.name.lower() not in ours.meaning.lower()
    assert len(ours.meaning) > 40
    assert ours.reference.startswith("https://")


def test_a_code_is_looked_up_whatever_its_class():
    found = registry.lookup("5.7.23")
    assert found is not None
    assert (found.code, found.name, found.replies) == ("5.7.23", "SPF validation failed", (550,))
    assert found.reference == "https://www.rfc-editor.org/rfc/rfc7372"
    assert (registry.lookup("4.7.23") or found).name == found.name
    assert registry.lookup("5.7.28").reference == registry.REGISTRY  # type: ignore[union-attr]


@pytest.mark.parametrize("text", [None, "", "5.1", "550", "3.1.1", "5.7.606", "5.9.1", "5.1.1 ", "5.1.1111", "٥.1.1"])
def test_what_is_not_registered_is_not_found(text):
    assert registry.lookup(text) is None


def test_names_inside_a_sentence_keep_their_acronyms():
    named = registry.details()
    assert named["1.1"] == "bad destination mailbox address"
    assert named["7.12"] == "a password transition is needed"
    assert named["7.23"] == "SPF validation failed"
    assert named["7.19"].startswith("RRVS")
    assert named["6.7"].startswith("Non-ASCII")
    assert named["7.20"].startswith("no passing DKIM")


@pytest.mark.parametrize("code", ROWS)
def test_every_registered_code_is_told_whatever_its_class(code):
    for digit in "245":
        found = verdict(f"{digit}.{code}", None, "own")
        assert found.title
        assert found.meaning
        assert found.steps
        assert found.reference.startswith("https://")


def test_the_fallback_names_every_registered_code():
    assert set(book().fallback.details) >= set(ROWS)

"""Every example of the book lands in its own entry and cause; a code without an entry still gets an answer."""

from __future__ import annotations

from itertools import product

import pytest

from mailtrend.contracts import OWNERS
from mailtrend.knowledge import book, explain, verdict
from mailtrend.knowledge.shapes import KINDS

EXAMPLES = [(entry, text, cause) for entry in book().entries for text, cause in entry.examples]


@pytest.fixture(scope="module")
def told():
    texts = [text for _, text, _ in EXAMPLES]
    return dict(zip(texts, explain(texts), strict=True))


@pytest.mark.parametrize(("entry", "text", "cause"), EXAMPLES, ids=[text[:40] for _, text, _ in EXAMPLES])
def test_example(entry, text, cause, told):
    found = told[text]
    assert found.cause == cause
    assert any(codes.holds(found.status_code or "") for codes in entry.codes)
    assert found.verdict.title.split(":")[0] == entry.title.split(":")[0]


def test_every_entry_has_an_example():
    assert [str(entry.codes[0]) for entry in book().entries if not entry.examples] == []


@pytest.mark.parametrize(("digit", "subject"), [*product("245", "01234567")])
def test_a_code_without_an_entry_falls_back_on_class_and_subject(digit, subject):
    found = verdict(f"{digit}.{subject}.473", None, "own")
    assert book().entry_of(f"{digit}.{subject}.473") is None
    assert found.title == book().fallback.subjects[subject].title
    assert book().fallback.classes[digit] in found.meaning
    assert found.permanence == {"2": "success", "4": "transient", "5": "permanent"}[digit]
    assert found.owner in OWNERS
    assert (found.owner == "nobody") == (digit == "2")
    assert found.steps
    assert found.reference.startswith("https://")


def test_an_unregistered_subject_is_told_as_such():
    assert verdict("5.8.3", None, "partner").title == "Unregistered code"


@pytest.mark.parametrize("name", sorted(book().fallback.details))
def test_a_registered_code_is_told_at_least_by_its_name(name):
    for digit in "45":
        found = verdict(f"{digit}.{name}", None, "internet")
        assert found.title
        assert found.steps


@pytest.mark.parametrize("reply", [*book().fallback.replies, 250, 499, 599])
def test_a_reply_alone_gets_an_answer(reply):
    for kind in (*KINDS, "undetermined"):
        found = verdict(None, None, kind, reply_code=reply)
        assert found.owner in OWNERS
        assert found.steps
        assert found.permanence == {"2": "success", "4": "transient", "5": "permanent"}[str(reply)[0]]


def test_nothing_at_all_gets_an_answer():
    found = verdict(None, None, "undetermined")
    assert (found.title, found.owner, found.permanence) == ("No known code", "undetermined", None)
    assert found.steps

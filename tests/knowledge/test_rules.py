"""Every rule of rules.toml decides its own examples: no earlier one fits them, and its cause comes out."""

from __future__ import annotations

import re

import pytest

from mailtrend.knowledge import book, explain
from mailtrend.knowledge.shapes import Rule

RULES = book().rules
EXAMPLES = [(rule, text) for rule in RULES for text in rule.examples]


def fits(rule: Rule, text: str) -> bool:
    """Are its words in the text, and its codes where it has some? Examples hold nothing that the grammar takes out."""
    words = any(re.search(pattern, text.lower()) for pattern in rule.match)
    return words and (not rule.codes or any(code in text for code in rule.codes))


@pytest.fixture(scope="module")
def told():
    texts = sorted({text for _, text in EXAMPLES})
    return dict(zip(texts, explain(texts), strict=True))


def test_every_rule_has_examples():
    assert [rule.match[0] for rule in RULES if not rule.examples] == []


@pytest.mark.parametrize(("rule", "text"), EXAMPLES, ids=[f"{rule.cause}: {text[:50]}" for rule, text in EXAMPLES])
def test_a_rule_is_the_first_that_fits_its_examples_and_gives_its_cause(rule, text, told):
    first = next((other for other in sorted(RULES, key=lambda other: not other.firm) if fits(other, text)), None)
    assert first is rule, first
    assert told[text].cause == rule.cause

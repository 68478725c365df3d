"""Hand-labelled texts: the grammar finds their codes, the wrapped reply, the server and the cause."""

from __future__ import annotations

import pytest

from knowledge.labels import Labelled, Told, labelled
from mailtrend.contracts import CAUSES
from mailtrend.knowledge import Explanation, explain

TEXTS = labelled()
RARE = {"network_unreachable", "certificate_revoked", "dnssec_invalid", "mta_sts_policy", "malware"}
"""Causes that one or two texts may stand for."""
BY_CODE = {"dane_tlsa_invalid"}
"""Causes that the book's own examples stand for."""


@pytest.fixture(scope="module")
def told() -> dict[str, Explanation]:
    texts = [one.text for one in TEXTS]
    return dict(zip(texts, explain(texts), strict=True))


@pytest.mark.parametrize("one", TEXTS, ids=lambda one: one.where)
def test_text(one: Labelled, told: dict[str, Explanation]):
    found = told[one.text]
    assert Told(*(getattr(found, name) for name in Told._fields)) == one.told, one.text


def test_there_are_enough_texts_and_no_text_twice():
    assert len(TEXTS) >= 120
    assert len({one.text for one in TEXTS}) == len(TEXTS)


def test_every_cause_has_a_text():
    shown = {one.told.cause for one in TEXTS}
    assert set(CAUSES) - shown <= BY_CODE
    assert shown - {None} <= set(CAUSES)


def test_most_causes_have_several_texts():
    counts = {cause: sum(one.told.cause == cause for one in TEXTS) for cause in CAUSES}
    assert {cause for cause, count in counts.items() if count < 2} <= RARE | BY_CODE | {"certificate_expired"}

"""Basic replies without an enhanced code: every one of the book reads its examples and says who has to act."""

from __future__ import annotations

from typing import Final

import pytest

from mailtrend.knowledge import book, explain, verdict
from mailtrend.knowledge.shapes import KINDS

REPLIES: Final = book().fallback.replies
STANDARD: Final = {
    *(211, 214, 220, 221, 250, 251, 252, 421, 450, 451, 452, 455, 500, 501, 502, 503, 504),
    *(521, 550, 551, 552, 553, 554, 555, 556),
}
"""The final replies of RFC 5321 and RFC 7504."""
REGISTERED: Final = {235, 253, 422, 430, 432, 453, 454, 458, 459, 523, 524, 525, 530, 533, 534, 535, 538}
"""Further ones that the registry of enhanced codes names."""
SEEN: Final = {420, 431, 441, 442, 446, 447, 449, 456, 511, 513, 517, 522, 571}
"""Of Exchange Server, Courier and qmail; fallback.toml says which."""
EXAMPLES: Final = [(code, text, cause) for code, entry in REPLIES.items() for text, cause in entry.examples]


@pytest.fixture(scope="module")
def told():
    texts = [text for _, text, _ in EXAMPLES]
    return dict(zip(texts, explain(texts), strict=True))


def test_every_reply_of_the_standards_is_there_and_the_others_are_known_from_somewhere():
    assert set(REPLIES) == STANDARD | REGISTERED | SEEN
    assert list(REPLIES) == sorted(REPLIES)


def test_every_reply_has_an_example():
    assert [code for code, entry in REPLIES.items() if not entry.examples] == []


@pytest.mark.parametrize(("code", "text", "cause"), EXAMPLES, ids=[text[:40] for _, text, _ in EXAMPLES])
def test_an_example_is_read_as_this_reply(code, text, cause, told):
    found = told[text]
    assert (found.cause or "") == cause
    assert (found.reply_code, found.status_code) == (code, None)
    assert found.verdict.title.split(":")[0] == REPLIES[code].title.split(":")[0]


@pytest.mark.parametrize("code", [code for code in REPLIES if code < 300])
def test_success_is_nobodys_business(code):
    assert {verdict(None, None, kind, reply_code=code).owner for kind in KINDS} == {"nobody"}


@pytest.mark.parametrize("code", [code for code in REPLIES if 400 <= code < 500 and code not in {446, 447}])
def test_a_reply_for_now_tells_when_the_message_is_lost(code):
    for kind in KINDS:
        assert any("24 hours" in step for step in REPLIES[code].steps[kind]), kind

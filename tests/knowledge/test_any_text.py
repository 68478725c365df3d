"""Whatever the text: no error, one answer a text, and the same answer with blanks or quotes around it."""

from __future__ import annotations

import string

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge.labels import labelled
from mailtrend.contracts import CAUSES, OWNERS
from mailtrend.knowledge import Explanation, explain

PIECES = [
    "450", "4.4.316", "550-5.7.26", "[{LED=", "};{MSG=", "};{FQDN=", "};{IP=", "}]", "[Message=", "]", "(", ")", "{", "}", "->",
    "[LastAttemptedServerName=", "[LastAttemptedIP=", "Reason:", "'", '"', "\\n", "\n", "\0", "+", "#", "<", ">", ";", " ", "\u00a0",
    "203.0.113.5:25", "2001:db8::1", "mail.contoso.com", "host mx.example.com[192.0.2.3] said: ", "Socket error code 10061",
    "OutboundProxyTargetIP: ", 'responded with: "', "5.", ".5", "999", "4-4.395", "é", "漢字", "\U0001f4e7", "\ud800", "\u200b",
]  # fmt: skip
KNOWN = [one.text for one in labelled()]
AROUND = st.text(alphabet=" \t\r\n'\"\u00a0", max_size=4)
PASTED = st.one_of(
    st.text(max_size=60),
    st.text(alphabet=string.printable, max_size=120),
    st.lists(st.sampled_from(PIECES), max_size=12).map("".join),
    st.sampled_from(KNOWN),
    st.tuples(st.sampled_from(KNOWN), st.integers(0, 300)).map(lambda cut: cut[0][: cut[1]]),
)
FEW = settings(
    max_examples=15, deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)


def answer(found: Explanation) -> dict[str, object]:
    return found.to_dict()


@FEW
@given(st.lists(PASTED, min_size=1, max_size=40))
def test_explain_never_raises(texts):
    found = explain(texts)
    assert len(found) == len(texts)
    for one in found:
        assert one.cause is None or one.cause in CAUSES
        assert one.verdict.owner in OWNERS
        assert one.verdict.title
        assert one.verdict.meaning
        assert one.verdict.steps
        assert one.class_ in {"transient", "permanent", "success", None}
        assert one.reply_code is None or 200 <= one.reply_code < 600


@FEW
@given(st.lists(st.tuples(PASTED, AROUND, AROUND), min_size=1, max_size=40))
def test_blanks_and_quotes_around_a_text_change_nothing(pasted):
    bare = explain([text for text, _, _ in pasted])
    wrapped = explain([before + text + after for text, before, after in pasted])
    assert [answer(one) for one in wrapped] == [answer(one) for one in bare]


def test_known_texts_in_quotes():
    bare = [answer(one) for one in explain(KNOWN)]
    for before, after in (('"', '"'), ("'", "'"), ("  ", "\r\n"), ("\u00a0", "\t"), ("\ufeff", "")):
        assert [answer(one) for one in explain([before + text + after for text in KNOWN])] == bare


def test_the_order_of_texts_is_kept_and_repetition_is_free():
    texts = ["450 4.4.316", "550 5.1.1", "450 4.4.316", "", "550 5.1.1"]
    assert [one.status_code for one in explain(texts)] == ["4.4.316", "5.1.1", "4.4.316", None, "5.1.1"]
    assert explain([]) == []


def test_huge_and_unbalanced_texts():
    texts = [
        "[" * 100_000,
        "{LED=" * 20_000,
        "450 4.4.316 " + "Connection refused " * 50_000,
        "(" * 50_000 + "550 5.1.1" + ")" * 50_000,
        "5.7.1 " * 50_000,
        "x" * 1_000_000,
        "é" * 200_000,
        "\0" * 1000,
    ]
    found = explain(texts)
    assert [one.status_code for one in found[2:5]] == ["4.4.316", "5.1.1", "5.7.1"]
    assert found[2].cause == "connection_refused"

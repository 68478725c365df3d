"""How much is understood, and which replies nobody knows yet: a handful of failures, counted by hand."""

from __future__ import annotations

import tomllib

import pytest

from mailtrend import warehouse
from mailtrend.knowledge import book, explain
from mailtrend.knowledge.own import with_own
from support import smallweek
from support.smallweek import DETAIL, POSTFIX, SEND, TRACE, ask, at, told


def failed(when, source, message, to, response, cause="unclassified", outcome="failed", **more):
    return told(when, source, outcome, message, to, response=response, cause=cause, **more)


FUNNY = {"reply_code": 550}
WORDS = " ".join(["word"] * 60)
EVENTS = [
    # One reply, as Postfix, Exchange Online and an Exchange Server write it; m1 is put off, then fails.
    failed("02 08:00:00", POSTFIX, "p1", "bo@fabrikam.com",
           "host mx.fabrikam.com[192.0.2.9] said: 550 <bo@fabrikam.com> you smell funny (in reply to RCPT TO command)",
           queue_id="A1", **FUNNY),
    failed("02 09:00:00", DETAIL, "m1", "cy@fabrikam.com",
           "Reason: [{LED=550 <cy@fabrikam.com> you smell funny};{MSG=};{FQDN=mx.fabrikam.com};{IP=192.0.2.9};{LRT=}]",
           outcome="deferred", **FUNNY),
    failed("02 10:00:00", DETAIL, "m1", "Cy@fabrikam.com",
           "Reason: [{LED=550 <Cy@fabrikam.com> you smell funny};{MSG=};{FQDN=mx.fabrikam.com};{IP=192.0.2.10};{LRT=}]",
           **FUNNY),
    failed("02 11:00:00", SEND, "s1", "dan@fabrikam.com", "550 <dan@fabrikam.com> You smell funny", queue_id="S1",
           server="ex1.contoso.com", **FUNNY),
    # The book knows the code, but nobody knows what is meant; then a code that it does not know.
    failed("03 08:00:00", POSTFIX, "p2", "eve@example.org", "554 5.7.1 We don't like id 4471-a81f9", queue_id="A2",
           reply_code=554, status_code="5.7.1"),
    failed("03 09:00:00", POSTFIX, "p3", "eve@example.org", f"554 5.9.9 {WORDS}", queue_id="A3",
           reply_code=554, status_code="5.9.9"),
    # No text; a text of which nothing is left; neither code nor cause; a code of the book without a cause.
    failed("04 08:00:00", TRACE, "m2", "fay@example.net", None),
    failed("04 09:00:00", POSTFIX, "p4", "fay@example.net", "<fay@example.net>:", queue_id="A4"),
    failed("04 10:00:00", POSTFIX, "p5", "fay@example.net", "odd words", None, queue_id="A5"),
    failed("04 11:00:00", POSTFIX, "p6", "fay@example.net", "451 4.7.1 later", None, queue_id="A6", reply_code=451,
           status_code="4.7.1"),
    # Known by its cause, and by both.
    failed("05 08:00:00", POSTFIX, "p7", "gil@example.net", "550 no such user", "recipient_unknown", queue_id="A7",
           reply_code=550),
    failed("05 09:00:00", DETAIL, "m3", "gil@example.net", "550 5.7.610 banned", "spam_or_reputation",
           reply_code=550, status_code="5.7.610"),
]  # fmt: skip


def lake_of(root, events):
    return warehouse.connect(smallweek.filled(root / "lake", events).root)


@pytest.fixture(scope="module")
def lake(tmp_path_factory):
    with lake_of(tmp_path_factory.mktemp("lakes"), EVENTS) as con:
        yield con


def test_replies_that_differ_only_in_names_are_counted_together(lake):
    columns = "reply failures messages recipients share reply_code status_code sources paste"
    assert ask(lake, "unknown-replies", columns) == [
        ("550 ~ you smell funny", 4, 3, 3, 4 / 12, 550, None, [SEND, DETAIL, POSTFIX],
         "'550 ~ you smell funny' = 'unclassified'"),
        ("554 5.7.1 we don't like id ~", 1, 1, 1, 1 / 12, 554, "5.7.1", [POSTFIX],
         "\"554 5.7.1 we don't like id ~\" = 'unclassified'"),
        (f"554 5.9.9 {WORDS}", 1, 1, 1, 1 / 12, 554, "5.9.9", [POSTFIX], f"'554 5.9.9 {WORDS}' = 'unclassified'"),
        ("odd words", 1, 1, 1, 1 / 12, None, None, [POSTFIX], "'odd words' = 'unclassified'"),
        ("~", 1, 1, 1, 1 / 12, None, None, [POSTFIX], None),
        (None, 1, 1, 1, 1 / 12, None, None, [TRACE], None),
    ]  # fmt: skip


def test_times_and_the_whole_text_of_one_of_them(lake):
    first, *_ = ask(lake, "unknown-replies", "first_failure last_failure example")
    assert first == (at("02 08:00"), at("02 11:00"), "550 <dan@fabrikam.com> You smell funny")


def test_a_period_a_tenant_a_source_and_a_limit_cut_the_answer(lake):
    assert ask(lake, "unknown-replies", "failures share", since="2026-11-02 09:00", until="2026-11-03") == [(3, 1.0)]
    assert ask(lake, "unknown-replies", "failures", tenant="fabrikam") == []
    assert ask(lake, "unknown-replies", "failures share", source=DETAIL) == [(2, 2 / 3)]
    assert ask(lake, "unknown-replies", "failures share", top="1") == [(4, 4 / 12)]


def test_what_is_pasted_is_toml_whatever_the_text_holds(tmp_path):
    odd = [
        "550 say \"no\" to 'it'",
        "550 a\\b \t c = [d] # e",
        "550 don't \x00 \x1b \x7f",
        "'''",
        '550 "',
        "550 “é” 漢字",
    ]
    events = [
        failed(f"02 08:00:0{number}", POSTFIX, f"p{number}", "bo@example.org", text)
        for number, text in enumerate(odd)
    ]  # fmt: skip
    with lake_of(tmp_path, events) as con:
        found = ask(con, "unknown-replies", "reply paste")
    assert sum(line is not None for _, line in found) == len(odd) - 1
    for reply, line in found:
        if line is not None:
            assert "\n" not in line
            assert tomllib.loads(line) == {reply: "unclassified"}


def test_a_reply_that_was_pasted_with_a_cause_has_it_at_the_next_ingest(lake, tmp_path):
    pasted = [line for (line,) in ask(lake, "unknown-replies", "paste") if line]
    mine = tmp_path / "own.toml"
    told = "\n".join(["[replies]", *(line.replace("unclassified", "policy_rule") for line in pasted)])
    mine.write_text(told + "\n", encoding="utf-8")
    texts = [row["response"] for row in EVENTS if row["cause"] == "unclassified" and row["response"]]
    assert len(pasted) == 4
    found = explain(texts, book=with_own(book(), [mine]))
    assert [one.cause for one in found] == ["policy_rule"] * 6 + ["unclassified"]
    assert texts[-1] == "<fay@example.net>:"


def test_how_much_is_understood_by_source_and_in_all(lake):
    columns = (
        "source failures messages recipients with_reply_code with_status_code code_known cause_known unknown "
        "share code_known_share cause_known_share unknown_share"
    )
    assert ask(lake, "classified", columns) == [
        (None, 12, 11, 6, 9, 4, 3, 2, 8, 1.0, 3 / 12, 2 / 12, 8 / 12),
        (POSTFIX, 7, 7, 4, 5, 3, 2, 1, 4, 7 / 12, 2 / 7, 1 / 7, 4 / 7),
        (DETAIL, 3, 2, 2, 3, 1, 1, 1, 2, 3 / 12, 1 / 3, 1 / 3, 2 / 3),
        (SEND, 1, 1, 1, 1, 0, 0, 0, 1, 1 / 12, 0.0, 0.0, 1.0),
        (TRACE, 1, 1, 1, 0, 0, 0, 0, 1, 1 / 12, 0.0, 0.0, 1.0),
    ]


def test_the_period_and_the_tenant_say_what_is_to_be_understood(lake):
    columns = "source failures cause_known"
    assert ask(lake, "classified", columns, since="2026-11-05") == [(None, 2, 2), (DETAIL, 1, 1), (POSTFIX, 1, 1)]
    assert ask(lake, "classified", columns, tenant="fabrikam") == []

"""A file of the user's own goes before the shipped book, and a wrong one is refused with what is wrong and how to mend it."""

from __future__ import annotations

import pytest

from mailtrend.errors import SettingsError
from mailtrend.knowledge import book, explain, status_codes, with_own

GOOD = """
[replies]
"550 ~ you smell funny" = "spam_or_reputation"

[[rule]]
cause = "greylisted"
match = ['nap time', 'come back after (tea|lunch)']
examples = ["451 it is nap time", "450 Come back after tea"]

[[entry]]
codes = ["5.7.910-919"]
title = "Our own rule stopped it"
meaning = "The rule 'No payroll outside' of contoso.com refuses the message."
causes = ["a list of salaries left by mail"]
cause = "policy_rule"
owner = "sender"
steps = ["Put the list into the portal, and send the link."]
examples = [{ text = "550 5.7.912 Delivery not authorized, no payroll outside", cause = "policy_rule" }]
"""


def own(folder, text, name="own.codes.toml"):
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return with_own(book(), [file])


def refused(folder, text):
    with pytest.raises(SettingsError) as caught:
        own(folder, text)
    return f"{caught.value.where}: {caught.value.what} / {caught.value.mend}"


def test_a_reply_as_the_question_prints_it_gets_its_cause_whatever_varies(tmp_path):
    text = "550 <kai@example.org> you smell funny"
    assert explain([text])[0].cause == "unclassified"
    found = explain([text, "550 4711 You smell funny."], book=own(tmp_path, GOOD))
    assert [(one.cause, one.basis, one.confidence) for one in found] == [("spam_or_reputation", "own", 1.0)] * 2


def test_a_whole_reply_may_be_pasted_as_it_was_logged(tmp_path):
    known = own(tmp_path, '[replies]\n"550 5.7.1 <ida@example.org>: no (#77123)" = "access_denied"')
    assert explain(["550 5.7.1 <ole@example.net>: no (#12)"], book=known)[0].basis == "own"


def test_a_rule_of_ones_own_goes_before_the_shipped_ones(tmp_path):
    found = explain(["550 5.1.1 User unknown, it is nap time"], book=own(tmp_path, GOOD))[0]
    assert (found.cause, found.basis) == ("greylisted", "own")


def test_an_entry_of_ones_own_goes_before_the_shipped_range(tmp_path):
    known = own(tmp_path, GOOD)
    found = explain(["550 5.7.912 no payroll outside", "550 5.7.930 no payroll outside"], book=known)
    assert [one.verdict.title.split(":")[0] for one in found] == [
        "Our own rule stopped it",
        "Rejected by a mail flow rule",
    ]
    assert found[0].verdict.owner == "sender"
    assert "5.7.910-919" in status_codes(known)["status_code"].to_pylist()


def test_the_very_code_of_a_shipped_entry_is_told_once_in_the_table(tmp_path):
    text = GOOD.replace("5.7.910-919", "5.7.750").replace("5.7.912", "5.7.750")
    rows = [row for row in status_codes(own(tmp_path, text)).to_pylist() if row["status_code"] == "5.7.750"]
    assert [row["title"] for row in rows] == ["Our own rule stopped it"]


def test_the_shipped_book_stays_as_it_is(tmp_path):
    own(tmp_path, GOOD)
    assert not any(entry.own for entry in book().entries)
    assert not book().replies


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("[replies]", "[reply]", "unknown table 'reply' / did you mean 'replies'?"),
        ('"spam_or_reputation"', '"spam"', "unknown cause 'spam'"),
        ("policy_rule", "policyrule", "unknown cause 'policyrule' / did you mean 'policy_rule'?"),
        ('owner = "sender"', 'owner = "senders"', "unknown owner 'senders' / did you mean 'sender'?"),
        ('owner = "sender"', "", "names no owner"),
        ('title = "Our own rule stopped it"', "", "title is missing"),
        ('["5.7.910-919"]', '["5.7.910", "5.7.900-915"]', "5.7.910 and 5.7.900-915 overlap"),
        ('["5.7.910-919"]', '["9.7.910"]', "'9.7.910' is no status code"),
        ("5.7.912 Delivery", "5.7.950 Delivery", "has 5.7.950, not 5.7.910-919"),
        ('outside", cause = "policy_rule"', 'outside", cause = "malware"', "has the cause policy_rule, not malware"),
        ("451 it is nap time", "451 it is time", "has the cause"),
        ('examples = ["451 it is nap time", "450 Come back after tea"]', "examples = []", "has no example"),
        ("'nap time'", "'Nap Time'", "can never fit / write it in lower case"),
        ("'nap time'", "'(nap time)?'", "fits every text"),
        ("'nap time'", "'nap (time'", "is no expression"),
        ("550 ~ you smell funny", "~ 4711", "says nothing once what varies is taken out"),
        ("match = [", "matches = [", "unknown keys ['matches']"),
        ("[[rule]]", "[rule]", "'rule' is no table / write [[rule]] above it"),
        ('"spam_or_reputation"', '"spam_or_reputation', "is not valid TOML"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_refused(tmp_path, before, after, told):
    assert before in GOOD
    assert told in refused(tmp_path, GOOD.replace(before, after))


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(SettingsError, match="cannot be read"):
        with_own(book(), [tmp_path / "none.toml"])


def test_of_two_files_the_first_goes_first(tmp_path):
    first, second = tmp_path / "a.toml", tmp_path / "b.toml"
    first.write_text('[replies]\n"550 hop off" = "access_denied"', encoding="utf-8")
    second.write_text('[replies]\n"550 hop off" = "malware"', encoding="utf-8")
    assert explain(["550 hop off"], book=with_own(book(), [first, second]))[0].cause == "access_denied"


def test_an_example_may_be_a_text_alone(tmp_path):
    text = GOOD.replace(
        '[{ text = "550 5.7.912 Delivery not authorized, no payroll outside", cause = "policy_rule" }]',
        '["550 5.7.913 no"]',
    )
    assert explain(["5.7.913"], book=own(tmp_path, text))[0].verdict.title == "Our own rule stopped it"


def test_quotes_in_a_file_stay_text(tmp_path):
    known = own(tmp_path, '[replies]\n"550 \'); DROP TABLE x; -- hop" = "malware"')
    assert explain(["550 '); DROP TABLE x; -- hop"], book=known)[0].cause == "malware"

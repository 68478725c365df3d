"""Queries of the user's own: a folder of SQL files like the shipped ones."""

from __future__ import annotations

import pytest

from mailtrend import warehouse
from mailtrend.errors import UsageError

GOOD = """-- Which senders wrote to one domain?
--
-- Parameters
--   tenant (NULL): only this tenant
--   domain ('fabrikam.com'): recipient domain
--
-- Columns
--   sender: who wrote
--   events: how many events

CREATE MACRO senders_to(tenant := NULL, domain := 'fabrikam.com') AS TABLE
SELECT e.sender, count(*) AS events
FROM attempts AS e
WHERE e.recipient_domain = domain AND (tenant IS NULL OR e.tenant = tenant)
GROUP BY e.sender
ORDER BY e.sender;
"""


@pytest.fixture
def own(tmp_path):
    folder = tmp_path / "own"
    folder.mkdir()

    def write(text: str, name: str = "senders-to.sql"):
        (folder / name).write_text(text, encoding="utf-8")
        return folder

    return write


def ask(week, folder, **params):
    query = warehouse.queries(folder)["senders-to"]
    with warehouse.connect(week.root) as con:
        return warehouse.ask(con, query, params).to_pylist()


def test_it_is_asked_like_a_shipped_one(week, own):
    folder = own(GOOD)
    assert ask(week, folder) == [
        {"sender": "anna@contoso.com", "events": 4},
        {"sender": "bea@contoso.com", "events": 2},
    ]
    assert ask(week, folder, domain="example.com", tenant="default") == [{"sender": "anna@contoso.com", "events": 1}]


def test_it_is_listed_among_the_shipped_ones_with_its_question(own):
    known = warehouse.queries(own(GOOD))
    assert known["senders-to"].question == "Which senders wrote to one domain?"
    assert str(known["senders-to"].parameters["domain"]) == "recipient domain [default: fabrikam.com]"
    assert set(warehouse.queries()) < set(known)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("CREATE MACRO senders_to() AS TABLE SELECT 1", "has no header"),
        (GOOD.replace("senders_to(", "other("), "has to create the macro senders_to"),
        (GOOD + "CREATE MACRO more() AS 1;", "has to create the macro senders_to"),
        (GOOD.replace("--   sender: who wrote", "-- sender who wrote"), "cannot be read"),
        (GOOD.replace("--   sender: who wrote", "--   events: twice"), "explained twice"),
    ],
)
def test_a_file_that_is_no_query_is_told_with_its_place(own, text, said):
    folder = own(text)
    with pytest.raises(UsageError, match=said) as caught:
        warehouse.queries(folder)
    assert caught.value.where.startswith(str(folder / "senders-to.sql"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (GOOD.replace("--   sender: who wrote\n", ""), "column 'sender' has no line in the header"),
        (
            GOOD.replace("--   sender:", "--   gone: was here\n--   sender:"),
            "column 'gone' is explained in the header but",
        ),
        (GOOD.replace("--   tenant (NULL): only this tenant\n", ""), "parameter 'tenant' has no line"),
        (GOOD.replace("FROM attempts", "FROM nowhere"), "nowhere"),
        (GOOD + "DELETE FROM status_codes;", "more than one statement"),
    ],
)
def test_a_query_that_is_not_what_its_header_says_is_told_when_it_is_asked(week, own, text, said):
    with pytest.raises(UsageError, match=said):
        ask(week, own(text))


def test_a_shipped_name_cannot_be_taken(own):
    folder = own(GOOD.replace("senders_to", "volume"), "volume.sql")
    with pytest.raises(UsageError, match="name of a shipped query"):
        warehouse.queries(folder)


def test_a_file_name_that_could_not_be_typed_is_told(own):
    with pytest.raises(UsageError, match="no name for a query"):
        warehouse.queries(own(GOOD, "Senders to.sql"))


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(UsageError, match="no such folder"):
        warehouse.queries(tmp_path / "nowhere")

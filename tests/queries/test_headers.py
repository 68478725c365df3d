"""Each query file, its header and its macro say the same."""

from __future__ import annotations

from importlib.resources.abc import Traversable

import pytest
from duckdb import DuckDBPyConnection

from mailtrend import warehouse
from mailtrend.warehouse import library

QUERIES = warehouse.queries()
NAMES = {
    "certificates", "classified", "connector-recipients", "delivered-late", "failing-recipients", "failing-senders", "failures-by-code",
    "failures-by-connector", "failures-by-destination", "failures-cube", "failures-over-time", "message-history",
    "queued-now", "sources-overview", "tls-versions", "unknown-codes", "unknown-replies", "volume", "week-against-week",
}  # fmt: skip
EVERY = pytest.mark.parametrize("query", QUERIES.values(), ids=lambda query: query.name)


def macros(con: DuckDBPyConnection) -> dict[str, tuple[list[str], str]]:
    found = con.sql(
        "SELECT function_name, parameters, comment FROM duckdb_functions() "
        "WHERE database_name = 'mailtrend' AND function_type = 'table_macro'"
    ).fetchall()
    return {name: (parameters, comment) for name, parameters, comment in found}


def test_all_the_questions_that_are_promised_are_there():
    assert set(QUERIES) >= NAMES


def test_each_file_makes_one_macro_of_its_own_name_and_there_are_no_others(week):
    assert set(macros(week)) == {name.replace("-", "_") for name in QUERIES}


def test_every_file_in_the_folder_is_a_query():
    names = {
        entry.name for entry in library.folder().iterdir() if not isinstance(entry, Traversable) or entry.is_file()
    }
    assert names == {f"{name}.sql" for name in QUERIES}


def test_every_view_file_is_loaded():
    names = {entry.name for entry in (library.folder() / "views").iterdir()}
    assert names == {"macros.sql", *(f"{name}.sql" for name in library.VIEWS)}


@EVERY
def test_the_question_is_one_sentence_and_stands_in_the_catalogue(query, week):
    assert query.question.endswith("?")
    assert query.question.count("?") == 1
    assert macros(week)[query.macro][1] == query.question


@EVERY
def test_the_header_names_every_parameter_in_order_and_none_too_many(query, week):
    assert macros(week)[query.macro][0] == list(query.parameters)


@EVERY
def test_the_header_names_every_column_in_order_and_none_too_many(query, week):
    assert week.sql(f"SELECT * FROM {query.macro}()").columns == list(query.columns)


@EVERY
def test_the_header_tells_the_default_of_every_parameter(query):
    signature = " ".join(query.sql.split(f"CREATE MACRO {query.macro}(")[1].split(") AS TABLE")[0].split())
    assert signature == ", ".join(f"{name} := {parameter.default}" for name, parameter in query.parameters.items())


@EVERY
def test_every_query_runs_on_an_empty_lake(query, nothing):
    answer = warehouse.ask(nothing, query)
    assert (answer.num_rows, answer.column_names) == (0, list(query.columns))


@EVERY
def test_every_query_takes_every_parameter_as_text(query, week):
    examples = {"as_of": "2026-11-09", "since": "2026-11-01", "until": "2026-11-30", "top": "3", "minutes": "5"}
    given = {name: examples.get(name, "day" if name == "bucket" else "default") for name in query.parameters}
    assert warehouse.ask(week, query, given).column_names == list(query.columns)


@EVERY
def test_every_query_counts_messages_and_recipients_and_gives_shares(query):
    listing = {"queued-now", "message-history", "failing-recipients", "failing-senders", "data-warnings",
               "incident-figures", "which-side-saw-what"}  # fmt: skip
    wanted = {"messages", "recipients", "share"} if query.name not in listing else set()
    assert wanted <= set(query.columns)


@EVERY
def test_every_answer_has_the_same_order_each_time(query, week):
    given = {"recipient": "cy@fabrikam.com"} if query.name == "message-history" else {}
    answers = [warehouse.ask(week, query, given) for _ in range(3)]
    assert answers[0].equals(answers[1])
    assert answers[1].equals(answers[2])
    if query.name not in {"tls-versions", "certificates"}:
        assert answers[0].num_rows > 0


@EVERY
def test_no_query_reads_another_query(query):
    others = [other.macro for other in QUERIES.values() if other is not query]
    code = query.sql.split("CREATE MACRO")[1]
    assert [macro for macro in others if f"{macro}(" in code] == []

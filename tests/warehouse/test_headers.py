"""The header of an SQL file."""

from __future__ import annotations

import pytest

from mailtrend.errors import UsageError
from mailtrend.warehouse import headers

TEXT = """-- Which codes fail,
-- and how often?
--
-- A note,
-- on two lines.
--
-- Parameters
--   since (NULL): from this time on,
--     UTC
--   bucket ('day'): hour or day
--
-- Columns
--   failures: how many: a number

SELECT 1; -- not a header
-- Parameters
"""


def test_the_parts_of_a_header_are_told_apart():
    header = headers.parse(TEXT, "x.sql")
    assert header.caption == "Which codes fail, and how often?"
    assert header.notes == "A note,\non two lines."
    assert header.columns == {"failures": "how many: a number"}
    assert list(header.parameters) == ["since", "bucket"]
    assert (header.parameters["since"].meaning, header.parameters["since"].default) == (
        "from this time on, UTC",
        "NULL",
    )


def test_a_parameter_reads_with_its_default_where_it_has_one():
    parameters = headers.parse(TEXT, "x.sql").parameters
    assert [str(parameter) for parameter in parameters.values()] == [
        "from this time on, UTC",
        "hour or day [default: day]",
    ]


@pytest.mark.parametrize(
    ("text", "line"), [("-- Why?\n--\n-- Columns\n-- code: x", 4), ("-- Why?\n-- Columns\n--     x", 3)]
)
def test_a_line_that_is_no_entry_is_told_with_its_number(text, line):
    with pytest.raises(UsageError, match="cannot be read") as caught:
        headers.parse(text, "x.sql")
    assert caught.value.where == f"x.sql:{line}"


def test_a_file_without_a_header_is_told():
    with pytest.raises(UsageError, match="has no header"):
        headers.parse("SELECT 1", "x.sql")

"""The report as Markdown: read as a whole once, and harmless whatever the logs hold."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtrend.report.outputs import markdown
from support import reportmodel
from support.reportparts import HOSTILE

GOLDEN = Path(__file__).with_name("small.md")


def test_the_small_report_reads_as_written_by_hand():
    assert markdown.render(reportmodel.small()) == GOLDEN.read_text(encoding="utf-8")


def test_sections_stand_in_the_order_of_reading():
    text = markdown.render(reportmodel.busy())
    titles = re.findall(r"^## (.+)$", text, flags=re.MULTILINE)
    assert titles == ["What needs doing", "What changed", "Figures", "Data"]


def test_no_hostile_name_stands_bare():
    text = without_code(markdown.render(reportmodel.busy()))
    assert not re.search(r"(?<!\\)<(script|/script|img)", text)
    assert not re.search(r"(?<!\\)\]\(", text)
    assert "https://" not in text
    assert "**bold**" not in text
    assert "\u202e" not in text
    assert "\x07" not in text


def test_every_row_of_a_table_has_as_many_cells_as_its_header():
    blocks = re.findall(r"(?:^\|.*\n)+", markdown.render(reportmodel.busy()), flags=re.MULTILINE)
    assert len(blocks) > 10
    for block in blocks:
        cells = {len(re.split(r"(?<!\\)\|", line)) for line in block.splitlines()}
        assert len(cells) == 1, block


def test_a_fence_is_longer_than_any_run_of_back_ticks_in_the_sql():
    assert markdown.block("a ```` b\n```")[0] == "`````sql"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("4.4.316 refused", "4.4.316 refused"),
        ("1. first", "1\\. first"),
        ("- item", "\\- item"),
        ("---", "\\---"),
        ("-6", "-6"),
        ("see http://example.com", "see http\\://example.com"),
        ("www.example.com", "www\\.example.com"),
        ("a\nb", "a b"),
    ],
)
def test_text_is_shown_as_it_stands(text, shown):
    assert markdown.escape(text) == shown


@given(st.text(max_size=60))
def test_a_code_span_ends_where_it_should(text):
    span = markdown.code(text)
    if span == "–":
        return
    fence = re.match(r"`+", span)[0]
    assert span.endswith(fence)
    inside = span[len(fence) : -len(fence)]
    assert all(len(run) != len(fence) for run in re.findall(r"`+", inside))
    assert "\n" not in span


@given(st.sampled_from(HOSTILE) | st.text(max_size=80))
def test_escaped_text_has_no_bare_sign_of_markup(text):
    escaped = re.sub(r"\\[\\`*_{}\[\]<>|~#&$]", "", markdown.escape(text))
    assert not re.search(r"[`*_\[\]<>|~#&]", escaped)


def without_code(text: str) -> str:
    """The text without fenced blocks and code spans."""
    text = re.sub(r"^(`{3,})sql\n.*?^\1$", "", text, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"(?<![`\\])(`+)(?!`).+?(?<!`)\1(?!`)", "", text)


def test_a_command_between_backticks_is_a_code_span_and_the_rest_stays_text():
    assert markdown.told("See `Get-X *` and *this*: `b`.") == r"See `Get-X *` and \*this\*: `b`."
    assert markdown.told("one ` alone") == r"one \` alone"

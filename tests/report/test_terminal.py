"""The report in a few lines: as wide as the terminal and not wider, in letters that it has."""

from __future__ import annotations

import pytest

from mailtrend.report import summary_text
from support import reportmodel


@pytest.mark.parametrize("width", [40, 60, 80, 100, 160])
def test_no_line_is_wider_than_the_terminal(width):
    lines = summary_text(reportmodel.busy(), width=width).splitlines()
    assert max(len(line) for line in lines) <= width


@pytest.mark.parametrize("encoding", ["cp437", "ascii", "latin-1"])
def test_terminals_without_unicode_get_ascii(encoding):
    assert summary_text(reportmodel.busy(), encoding=encoding).isascii()


def test_unicode_stays_where_it_can_be_shown():
    assert "–" in summary_text(reportmodel.busy(), encoding="UTF-8")


def test_it_names_the_verdict_every_incident_and_who_has_to_act():
    text = " ".join(summary_text(reportmodel.busy(), width=160).split())
    assert "CRITICAL: 4.4.316 Connection refused" in text
    assert "4.7.320" in text
    assert "tailspintoys.com" in text
    assert "Your organization" in text
    assert "1 notice: 4.2.2 Mailbox full to litwareinc.com." in text


def test_control_characters_do_not_reach_the_terminal():
    text = summary_text(reportmodel.busy())
    assert not {char for char in text if not char.isprintable()} - {"\n"}


def test_no_data_is_not_no_failures():
    nothing, quiet = summary_text(reportmodel.empty()), summary_text(reportmodel.quiet())
    assert "No data" in nothing
    assert "No failures" not in nothing
    assert "No failures" in quiet
    assert "No data" not in quiet

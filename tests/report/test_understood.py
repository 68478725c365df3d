"""How much is understood, in words: right for none, one and many, and silent where nothing failed."""

from __future__ import annotations

import pytest

from mailtrend.report import FORMATS, render, summary_text
from mailtrend.report.understood import all_known, in_short, sentences
from support import reportmodel
from support.reportparts import classified, figure

NOTHING = figure("classified", "source failures")


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ((), ""),
        ([("all", 1, 1, 1, 0)], "The one failure has a known cause."),
        ([("all", 1313, 20, 1313, 0), ("postfix", 1313, 20, 1313, 0)], "All 1,313 failures have a known cause."),
        ([("all", 1, 0, 0, 1)],
         "Of 1 failure, 0 (0 %) have a known cause, 0 (0 %) a status code that the book knows, 1 (100 %) neither."),
        ([("all", 1313, 1250, 1300, 13)],
         "Of 1,313 failures, 1,300 (99 %) have a known cause, 1,250 (95 %) a status code that the book knows, 13 (1.0 %) neither."),
    ],
)  # fmt: skip
def test_the_sentence_counts_causes_codes_and_neither(rows, said):
    found = classified(*rows) if rows else NOTHING
    assert sentences(found).split(" `mailtrend")[0] == said
    assert ("unknown-replies" in sentences(found)) is not all_known(found)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (("all", 4, 4, 4, 0), ""),
        (("all", 1313, 1250, 1300, 13), "No known cause: 13 of 1,313 failures (1.0 %), see `mailtrend ask unknown-replies`."),
    ],
)  # fmt: skip
def test_the_terminal_is_told_only_of_what_is_not_understood(row, said):
    assert in_short(classified(row)) == said


@pytest.mark.parametrize("to", FORMATS)
def test_every_output_says_it_where_something_failed(to):
    assert "Of 3,308 failures, 3,245 (98 %) have a known cause" in render(reportmodel.busy(), to)
    assert "known cause" not in render(reportmodel.quiet(), to)


def test_where_no_failure_exists_nothing_is_said():
    assert (all_known(None), sentences(None), in_short(None)) == (True, "", "")
    assert "No known cause" not in summary_text(reportmodel.quiet())
    assert "No known cause: 63 of 3,308 failures (1.9 %)" in " ".join(summary_text(reportmodel.busy()).split())

"""Who has to act, in the report: a row for each owner in every output, and one sentence where exports would settle it."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from mailtrend import report
from mailtrend.report.owners import KEY, in_short, settling
from support import reportmodel
from support.reportparts import HOSTILE, figure

COLUMNS = "owner partner failures share"


def acting(*rows):
    found = figure(KEY, COLUMNS, *rows)
    return replace(found, columns=(replace(found.columns[0], kind="owner"), *found.columns[1:]))


def test_nothing_is_asked_for_where_every_owner_is_known():
    assert settling(12, 0, exported=False) == settling(0, 0, exported=True) == ""


@pytest.mark.parametrize(
    ("failures", "hanging", "exported", "said"),
    [
        (1, 1, False, "open for the one failure: nothing in the lake says who runs the servers there"),
        (1200, 1200, False, "open for all 1,200 failures: nothing in the lake says who runs the servers there"),
        (200, 50, True, "open for 50 of 200 failures (25 %): none of the exports in the lake names the servers there"),
    ],
)
def test_one_sentence_says_which_exports_settle_it_and_how_to_read_them(failures, hanging, exported, said):
    text = settling(failures, hanging, exported=exported)
    assert said in text
    for name in ("Get-OutboundConnector", "Get-SendConnector", "Get-AcceptedDomain", "mailtrend ingest"):
        assert name in text


def test_the_terminal_names_those_who_have_to_act_for_most():
    rows = [("on_premises", None, 1200, 0.9), ("partner", "fabrikam.com", 90, 0.07), ("microsoft", None, 5, 0.0),
            ("nobody", None, 4, 0.0), ("sender", None, 3, 0.0), ("dns", None, 2, 0.0)]  # fmt: skip
    assert in_short(acting(*rows)) == (
        "Who has to act, by failures: your on-premises mail team 1,200, partner fabrikam.com 90, Microsoft 5, nobody 4, "
        "others 5."
    )
    assert in_short(None) == in_short(acting()) == in_short(acting((None, None, 7, 1.0))) == ""


def test_every_output_has_the_owners_in_words_and_the_sentence():
    told = acting(("your_organization", None, 30, 0.6), ("partner", HOSTILE[0], 20, 0.4))
    model = replace(reportmodel.busy(), figures=(told,), owning=settling(50, 20, exported=False))
    for to in ("html", "md"):
        text = report.render(model, to)
        assert "Your organization" in text
        assert not re.search(r"(?<!data-v=\")your_?organization", text.replace("\\", ""))
        assert "open for 20 of 50 failures" in text
        assert "Get-AcceptedDomain" in text
    assert "<script>alert(1)" not in report.render(model, "html")
    assert '"owner": "your_organization"' in report.render(model, "json")
    assert '"owning": "Who has to act is open' in report.render(model, "json")
    short = " ".join(report.summary_text(model, width=100).split())
    assert "your organization 30" in short
    assert "open for 20 of 50 failures" not in short


@pytest.mark.parametrize(("share", "said"), [(0.099, False), (0.1, True), (1.0, True)])
def test_the_terminal_says_what_would_settle_the_owners_only_where_much_is_open(share, said):
    told = acting(("dns", None, 30, 1 - share), ("undetermined", None, 20, share))
    model = replace(reportmodel.busy(), figures=(told,), owning=settling(50, 20, exported=False))
    short = " ".join(report.summary_text(model, width=100).split())
    assert ("open for 20 of 50 failures" in short) is said
    assert "whoever runs the DNS of the destination 30" in short

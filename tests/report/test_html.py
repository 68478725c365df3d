"""The report as one page: in order, complete, harmless, and with nothing to fetch."""

from __future__ import annotations

import base64
import hashlib
import json
import re

import pytest

from mailtrend.report import words
from mailtrend.report.outputs import html
from support import reportmodel
from support.pages import Page
from support.reportparts import HOSTILE


@pytest.fixture(scope="module")
def text():
    return html.render(reportmodel.busy())


@pytest.fixture(scope="module")
def page(text):
    return Page(text)


def test_sections_stand_in_the_order_of_reading(page):
    assert [words for tag, words in page.headings if tag == "h2"] == [
        "What needs doing",
        "What changed",
        "Figures",
        "Data",
    ]
    assert [words for tag, words in page.headings if tag == "h1"] == ["contoso"]


def test_going_incidents_come_before_ended_ones_and_notices_last(page):
    cards = page.all("article")
    names = [given["id"].removeprefix("incident-") for given in cards]
    assert names == ["onprem01", "hostile1", "tailspin", "fabrikam1", "fullbox1"]
    assert "notice" in cards[-1]["class"]


def test_every_element_is_closed(page):
    assert page.open_tags == []


def test_every_table_has_headers_with_a_scope_and_rows_as_wide(page):
    assert len(page.tables) >= 15
    for table in page.tables:
        assert table.headers
        assert all(given.get("scope") == "col" for given in table.headers)
        assert {len(row) for row in table.rows} == {len(table.headers)}


def test_figures_are_those_of_the_model(page):
    model = reportmodel.busy()
    shown = iter(page.tables)
    for figure in [*model.compared, *model.figures, *model.data]:
        if not figure.rows:
            continue
        table = next(shown)
        assert table.labels == [column.label for column in figure.columns]
        assert table.rows == [
            [words.cell(value, column.kind) for value, column in zip(row, figure.columns, strict=True)]
            for row in figure.rows
        ]
    assert next(shown, None) is None


def test_every_figure_and_incident_has_its_sql(page):
    model = reportmodel.busy()
    whole = "".join(page.text)
    for figure in [*model.compared, *model.figures, *model.data]:
        assert figure.sql in whole
    assert all(words.visible(found.query) in whole for found in model.incidents)


def test_nothing_is_fetched(text, page):
    for _, given in page.tags:
        for name in ("src", "href", "action", "data", "poster", "srcset", "xlink:href"):
            assert given.get(name, "#").startswith("#")
    assert not re.search(r"@import|url\(", text[text.index("<style>") : text.index("</style>")])
    assert not {"link", "iframe", "object", "embed", "base", "img"} & {tag for tag, _ in page.tags}


def test_the_policy_forbids_the_network_and_names_each_script_by_its_hash(page):
    policy = next(
        given["content"] for given in page.all("meta") if given.get("http-equiv") == "Content-Security-Policy"
    )
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert "connect-src" not in rules
    assert "unsafe" not in rules["script-src"]
    run = [body for given, body in page.scripts if given.get("type") != "application/json"]
    digests = {base64.b64encode(hashlib.sha256(body.encode()).digest()).decode() for body in run}
    assert {f"'sha256-{digest}'" for digest in digests} == set(rules["script-src"].split())


def test_hostile_names_are_words_and_never_markup(text, page):
    assert not re.search(r"<script>alert|<img src=x", text)
    assert len(page.scripts) == 3
    assert not [name for _, given in page.tags for name in given if name.startswith("on")]
    assert HOSTILE[0] in page.words
    assert HOSTILE[1] in page.words
    assert "{{ 7*7 }}" in page.words
    assert "override⟨U+202C⟩" in page.words
    assert not set(text) & {"\u202e", "\u202c", "\x07"}


def test_chart_data_cannot_leave_its_script_element(page):
    specs = next(body for given, body in page.scripts if given.get("id") == "specs")
    assert not set(specs) & set("<>&")
    held = json.loads(specs)
    assert "failures-by-code-over-time" in held
    assert HOSTILE[1] in json.dumps(held, ensure_ascii=False).replace('\\"', '"')


def test_every_chart_has_a_still_picture_and_a_text_for_those_who_cannot_see_it(page):
    charts = [given for given in page.all("figure") if "data-chart" in given]
    assert len(charts) == 4
    assert all(given["role"] == "img" and len(given["aria-label"]) > 10 for given in charts)
    assert len([given for given in page.all("svg") if given.get("class") == "marks"]) == 4


def test_every_reference_inside_the_page_leads_somewhere(page):
    ids = [given["id"] for _, given in page.tags if "id" in given]
    assert len(ids) == len(set(ids))
    wanted = {given["href"][1:] for given in page.all("a")} | {
        each for _, given in page.tags for each in given.get("aria-labelledby", "").split()
    }
    assert wanted <= set(ids)


def test_the_time_when_the_first_is_lost_is_told(page):
    assert "first is lost at 2026-10-26 01:05 UTC, 1 h 25 min after the end of the data" in page.words


def test_no_data_is_not_no_failures():
    nothing, quiet = Page(html.render(reportmodel.empty())).words, Page(html.render(reportmodel.quiet())).words
    assert "No data: the lake holds no events" in nothing
    assert "Nothing can be said" in nothing
    assert "No failures" not in nothing
    assert "No failures: 1,200 delivery attempts" in quiet
    assert "Nothing: no incident above a notice" in quiet
    assert "No data" not in quiet


def test_a_page_without_charts_carries_no_library():
    assert len(html.render(reportmodel.empty())) < 60_000


def test_the_same_model_gives_the_same_page(text):
    assert html.render(reportmodel.busy()) == text


def test_a_command_between_backticks_is_set_as_one_and_all_of_it_is_escaped():
    assert html.told("See `Get-X <b>` & `a`.") == "See <code>Get-X &lt;b&gt;</code> &amp; <code>a</code>."
    assert html.told("one ` alone <i>") == "one ` alone &lt;i&gt;"

"""Every form of forms.toml: its examples give exactly what they say, and without the form one of them would not."""

from __future__ import annotations

import duckdb
import pyarrow as pa
import pytest

from knowledge.labels import Told, read_codes, read_server
from mailtrend.errors import SettingsError
from mailtrend.knowledge import book, explain, extract, forms
from mailtrend.knowledge.forms import Example, Form, forms_sql
from mailtrend.knowledge.grammar import causes_sql, grammar_sql

FORMS = forms.forms()
EXAMPLES = [(form, example) for form in FORMS for example in form.examples]
EVERY_FORM = pytest.mark.parametrize("form", FORMS, ids=lambda form: f"{form.kind}: {form.name}")
TOLD = ("reply_code", "status_code", "remote_reply_code", "remote_status_code", "remote_host", "remote_ip")


def truth(example: Example) -> tuple[object, ...]:
    outer, _, inner = example.codes.partition(" > ")
    return (*read_codes(outer), *read_codes(inner), *read_server(example.server))


@pytest.fixture(scope="module")
def told():
    texts = [example.text for _, example in EXAMPLES]
    return {
        text: tuple(getattr(found, name) for name in TOLD) for text, found in zip(texts, explain(texts), strict=True)
    }


@pytest.mark.parametrize(
    ("form", "example"), EXAMPLES, ids=[f"{form.name}: {example.text[:40]}" for form, example in EXAMPLES]
)
def test_an_example_gives_exactly_what_it_says(form, example, told):
    assert told[example.text] == truth(example), form.name


@EVERY_FORM
def test_a_form_has_examples_with_something_to_find(form):
    assert any(truth(example) != (None,) * len(TOLD) for example in form.examples)


@pytest.fixture(scope="module")
def con():
    with duckdb.connect() as con:
        con.execute(causes_sql(book()))
        yield con


@EVERY_FORM
def test_without_a_form_one_of_its_examples_gives_something_else(form, con, told):
    con.execute(grammar_sql(forms_sql(other for other in FORMS if other is not form)))
    texts = [example.text for example in form.examples]
    none = {"reply_code": pa.nulls(len(texts), pa.int16()), "status_code": pa.nulls(len(texts), pa.string())}
    con.register("asked", pa.table({"response": texts, **none}))
    extract(con, "asked", "answered")
    rows = con.sql("FROM answered").to_arrow_table().to_pylist()
    without = {
        row["response"]: (row["out_reply_code"], row["out_status_code"], *(row[name] for name in TOLD[2:]))
        for row in rows
    }
    assert any(without[text] != told[text] for text in texts)


def test_names_are_told_apart():
    names = [(form.kind, form.name) for form in FORMS]
    assert len(set(names)) == len(names)


def test_a_form_that_does_not_hold_together_is_refused():
    good = {"name": "odd", "opening": "x", "examples": []}
    with pytest.raises(SettingsError, match="unknown keys"):
        forms.read({"wrapped": [{**good, "of": "host"}]})
    with pytest.raises(SettingsError, match="unknown kinds"):
        forms.read({"wraped": [good]})
    with pytest.raises(SettingsError, match="`of` is"):
        forms.read({"named": [{"name": "odd", "of": "port", "seen": "x", "pattern": "(x)", "examples": []}]})


def test_a_grammar_without_any_forms_still_reads_a_plain_reply(con):
    con.execute(grammar_sql(forms_sql(())))
    con.register(
        "plain",
        pa.table(
            {
                "response": ["550 5.1.1 unknown"],
                "reply_code": pa.nulls(1, pa.int16()),
                "status_code": pa.nulls(1, pa.string()),
            }
        ),
    )
    extract(con, "plain", "read")
    assert con.sql("SELECT out_reply_code, out_status_code, remote_host FROM read").fetchall() == [(550, "5.1.1", None)]


def test_forms_are_read_in_their_order():
    hosts = [form.name for form in FORMS if form.of == "host" and not form.late]
    assert hosts.index("LastAttemptedServerName") < hosts.index("FQDN") < hosts.index("OutboundProxyTargetHostName")
    assert all(isinstance(form, Form) for form in FORMS)
    assert Told._fields[:6] == TOLD

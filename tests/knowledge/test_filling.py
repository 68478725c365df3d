"""Names out of logs become arguments that can be pasted, and nothing of them is ever run."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailtrend.knowledge import book, verdict
from mailtrend.knowledge.filling import afterwards, filler, literal
from mailtrend.knowledge.shapes import Takes

FILL = filler({"connector": None, "destination": None, "domain": None, "code": None, "ip": None}, book().places)


def filled(step, **names):
    known = dict.fromkeys(("connector", "destination", "domain", "code", "ip")) | names
    return filler(known, {"connectors": "Exchange admin center > Connectors"})([step])[0]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("mail.contoso.com", "mail.contoso.com"),
        ("To on-premises", '"To on-premises"'),
        ("2001:db8::25", "2001:db8::25"),
        ("Contoso (hybrid), 1/2", '"Contoso (hybrid), 1/2"'),
        ("O'Hara's", "'O''Hara''s'"),
        ("a\u2019b", "'a\u2019\u2019b'"),
        ("x; Remove-Item *", "'x; Remove-Item *'"),
        ("$(calc)", "'$(calc)'"),
        ("50% & more", "'50% & more'"),
        ('"quoted"', "'\"quoted\"'"),
        ("-Confirm", "'-Confirm'"),
        ("@splat", "'@splat'"),
        ("Zürich", "'Zürich'"),
        ("a`b", None),
        ("two\nlines", None),
        ("\u202egpj", None),
        ("", None),
    ],
)
def test_a_name_as_an_argument(name, told):
    assert literal(name) == told


@given(st.text(max_size=30))
@settings(max_examples=300)
def test_no_name_breaks_out_of_its_literal(name):
    told = literal(name)
    if told is None or told == name:
        assert told is None or all(letter.isascii() and (letter.isalnum() or letter in "._:-") for letter in name)
    elif told[0] == '"':
        assert told == f'"{name}"'
        assert not set(name) & set("\"'$`%!&|<>^;\\\u201c\u201d\u201e")
    else:
        inside = told[1:-1]
        for quote in "'\u2018\u2019\u201a\u201b":
            inside = inside.replace(quote * 2, "")
        assert not set(inside) & set("'\u2018\u2019\u201a\u201b")
        assert "\n" not in told
        assert "`" not in told


def test_a_name_is_quoted_in_commands_only():
    step = "Open {place.connectors}, then connector {connector}: `Set-OutboundConnector -Identity {connector}`."
    assert filled(step, connector="To O'Hara") == (
        "Open Exchange admin center > Connectors, then connector To O'Hara: "
        "`Set-OutboundConnector -Identity 'To O''Hara'`."
    )


def test_a_name_that_cannot_be_an_argument_leaves_the_placeholder():
    assert filled("`Get-X {connector}`", connector="a`; calc") == "`Get-X CONNECTOR`"


def test_what_a_name_brings_along_is_not_filled_in_again():
    assert filled("`Get-X {connector} {domain}`", connector="{domain}", domain="x.org") == "`Get-X '{domain}' x.org`"
    assert filled("connector {connector}", connector="`{ip}`", ip="192.0.2.1") == "connector '{ip}'"


def test_control_characters_do_not_reach_prose():
    assert filled("connector {connector}.", connector="a\x1b[31m\nb\u202e") == "connector a [31m b."


def test_the_last_step_names_how_long_and_how_to_see():
    takes = Takes("It takes an hour", verify=True)
    assert afterwards(takes, by_connector=True, by_code=True) == [
        "It takes an hour. See then whether it worked, with a fresh export: "
        "`mailtrend verify --connector {connector} --code {code} --since TIME_OF_CHANGE`."
    ]
    assert "--code" not in afterwards(takes, by_connector=True, by_code=False)[0]
    assert afterwards(takes, by_connector=False, by_code=True) == ["It takes an hour."]
    assert afterwards(Takes("", verify=False), by_connector=True, by_code=True) == []


def test_verify_is_filled_in_for_a_connector_and_left_out_for_mx():
    own = verdict("4.4.316", "connection_refused", "own", "To on-premises", "mail.contoso.com").steps[-1]
    assert '`mailtrend verify --connector "To on-premises" --code 4.4.316 --since TIME_OF_CHANGE`' in own
    assert not any("verify" in step for step in verdict("4.4.316", "connection_refused", "internet").steps)
    assert "verify" not in " ".join(verdict("4.4.316", "connection_refused", "undetermined").choices["internet"])


@pytest.mark.parametrize("key", sorted(book().places))
def test_every_place_can_be_written_into_a_step(key):
    assert FILL([f"See {{place.{key}}}."])[0] == f"See {book().places[key]}."

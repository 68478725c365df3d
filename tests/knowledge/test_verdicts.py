"""Who has to act and what to do, by code, cause and who runs the server; names are put in, or read well without."""

from __future__ import annotations

import re

import pytest

from mailtrend.knowledge import book, permanence, verdict
from mailtrend.knowledge.shapes import KINDS

CODES = [str(entry.codes[0]).split("-", maxsplit=1)[0] for entry in book().entries]


@pytest.mark.parametrize(
    ("code", "cause", "kind", "owner"),
    [
        ("4.4.316", "connection_refused", "own", "on_premises"),
        ("4.4.316", "connection_refused", "partner", "partner"),
        ("4.4.316", "connection_refused", "internet", "recipient_organization"),
        ("4.4.316", "connection_refused", "undetermined", "undetermined"),
        ("4.4.312", "dns_server_failure", "partner", "dns"),
        ("4.7.320", "certificate_expired", "own", "on_premises"),
        ("5.7.705", "tenant_blocked", "partner", "your_organization"),
        ("5.1.1", "recipient_unknown", "internet", "sender"),
        ("5.7.1", "spam_or_reputation", "internet", "your_organization"),
        ("5.2.2", "mailbox_full", "undetermined", "recipient_organization"),
        ("5.2.2", "rate_limited", "undetermined", "your_organization"),
        ("2.1.5", None, "own", "nobody"),
    ],
)
def test_owner(code, cause, kind, owner):
    assert verdict(code, cause, kind).owner == owner


def test_a_cause_that_the_entry_does_not_deal_with_brings_its_own_steps():
    plain = verdict("4.4.317", "service_unavailable", "own")
    tls = verdict("4.4.317", "starttls_not_offered", "own")
    assert plain.title == "Cannot connect to remote server"
    assert tls.title == "Cannot connect to remote server: TLS is required but was not offered"
    assert any("STARTTLS" in step for step in tls.steps)
    assert tls.steps != plain.steps


def test_names_are_put_in():
    found = verdict("4.4.316", "connection_refused", "own", "To on-premises", "mail.contoso.com", domain="contoso.com")
    told = " ".join((*found.steps, *found.steps_migrated))
    assert "connector To on-premises" in told
    assert "mail.contoso.com" in told
    assert "domain contoso.com" in told


@pytest.mark.parametrize("code", CODES)
def test_steps_read_well_without_names(code):
    for cause in (None, book().entries[CODES.index(code)].cause):
        for kind in (*KINDS, "undetermined"):
            found = verdict(code, cause, kind)
            told = " ".join((*found.steps, *found.steps_migrated))
            assert not re.search(r"\{(connector|destination|domain)\}", told), told
            assert not re.search(r"(?i)\b(connector|domain|the) the\b", told), told
            assert "`the " not in told


def test_a_command_without_a_name_shows_where_it_belongs():
    steps = " ".join(verdict("4.7.320", "certificate_invalid", "own").steps)
    assert "-connect DESTINATION:25`" in steps


def test_steps_for_an_unknown_kind_say_whom_each_is_for():
    found = verdict("4.4.315", "connection_timed_out", "undetermined")
    assert found.steps[0].startswith("Find out who runs the destination")
    assert all(step.startswith("If ") for step in found.steps[1:-1])
    assert "mailtrend verify" in found.steps[-1]
    assert set(found.choices) == set(KINDS)
    assert verdict("4.4.315", "connection_timed_out", "own").choices == {}


def test_a_message_that_expired_has_the_steps_of_its_fault_and_is_to_be_sent_again():
    began = verdict("4.4.317", "starttls_not_offered", "own", "A", "b.example")
    ended = verdict("5.4.317", "starttls_not_offered", "own", "A", "b.example")
    assert ended.steps[: len(began.steps) - 1] == began.steps[:-1]
    assert "send it again" in ended.steps[-2]
    assert ended.title == "Message expired: cannot connect to remote server: TLS is required but was not offered"


def test_two_meanings_of_one_number():
    assert verdict("5.4.1", "recipient_unknown", "own", issuer="microsoft").title.startswith("Recipient refused")
    assert verdict("5.4.1", "connection_timed_out", "own", issuer="standard").title.startswith("No answer")
    assert verdict("5.1.10", None, "own", reply_code=556).title.startswith("The domain accepts no mail")
    assert verdict("5.1.10", None, "own", reply_code=550).title == "Recipient not found"


@pytest.mark.parametrize(
    ("reply", "status", "cause", "told"),
    [
        (550, "4.4.7", "message_expired", "permanent"),
        (450, "5.1.1", None, "transient"),
        (None, "4.4.316", None, "transient"),
        (250, "2.1.5", None, "success"),
        (None, None, "connection_refused", "transient"),
        (None, None, "recipient_unknown", "permanent"),
        (None, None, "unclassified", None),
        (None, None, None, None),
    ],
)
def test_permanence_is_the_replys_before_the_codes(reply, status, cause, told):
    assert permanence(reply, status, cause) == told

"""What a text says of a server's certificate: each example of certificates.toml, and texts cut anywhere."""

from __future__ import annotations

import duckdb
import pytest

from knowledge.labels import labelled
from mailtrend.contracts import CAUSES
from mailtrend.knowledge import certificate_macros, explain
from mailtrend.knowledge.certificates import FIELDS, certificates
from mailtrend.knowledge.explaining import CERTIFICATE
from support.cli import mailtrend

PROBLEMS = [(one, text) for one in certificates().problems for text in one.examples]
VALUES = [(field, text, value) for field in certificates().fields for text, value in field.examples]
SUBJECT, EXPECTED = "CN=mail.contoso.com, O=Contoso Ltd., C=DE", "*.fabrikam.com"
THUMB, AFTER = "D0AC2FC63B9C5798828B45D849BE8D3300112233", "10/1/2026 12:00:00 PM"
SUFFIX = ". OutboundProxyTargetIP: 192.0.2.10. OutboundProxyTargetHostName: mail.contoso.com"
WHOLE = (
    f"Reason: [{{LED=450 4.4.317 Cannot connect to remote server [Message=SubjectMismatch Expected Subject: {EXPECTED}. "
    f"Presented Subject: {SUBJECT}. Thumbprint: {THUMB}. NotAfter: {AFTER}.] [LastAttemptedServerName=mail.contoso.com] "
    "[LastAttemptedIP=192.0.2.10:25] [SmtpSecurity=-1;-1]};{MSG=};{FQDN=mail.contoso.com};{IP=192.0.2.10};{LRT=}]"
)


@pytest.fixture(scope="module")
def told():
    texts = [*(text for _, text in PROBLEMS), *(text for _, text, _ in VALUES)]
    return dict(zip(texts, explain(texts), strict=True))


@pytest.mark.parametrize(("problem", "text"), PROBLEMS, ids=[text[:50] for _, text in PROBLEMS])
def test_every_example_of_a_problem_gives_it_and_its_cause(problem, text, told):
    assert told[text].certificate_problem == problem.key
    assert told[text].cause == problem.cause


@pytest.mark.parametrize(
    ("field", "text", "value"), VALUES, ids=[f"{field.key}-{text[:40]}" for field, text, _ in VALUES]
)
def test_every_example_of_a_field_gives_its_value(field, text, value, told):
    assert getattr(told[text], f"certificate_{field.key}") == (value or None)


def test_every_problem_and_every_field_has_an_example():
    assert all(one.examples for one in certificates().problems)
    assert all(field.examples for field in certificates().fields)
    assert {one.cause for one in certificates().problems} <= set(CAUSES)


def test_a_whole_text_tells_everything():
    (found,) = explain([WHOLE])
    assert [getattr(found, name) for name in CERTIFICATE] == ["name_mismatch", SUBJECT, EXPECTED, THUMB, AFTER]


def test_a_text_cut_anywhere_tells_the_right_value_or_none():
    texts = [WHOLE[:cut] + end for cut in range(len(WHOLE)) for end in ("", SUFFIX)]
    for text, found in zip(texts, explain(texts), strict=True):
        assert found.certificate_subject in {SUBJECT, None}, text
        assert found.certificate_expected in {EXPECTED, None}, text
        assert found.certificate_thumbprint in {THUMB, None}, text
        assert found.certificate_not_after is None or AFTER.startswith(found.certificate_not_after), text


def test_other_texts_tell_nothing_and_causes_agree_with_problems():
    known = labelled()
    causes = {(one.key, one.cause) for one in certificates().problems}
    for one, found in zip(known, explain([one.text for one in known]), strict=True):
        if not (one.told.cause or "").startswith("certificate_"):
            assert [getattr(found, name) for name in CERTIFICATE] == [None] * len(FIELDS), one.text
        elif found.certificate_problem is not None:
            assert (found.certificate_problem, one.told.cause) in causes, one.text


def test_odd_texts_do_no_harm():
    odd = [
        "",
        "certificate",
        "Subject: ",
        "Presented Subject: [",
        "\\n" * 1000 + "certificate",
        "Thumbprint: " * 10_000,
    ]
    assert [found.certificate_subject for found in explain(odd)] == [None] * len(odd)


def test_explain_tells_the_certificate_in_words():
    out = " ".join(mailtrend("explain", WHOLE).out.split())
    assert f"Certificate: made out to another name; presented {SUBJECT}; expected {EXPECTED}; thumbprint {THUMB}" in out
    assert "Certificate:" not in mailtrend("explain", "4.4.316").out


def test_the_macros_can_be_created_in_any_database():
    with duckdb.connect() as con:
        con.execute(certificate_macros())
        text = "certificate verification failed for mx.example.net[192.0.2.64]:25: certificate has expired"
        asked = "SELECT certificate_problem($text), certificate_subject($text), certificate_problem(NULL)"
        assert con.execute(asked, {"text": text}).fetchall() == [("expired", None, None)]

"""Which certificates made deliveries fail: a handful of failures, counted by hand."""

from __future__ import annotations

import pytest

from mailtrend import warehouse
from support import smallweek
from support.smallweek import DETAIL, POSTFIX, ask, told

PARTNER = {"connector": "To Fabrikam", "destination": "mail.fabrikam.com"}
THUMB = "D0AC2FC63B9C5798828B45D849BE8D3300112233"


def mismatch(thumbprint: str, after: str = "") -> str:
    return (
        "Reason: [{LED=450 4.4.317 Cannot connect to remote server [Message=SubjectMismatch Expected Subject: "
        f"*.fabrikam.com. Presented Subject: CN=FABEX02. Thumbprint: {thumbprint}.{after}] "
        "[LastAttemptedServerName=mail.fabrikam.com]};{MSG=};{FQDN=mail.fabrikam.com};{IP=203.0.113.25};{LRT=}]"
    )


def failed(when: str, source: str, message: str | None, to: str | None, response: str | None, cause: str, **more):
    return told(when, source, "deferred", message, to, response=response, cause=cause, **more)


MISMATCH, EXPIRED = "certificate_name_mismatch", "certificate_expired"
EVENTS = [
    # The same certificate twice for one message and once for another; the text of the third tells when it ends.
    failed("02 08:00:00", DETAIL, "m1", "bo@fabrikam.com", mismatch(THUMB), MISMATCH, **PARTNER),
    failed("02 09:00:00", DETAIL, "m1", "Bo@fabrikam.com", mismatch(THUMB.lower()), MISMATCH, **PARTNER),
    failed("02 10:00:00", DETAIL, "m2", "cy@fabrikam.com", mismatch(THUMB, " NotAfter: 10/1/2027."), MISMATCH, **PARTNER),
    # Another certificate there.
    failed("03 08:00:00", DETAIL, "m3", "cy@fabrikam.com", mismatch("00AA11BB"), MISMATCH, **PARTNER),
    # Postfix says what is wrong, not whose it is; a text that was cut, and a code alone, say nothing of it.
    failed("04 08:00:00", POSTFIX, "p1", "ida@example.net",
           "certificate verification failed for mx.example.net[192.0.2.64]:25: certificate has expired", EXPIRED,
           connector="smtp", destination="mx.example.net", queue_id="A1"),
    failed("05 08:00:00", DETAIL, "m4", "ole@example.org", None, EXPIRED, destination="example.org"),
    failed("05 09:00:00", DETAIL, "m5", "ole@example.org", "450 4.7.320 Certificate validation failed",
           "certificate_invalid", destination="example.org"),
    # Words on certificates that are no fault of a server's, and other failures.
    failed("06 08:00:00", DETAIL, "m6", "bo@fabrikam.com",
           "550 5.7.64 TenantAttribution; Relay Access Denied [ValidationStatus of '' is EmptyCertificate]", "relay_denied",
           **PARTNER),
    failed("06 09:00:00", DETAIL, "m7", "bo@fabrikam.com", "450 4.4.316 Connection refused", "connection_refused",
           **PARTNER),
    failed("06 10:00:00", DETAIL, "m8", "bo@fabrikam.com", None, "unclassified", **PARTNER),
]  # fmt: skip


@pytest.fixture(scope="module")
def lake(tmp_path_factory):
    made = smallweek.filled(tmp_path_factory.mktemp("lakes") / "certificates", EVENTS)
    with warehouse.connect(made.root) as con:
        yield con


def test_each_certificate_is_counted_once_with_what_the_texts_tell_of_it(lake):
    columns = "connector destination problem presented expected thumbprint not_after failures messages recipients share"
    assert ask(lake, "certificates", columns) == [
        ("To Fabrikam", "mail.fabrikam.com", "name_mismatch", "CN=FABEX02", "*.fabrikam.com", THUMB, "10/1/2027",
         3, 2, 2, 0.3),
        ("To Fabrikam", "mail.fabrikam.com", "name_mismatch", "CN=FABEX02", "*.fabrikam.com", "00AA11BB", None,
         1, 1, 1, 0.1),
        ("smtp", "mx.example.net", "expired", None, None, None, None, 1, 1, 1, 0.1),
        (None, "example.org", "expired", None, None, None, None, 1, 1, 1, 0.1),
        (None, "example.org", None, None, None, None, None, 1, 1, 1, 0.1),
    ]  # fmt: skip


def test_times_are_those_of_the_first_and_last_failure(lake):
    first, *_ = ask(lake, "certificates", "first_failure last_failure")
    assert first == (smallweek.at("02 08:00"), smallweek.at("02 10:00"))


def test_a_period_a_tenant_and_a_limit_cut_the_answer(lake):
    assert ask(lake, "certificates", "failures share", since="2026-11-02 09:00", until="2026-11-03") == [(2, 1.0)]
    assert ask(lake, "certificates", "failures", tenant="fabrikam") == []
    assert ask(lake, "certificates", "failures share", top="1") == [(3, 0.3)]

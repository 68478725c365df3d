"""The message to a partner can be sent as it is, and names nobody's users."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from mailtrend.diagnose.facts import Facts
from mailtrend.diagnose.messages import partner_message

NOW = datetime(2026, 11, 1, 20, 0)
ASK = "Please see that port 25 is open for our addresses."
REFUSED = Facts(
    tenant="default",
    kind="sustained",
    status_code="4.4.316",
    cause="connection_refused",
    connector="To Fabrikam",
    destination="mail.fabrikam.com",
    scope="pair",
    started_at=datetime(2026, 10, 31, 9),
    ended_at=None,
    expected=0.1,
    p_value=1e-9,
    domains=("fabrikam.com", "fabrikam.de"),
    attempts=410,
    failures=400,
    messages=35,
    recipients=12,
    first_failure=datetime(2026, 10, 31, 9, 12),
    last_failure=datetime(2026, 11, 1, 19, 58),
    last_success=datetime(2026, 10, 31, 9, 3),
    at_risk=21,
    next_expiry=datetime(2026, 11, 2, 3, 5),
    remote_ips=("203.0.113.25", "203.0.113.26"),
    owner_kind="partner",
    partner="fabrikam.com",
)

LETTER = """\
Subject: Mail from us to fabrikam.com fails at mail.fabrikam.com: 4.4.316 Connection refused

Hello,

Deliveries of our mail to mail.fabrikam.com have been failing since Sat 31 Oct 2026 09:12 UTC.

  Error:            4.4.316 Connection refused
  Server:           mail.fabrikam.com (203.0.113.25, 203.0.113.26)
  First failure:    Sat 31 Oct 2026 09:12 UTC
  Last failure:     Sun 1 Nov 2026 19:58 UTC
  Last success:     Sat 31 Oct 2026 09:03 UTC
  Failed attempts:  400 of 410
  Messages hit:     35 to fabrikam.com, fabrikam.de

Please see that port 25 is open for our addresses.

21 of these messages still wait here; the first is returned to its sender on Mon 2 Nov 2026 03:05 UTC.
Could you tell us what you find, and when something was changed? We then check again from our side."""


def test_a_message_has_evidence_times_and_what_to_look_at():
    assert partner_message(REFUSED, "Connection refused", ASK, NOW) == LETTER


def test_what_is_over_is_told_as_over():
    over = replace(REFUSED, ended_at=datetime(2026, 11, 1, 20), at_risk=0, next_expiry=None)
    told = partner_message(over, "Connection refused", ASK, NOW)
    assert told is not None
    assert "failed from Sat 31 Oct 2026 09:12 UTC to Sun 1 Nov 2026 19:58 UTC" in told
    assert "It works again from our side." in told
    assert "still wait" not in told
    assert ASK not in told


def test_nobody_else_than_a_partner_is_written_to():
    for kind in ("own", "internet", "microsoft", "undetermined"):
        assert partner_message(replace(REFUSED, owner_kind=kind), "Connection refused", ASK, NOW) is None


def test_there_is_no_message_where_a_partner_can_do_nothing():
    assert partner_message(REFUSED, "Quota of your tenant", "", NOW) is None
    assert partner_message(replace(REFUSED, kind="silence"), "", ASK, NOW) is None


def test_no_address_of_a_user_stands_in_it():
    assert "@" not in LETTER

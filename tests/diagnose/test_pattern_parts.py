"""What patterns are made of: dates in texts, hours of the day, addresses and lists, owners of hosts, traffic."""

from __future__ import annotations

from datetime import datetime

import pytest

from mailtrend.diagnose.hosts import owners_of
from mailtrend.diagnose.patterns.blocked import addresses, lists
from mailtrend.diagnose.patterns.dates import moment
from mailtrend.diagnose.patterns.hours import busy, slot, volume
from mailtrend.diagnose.patterns.near import alive, is_of
from support.patterns import FLAT, WORKDAY, change, facts


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-10-01T12:00:00Z", datetime(2026, 10, 1, 12)),
        ("2026-10-01", datetime(2026, 10, 1)),
        ("Oct  1 12:00:00 2026 GMT", datetime(2026, 10, 1, 12)),
        ("10/1/2026 12:00:00 AM", datetime(2026, 10, 1)),
        ("10/1/2026 12:00:00 PM", datetime(2026, 10, 1, 12)),
        ("31/12/2026 23:59:59", datetime(2026, 12, 31, 23, 59, 59)),
        ("12/31/2026 23:59:59", datetime(2026, 12, 31, 23, 59, 59)),
        ("10/1/2026 12:00:00", None),
        ("13/13/2026", None),
        ("Foo 1 12:00:00 2026", None),
        ("soon", None),
    ],
)
def test_a_date_counts_only_where_it_can_mean_one_day(text: str, at: datetime | None) -> None:
    assert moment(text) == at


def test_a_slot_may_run_over_midnight_and_needs_three_days() -> None:
    hours = tuple(40 if hour in (23, 0) else 1 if hour == 12 else 0 for hour in range(24))
    known = {"failed_by_hour": hours, "tried_by_hour": hours, "load_by_hour": WORKDAY}
    found = slot(facts("4.3.2", "service_unavailable", {**known, "days_failing": 3}))
    assert found is not None
    assert (found.hours, found.told) == ([23, 0], "23:00 and 01:00 UTC")
    assert volume(facts("4.3.2", None, known), found.hours) == 0
    assert slot(facts("4.3.2", "service_unavailable", {**known, "days_failing": 2})) is None


def test_failures_over_the_whole_day_have_no_slot() -> None:
    assert slot(facts("4.3.2", None, {"failed_by_hour": FLAT, "days_failing": 9})) is None


def test_busy_hours_are_those_with_more_mail_than_average() -> None:
    failed = tuple(n // 2 if n > 50 else 0 for n in WORKDAY)
    found = busy(facts("4.3.1", None, {"load_by_hour": WORKDAY, "tried_by_hour": WORKDAY, "failed_by_hour": failed}))
    assert found is not None
    assert (found.first, found.last) == (7, 17)
    # 70 % of the day's 850 messages over the mean are in hours that fail for half of them, but for two of 40 each.
    assert found.quiet_rate == 0
    assert found.rate == pytest.approx(355 / 790, abs=0.06)


@pytest.mark.parametrize(
    ("count", "usual", "is_alive"),
    [(60, 100.0, True), (5, 100.0, False), (30, 100.0, None), (0, 5.0, None), (9, None, None)],
)
def test_traffic_is_alive_dead_or_neither(count: int, usual: float | None, is_alive: bool | None) -> None:
    assert alive(count, usual) is is_alive


@pytest.mark.parametrize(
    ("text", "names", "ips"),
    [
        ("550 5.7.1 Service unavailable, client [192.0.2.77] blocked using zen.spamhaus.org", ["Spamhaus"], ["192.0.2.77"]),
        ("550 5.7.606 Access denied, banned sending IP [192.0.2.77] AS16012609 (version 15.20.1.2)",
         ["Microsoft's own list"], ["192.0.2.77"]),
        ("550 192.0.2.77 is listed, see https://www.barracudacentral.org/lookups", ["Barracuda"], ["192.0.2.77"]),
        ("554 http://www.spamhaus.org/query/ip/192.0.2.77", ["Spamhaus"], ["192.0.2.77"]),
        ("550 5.7.1 [2001:db8::25] blocked, S3140", ["Outlook.com's own list"], ["2001:db8::25"]),
        ("550 5.7.1 [198.51.100.25] does not like your mail", [], []),
        ("550 5.7.1 server of version 15.20.1.2 refuses", [], []),
        ("550 5.7.1 from 300.1.2.3", [], []),
    ],
)  # fmt: skip
def test_a_list_and_ones_own_address_are_read_from_the_text(text: str, names: list[str], ips: list[str]) -> None:
    known = facts("5.7.1", "spam_or_reputation", {"replies": (text,)}, remote_ips=("198.51.100.25",))
    assert (lists(known), addresses(known)) == (names, ips)


def test_hosts_of_one_owner_count_once() -> None:
    hosts = ["a.contoso.com", "b.contoso.com", "mx.contoso.co.uk", "203.0.113.5"]
    assert owners_of(hosts) == {"contoso.com", "contoso.co.uk", "203.0.113.5"}


@pytest.mark.parametrize(
    ("word", "kind"),
    [("ISP", "isp"), ("new provider", "isp"), ("DNS/MX", "dns"), ("mx", "dns"), ("TLS certificate", "certificate"),
     ("Network", "network"), ("internet line", "network"), ("disp", None), ("other", None)],
)  # fmt: skip
def test_a_kind_of_change_is_any_word_for_it(word: str, kind: str | None) -> None:
    kinds = ("isp", "dns", "certificate", "network")
    assert [one for one in kinds if is_of(change(word), one)] == ([kind] if kind else [])

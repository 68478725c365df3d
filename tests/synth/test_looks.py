"""The files look like the real ones: encodings, headers, quoting, dates, sessions."""

from __future__ import annotations

import csv
import io
import ipaddress
import re
from collections import defaultdict
from datetime import datetime
from itertools import pairwise

import pytest

from support import truth

LABELS = [file.path for file in truth.generated_files()]
TRACES = [label for label in LABELS if label.startswith("exo_message_trace/")]
DAMAGED = {"MessageTrace_2026-09-21.csv.gz", "MessageTrace_2026-10-16.csv", "MessageTrace_2026-11-01.csv"}
V2 = [
    "MessageId", "Received", "SenderAddress", "RecipientAddress", "Subject", "Status", "ToIP", "FromIP", "Size",
    "MessageTraceId",
]  # fmt: skip
RESERVED = (
    "contoso.com", "contoso.onmicrosoft.com", "fabrikam.com", "tailspintoys.com", "northwindtraders.com", "adatum.com",
    "wingtiptoys.com", "litwareinc.com", "example.com", "example.net", "example.org", "outlook.com",
)  # fmt: skip
DOCUMENTATION = [ipaddress.ip_network(net) for net in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")]


def _rows(label: str) -> list[dict[str, str]]:
    text = truth.text_of(label)
    body = text.split("\r\n", 1)[1] if text.startswith("#TYPE") else text
    return list(csv.DictReader(io.StringIO(body, newline="")))


@pytest.mark.parametrize("label", TRACES)
def test_a_trace_export_quotes_every_field_and_ends_lines_the_windows_way(label):
    text = truth.text_of(label)
    lines = text.split("\r\n")
    assert "\n" not in text.replace("\r\n", "")
    whole = [line for line in lines if line and not line.startswith("#TYPE")]
    assert sum(not (line.startswith('"') and line.endswith('"')) for line in whole) <= 1


@pytest.mark.parametrize("label", TRACES)
def test_a_trace_export_is_newest_first_in_one_culture(label):
    pattern = "%m/%d/%Y %H:%M:%S"
    if "10-16" in label:
        pattern = "%d.%m.%Y %H:%M:%S"
    elif "2026-09" in label:
        pattern = "%m/%d/%Y %I:%M:%S %p"
    texts = [row["Received"] for row in _rows(label) if "9/31" not in row["Received"]]
    times = [datetime.strptime(text, pattern) for text in texts]
    climbs = sum(later > earlier for earlier, later in pairwise(times))
    assert climbs == (1 if "10-22" in label else 0)
    assert max(time.day for time in times) > 12  # day and month can be told apart


def test_the_first_exports_have_fourteen_columns_and_the_later_ones_ten():
    widths = {label: len(_rows(label)[0]) for label in TRACES}
    assert {widths[label] for label in TRACES if "2026-09" in label} == {14}
    assert {widths[label] for label in TRACES if "2026-09" not in label} == {10}
    assert list(_rows(TRACES[-1])[0]) == V2


def test_a_message_pending_in_one_export_is_settled_in_a_later_one():
    seen: dict[tuple[str, str], list[str]] = defaultdict(list)
    for label in TRACES:
        for row in _rows(label):
            seen[row["MessageTraceId"] or "", row["RecipientAddress"] or ""].append(row["Status"] or "")
    changed = [statuses for statuses in seen.values() if statuses[0] == "Pending" and len(statuses) > 1]
    assert {statuses[-1] for statuses in changed} == {"Failed", "Delivered"}


def test_reports_are_utf_16_with_and_without_a_byte_order_mark():
    starts = {path.name: path.read_bytes()[:2] for path in truth.SAMPLE.glob("exo_e*/*.csv")}
    assert starts["MTSummary_20261014.csv"] == b"\xff\xfe"
    assert starts["MTSummary_20260924.csv"] == b"o\x00"
    assert starts["MTDetail_20261022.csv"] == b"\xff\xfe"


def test_an_extended_report_has_27_columns_and_one_damaged_row():
    short = [row for row in _rows("exo_extended/MTDetail_20261022.csv") if row["custom_data"] is None]
    assert len(_rows("exo_extended/MTDetail_20261006.csv.gz")[0]) == 27
    assert len(short) == 1


def test_long_reasons_are_cut_at_300_characters_and_followed_by_the_proxy_suffix():
    details = [row["Detail"] for row in _rows("exo_trace_detail/MessageTraceDetail_2026-11-01.csv.gz")]
    reasons = [detail for detail in details if detail.startswith("Reason: ")]
    cut = [reason for reason in reasons if "]. OutboundProxyTargetIP" not in reason and "OutboundProxy" in reason]
    assert len(cut) > 500
    assert {len(reason.removeprefix("Reason: ").partition(". OutboundProxy")[0]) for reason in cut} == {300}
    assert any("AM}]. OutboundProxyTargetIP: 203.0.113.25. OutboundProxy" in reason for reason in reasons)


@pytest.mark.parametrize("label", [label for label in LABELS if label.startswith("exchange_smtp")])
def test_protocol_sessions_interlace_and_number_their_rows(label):
    lines = truth.text_of(label).split("\r\n")
    assert [line.split(":")[0] for line in lines[:5]] == ["#Software", "#Version", "#Log-type", "#Date", "#Fields"]
    rows = [row for row in csv.reader(line for line in lines[5:] if line) if len(row) == 9]
    numbers = defaultdict(list)
    for row in rows:
        numbers[row[2]].append(int(row[3]))
    assert all(found == list(range(len(found))) for found in numbers.values())
    blocks = sum(before[2] != after[2] for before, after in pairwise(rows)) + 1
    assert blocks > len(numbers) * 1.5
    assert [row[0] for row in rows] == sorted(row[0] for row in rows)


def test_the_relay_host_changes_to_winter_time():
    offsets = {label: set(re.findall(r"^\S+?([+-]\d\d:\d\d) ", truth.text_of(label), re.MULTILINE)) for label in LABELS
               if label.startswith("postfix/")}  # fmt: skip
    assert offsets["postfix/mail.log"] == {"+01:00"}
    assert offsets["postfix/mail.log.2.gz"] == {"+02:00"}


NO_HOSTS = {"15.0.0.0", "0.0.0.0", "255.255.255.255"}  # noqa: S104  # looked for in a text, not bound to
"""A version of Exchange, and the two ends of every address."""


@pytest.mark.parametrize("label", LABELS)
def test_only_reserved_names_and_addresses_appear(label):
    text = truth.text_of(label)
    names = set(re.findall(r"[\w-]+\.(?:com|net|org)\b", text))
    assert {name for name in names if not any(each.endswith(name) for each in RESERVED)} == set()
    numbers = {
        found for found in re.findall(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])", text) if found not in NO_HOSTS
    }
    assert all(any(ipaddress.ip_address(found) in net for net in DOCUMENTATION) for found in numbers)

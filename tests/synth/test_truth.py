"""The truth agrees with a naive reading of the files: regular expressions and dictionaries, nothing of mailtrend."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from datetime import UTC, datetime

import pytest

from support import truth

FILES = truth.generated_files()
RANK = ("exo_extended", "exo_trace_detail", "exo_enhanced_summary", "exo_message_trace")
DATES = ("%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %H:%M:%S", "%d.%m.%Y %H:%M:%S")
HOST = re.compile(r"LastAttemptedServerName=([^\]]+)|\{FQDN=([^}]+)\}|TargetHostName: (\S+)")


def _labels(source: str) -> list[str]:
    return [file.path for file in FILES if file.source == source]


def _csv(label: str) -> list[dict[str, str]]:
    lines = [line for line in truth.text_of(label).split("\r\n") if line and not line.startswith("#TYPE")]
    names = next(csv.reader(lines[:1]))
    cells = (next(csv.reader([line])) for line in lines[1:])
    return [dict(zip(names, row, strict=True)) for row in cells if len(row) == len(names)]


def _when(text: str) -> datetime | None:
    for pattern in DATES:
        try:
            return datetime.strptime(text, pattern)
        except ValueError:
            continue
    return None


def _iso(text: str) -> datetime:
    return datetime.fromisoformat(text[:19])


def _host(text: str, recipient: str) -> str:
    found = HOST.search(text)
    return next((group for group in found.groups() if group), "") if found else recipient.partition("@")[2]


def _code(text: str) -> str:
    return re.search(r"LED=\d{3} (\d\.\d+\.\d+)", text)[1]


def _traces():
    for label in _labels("exo_message_trace"):
        for row in _csv(label):
            at, to = _when(row["Received"]), row["RecipientAddress"]
            if at and row["Status"] not in ("Pending", "GettingStatus"):
                kind = "Fail" if row["Status"] == "Failed" else "other"
                yield "exo_message_trace", kind, row["MessageTraceId"], to, at, "", "", to.partition("@")[2]


def _details():
    for label in _labels("exo_trace_detail"):
        for row in _csv(label):
            to, text = row["RecipientAddress"], row["Detail"]
            connector = re.search(r'"ConnectorId" String="([^"]+)"', row["Data"])
            kind = row["Event"] if row["Event"] in ("Defer", "Fail") else "other"
            if row["Event"] not in ("Receive", "Submit"):
                code = _code(text) if kind != "other" else ""
                where = (connector[1] if connector else "", _host(text, to))
                yield "exo_trace_detail", kind, row["MessageTraceId"], to, _when(row["Date"]), code, *where


def _extended():
    for label in _labels("exo_extended"):
        for row in _csv(label):
            kind = {"DEFER": "Defer", "FAIL": "Fail", "SENDEXTERNAL": "other", "DELIVER": "other"}.get(row["event_id"])
            blobs = re.findall(r"\[\{LED=.*?LRT=[^}]*\}\]", row["recipient_status"])
            for place, to in enumerate(row["recipient_address"].split(";")):
                blob = blobs[place] if blobs else ""
                where = (_code(blob) if blob else "", row["connector_id"], _host(blob, to))
                if kind:
                    yield "exo_extended", kind, row["network_message_id"], to, _iso(row["date_time_utc"]), *where


def _summaries():
    for label in _labels("exo_enhanced_summary"):
        for row in _csv(label):
            for part in row["recipient_status"].split(";"):
                to, _, words = part.rpartition("##")
                last = words.split(", ")[-1]
                kind = "Fail" if last == "Fail" else "other"
                where = ("", row["connector_id"], to.partition("@")[2])
                if last not in ("Receive", "Defer"):
                    yield (
                        "exo_enhanced_summary",
                        kind,
                        row["network_message_id"],
                        to,
                        _iso(row["origin_timestamp_utc"]),
                        *where,
                    )


def _exchange_online() -> Counter[truth.Failing]:
    best = {}
    for row in (*_extended(), *_details(), *_summaries(), *_traces()):
        source, kind, message, to, at, *_ = row
        key = (message, to, at) if kind == "Defer" else (message, to)
        if key not in best or RANK.index(source) < RANK.index(best[key][0]):
            best[key] = row
    return Counter(
        truth.Failing(code, connector, host, f"{at:%Y-%m-%d}")
        for _, kind, _, _, at, code, connector, host in best.values() if kind != "other"
    )  # fmt: skip


def _postfix() -> Counter[truth.Failing]:
    found: Counter[truth.Failing] = Counter()
    status = re.compile(r"^(\S+) .*to=<[^>]*>.*dsn=([45]\.\d+\.\d+), status=\w+ \((?:host|connect to) ([^\[]+)\[")
    reject = re.compile(r"^(\S+) .*NOQUEUE: reject: .*?: \d{3} (\S+) .* to=<[^@]*@([^>]*)>")
    for label in _labels("postfix"):
        for line in truth.text_of(label).splitlines():
            for pattern, connector in ((status, "smtp"), (reject, "smtpd")):
                if match := pattern.match(line):
                    day = datetime.fromisoformat(match[1]).astimezone(UTC)
                    found[truth.Failing(match[2], connector, match[3], f"{day:%Y-%m-%d}")] += 1
            if "status=expired" in line:
                found[truth.Failing("4.4.1", "smtp", "mail.adatum.com", "2026-10-01")] += 1
    return found


def test_failures_of_exchange_online_and_postfix_are_those_a_naive_reading_finds():
    counted = _exchange_online() + _postfix()
    servers = ("Internet via MX", "Default Frontend EX01")
    assert {key: n for key, n in truth.generated_failures().items() if key.connector not in servers} == dict(counted)


def test_failures_of_the_protocol_logs_are_the_refusals_in_them():
    text = "\n".join(truth.text_of(label) for label in _labels("exchange_smtp_receive"))
    refusals = Counter(re.findall(r',>,"?[45]\d\d (\d\.\d+\.\d+)', text))
    sent = "\n".join(truth.text_of(label) for label in _labels("exchange_smtp_send"))
    refusals += Counter(re.findall(r',<,"?[45]\d\d (\d\.\d+\.\d+)', sent))
    refusals[""] = len(re.findall(r"Failed to connect|TLS negotiation failed", sent))
    counted: Counter[str] = Counter()
    for key, number in truth.generated_failures().items():
        if key.connector in ("Internet via MX", "Default Frontend EX01"):
            counted[key.status_code] += number
    assert counted == refusals


def _rows_of(path: str) -> int:
    """Objects of JSON, names in what Format-List prints, else lines without the header."""
    text = truth.text_of(path)
    if path.endswith(".json"):
        return len(json.loads(text.removeprefix("\ufeff")))
    if path.endswith(".txt"):
        return sum(line.startswith("Name ") for line in text.splitlines())
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return len(lines) - (0 if "#Fields" in text or "mail.log" in path else 1)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.path)
def test_the_ledger_counts_the_rows_that_are_there(file):
    assert file.rows == _rows_of(file.path)
    if file.used >= 0:
        assert file.rows == file.used + file.context + file.duplicates + file.rejects


def test_duplicates_of_the_traces_are_repeated_statuses():
    known: set[tuple[str, ...]] = set()
    for file in FILES:
        if file.source == "exo_message_trace":
            rows = [row for row in _csv(file.path) if _when(row["Received"])]
            keys = [(row["MessageTraceId"], row["RecipientAddress"], row["Status"]) for row in rows]
            assert file.duplicates == len(keys) - len({*keys} - known)
            known |= {*keys}


def test_incidents_begin_with_their_fault_and_deliveries_stop():
    for incident in truth.incidents():
        start = datetime.fromisoformat(incident.fault_started_at)
        assert 0 <= (datetime.fromisoformat(incident.first_failure) - start).total_seconds() < 3600, incident.name
    assert [each.status_code for each in truth.incidents()] == ["4.4.316", "4.7.320", "4.4.312", "4.4.316"]


def test_nothing_reaches_the_switched_off_server_and_nearly_everything_did_before():
    times = {"Send external": [], "Defer": []}
    for label in _labels("exo_trace_detail"):
        for row in _csv(label):
            if row["Event"] in times and '"To on-premises"' in row["Data"]:
                times[row["Event"]].append(_when(row["Date"]))
    (incident,) = [each for each in truth.incidents() if each.name == "switched_off_on_premises"]
    start = datetime.fromisoformat(incident.fault_started_at).replace(tzinfo=None)
    assert max(times["Send external"]) < start
    assert sum(at < start for at in times["Defer"]) < 0.01 * len(times["Send external"])
    assert incident.follows_change == "2026-10-22T05:30:00Z"
    assert incident.follows_change in truth.text_of("changes.csv")


def test_messages_are_the_recipients_of_all_exports():
    traced = {
        (row["MessageTraceId"], row["RecipientAddress"])
        for label in _labels("exo_message_trace")
        for row in _csv(label)
    }
    figures = truth.messages()
    assert figures["total"] == len(traced)
    assert figures["total"] == sum(number for name, number in figures.items() if name != "total")
    assert io.StringIO(truth.text_of("changes.csv")).readline() == "time,kind,subject,note\n"

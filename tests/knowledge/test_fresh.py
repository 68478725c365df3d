"""Texts that were labelled before anything was measured on them: how often the book is right about the unseen."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from knowledge.accuracy import ALL, FIELDS, Miss, Scores, below, listing, measure, truth
from knowledge.labels import FRESH, TEXTS, labelled
from mailtrend.contracts import CAUSES

LEAST = 0.98
ROOT = Path(__file__).resolve().parents[2]
FAMILIES = (
    "bare",
    "barracuda",
    "cisco_ironport",
    "exchange_online",
    "exchange_server",
    "exim",
    "gmail",
    "log_lines",
    "mimecast",
    "ndr",
    "other_receivers",
    "outlook_com",
    "postfix",
    "proofpoint",
    "sendmail",
    "yahoo_aol",
)
CLASSES = {"transient", "permanent", "success", None}
UNSEEN = labelled(FRESH)


@pytest.fixture(scope="module")
def measured() -> tuple[Scores, list[Miss]]:
    return measure(UNSEEN)


def test_there_are_enough_fresh_texts_of_every_family():
    assert len(UNSEEN) >= 300
    assert {one.family for one in UNSEEN} == {f"fresh/{family}" for family in FAMILIES}


def test_no_fresh_text_stands_twice_or_among_the_others():
    fresh = [one.text for one in UNSEEN]
    assert len(set(fresh)) == len(fresh)
    assert not set(fresh) & {one.text.replace("\\n", "\n") for one in labelled(TEXTS)}


def test_labels_use_the_words_of_the_contract():
    assert {one.told.cause for one in UNSEEN} - {None} <= set(CAUSES)
    assert {one.class_ for one in UNSEEN} <= CLASSES


def test_a_label_says_no_code_and_no_server_that_the_text_does_not_hold():
    for one in UNSEEN:
        told = [str(value) for field, value in truth(one).items() if value is not None and field in FIELDS[:4]]
        told += [value for value in (one.told.remote_host, one.told.remote_ip) if value is not None]
        assert [value for value in told if value not in one.text] == [], one.where


def test_the_class_of_a_label_is_that_of_its_code():
    digits = {"2": "success", "4": "transient", "5": "permanent"}
    for one in UNSEEN:
        code = one.told.reply_code or one.told.status_code
        assert code is None or one.class_ == digits[str(code)[0]], one.where


@pytest.mark.parametrize("field", FIELDS)
def test_a_field_is_right_in_nearly_every_fresh_text(field: str, measured: tuple[Scores, list[Miss]]):
    scores, misses = measured
    assert field not in below(scores, ALL, LEAST), listing(miss for miss in misses if miss.field == field)


def test_the_bench_prints_a_table_and_writes_its_misses(tmp_path: Path):
    lines = ["# Two texts", "550 5.1.1\trecipient_unknown\t-\tpermanent\t550 5.1.1 User unknown"]
    lines += ["550 5.1.1\tmailbox_full\t-\t550 5.1.1 No such user"]
    (tmp_path / "own.tsv").write_text("\n".join(lines), encoding="utf-8")
    out = tmp_path / "out.json"
    command = [sys.executable, "-m", "bench.knowledge", "--only", "--texts", str(tmp_path), "--json", str(out)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=True)
    assert [line.split()[:2] for line in ran.stdout.splitlines()[1:]] == [[f"{tmp_path.name}/own", "2"], ["all", "2"]]
    told = json.loads(out.read_text(encoding="utf-8"))
    assert told["scores"]["all"]["cause"] == {"right": 1, "of": 2}
    assert [(miss["field"], miss["expected"], miss["got"]) for miss in told["misses"]] == [
        ("cause", "mailbox_full", "recipient_unknown")
    ]

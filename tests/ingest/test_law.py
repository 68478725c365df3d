"""The law of ingest over damaged samples of all formats: each line of a file is one row of its ledger, once."""

from __future__ import annotations

import gzip
import random
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailtrend.errors import InputError
from mailtrend.formats import all_formats
from mailtrend.formats.base import FieldsLog, Lines, Options, Table
from mailtrend.ingest.trial import Trial, parse
from support import truth
from support.samples import SAMPLES

SOURCES = {
    "exo_message_trace": "MessageTrace_2026-11-01.csv",
    "exo_trace_detail": "MessageTraceDetail_2026-09-28.csv",
    "exo_extended": "MTDetail_20261022.csv",
    "exo_enhanced_summary": "MTSummary_20261014.csv",
    "exchange_smtp_send": "SEND2026102006-1.LOG",
    "exchange_smtp_receive": "RECV2026102106-1.LOG",
    "postfix": "mail.log.1.gz",
}
SOURCES |= {
    name: told["files"][0]["path"].split("/", 1)[1]
    for name, told in truth.by_hand().items()
    if isinstance(all_formats()[name].shape, Lines | Table | FieldsLog)
}
LINES = 60
SEEDS = st.integers(0, 2**32 - 1)


@cache
def sample(source: str) -> tuple[list[bytes], list[bytes]]:
    """Head and first rows of a sample, as lines of UTF-8 without their ends."""
    path = SAMPLES / source / SOURCES[source]
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    text = (
        data.decode("utf-16") if data[:2] == b"\xff\xfe" else data.decode("utf-16-le" if b"\0" in data else "utf-8-sig")
    )
    lines = [line.encode("utf-8") for line in text.splitlines()]
    heads = next(at for at, line in enumerate(lines) if not line.startswith(b"#"))
    if isinstance(all_formats()[source].shape, Table):
        heads += 1
    rows = [line for line in lines[heads : heads + LINES] if line.count(b'"') % 2 == 0]
    return lines[:heads], [line for line in rows if not line.startswith(b"#")]


def damaged(rows: list[bytes], dice: random.Random) -> list[bytes]:
    """Lines doubled, lost, swapped and blotted; quotes and line ends stay where they are."""
    out = list(rows)
    for _ in range(dice.randint(0, 12)):
        at, other = dice.randrange(len(out)), dice.randrange(len(out))
        what = dice.randrange(4)
        if what == 0:
            out.insert(other, out[at])
        elif what == 1 and len(out) > 1:
            out.pop(at)
        elif what == 2:
            out[at], out[other] = out[other], out[at]
        else:
            out[at] = blotted(out[at], dice)
    return out


def blotted(line: bytes, dice: random.Random) -> bytes:
    """Some bytes of a line overwritten: separators, digits and letters alike, now and then with what is no UTF-8."""
    cells = bytearray(line)
    for _ in range(dice.randint(1, 8)):
        at = dice.randrange(len(cells))
        if cells[at] not in b'"' and cells[at] < 128:
            cells[at] = dice.choice(b"0;<>,:[] xZ") if dice.random() < 0.9 else 0xE9
    return bytes(cells)


def read(source: str, *files: bytes) -> Trial:
    """All of it, as this format."""
    return parse(all_formats()[source], *files, options=Options(year=2026, date_order="mdy"))


def joined(head: list[bytes], rows: list[bytes]) -> bytes:
    """A file of these lines."""
    return b"\r\n".join([*head, *rows, b""])


@pytest.mark.parametrize("source", SOURCES)
@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=SEEDS)
def test_each_line_of_a_damaged_file_is_accounted_for_once(source, seed):
    head, rows = sample(source)
    dice = random.Random(seed)
    bad = damaged(rows, dice)
    trial = read(source, joined(head, bad))
    counts = trial.counts
    assert counts["rows"] == len([line for line in bad if line.strip()])
    assert counts["rows"] == counts["used"] + counts["context"] + counts["duplicates"] + counts["rejects"]
    places = [(reject["file_id"], reject["line"]) for reject in trial.rejects.to_pylist()]
    assert len(places) == len(set(places)) == counts["rejects"]
    assert {event["line"] for event in trial.events.to_pylist()} <= set(range(1, len(head) + len(bad) + 1))


@pytest.mark.parametrize("source", SOURCES)
@settings(max_examples=2, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=SEEDS)
def test_a_damaged_file_read_twice_adds_nothing(source, seed):
    head, rows = sample(source)
    data = joined(head, damaged(rows, random.Random(seed)))
    once, twice = read(source, data), read(source, data, data)
    assert twice.counts["rows"] == 2 * once.counts["rows"]
    assert twice.counts["events"] == once.counts["events"]


@pytest.mark.parametrize("source", SOURCES)
@settings(max_examples=2, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=SEEDS)
def test_a_file_cut_anywhere_keeps_what_stands_before_the_cut(source, seed):
    head, rows = sample(source)
    whole = joined(head, rows)
    begin = len(joined(head, [])) if head else 0
    cut = random.Random(seed).randint(begin, len(whole))
    try:
        trial = read(source, whole[:cut])
    except InputError:  # nothing but a header, or no date in it
        assert whole[:cut].count(b"\n") <= len(head) + 1
        return
    kept = [line for line in whole[begin:cut].split(b"\r\n") if line.strip(b"\r\n")]
    assert trial.counts["rows"] == len(kept)
    lost = trial.counts["rejects"] - read(source, whole).counts["rejects"]
    assert lost <= 1

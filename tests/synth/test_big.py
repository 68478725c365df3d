"""Big benchmark files: as many rows as asked for, the same for the same seed, with plausible shares and ids."""

from __future__ import annotations

import csv
import re

import pytest

from synth import __main__ as command
from synth import big

ROWS = 3_000


def _made(tmp_path, name: str, rows: int = ROWS, seed: int = 1) -> bytes:
    out = tmp_path / f"{name}-{seed}"
    assert big.write(name, rows, out, seed) == out.stat().st_size
    return out.read_bytes()


def _lines(data: bytes, name: str) -> list[str]:
    text = data.decode("utf-16" if name == "exo_extended" else "utf-8")
    return [line for line in text.splitlines() if not line.startswith(("#", "date_time_utc", '"MessageId"'))]


@pytest.mark.parametrize("name", sorted(big.MAKERS))
@pytest.mark.parametrize("rows", [1, 7, ROWS, 90_001])
def test_a_file_has_exactly_the_rows_asked_for(tmp_path, name, rows):
    assert len(_lines(_made(tmp_path, name, rows), name)) == rows


@pytest.mark.parametrize("name", sorted(big.MAKERS))
def test_a_seed_decides_the_bytes(tmp_path, name):
    assert _made(tmp_path, name, seed=5) == _made(tmp_path, name, seed=5)
    assert _made(tmp_path, name, seed=5) != _made(tmp_path, name, seed=6)


def test_traces_are_newest_first_with_ids_of_their_own_and_a_twentieth_failing(tmp_path):
    rows = [next(csv.reader([line])) for line in _lines(_made(tmp_path, "exo_message_trace", 90_001), "")]
    assert {len(row) for row in rows} == {10}
    days = [row[1][:5] + row[1][10:] for row in rows]
    assert days == sorted(days, reverse=True)
    assert (days[0][:5], days[-1][:5]) == ("11/01", "10/26")
    assert len({row[9] for row in rows}) == len(rows)
    assert 0.04 < sum(row[5] == "Failed" for row in rows) / len(rows) < 0.06


def test_extended_rows_have_27_fields(tmp_path):
    rows = list(csv.reader(_lines(_made(tmp_path, "exo_extended"), "exo_extended")))
    assert {len(row) for row in rows} == {27}
    assert {row[8] for row in rows} == {"RECEIVE", "AGENTINFO", "SEND", "SENDEXTERNAL", "DEFER", "FAIL"}


@pytest.mark.parametrize("name", ["exchange_smtp_send", "exchange_smtp_receive"])
def test_protocol_rows_have_nine_fields_in_order_of_time(tmp_path, name):
    rows = list(csv.reader(_lines(_made(tmp_path, name), name)))
    assert {len(row) for row in rows} == {9}
    assert [row[0] for row in rows] == sorted(row[0] for row in rows)


def test_mail_log_lines_carry_the_classic_time_and_a_queue_id(tmp_path):
    lines = _lines(_made(tmp_path, "postfix"), "postfix")
    assert all(re.match(r"[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d relay01 postfix/\w+\[\d+\]: ", line) for line in lines)
    assert sum("status=deferred" in line for line in lines) > 5


def test_the_command_writes_a_file_and_the_sample(tmp_path, capsys):
    out = tmp_path / "mail.log"
    assert command.main(["bench", "--format", "postfix", "--rows", "50", "--out", str(out)]) == 0
    assert out.read_text(encoding="utf-8").count("\n") == 50
    assert "bytes" in capsys.readouterr().err

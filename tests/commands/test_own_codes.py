"""mailtrend codes, and codes of the user's own from the file to the report's tables."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mailtrend.contracts import CAUSES, OWNERS
from support.cli import mailtrend

OWN = Path(__file__).parents[2] / "docs" / "own-codes.md"


@pytest.fixture
def starter(tmp_path):
    file = tmp_path / "my.codes.toml"
    file.write_text(mailtrend("codes", "--new").out, encoding="utf-8")
    return file


def test_the_file_to_begin_with_holds_together(starter):
    told = mailtrend("codes", "--check", str(starter))
    assert (told.code, told.err) == (0, "")
    assert told.out == f"{starter}: holds together (1 entries, 1 rules, 1 replies)\n"


def test_a_wrong_file_is_told_on_stderr_and_exits_with_2(starter):
    starter.write_text(starter.read_text(encoding="utf-8").replace("greylisted", "graylisted"), encoding="utf-8")
    told = mailtrend("codes", "--check", str(starter))
    assert (told.code, told.out) == (2, "")
    assert "unknown cause 'graylisted'" in told.err
    assert "did you mean 'greylisted'?" in told.err


def test_codes_beside_mailtrend_toml_are_listed_and_explained(starter):
    config = starter.parent / "mailtrend.toml"
    config.write_text('tenant = "contoso"\n', encoding="utf-8")
    rows = json.loads(mailtrend("codes", "--config", str(config), "--format", "json").out)
    assert [row["title"] for row in rows if row["status_code"] == "5.7.910-919"] == ["Refused by the rule for salaries"]
    found = json.loads(mailtrend("explain", "--config", str(config), "--format", "json", "550 5.7.915 no").out)
    assert (found["title"], found["owner"], found["cause"]) == (
        "Refused by the rule for salaries",
        "sender",
        "policy_rule",
    )


def test_a_folder_of_files_may_be_named(starter):
    folder = starter.parent / "codes"
    folder.mkdir()
    starter.rename(folder / "my.toml")
    config = starter.parent / "mailtrend.toml"
    config.write_text('codes = "codes"\n', encoding="utf-8")
    assert "salaries" in mailtrend("codes", "--config", str(config), "--format", "csv").out
    config.write_text('codes = "no-such"\n', encoding="utf-8")
    told = mailtrend("codes", "--config", str(config))
    assert told.code == 2
    assert "no such file or folder" in told.err


def test_an_ingest_stores_causes_of_ones_own(starter):
    folder = starter.parent
    (folder / "mailtrend.toml").write_text("", encoding="utf-8")
    (folder / "mail.log").write_text(
        "Oct  5 08:00:00 relay01 postfix/smtp[7]: 4XyZ: to=<kai@example.org>, relay=mx.example.org[192.0.2.9]:25, "
        "delay=1, delays=0/0/1/0, dsn=5.0.0, status=bounced (host mx.example.org[192.0.2.9] said: "
        "550 <kai@example.org> rejected by the house elves (in reply to RCPT TO command))\n",
        encoding="utf-8",
    )
    where = ("--lake", str(folder / "lake"), "--config", str(folder / "mailtrend.toml"))
    assert mailtrend("ingest", str(folder / "mail.log"), "--year", "2026", *where).code == 0
    told = mailtrend("sql", "SELECT cause FROM failures", "--format", "json", *where)
    assert json.loads(told.out) == [{"cause": "policy_rule"}]


def test_the_page_on_own_codes_lists_every_cause_and_owner():
    text = OWN.read_text(encoding="utf-8")
    for name in (*CAUSES, *OWNERS):
        assert f"`{name}`" in text, name

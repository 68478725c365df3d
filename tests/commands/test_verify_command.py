"""The command mailtrend verify: exit codes, words and tables, local times, and what it refuses."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from mailtrend.knowledge import book
from mailtrend.knowledge.filling import afterwards, filler
from support.cli import mailtrend
from support.fixes import LAKE, NAME, T
from support.smallweek import filled


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three of the tenants alone, for the whole command: it looks for incidents first."""
    root = tmp_path_factory.mktemp("command") / "lake"
    filled(root, [row | {"tenant": name} for name in ("going", "fabrikam", "quiet") for row in LAKE[name]])
    return root


def asked(small: Path, *more: object, connector: str = NAME, since: str = "2026-11-02T12:00Z", tenant: str = "going"):
    return mailtrend("verify", "--lake", small, "--connector", connector, "--since", since, "--tenant", tenant, *more)


def test_a_script_may_stop_at_what_is_not_fixed(small):
    assert asked(small).code == 0
    assert asked(small, "--fail-on", "unfixed").code == 3
    assert asked(small, "--fail-on", "unfixed", tenant="fabrikam").code == 0
    assert asked(small, "--fail-on", "never").code == 2


def test_the_words_come_first_and_the_numbers_below(small):
    done = asked(small, connector="to ON-PREMISES")
    assert done.out.startswith("NOT FIXED: 4.4.316 over To on-premises\n\n4.4.316 goes on: 8 of 8 messages over")
    assert "failure rate before      100.0%" in done.out
    assert done.err == ""
    assert len(done.out.splitlines()) <= 30


def test_a_local_time_is_read_in_the_zone_that_is_named(small):
    local = asked(small, "--format", "json", "--timezone", "Europe/Berlin", since="2026-11-02T13:00").out
    assert local == asked(small, "--format", "json").out
    told = json.loads(local)
    assert (told["verdict"], told["since"]) == ("not fixed", "2026-11-02T12:00:00Z")


@pytest.mark.parametrize("by_code", [True, False])
def test_the_command_that_guidance_prints_runs(small, by_code):
    names = {"connector": NAME, "code": "4.4.316", "destination": None, "domain": None, "ip": None}
    [step] = filler(names, {})(afterwards(book().takes["firewall"], by_connector=True, by_code=by_code))
    words = shlex.split(step.split("`")[1].replace("TIME_OF_CHANGE", "2026-11-02T12:00Z"))
    assert (words[:2], "--code" in words) == (["mailtrend", "verify"], by_code)
    done = mailtrend(*words[1:], "--lake", small, "--tenant", "going")
    assert done.out.splitlines()[0] == "NOT FIXED: 4.4.316 over To on-premises", done.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"connector": "To on-premise"}, "did you mean 'To on-premises'?"),
        ({"connector": "zzz"}, "one of: To on-premises"),
        ({"more": ("--code", "4.4.31x")}, "'4.4.31x' is no status code of a failure"),
        ({"more": ("--code", "2.0.0")}, "'2.0.0' is no status code of a failure"),
        ({"more": ("--code", "4.7.320")}, "what failed there: 4.4.316 (28)"),
        ({"more": ("--destination", "mial.contoso.com")}, "did you mean 'mail.contoso.com'?"),
        ({"since": "yesterday"}, "unreadable time 'yesterday'"),
        ({"since": "2026-10-01"}, "before the change: its data go from 2026-11-01 16:00 UTC to 2026-11-02 14:40 UTC"),
        ({"tenant": "tailspintoys"}, "no connector 'To on-premises' of tenant tailspintoys"),
        ({"tenant": "quiet"}, "nothing failed over this connector before the change: none of 8 messages"),
        ({"tenant": "quiet", "more": ("--code", "4.4.316")}, "nothing ever failed there: there is nothing to verify"),
        ({"connector": "x\x1b[31m"}, "no connector 'x·[31m'"),
    ],
)
def test_what_is_not_in_the_lake_is_refused_with_a_way_out(small, arguments, said):
    given = dict(arguments)
    done = asked(small, *given.pop("more", ()), **given)
    assert (done.code, done.out) == (2, "")
    assert said in done.err


def test_a_connector_of_several_tenants_wants_one_of_them(small):
    done = mailtrend("verify", "--lake", small, "--connector", NAME, "--since", "2026-11-02T12:00Z")
    assert done.code == 2
    assert "--tenant with one of: fabrikam, going, quiet" in done.err


def test_a_row_for_a_spreadsheet_and_a_table_for_others(small, tmp_path):
    asked(small, "-o", tmp_path / "told.parquet")
    [row] = pq.read_table(tmp_path / "told.parquet").to_pylist()
    assert (row["verdict"], row["other_failures"], row["since"]) == ("not fixed", [], T)
    assert asked(small, "--format", "csv").out.splitlines()[1].startswith("not fixed,")

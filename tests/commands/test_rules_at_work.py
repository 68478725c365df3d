"""Rules of mailtrend.toml over a lake: they act without new data, and leave ids and states alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mailtrend import runs
from mailtrend.lake import Lake
from mailtrend.settings import Settings
from support import lakes

START, END = datetime(2026, 9, 28), datetime(2026, 10, 14)
WORKS = datetime(2026, 10, 10, 22)
BROKEN = datetime(2026, 10, 12, 9)
PEOPLE = ("Ceo@Contoso.com", "chair@board.contoso.com", *(f"user{number}@contoso.com" for number in range(6)))
"""To one's own server; to the partner's go others."""
HOUR = timedelta(hours=1)
WINDOW = {"days": ["sat"], "from": "22:00", "until": "02:00", "note": "patches"}


def story() -> Iterator[dict[str, Any]]:
    """Two routes, eight mails an hour each. One is down for four hours of a Saturday, what it put off is tried again

    each hour until five; the other refuses all since BROKEN.
    """
    at, number = START, 0
    while at < END:
        for people, connector, destination in (
            (PEOPLE, "To on-premises", "mail.contoso.com"),
            (tuple(f"user{n}@fabrikam.com" for n in range(8)), "Partner", "mx.fabrikam.com"),
        ):
            for minute, recipient in enumerate(people):
                number += 1
                place = {"connector": connector, "destination": destination, "recipient": recipient}
                place |= {"recipient_domain": recipient.lower().split("@")[1], "message_id": f"m{number}"}
                put_off = place | {"status_code": "4.4.316", "cause": "connection_refused"}
                first = at + timedelta(minutes=minute)
                if connector == "Partner" and at >= BROKEN:
                    yield lakes.event(first, **put_off)
                elif connector != "Partner" and WORKS <= at < WORKS + 4 * HOUR:
                    tries = int((WORKS + 5 * HOUR - at) / HOUR)
                    for again in range(tries):
                        yield lakes.event(first + again * HOUR, **put_off)
                    yield lakes.event(first + tries * HOUR, outcome="delivered", **place)
                else:
                    yield lakes.event(first, outcome="delivered", **place)
        at += HOUR


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake with the story, its incidents found without rules."""
    folder = tmp_path_factory.mktemp("rules") / "lake"
    lake = Lake.create(folder)
    lakes.ingest(lake, "f1", [event | {"line": number} for number, event in enumerate(story(), 1)])
    runs.refreshed(folder, Settings())
    return folder


def told(root: Path, **rules: Any) -> dict[str, dict[str, Any]]:
    """Incidents by connector under these rules."""
    found = runs.incidents(root, Settings(**rules), None, None).to_pylist()
    return {row["connector"]: row for row in found}


def test_rules_act_without_new_data_and_what_they_did_is_undone_with_them(root: Path) -> None:
    before = told(root)
    assert set(before) == {"To on-premises", "Partner"}
    assert {row["set_aside"] for row in before.values()} == {None}
    ruled = told(
        root, vip=["ceo@contoso.com", "@board.contoso.com", "nobody@contoso.com"], maintenance=[WINDOW],
        acknowledge=[{"connector": "part*", "until": datetime(2026, 10, 20)}],
        severity=[{"connector": "Partner", "severity": "notice"}],
    )  # fmt: skip
    works, partner = ruled["To on-premises"], ruled["Partner"]
    assert (works["vip_recipients"], partner["vip_recipients"]) == (2, 0)
    assert (works["set_aside"], partner["set_aside"]) == ("maintenance", "acknowledged")
    assert "all 32 messages first failed in it: patches ([[maintenance]] 1)" in works["rules"][-1]
    assert partner["severity"] == "notice"
    assert Lake.open(root).table("acknowledged")["incident_id"].to_pylist() == [partner["incident_id"]]
    after = told(root)
    assert after == before
    same = ("incident_id", "state", "found_at", "started_at", "revisions")
    for place, row in ruled.items():
        assert [row[key] for key in same] == [before[place][key] for key in same]
    assert Lake.open(root).table("acknowledged").num_rows == 0


def test_what_goes_on_after_a_window_is_not_set_aside_and_a_limit_keeps_small_faults_out(root: Path) -> None:
    begun = {"from": BROKEN, "until": BROKEN + 3 * HOUR}
    found = told(root, maintenance=[begun], thresholds={"least_failures": 200})
    assert set(found) == {"Partner"}
    assert found["Partner"]["set_aside"] is None
    assert "goes on after the maintenance that ended on Mon 12 Oct 2026 12:00 UTC" in found["Partner"]["rules"][0]


def test_the_report_counts_nothing_that_is_set_aside_and_names_rules_that_did_nothing(root: Path) -> None:
    rules = Settings(ignore=[{"connector": ["Partner", "To *"]}, {"connector": "Partnr"}])
    model = runs.report_model(root, rules, None, None)
    assert (model.standing, model.acting, len(model.aside)) == ("quiet", (), 2)
    assert "set aside by your rules" in model.verdict
    first, second = model.rules
    assert set(first.acted) == {found.incident_id for found in model.aside}
    assert second.remark.endswith("no connector in the lake is called 'Partnr', did you mean 'Partner'?")

"""The query of an incident gives all its figures again, whatever it runs over."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import polars as pl
import pytest

from mailtrend import contracts, warehouse
from mailtrend.diagnose import incidents
from mailtrend.warehouse.facts import incident_facts
from mailtrend.warehouse.series import series
from support.reproduced import unlike
from support.views import attempt, catalogue

T0 = datetime(2026, 10, 5)
HOST = {"connector": "O'Brien's line", "destination": "mail.contoso.com"}
FILES = [{"file_id": "f1", "source": source, "first_event": T0, "last_event": T0 + timedelta(hours=60)}
         for source in ("exo_trace_detail", "postfix")]  # fmt: skip


def at(hours: float) -> datetime:
    return T0 + timedelta(hours=hours)


def mail() -> list[dict[str, Any]]:
    """Twelve messages to two recipients each: put off three times; four of them get through, one is returned a day later."""
    rows = []
    for number in range(12):
        place = HOST | {"connector": HOST["connector"] if number % 2 else "Branch"}
        place |= {"destination": f"mx{number % 3}.contoso.com"} if number % 4 else {}
        for who in ("a", "b"):
            same = place | {"recipient": f"{who}{number}@contoso.com", "remote_ip": f"192.0.2.{25 + number // 4 % 2}"}
            rows += [
                attempt(at(10 + n + number / 60), "deferred", number, status_code="4.4.316", **same) for n in (0, 1, 2)
            ]
            if number < 4:
                rows.append(attempt(at(13 + number), "delivered", number, **same))
            if number == 5:
                rows.append(attempt(at(34), "expired", number, status_code="5.4.316", **same))
    for number in range(6):
        queue = {"source": "postfix", "network_message_id": None, "queue_id": f"Q{number}", "server": "mx", **HOST}
        rows.append(attempt(at(11), "deferred", 100 + number, **queue, cause="connection_reset"))
        other = queue | {"destination": "mx9.contoso.com"}
        rows += [attempt(at(12.5), "delivered", 200 + number, **other, recipient=f"r{(100 + number) % 7}@contoso.com")]
    quiet = {"connector": HOST["connector"], "destination": "never.example.com", "remote_ip": "192.0.2.26"}
    return [*rows, *(attempt(at(hour), "delivered", 500 + hour, **quiet) for hour in range(5, 30))]


def one_of_each(keys: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The largest series of each scope, with a code and without."""
    ranked = sorted(keys, key=lambda key: key["failures"])
    return list({(key["scope"], key["status_code"] is None): key for key in ranked}.values())


@pytest.fixture(scope="module")
def made() -> tuple[Any, list[dict[str, Any]]]:
    """Every series of the lake of a kind as an incident of its own, once with an end and once without; and one silence."""
    con = catalogue(mail(), FILES)
    con.execute(warehouse.queries()["incident-figures"].sql)
    found = series(con)
    schema = pl.DataFrame(pl.from_arrow(contracts.FINDINGS.empty_table())).schema
    rows = []
    for key in one_of_each(found.keys.to_pylist()):
        for last, kind in ((at(20), "burst"), (None, "sustained")):
            finding = {"series_id": key["series_id"], "started_at": at(9), "ended_at": last, "kind": kind}
            finding |= {"failures": 9, "expected": 0.1, "p_value": 1e-9, "ratio": 90.0, "state": "new", "evidence": []}
            facts = incident_facts(con, found, pl.DataFrame([finding], schema=schema), at(36))
            rows += incidents(facts, now=at(36)).to_pylist()
    quiet = finding | {"series_id": found.keys.to_pylist()[-1]["series_id"], "kind": "silence"}
    rows += incidents(incident_facts(con, found, pl.DataFrame([quiet], schema=schema), at(36)), now=at(36)).to_pylist()
    return con, rows


def test_all_scopes_are_tried(made: tuple[Any, list[dict[str, Any]]]) -> None:
    assert {row["scope"] for row in made[1]} == {"pair", "connector", "destination", "remote_ip", "all"}


def test_the_query_gives_every_figure_again(made: tuple[Any, list[dict[str, Any]]]) -> None:
    assert unlike(*made) == []


def test_figures_over_all_are_those_that_were_planted(made: tuple[Any, list[dict[str, Any]]]) -> None:
    (row,) = [row for row in made[1] if row["scope"] == "all" and row["ended_at"] is None and row["status_code"]]
    # 24 pairs of message and recipient, put off three times and two of them returned; 8 got through; of 14
    # nothing was heard for a day.
    assert (row["failures"], row["messages"], row["recipients"]) == (74, 12, 24)
    assert (row["delivered_late"], row["lost"], row["at_risk"]) == (8, 2, 0)
    assert row["late_max_seconds"] == (16 - 10) * 3600 - 3 * 60


def test_mail_without_an_id_is_followed_to_another_place(made: tuple[Any, list[dict[str, Any]]]) -> None:
    rows = [row for row in made[1] if row["cause"] == "connection_reset" and row["kind"] == "burst"]
    assert rows
    assert {(row["delivered_late"], row["at_risk"], row["late_max_seconds"]) for row in rows} == {(6, 0, 5400.0)}

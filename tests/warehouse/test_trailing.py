"""An outage that is over ends after its last failures, in the middle of an hour that mostly delivers again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import polars as pl
import pytest

from mailtrend import contracts
from mailtrend.diagnose import Facts
from mailtrend.warehouse.facts import incident_facts
from mailtrend.warehouse.series import series
from support.views import attempt, catalogue

T0 = datetime(2026, 10, 5, 8)
PLACE = {"connector": "To on-premises", "destination": "mail.contoso.com"}


def at(hours: float) -> datetime:
    return T0 + timedelta(hours=hours)


def failed(hour: float, number: int, code: str = "4.4.316", outcome: str = "deferred") -> dict[str, Any]:
    return attempt(at(hour), outcome, number, status_code=code, **PLACE)


OUTAGE = [failed(hour + n / 100, n) for hour in range(10, 16) for n in range(6)]
"""Six messages put off from hour 10 to 15; the detector says it is over at 16."""


def facts_of(after: list[dict[str, Any]], kind: str = "sustained", expected: float = 0.1) -> Facts:
    events = [*OUTAGE, *after, attempt(at(40), "delivered", 900, **PLACE)]
    files = [{"file_id": "f1", "source": "exo_trace_detail", "first_event": T0, "last_event": at(40)}]
    con = catalogue(events, files)
    made = series(con)
    (key,) = [row for row in made.keys.to_pylist() if row["scope"] == "pair" and row["status_code"] == "4.4.316"]
    finding = {
        "series_id": key["series_id"], "started_at": at(10), "ended_at": at(16), "kind": kind, "failures": 36,
        "expected": expected, "p_value": 1e-9, "ratio": 100.0, "state": "ended", "evidence": ["seen"],
    }  # fmt: skip
    schema = pl.DataFrame(pl.from_arrow(contracts.FINDINGS.empty_table())).schema
    (found,) = incident_facts(con, made, pl.DataFrame([finding], schema=schema), at(40))
    return found


def test_its_own_mail_that_fails_on_in_the_hour_of_its_end_is_counted() -> None:
    found = facts_of([failed(16.1, 0), failed(16.2, 1), *(failed(16.3, n, outcome="delivered") for n in (2, 3))])
    assert (found.ended_at, found.failures, found.messages) == (at(17), 38, 6)
    assert found.last_failure == at(16.2)


def test_new_mail_that_is_refused_in_that_hour_is_counted_where_it_is_no_single_one() -> None:
    assert facts_of([failed(16.1, 50), failed(16.2, 51)]).ended_at == at(17)
    assert facts_of([failed(16.1, 50)]).ended_at == at(16)
    assert facts_of([failed(16.1, 50), failed(16.2, 51)], expected=6.0).ended_at == at(16)


def test_an_hour_without_failures_ends_it_and_so_do_two_more_with_them() -> None:
    assert facts_of([failed(17.5, 0)]).ended_at == at(16)
    assert facts_of([failed(hour, 0) for hour in (16.5, 17.5, 18.5)]).ended_at == at(18)


@pytest.mark.parametrize("kind", ["recurring", "flapping", "drift"])
def test_what_comes_and_goes_ends_where_its_detector_says(kind: str) -> None:
    assert facts_of([failed(16.1, 0)], kind).ended_at == at(16)

"""The hourly series that detection stands on: exposure, coverage, twins, retries, and places without a connector."""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl

from mailtrend.warehouse.series import Series, series
from support.views import attempt, catalogue

T0 = datetime(2026, 10, 5, 8)
PLACE = {"connector": "To on-premises", "destination": "mail.contoso.com"}


def at(hours: float) -> datetime:
    return T0 + timedelta(hours=hours)


def ledger(source: str = "exo_trace_detail", first: float = 0, last: float = 9) -> dict[str, object]:
    return {"file_id": f"{source}{first}", "source": source, "first_event": at(first), "last_event": at(last)}


def refused(
    hour: float, number: int, code: str = "4.4.316", outcome: str = "deferred", **more: object
) -> dict[str, object]:
    return attempt(at(hour), outcome, number, status_code=code, **(PLACE | more))


def delivered(hour: float, number: int, **more: object) -> dict[str, object]:
    return attempt(at(hour), "delivered", number, **(PLACE | more))


def only(found: Series, scope: str = "pair") -> tuple[dict[str, object], dict[datetime, dict[str, int]]]:
    """The key and the hours of the one series of this scope."""
    (key,) = [row for row in found.keys.to_pylist() if row["scope"] == scope]
    frame = found.frame.filter(pl.col("series_id") == key["series_id"])
    return key, {row["ts"]: row for row in frame.to_dicts()}


def test_attempts_of_all_outcomes_at_the_place_are_the_exposure() -> None:
    events = [refused(2.1 + number / 100, number) for number in range(5)]
    events += [delivered(2.5, 100 + number) for number in range(3)] + [delivered(4, 200)]
    key, hours = only(series(catalogue(events, [ledger()])))
    assert (key["status_code"], key["connector"], key["destination"]) == ("4.4.316", *PLACE.values())
    assert (hours[at(2)]["attempts"], hours[at(2)]["failures"]) == (8, 5)
    assert (hours[at(4)]["attempts"], hours[at(4)]["failures"]) == (1, 0)


def test_covered_hours_without_mail_are_zeroes_and_uncovered_ones_have_no_row() -> None:
    events = [refused(2.1 + number / 100, number) for number in range(5)]
    _, hours = only(series(catalogue(events, [ledger(first=0, last=3), ledger(first=6, last=7)])))
    assert sorted(hours) == [at(hour) for hour in (0, 1, 2, 3, 6, 7)]
    assert (hours[at(1)]["attempts"], hours[at(1)]["failures"]) == (0, 0)


def test_a_source_that_never_saw_the_place_does_not_cover_it() -> None:
    events = [refused(2.1 + number / 100, number) for number in range(5)]
    _, hours = only(series(catalogue(events, [ledger(first=2, last=2), ledger("postfix", 0, 9)])))
    assert sorted(hours) == [at(2)]


def test_the_code_of_expired_mail_counts_to_the_code_it_began_as() -> None:
    events = [refused(2.1 + number / 100, number) for number in range(3)]
    events += [refused(5.1 + number / 100, number, "5.4.316", "expired") for number in range(3)]
    key, hours = only(series(catalogue(events, [ledger()])))
    assert (key["status_code"], key["failures"]) == ("4.4.316", 6)
    assert (hours[at(2)]["failures"], hours[at(5)]["failures"]) == (3, 3)


def test_retries_count_as_failures_but_messages_and_recipients_once_an_hour() -> None:
    events = [refused(2 + minute / 60, number) for minute in (5, 20, 35, 50) for number in (1, 8, 2)]
    _, hours = only(series(catalogue(events, [ledger()])))
    row = hours[at(2)]
    # Messages 1 and 8 go to the same recipient.
    assert (row["failures"], row["messages"], row["recipients"]) == (12, 3, 2)


def test_deliveries_of_a_trace_stand_against_a_place_that_only_knows_failures() -> None:
    events = [refused(2.1 + number / 100, number) for number in range(5)]
    trace = {"source": "exo_message_trace", "connector": None, "destination": "contoso.com"}
    events += [delivered(3.5, 300 + number, **trace) for number in range(4)]
    _, hours = only(series(catalogue(events, [ledger()])))
    assert (hours[at(3)]["attempts"], hours[at(3)]["failures"]) == (4, 0)


def test_deliveries_of_a_trace_do_not_count_where_the_place_has_its_own() -> None:
    events = [refused(2.1 + number / 100, number) for number in range(5)] + [delivered(1.5, 99)]
    trace = {"source": "exo_message_trace", "connector": None, "destination": "contoso.com"}
    events += [delivered(3.5, 300 + number, **trace) for number in range(4)]
    _, hours = only(series(catalogue(events, [ledger()])))
    assert hours[at(3)]["attempts"] == 0


def test_failures_without_a_code_are_series_by_cause() -> None:
    events = [refused(2.1 + n / 100, n, cause="connection_timed_out") | {"status_code": None} for n in range(5)]
    events += [refused(3.1 + n / 100, 50 + n, cause="connection_reset") | {"status_code": None} for n in range(6)]
    keys = series(catalogue(events, [ledger()])).keys.to_pylist()
    assert sorted((key["status_code"], key["cause"], key["failures"]) for key in keys) == [
        (None, "connection_reset", 6),
        (None, "connection_timed_out", 5),
    ]


def test_four_failures_are_no_series() -> None:
    found = series(catalogue([refused(2.1 + n / 100, n) for n in range(4)], [ledger()]))
    assert (found.keys.num_rows, found.frame.height) == (0, 0)


def test_several_destinations_of_one_connector_are_also_added_up() -> None:
    events = [refused(2.1 + n / 100, n, destination="mx1.contoso.com") for n in range(5)]
    events += [refused(2.1 + n / 100, 10 + n, destination="mx2.contoso.com") for n in range(6)]
    key, hours = only(series(catalogue(events, [ledger()])), "connector")
    assert (key["connector"], key["destination"], key["failures"]) == ("To on-premises", None, 11)
    assert hours[at(2)]["failures"] == 11


def test_tenants_are_kept_apart() -> None:
    events = [refused(2.1 + n / 100, n, tenant=tenant) for tenant in ("contoso", "fabrikam") for n in range(5)]
    files = [ledger() | {"tenant": tenant} for tenant in ("contoso", "fabrikam")]
    keys = series(catalogue(events, files)).keys.to_pylist()
    assert sorted((key["tenant"], key["scope"], key["failures"]) for key in keys) == [
        ("contoso", "pair", 5),
        ("fabrikam", "pair", 5),
    ]


def test_a_period_cuts_events_and_covered_hours_alike() -> None:
    events = [refused(hour + n / 100, 10 * hour + n) for hour in (2, 6) for n in range(5)]
    _, hours = only(series(catalogue(events, [ledger()]), since=at(5), until=at(8)))
    assert sorted(hours) == [at(5), at(6), at(7)]


def scopes(found: Series) -> dict[str, list[dict[str, object]]]:
    rows: dict[str, list[dict[str, object]]] = {}
    for row in found.keys.to_pylist():
        rows.setdefault(str(row["scope"]), []).append(row)
    return rows


def test_one_address_of_several_has_a_series_of_its_own_against_its_own_attempts() -> None:
    events = [refused(2.1 + n / 100, n, remote_ip="192.0.2.26") for n in range(6)]
    events += [delivered(2.2 + n / 100, 50 + n, remote_ip="192.0.2.25") for n in range(6)]
    events += [delivered(1.5, 70, remote_ip="192.0.2.26"), refused(2.9, 80, remote_ip="192.0.2.25")]
    key, hours = only(series(catalogue(events, [ledger()])), "remote_ip")
    assert (key["remote_ip"], key["destination"], key["failures"]) == ("192.0.2.26", "mail.contoso.com", 6)
    assert (hours[at(1)]["attempts"], hours[at(2)]["attempts"], hours[at(2)]["failures"]) == (1, 6, 6)


def test_where_only_failures_tell_their_address_the_place_is_what_they_stand_against() -> None:
    events = [refused(2.1 + n / 100, n, remote_ip="192.0.2.26") for n in range(6)]
    events += [refused(2.3, 9, remote_ip="192.0.2.25")] + [delivered(2.4 + n / 100, 50 + n) for n in range(4)]
    _, hours = only(series(catalogue(events, [ledger()])), "remote_ip")
    assert (hours[at(2)]["attempts"], hours[at(2)]["failures"]) == (11, 6)


def test_a_place_with_one_address_has_no_series_by_address() -> None:
    events = [refused(2.1 + n / 100, n, remote_ip="192.0.2.26") for n in range(6)]
    assert "remote_ip" not in scopes(series(catalogue(events, [ledger()])))


def test_the_whole_tenant_is_added_up_where_several_connectors_fail() -> None:
    events = [refused(2.1 + n / 100, n) for n in range(3)]
    events += [refused(2.1 + n / 100, 10 + n, connector="Branch office") for n in range(3)]
    key, hours = only(series(catalogue(events, [ledger()])), "all")
    assert (key["connector"], key["destination"], hours[at(2)]["failures"]) == (None, None, 6)


def test_a_roll_up_stands_against_places_that_never_failed_too() -> None:
    events = [refused(2.1 + n / 100, n, destination=f"mx{n % 2}.contoso.com") for n in range(10)]
    events += [delivered(2.5, 50 + n, destination="mx9.contoso.com") for n in range(7)]
    _, hours = only(series(catalogue(events, [ledger()])), "connector")
    assert (hours[at(2)]["attempts"], hours[at(2)]["failures"]) == (17, 10)


def test_a_message_is_fresh_only_in_the_hour_in_which_it_first_fails() -> None:
    events = [refused(hour + n / 100, n) for hour in (2, 3, 5) for n in range(4)] + [refused(5.5, 99)]
    _, hours = only(series(catalogue(events, [ledger()])))
    assert [hours[at(hour)]["fresh"] for hour in (2, 3, 5)] == [4, 0, 1]
    assert [hours[at(hour)]["messages"] for hour in (2, 3, 5)] == [4, 4, 5]


def test_a_hole_of_two_days_inside_one_file_is_no_silence_but_a_quiet_night_is_covered() -> None:
    events = [refused(hour + n / 100, int(10 * hour) + n) for hour in (2, 12, 60) for n in range(5)]
    _, hours = only(series(catalogue(events, [ledger(last=61)])))
    assert sorted(hours) == [at(hour) for hour in (*range(13), 60, 61)]


def test_a_series_ends_where_the_source_ends_that_tells_its_failures() -> None:
    extended = {"source": "exo_extended"}
    trace = {"source": "exo_message_trace", "connector": None, "destination": "contoso.com"}
    events = [refused(4.1 + n / 100, n, **extended) for n in range(5)]
    events += [delivered(hour + 0.5, 300 + hour, **trace) for hour in (1, 3, 6, 8)]
    files = [ledger("exo_extended", 0, 5), ledger("exo_message_trace", 0, 9)]
    _, hours = only(series(catalogue(events, files)))
    assert max(hours) == at(5)
    assert hours[at(3)]["attempts"] == 1


def test_details_fetched_for_a_few_messages_do_not_end_what_a_trace_covers() -> None:
    trace = {"source": "exo_message_trace", "connector": None, "destination": "contoso.com"}
    events = [refused(4.1 + n / 100, n) for n in range(5)]
    events += [delivered(hour + 0.5, 300 + 10 * hour + n, **trace) for hour in (1, 3, 6, 8) for n in range(5)]
    files = [ledger("exo_trace_detail", 4, 4), ledger("exo_message_trace", 0, 9)]
    _, hours = only(series(catalogue(events, files)))
    assert (hours[at(8)]["attempts"], hours[at(8)]["failures"]) == (5, 0)

"""The labelled series of the bench: what is drawn fits together, and a queue tries as often as its schedule says."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from detect import delivering, hourly, messages, sets
from detect.faults import Fault
from detect.mailing import Mail, Trouble
from detect.retries import Schedule

ONLINE = Schedule((5 / 60, 10 / 60), 0.25, 24.0, 0.0)


@pytest.fixture(scope="module")
def drawn():
    made = [draw(3, number) for draw in (hourly.one, messages.one) for number in range(20)]
    return sets.together("both", [one._replace(frame=one.frame.select("series_id", "ts", "attempts", "failures")) for one in made])  # fmt: skip


def queue(faults=(), *, full=(), at=(0.0,), hours=72):
    """The attempts of one message to each of as many recipients as there are times."""
    mail = Mail(np.array(at), np.arange(len(at)), np.arange(len(at)))
    nobody = np.zeros(len(at), dtype=bool)
    trouble = Trouble(full, nobody, nobody, np.zeros(hours))
    return delivering.attempts_of(np.random.default_rng(1), mail, trouble, ONLINE, list(faults), hours)


def test_the_same_number_gives_the_same_series():
    for draw in (hourly.one, messages.one):
        first, second, other = draw(3, 4), draw(3, 4), draw(4, 4)
        assert first.frame.equals(second.frame)
        assert first.labels == second.labels
        assert not first.frame.equals(other.frame)


def test_labels_lie_inside_their_series_and_their_times_in_order(drawn):
    inside = drawn.labels.join(
        drawn.series.group_by("series_id").agg(pl.min("ts"), pl.max("ts").alias("last")), on="series_id"
    )
    assert inside.height == drawn.labels.height > 15
    assert inside.filter(
        (pl.col("onset") > pl.col("first_seen"))
        | (pl.col("first_seen") >= pl.col("end"))
        | (pl.col("onset") > pl.col("last"))
    ).is_empty()


def test_what_can_be_seen_has_failures_and_a_silence_has_no_attempts(drawn):
    seen = (
        drawn.labels.filter("care")
        .join(drawn.series, on="series_id")
        .filter(pl.col("ts").is_between("onset", "end", closed="left"))
    )
    sums = seen.group_by("series_id", "onset", "kind").agg(pl.sum("attempts"), pl.sum("failures"))
    assert sums.height > 10
    assert sums.filter((pl.col("kind") != "silence") & (pl.col("failures") < 6)).is_empty()
    assert sums.filter((pl.col("kind") == "silence") & (pl.col("attempts") > 0)).is_empty()


def test_counts_of_an_hour_fit_each_other_and_quiet_series_have_no_labels():
    made = [messages.one(3, number, quiet=True) for number in range(3, 15)]
    frame = pl.concat([one.frame for one in made])
    assert not any(one.labels for one in made)
    assert frame["failures"].sum() > 100
    assert frame.filter(
        (pl.col("failures") > pl.col("attempts"))
        | (pl.col("messages") > pl.col("failures"))
        | (pl.col("recipients") > pl.col("failures"))
        | ((pl.col("failures") > 0) != (pl.col("messages") > 0))
    ).is_empty()


def test_a_full_mailbox_is_tried_every_quarter_of_an_hour_for_a_day_and_then_reported():
    events = queue(full=((0, 0.0, 999.0),))
    # At 0 h, 5 min, 15 min, then every 15 minutes up to 24 h: 1 + 1 + 96 attempts, the report in the last one's minute.
    assert len(events.at) in {98, 99}
    assert events.failed.all()
    assert not events.by_fault.any()
    assert events.at.max() == 24.0


def test_a_fault_fails_what_is_tried_in_its_hours_and_the_queue_delivers_after_it():
    chance = np.zeros(72)
    chance[10:12] = 1.0
    # Recurring faults have no echo; whether they are tried again is left to luck, which this seed grants.
    events = queue([Fault("recurring", 10, 12, False, chance)], at=(5.0, 10.5, 11.9, 30.0))
    by_row = {row: events.at[(events.row == row) & events.failed] for row in range(4)}
    assert [len(by_row[0]), len(by_row[3])] == [0, 0]
    assert len(by_row[1]) == 7  # 10:30, 10:35, 10:45, then each quarter of an hour up to 11:45
    assert len(by_row[2]) == 2  # 11:54 and 11:59
    assert events.by_fault.sum() == 9
    assert all((~events.failed[events.row == row]).sum() == 1 for row in range(4))

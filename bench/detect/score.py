"""Scores of a detector on labelled series: strict F1 of events, alarms on quiet series, errors of start and end, kinds.

True: an incident that can be seen (`care`) and is matched. Missed: one that is not. False: a flag that matches nothing
and does not touch an incident that nobody could see; a second flag inside a matched incident is false as well.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import polars as pl

from detect.matching import flags_in_hours, labels_in_hours, matched

_RIGHT: Final = (pl.col("said") == pl.col("kind")) | pl.col("also").str.split(" ").list.contains(pl.col("said"))


class Score(NamedTuple):
    """The figures of one detector on one set; None where there is nothing to measure. Errors in hours."""

    incidents: int
    flags: int
    true: int
    missed: int
    false: int
    fragments: int
    quiet: int
    quiet_flags: int
    onset_median: float | None
    onset_p90: float | None
    end_median: float | None
    kind: float | None
    recall_by_kind: dict[str, tuple[int, int]]

    @property
    def precision(self) -> float:
        """Share of the flags that count which are true; 0 without any."""
        return self.true / max(1, self.true + self.false + self.fragments)

    @property
    def recall(self) -> float:
        """Share of the visible incidents that were found."""
        return self.true / max(1, self.true + self.missed)

    @property
    def f1(self) -> float:
        """Strict F1: fragments are false."""
        return 2 * self.true / max(1, 2 * self.true + self.false + self.fragments + self.missed)

    @property
    def alarms(self) -> float | None:
        """Flags per 1,000 series without any incident; None where the set has no such series."""
        return 1000 * self.quiet_flags / self.quiet if self.quiet else None

    def figures(self) -> dict[str, object]:
        """All of it by name, for JSON."""
        shares = {
            "precision": self.precision,
            "recall": self.recall,
            "f1": self.f1,
            "alarms_per_1000_quiet": self.alarms,
        }
        return {**self._asdict(), **shares}


class Scored(NamedTuple):
    """A score, and every incident that was missed or named wrongly and every flag that is false, to be looked at."""

    score: Score
    misnamed: pl.DataFrame
    misses: pl.DataFrame
    falses: pl.DataFrame
    on_quiet: pl.DataFrame


def score(series_ids: pl.Series, labels: pl.DataFrame, flags: pl.DataFrame) -> Scored:
    """Hold flags against labels.

    series_ids: of all series of the set. labels: series_id, onset, first_seen, end, kind, care, ongoing and, where
    several kinds are right, `also` (names with spaces between). flags: series_id, onset, end (first hour after), kind.
    """
    truth, told = labels_in_hours(labels), flags_in_hours(flags)
    pairs, states = matched(truth, told)
    told = told.join(states, on="flag")
    care = truth.filter("care").join(pairs, on="label", how="left", maintain_order="left")
    hits = care.drop_nulls("flag").join(
        told.select("flag", pl.col("end").alias("to"), pl.col("kind").alias("said")), on="flag"
    )
    number = dict(told["state"].value_counts().iter_rows())
    on_quiet = told.filter(~pl.col("series_id").is_in(truth["series_id"].unique().implode()))
    figures = Score(
        incidents=care.height,
        flags=told.height,
        true=hits.height,
        missed=care.height - hits.height,
        false=number.get("fp", 0) + number.get("misplaced", 0),
        fragments=number.get("fragment", 0),
        quiet=series_ids.n_unique() - truth["series_id"].n_unique(),
        quiet_flags=on_quiet.height,
        onset_median=_quantile(hits["error"], 0.5),
        onset_p90=_quantile(hits["error"], 0.9),
        end_median=_quantile(hits.filter(~pl.col("ongoing")).select((pl.col("end") - pl.col("to")).abs())["end"], 0.5),
        kind=_right_kinds(hits),
        recall_by_kind={
            kind: (found, of)
            for kind, found, of in care.group_by("kind").agg(pl.col("flag").count(), pl.len()).sort("kind").iter_rows()
        },
    )
    falses = told.filter(pl.col("state").is_in(["fp", "misplaced", "fragment"]))
    return Scored(figures, hits.filter(~_RIGHT), care.filter(pl.col("flag").is_null()), falses, on_quiet)


def _quantile(values: pl.Series, share: float) -> float | None:
    return float(np.quantile(values.to_numpy(), share)) if len(values) else None


def _right_kinds(hits: pl.DataFrame) -> float | None:
    """Share of the found incidents whose kind is right; None where the detector names none."""
    if not hits.height or not (hits["said"] != "").any():
        return None
    return float(hits.select(_RIGHT.mean()).item())
